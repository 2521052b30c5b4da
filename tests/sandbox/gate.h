/*
 * gate.h: who may call and how often: bearer tokens with scopes and an end of life, a rolling
 * window of ten seconds (and of one) per token, and the account's daily limit. Refused requests do
 * not count against a window.
 */
#ifndef SANDBOX_GATE_H
#define SANDBOX_GATE_H

#include "sandbox/portal.h"

enum { TOKENS_MAX = 64 };

struct token {
    char *text;
    char *scopes; /* separated by blanks; NULL: all */
    int64_t expires_ms; /* wall time, 0: never */
    int64_t *times; /* accepted requests, microseconds */
    size_t count, room, head_10s, head_1s;
};

struct gate {
    struct token tokens[TOKENS_MAX];
    int count;
};

void gate_clear(struct gate *gate);

/* Adds a token or changes the one that has this text; false when there is no room. scopes may be
 * NULL: all of them. */
bool gate_add(struct gate *gate, const char *text, const char *scopes, int64_t expires_ms);

/* The place of the token in "Bearer …", -1 if it is not known. */
int gate_find(const struct gate *gate, const char *authorization);

/* Whether the token may read (or write) records of an object type. */
bool gate_allows(const struct token *, const struct object *, bool write);

/* Takes a place in the token's windows. Returns NULL, or the name of the policy that refuses. */
const char *gate_take(struct token *, struct settings *, int64_t now_us);

/* How many requests the ten-second window still has room for. */
int64_t gate_remaining(const struct token *, const struct settings *);

/* Milliseconds until the ten-second window has room again. */
int64_t gate_wait_ms(const struct token *, const struct settings *, int64_t now_us);

#endif
