/*
 * session.h: one run of one sync, in the parts that its stages take and give: what it works with
 * (session), what it is about (scope), what it is going to change (plan), what the guards say of
 * that (verdict), what has become of it (outcome). A stage gets the parts that it needs; all of
 * them together are seen in run/run.h alone.
 */
#ifndef JOURNAL_SESSION_H
#define JOURNAL_SESSION_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "model/definition.h"
#include "model/mapping.h"
#include "model/types.h"
#include "model/verdict.h"
#include "journal/account.h"

struct client;
struct pg;
struct reciprocals;
struct spool;
struct changed_records;

enum run_mode {
    RUN_PLAN, /* read, compare, check guards, store: nothing is written to HubSpot */
    RUN_FULL, /* all of it */
    RUN_APPLY, /* all of it, restricted to what a saved plan contains */
    RUN_CHANGED, /* all of it, restricted to from-records whose rows changed (changed_records.h) */
};

/* How far a run has come, for a progress bar. */
struct progress {
    const char *stage; /* "source", "keys", "read", "create", "archive", "verify" */
    uint64_t done;
    uint64_t total; /* 0: unknown */
};

/* Inputs a batch after HubSpot refused larger ones; 0: as configured. */
struct request_sizes {
    size_t read, create, archive;
};

/* What a run is about. Known before it begins, but for the changed records. */
struct scope {
    enum run_mode mode;
    int64_t plan_id; /* RUN_APPLY */
    int64_t undoes; /* the run whose changes are taken back; 0: none, the source decides */
    struct changed_records *changed; /* RUN_CHANGED, changed_records_read: which; NULL: none */
};

/* Who works, with what. The first part is asked for, and borrowed until run_clear; journal_open and
 * account_open fill the second, and it stays as it is then; the last is what is learnt on the way.
 */
struct session {
    const struct sync_definition *sync;
    const struct definitions *definitions; /* all of the file; NULL: no other sync is known */
    const char *database_url;
    const char *token;
    const char *token_stamp; /* which token file it came from; NULL: do not remember whose it is */
    const char *cause; /* run.cause: manual, schedule, … */
    int64_t retention_days; /* of finished runs' batches and changes */
    int64_t run_retention_days; /* of the runs themselves */
    /* Told now and then how far it is; the one call upwards, because a run reads top to bottom. */
    void (*show)(const struct progress *progress);

    struct pg *state; /* the assocd database; holds the sync's lock */
    int64_t run_id; /* 0: the run was never opened */
    int64_t epoch; /* fencing number */
    int64_t started_us; /* the database's clock … */
    int64_t started_local; /* … and ours, at the same moment */
    struct baseline {
        bool known; /* there is a run that all guards let through … */
        uint64_t desired; /* … and it had so many desired rows */
        struct mapping mapping; /* what it synchronised, or the first run that wrote; may be none */
    } baseline;
    struct account_access access; /* access.portal_id: whose token it is */
    struct client *client; /* NULL before account_open */
    char *from_type, *to_type; /* ids of the object types ("0-1", "2-123") */
    struct types types; /* types that are met later are added, unmanaged */
    struct reciprocals *reciprocals; /* of types; NULL: two object types */
    struct mapping mapping; /* what this run synchronises */

    struct request_sizes sizes; /* fetch_each, apply_plan */
    uint64_t lookups; /* single look-ups of records (lookup.h) */
    int64_t shown_ms; /* progress_show: when the journal last heard how far it is */
    char reason[ERROR_TEXT_MAX]; /* session_note: the first reason why something was left undone */
    bool reason_unread; /* it is that some records could not be read */
};

/* What plan_build or undo_build found, and what the gate left of it. Counts are of associations
 * (records, requests); those of the same names as columns of assocd.run are these columns. */
struct plan {
    const struct scope *scope; /* what it is about */
    struct plan_counts {
        uint64_t desired, records, unread, observed, unchanged, duplicates, invalid, managed;
        uint64_t to_create, to_archive, drift, reported, blocked;
        uint64_t pending;
    } counts;
    struct plan_pending { /* rows that wait for their keys, and why … */
        uint64_t missing, ambiguous, unread;
        uint64_t of_rows; /* … of so many */
    } pending;
    uint64_t keys_requests; /* to find out what keys mean */
    uint64_t archives; /* as the plan was written, whatever their state */
    struct spool *to_own; /* to be owned once the guards have passed */
    struct spool *to_disown;
    int64_t read_ms; /* clock_now_ms() when the reading for the plan began */
    bool source_replica; /* the source is a server in recovery */
    bool source_refused; /* it is empty and must not be: nothing else was read */
    uint64_t unread_told; /* of counts.unread: rejects, which are tried again by themselves */
    uint64_t told; /* rows that name deleted or merged records: rejects, left out of the plan */
    uint64_t untold; /* left out because HubSpot does not tell what became of their records; tried
                      * again */
    struct {
        uint64_t count;
        char since[24], next_try[24]; /* the first that began, the first that is tried again */
    } waiting; /* in quarantine: changes that HubSpot refused, and whose time has not come */
    uint64_t gone; /* changes of the saved plan that this run does not find any more */
    uint64_t left; /* those that it finds and leaves as drift */
    uint64_t undecided; /* archives left out because nobody knows what they would take */
    bool merges_unasked; /* archives whose records have not been asked for */
    struct assoc_list unseen; /* to-records (as from_id) of creates that may wipe a label, should
                               * they have been merged (merged_note); until merged_find */
    uint64_t beside_labels; /* so many they were */
    uint64_t moves_requests; /* what it cost to look at to-records */
    uint64_t invalid_approved; /* so many invalid rows an approval has seen */
    char digest[72]; /* of the stored plan; "" before the gate */
};

/* What apply and verify did. */
struct outcome {
    struct outcome_counts {
        uint64_t created, archived, rejected, unverified, skipped, withheld;
        uint64_t abandoned; /* planned and not tried: too many refusals, or stopped early */
    } counts; /* columns of assocd.run of the same names */
    uint64_t changed_since; /* archives left out because the world has moved on */
};

enum run_status {
    RUN_PLANNING,
    RUN_PLANNED,
    RUN_WITHHELD,
    RUN_APPLYING,
    RUN_VERIFYING,
    RUN_SUCCEEDED,
    RUN_NO_CHANGE,
    RUN_PARTIAL,
    RUN_REFUSED,
    RUN_FAILED,
    RUN_CANCELED,
    RUN_INTERRUPTED,
    RUN_DEFERRED,
};

/* The name of a status, as in assocd.run. */
const char *run_status_text(enum run_status status);

/* Notes why something was left undone, though the run goes on; the first reason is kept and becomes
 * run.error. */
void session_note(struct session *session, const char *format, ...) PRINTF(2, 3);

/* May there be planned changes of an operation that has so many counted ones? What goes back by
 * itself with an undo's changes is not counted. */
static inline bool plan_has_work(const struct plan *plan, uint64_t counted)
{
    return counted > 0 || plan->scope->undoes != 0;
}

/* Have all records that the plan is about been read, or been told as rejects, so that nothing waits
 * for HubSpot's word? */
bool plan_has_read(const struct plan *plan);

#endif
