/*
 * gate.h: who may call and how often: bearer tokens with scopes and an end of life, rolling windows
 * of ten seconds (and of one) per token, of its own for each class of calls, one of a second for
 * the searches of all tokens, and the account's daily limit. Refused requests do not count.
 */
#ifndef SANDBOX_GATE_H
#define SANDBOX_GATE_H

#include "sandbox/portal.h"

enum { TOKENS_MAX = 64 };

/* Associations and all that is not said to be another; records and properties; search. */
enum rate_class { RATE_USUAL, RATE_GENERAL, RATE_SEARCH };

struct window {
    int64_t *times; /* accepted requests, microseconds */
    size_t count, room, head_10s, head_1s;
};

struct token {
    char *text;
    char *scopes; /* separated by blanks; NULL: all */
    int64_t expires_ms; /* wall time, 0: never */
    uint64_t sees_every; /* sees records of ids divisible by it only, 0: all */
    struct window windows[RATE_SEARCH]; /* of a rate class */
};

struct gate {
    struct token tokens[TOKENS_MAX];
    int count;
    struct window search; /* of all tokens */
};

void gate_clear(struct gate *gate);

/* Adds a token or changes the one that has this text; false when there is no room. scopes may be
 * NULL: all of them. */
bool gate_add(struct gate *gate, const char *text, const char *scopes, int64_t expires_ms);

/* Lets the token see records of ids divisible by `every` only; 0: all. */
void gate_blind(struct gate *gate, const char *text, uint64_t every);

/* The place of the token in "Bearer …", -1 if it is not known. */
int gate_find(const struct gate *gate, const char *authorization);

/* Whether the token may read (or write) records of an object type. */
bool gate_allows(const struct token *, const struct object *, bool write);

/* Whether the token may look at the properties of an object type. */
bool gate_allows_schema(const struct token *, const struct object *);

/* Whether it may do something with records of any object type. */
bool gate_allows_any(const struct token *);

/* A request of a rate class and token. */
struct pass {
    struct gate *gate;
    struct token *token;
    enum rate_class rate;
    int64_t now_us;
};

/* Takes a place in the windows. Returns NULL, or the name of the policy that refuses. */
const char *gate_take(const struct pass *, struct settings *);

/* The ten-second limit of the class, and how many requests its window still has room for. */
int64_t gate_limit(const struct pass *, const struct settings *);
int64_t gate_remaining(const struct pass *, const struct settings *);

/* Milliseconds until the ten-second window has room again. */
int64_t gate_wait_ms(const struct pass *, const struct settings *);

#endif
