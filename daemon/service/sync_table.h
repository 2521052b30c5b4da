/*
 * sync_table.h: what the supervisor remembers of every sync, and which is due first. A turn
 * looks at every entry, which costs less than one statement even with ten thousand. All of it can
 * be rebuilt from PostgreSQL and the configuration at any moment.
 */
#ifndef SERVICE_SYNC_TABLE_H
#define SERVICE_SYNC_TABLE_H

#include "base/attr.h"
#include "base/random.h"
#include "model/definition.h"
#include "service/next_run.h"

/* Times are microseconds by the database's clock. */
struct entry {
    const struct sync_definition *sync; /* borrowed from the definitions */
    struct next_run_state state; /* as PostgreSQL had it last */
    int64_t run_id; /* of the last full run; 0: none */
    int64_t request_id; /* wanted: who asked (assocd.signal) */
    int64_t plan_id; /* wanted: the plan to apply; 0: a run */
    uint32_t jitter; /* drawn anew for every run */
    int working; /* own workers that have its lock, or are about to take it */
    int64_t hold_us; /* no run before: somebody else has the lock */
    int64_t holder_key; /* of the lock whose holder was told last; 0: none */
    struct next_run next; /* of the next full run */
    bool changed; /* its source says that records wait */
    int changed_failures; /* bad ends of runs for them in a row */
    int64_t changed_hold_us; /* no run for them before */
    char *unseen; /* why its changes are not seen, as it was told; NULL: they are */
};

struct sync_table {
    struct entry *entries; /* in order of name */
    size_t count;
    struct random random;
};

/* definitions are borrowed until sync_table_close. Nothing is known of any sync yet: none is due.
 */
void sync_table_open(struct sync_table *table, const struct definitions *definitions);
void sync_table_close(struct sync_table *table);

/* NULL if there is none of this name. */
struct entry *sync_table_find(const struct sync_table *table, const char *name);

/* Takes what PostgreSQL knows now, and decides anew when the sync is due. */
void sync_table_update(struct sync_table *table, struct entry *entry,
    const struct next_run_state *state, int64_t run_id, int64_t now_us);

/* Decides anew when it is due, after any other change. */
void sync_table_reschedule(struct entry *entry, int64_t now_us);

/* The one due first, of several the first by name; its next.at_us may be NEXT_RUN_NEVER. NULL if
 * there are no syncs. */
struct entry *sync_table_first(const struct sync_table *table);

/* Takes over from an table of an older configuration what is not in PostgreSQL. */
void sync_table_inherit(struct sync_table *table, const struct sync_table *older);

#endif
