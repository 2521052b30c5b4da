/*
 * sim_keys.h: rows that name records by business keys. A keyed side of sim_desired counts keys
 * instead of records: want[f][t] is then a row of from-key f, to-key t. What each key means is
 * HubSpot's to say (sim_resolver.c), assocd.record_key's to keep (sim_key_tables.c,
 * sim_key_rows.c), and sim_key_check.c's to know by its own means.
 *
 * Sets of records are bytes, a bit for each record of the side.
 */
#ifndef TORTURE_SIM_KEYS_H
#define TORTURE_SIM_KEYS_H

#include "base/attr.h"

struct assoc;
struct pg;
struct pg_args;
struct sim_change;
struct sim_desired;
struct sim_run;

enum { SIM_KEYS = 6, SIM_KEY_ROWS_MAX = 512, SIM_NO_RECORD = 0xFF };

enum sim_outcome { KEY_RESOLVED, KEY_MISSING, KEY_AMBIGUOUS, KEY_UNREAD, KEY_IGNORED };

/* A side of the world's sync. */
struct sim_key_side {
    bool on; /* it is named by keys */
    uint8_t ignored; /* keys that name no record */
};

/* What HubSpot knows of a key: its index, which a search asks, lags behind. */
struct sim_key_truth {
    uint8_t has, old, index;
    int64_t index_us; /* when the index has it, too */
};

/* A row of assocd.record_key. */
struct sim_key_known {
    bool there;
    uint8_t outcome, ids, record, former;
    int32_t attempts;
    int64_t absent_us, checked_us, retry_us; /* absent_us 0: NULL; retry_us INT64_MAX: NULL */
};

/* What HubSpot has answered for a key, as far as it was stored: for the invariants. */
struct sim_key_answer {
    bool told;
    uint8_t ids; /* the last answer */
    uint8_t meant; /* what it may mean while it is not resolved */
    uint8_t now, former; /* the last single record, and the one before */
    int64_t us, absent_us; /* absent_us: since when no record has it; 0: one has */
};

/* What rows that wait keep as it is. */
struct sim_kept {
    uint8_t from, to;
    bool everything;
};

/* pg_temp.key_row, key_name, key_meaning and key_again of a session. */
struct sim_key_row {
    int8_t key[2]; /* -1: NULL */
    uint64_t id[2]; /* 0: NULL */
    int64_t type;
};
struct sim_key_meaning {
    bool there;
    uint8_t outcome, record, held, more;
};
struct sim_key_tables {
    struct sim_key_row rows[SIM_KEY_ROWS_MAX];
    size_t count;
    bool name[2][SIM_KEYS], again[2][SIM_KEYS];
    struct sim_key_meaning meaning[2][SIM_KEYS];
};

static inline bool sim_has(uint8_t set, uint8_t record)
{
    return record != SIM_NO_RECORD && (set >> record & 1) != 0;
}
static inline uint8_t sim_lowest(uint8_t set)
{
    return (uint8_t)(set == 0 ? SIM_NO_RECORD : __builtin_ctz(set));
}
static inline uint8_t sim_set_of(uint8_t record)
{
    return (uint8_t)(record == SIM_NO_RECORD ? 0u : 1u << record);
}

/* sim_resolver.c: HubSpot's side of it. */
void sim_key_world(void);
const char *sim_key_text(int side, size_t key);
int sim_key_find(const char *text);
int sim_key_object(const char *object); /* the side */
bool sim_keyed(void);
void sim_key_foreign(void);
void sim_key_merge(size_t old, size_t now); /* to-records */
void sim_key_repair(void);
bool sim_key_unclear(void); /* may the rows name two primaries of one record? */

/* sim_key_tables.c, sim_key_rows.c */
void sim_key_copy_row(struct pg *pg, char **cells);
bool sim_key_lines(struct pg *pg, int statement, const struct pg_args *args);
void sim_key_close(struct pg *pg);
/* The records that a key means by assocd.record_key; 0: it is not resolved. */
uint8_t sim_key_known_ids(const struct sim_key_known *known, const char *on_many);

/* sim_key_check.c: the invariants. */
void sim_key_begins(struct sim_run *run);
void sim_key_asked(struct sim_run *run, int side, size_t key, bool told, uint8_t ids);
void sim_key_stored(struct sim_run *run, int side, size_t key, uint8_t ids);
void sim_key_read(struct sim_run *run); /* the rows by ids, as the run has to understand them */
void sim_key_check_moved(const struct sim_run *run, const struct sim_change *change);
void sim_key_check_write(const struct sim_run *run, const struct sim_change *change);
void sim_key_check_volume(const struct sim_run *run);
int64_t sim_key_waiting(const struct sim_run *run);
/* In the end: the rows by ids, and what those that wait keep. */
void sim_key_final(struct sim_desired *desired, struct sim_kept *kept);
bool sim_key_keeps(const struct sim_kept *kept, size_t from, size_t to);

#endif
