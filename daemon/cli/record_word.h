/*
 * record_word.h: a record as people type it, by its id (deals:123) or by a key
 * (contacts:email=a@b.example), and the keys of a record that a source may name it by.
 */
#ifndef CLI_RECORD_WORD_H
#define CLI_RECORD_WORD_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "model/record_key.h"
#include "pg/pg.h"

struct record_word {
    char type[128]; /* object type as typed */
    uint64_t id; /* 0: it is named by a key */
    char property[104];
    char key[RECORD_KEY_MAX + 1];
};

/* ERROR_USAGE: it is none. */
MUST_CHECK bool record_word_parse(const char *word, struct record_word *record, struct error *err);

/* The id that it means in the portal's account, as the last run that asked HubSpot was told.
 * ERROR_USAGE: no run knows, or HubSpot has none, or several. */
MUST_CHECK bool record_word_id(struct pg *state, const struct portal_definition *portal,
    const struct record_word *record, uint64_t *id, struct error *err);

/* The keys of one side that mean a record; a side that is named by ids has none. */
struct record_names {
    const struct portal_definition *portal;
    const char *object; /* as configured */
    const struct key_side *side;
    struct pg_rows keys;
};

MUST_CHECK bool record_names_load(
    struct record_names *names, struct pg *state, uint64_t id, struct error *err);
bool record_names_has(const struct record_names *names, const char *key);
void record_names_clear(struct record_names *names);

#endif
