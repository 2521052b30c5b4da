/*
 * config_key.h: inside config/ only. A row of the table of keys, and an object of the file (the
 * file itself, one portal, one sync) that keys are set on.
 */
#ifndef CONFIG_CONFIG_KEY_H
#define CONFIG_CONFIG_KEY_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/definition.h"
#include "config/yaml.h"

enum key_scope { KEY_OF_FILE, KEY_OF_PORTAL, KEY_OF_SYNC };

enum key_type {
    KEY_TEXT, /* char *, one line */
    KEY_QUERY, /* char *, several lines */
    KEY_URL, /* char *, a database URL: printed without passwords */
    KEY_INTEGER, /* int64_t */
    KEY_ID, /* uint64_t; 0: not set */
    KEY_NUMBER, /* double */
    KEY_BOOLEAN, /* bool */
    KEY_DURATION, /* int64_t, milliseconds */
    KEY_DURATIONS, /* sync_definition.verify_delays_ms */
    KEY_TEXTS, /* struct text_list */
    KEY_WORD, /* an enum, one of `words` */
    KEY_TYPES, /* sync_definition.types */
    KEY_SCHEDULE, /* sync_definition.schedule and schedule_text */
    KEY_PORTAL, /* sync_definition.portal, by name */
};

enum { KEY_NO_OFFSET = 0xFFFF };

struct key {
    const char *path; /* `*` stands for a name */
    enum key_type type;
    bool required;
    const char *preset; /* the default as written; NULL: none */
    int64_t least; /* numbers and durations: the range; texts: the length */
    int64_t most;
    const char *const *words; /* KEY_WORD */
    size_t offset; /* in the struct of its scope; KEY_NO_OFFSET: nothing is kept */
    const char *help;
};

enum { KEYS_MAX = 80 };
extern const struct key keys[];
extern const size_t keys_count;

enum key_scope key_scope(const struct key *key);

/* The part of the path behind `portals.*.` or `syncs.*.`. */
const char *key_tail(const struct key *key);

/* The key whose path this is, names standing for `*`; NULL if there is none. */
const struct key *key_find(const char *path);

/* True if keys stand below this path: `syncs.x.guards`. */
bool key_is_section(const char *path);

/* For "did you mean": the known path nearest to an unknown one, written with its names; false if
 * nothing is near. */
bool key_nearest(const char *path, struct buf *suggestion);

/* The one of words (NULL at the end) nearest to text; NULL if none is near. */
const char *key_nearest_word(const char *const *words, const char *text);

/* What a value of this key must look like, for errors and documentation: "1 … 64", "v3 | v4". */
void key_range(const struct key *key, struct buf *out);

/* What messages call the type: "an integer". */
const char *key_type_text(enum key_type type);

/* An object of the file, and in which line each of its keys was set (0: not). */
struct config_object {
    enum key_scope scope;
    void *target; /* struct definitions, portal_definition or sync_definition */
    const char *name; /* "" for the file */
    char *portal; /* a sync's portal, by name; owned */
    unsigned line;
    size_t at; /* its place in loader->yaml.items; what is in it follows there */
    unsigned key_lines[KEYS_MAX];
};

/* The state of one loading. */
struct loader {
    const char *path;
    struct yaml yaml;
    struct definitions definitions;
    struct config_object *objects;
    size_t objects_count;
    size_t objects_room;
    struct buf problems; /* one a line */
    size_t problems_count;
};

/* Sets a key from the value at loader->yaml.items[at] and, if it is a list, what is in it. False if
 * a problem was noted. */
bool config_set(
    struct loader *loader, struct config_object *object, const struct key *key, size_t at);

/* Sets a key from one text, wherever that came from; the error says what was expected. */
MUST_CHECK bool config_set_text(
    struct config_object *object, const struct key *key, const char *text, struct error *err);

/* Sets syncs.*.types from the list at loader->yaml.items[at]. */
bool config_set_types(struct loader *loader, struct sync_definition *sync, size_t at);

/* Sets a key to its default, if it has one. */
void config_set_preset(struct config_object *object, const struct key *key);

/* Where the key is kept. */
void *config_target(const struct config_object *object, const struct key *key);

/* The rules that need more than one key; notes the problems. */
void config_check(struct loader *loader);

/* The rule that no association has two masters. */
void config_check_overlap(struct loader *loader);

/* True if text is a name of a portal or sync: ^[a-z0-9][a-z0-9_-]{0,62}$. */
bool config_is_name(const char *text);

/* Checks a base URL; the error text says what is wrong with it, without naming it. */
MUST_CHECK bool config_check_base_url(const char *url, struct error *err);

#endif
