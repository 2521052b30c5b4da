/*
 * session.h: one run of one sync, as its stages see it. `struct run` is what the stages hand on to
 * each other; every field has one stage that writes it.
 */
#ifndef JOURNAL_SESSION_H
#define JOURNAL_SESSION_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "model/types.h"
#include "model/verdict.h"
#include "journal/account.h"

struct client;
struct pg;
struct reciprocals;
struct spool;
struct changed_records;

enum run_mode {
    RUN_PLAN, /* read, compare, judge, store: nothing is written to HubSpot */
    RUN_FULL, /* all of it */
    RUN_APPLY, /* all of it, restricted to what a saved plan contains */
    RUN_CHANGED, /* all of it, restricted to from-records whose rows changed (changed_records.h) */
};

/* How far a run has come, for a progress bar. */
struct progress {
    const char *stage; /* "source", "read", "create", "archive", "verify" */
    uint64_t done;
    uint64_t total; /* 0: unknown */
};

/* What is asked for; everything is borrowed until run_clear. */
struct run_options {
    const struct sync_definition *sync;
    const struct definitions *definitions; /* all of the file; NULL: no other sync is known */
    const char *database_url;
    const char *token;
    const char *token_stamp; /* which token file it came from; NULL: do not remember whose it is */
    const char *cause; /* run.cause: manual, schedule, … */
    enum run_mode mode;
    int64_t plan_id; /* RUN_APPLY */
    int64_t undoes; /* the run whose changes are taken back; 0: none, the source decides */
    int64_t retention_days; /* of finished runs' batches and changes */
    /* Told now and then how far it is; the one call upwards, because a run reads top to bottom. */
    void (*show)(const struct progress *progress);
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

/* Counts of associations (records, requests): the columns of assocd.run of the same names. */
struct run_counts {
    uint64_t desired, records, unread, observed, unchanged, duplicates, invalid, managed;
    uint64_t to_create, to_archive, drift, reported, blocked;
    uint64_t created, archived, rejected, unverified, skipped, withheld;
};

struct run {
    struct run_options options;
    struct pg *state; /* journal_open: the assocd database; holds the sync's lock */
    int64_t run_id; /* journal_open; 0: the run was never opened */
    int64_t epoch; /* journal_open: fencing number */
    int64_t started_us; /* journal_open: the database's clock … */
    int64_t started_local; /* … and ours, at the same moment */
    bool good_known; /* journal_open: a good run exists … */
    uint64_t good_desired; /* … and had so many desired rows */
    char *good_fingerprint; /* what it synchronised, or the first run that wrote; NULL if none */
    enum run_status status;
    struct changed_records *changed; /* changed_records_take: the changes it is about; NULL: none */
    struct account_access access; /* account_open; access.portal_id: whose token it is */
    struct client *client; /* account_open; NULL before */
    char *from_type, *to_type; /* account_open: ids of the object types ("0-1", "2-123") */
    struct types types; /* account_open */
    struct reciprocals *reciprocals; /* account_open: of types; NULL: two object types */
    char *fingerprint; /* account_open: what this run synchronises */
    struct spool *adopt; /* plan_build: to enter into the owned set once guards have passed */
    struct spool *forget; /* plan_build: to take out of it */
    struct run_counts counts;
    struct verdict verdict; /* gate_plan */
    struct {
        size_t read, create, archive;
    } sizes; /* inputs a batch after HubSpot refused larger ones; 0: as configured */
    bool source_replica; /* plan_build: the source is a server in recovery */
    int64_t read_ms; /* run_sync: clock_now_ms() when the reading for the plan began */
    struct archive_window {
        int64_t first, last; /* ordinals; last 0: none */
    } window; /* apply: the archives that are in turn */
    uint64_t changed_since; /* recheck: archives left out because the world has moved on */
    uint64_t undecided; /* twin: archives left out because nobody knows what they would take */
    char digest[72]; /* gate_plan: of the stored plan; "" before */
    struct error failure; /* run_execute: why it ended early; kind ERROR_NONE if it did not */
    struct error unpruned; /* run_execute: why old history was not pruned; ERROR_NONE if it was */
    uint64_t invalid_approved; /* gate_plan: so many invalid rows an approval has seen */
    char reason[ERROR_TEXT_MAX]; /* run_note: the first reason why something was left undone */
    bool reason_unread; /* it is that some records could not be read */
    uint64_t unread_told; /* of counts.unread: rejects, which are tried again by themselves */
    uint64_t told; /* rows that name deleted or merged records: rejects, left out of the plan */
    uint64_t untold; /* left out because HubSpot does not tell what became of their records; tried
                      * again */
    bool merges_unasked; /* merged_settle: archives whose records have not been asked for */
    uint64_t moves_requests; /* moves_settle: what it cost to look at to-records */
    uint64_t lookups; /* single look-ups of records (lookup.h) */
    bool changes_left; /* run_execute: watched changes that it took up still wait */
    int64_t shown_ms; /* progress_show: when the journal last heard how far it is */
};

/* May there be planned changes of an operation that has so many counted ones? What goes back by
 * itself with an undo's changes is not counted. */
static inline bool run_has_work(const struct run *run, uint64_t counted)
{
    return counted > 0 || run->options.undoes != 0;
}

/* Notes why something was left undone, though the run goes on; the first reason is kept and becomes
 * run.error. */
void run_note(struct run *run, const char *format, ...) PRINTF(2, 3);

/* Have all records that the run is about been read, or been told as rejects, so that nothing waits
 * for HubSpot's word? */
bool run_has_read(const struct run *run);

#endif
