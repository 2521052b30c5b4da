/*
 * agenda.h: what the supervisor remembers of every sync, and which is due first. A turn
 * looks at every entry, which costs less than one statement even with ten thousand. All of it can
 * be rebuilt from PostgreSQL and the configuration at any moment.
 */
#ifndef SERVICE_AGENDA_H
#define SERVICE_AGENDA_H

#include "base/attr.h"
#include "base/random.h"
#include "model/definition.h"
#include "service/due.h"

/* Times are microseconds by the database's clock. */
struct entry {
    const struct sync_definition *sync; /* borrowed from the definitions */
    struct due_state state; /* as PostgreSQL had it last */
    int64_t run_id; /* of the last full run; 0: none */
    int64_t signal_id; /* wanted: who asked (assocd.signal) */
    int64_t plan_id; /* wanted: the plan to apply; 0: a run */
    uint32_t jitter; /* drawn anew for every run */
    int working; /* own workers that have its lock, or are about to take it */
    int64_t hold_us; /* no run before: somebody else has the lock */
    int64_t holder_key; /* of the lock whose holder was told last; 0: none */
    struct due due; /* of the next full run */
    bool touched; /* its source says that records wait */
    int touched_failures; /* bad ends of runs for them in a row */
    int64_t touched_hold_us; /* no run for them before */
    char *unseen; /* why its changes are not seen, as it was told; NULL: they are */
};

struct agenda {
    struct entry *entries; /* in order of name */
    size_t count;
    struct random random;
};

/* definitions are borrowed until agenda_close. Nothing is known of any sync yet: none is due. */
void agenda_open(struct agenda *agenda, const struct definitions *definitions);
void agenda_close(struct agenda *agenda);

/* NULL if there is none of this name. */
struct entry *agenda_find(const struct agenda *agenda, const char *name);

/* Takes what PostgreSQL knows now, and decides anew when the sync is due. */
void agenda_note(struct agenda *agenda, struct entry *entry, const struct due_state *state,
    int64_t run_id, int64_t now_us);

/* Decides anew when it is due, after any other change. */
void agenda_file(struct entry *entry, int64_t now_us);

/* The one due first, of several the first by name; its due.at_us may be DUE_NEVER. NULL if there
 * are no syncs. */
struct entry *agenda_first(const struct agenda *agenda);

/* Takes over from an agenda of an older configuration what is not in PostgreSQL. */
void agenda_inherit(struct agenda *agenda, const struct agenda *older);

#endif
