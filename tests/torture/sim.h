/*
 * sim.h: the world of the in-process simulation. The real stages of a run play in it (all but
 * source.c), above stand-ins that are put in its place at link time: pg/ (tables as arrays,
 * statements by name), hubspot/client (pairs as sets of types), source/source, base/clock and
 * base/stop, and the files under spool.c. Everything follows from a seed.
 *
 * A pair of records is a byte: bit t says that type t is on it. Ids are FROM_ID + f, TO_ID + t.
 */
#ifndef TORTURE_SIM_H
#define TORTURE_SIM_H

#include "base/attr.h"
#include "base/random.h"
#include "model/change_state.h"
#include "hubspot/client.h"
#include "run/run.h"
#include "torture/sim_keys.h"

enum {
    SIM_FROMS = 6,
    SIM_TOS = 5,
    SIM_TYPES = 5,
    SIM_RUNS_MAX = 64,
    SIM_BATCHES_MAX = 4096,
    SIM_CHANGES_MAX = 8192,
    SIM_FAULTS_MAX = 8,
    SIM_LATE_MAX = 64,
    SIM_ROWS_MAX = 64, /* of one request */
    SIM_DEPTH_MAX = 3, /* runs within runs */
};
#define SIM_DOUBT_US INT64_C(120000000)
#define SIM_FROM_ID UINT64_C(1000)
/* Within one object type both sides are the same records. */
#define SIM_TO_ID (sim.world.one_type ? SIM_FROM_ID : UINT64_C(2000))

/* The account's types, by bit. */
enum sim_type { SIM_PLAIN, SIM_PRIMARY, SIM_LABEL_A, SIM_LABEL_B, SIM_LABEL_C };
#define BIT(number) ((uint8_t)(1u << (number)))
extern const struct type *sim_types;

typedef uint8_t sim_pairs[SIM_FROMS][SIM_TOS];

/* One generation of desired rows. */
struct sim_desired {
    sim_pairs want;
    uint8_t named; /* from-records with a row that names no to-record */
    uint8_t invalid; /* rows that cannot be meant */
    bool repeats; /* every row twice */
    bool unclear; /* some record has two primaries */
    bool waits; /* some row waits for its key */
};

struct sim_change {
    int32_t run_id, ordinal, batch_id;
    uint8_t archive, from, to, type, state, reason, along;
};
struct sim_batch {
    int32_t run_id;
    uint8_t write, status; /* status: its first letter */
    int64_t sent_us, done_us; /* done_us 0: its answer never came */
};
struct sim_row { /* assocd.run */
    int32_t plan_id;
    int64_t epoch;
    int32_t first_change;
    bool open, watch, dry, unsettled;
    bool planned_after; /* it planned on after others had closed it */
    char status[12];
    char mapping[512];
    int64_t started_us, desired, archived, absent_us;
};
struct sim_reject {
    int64_t retry_us;
    int32_t attempts; /* 0: none */
    bool archive;
};
struct sim_approval {
    int32_t plan_id;
    uint64_t digest;
    bool used;
};

struct sim_learnt { /* assocd.reciprocal */
    uint8_t other; /* SIM_TYPES: doubtful */
    char evidence[8]; /* "": nothing was learnt */
};

/* Everything that a commit keeps. */
struct sim_tables {
    struct sim_row runs[SIM_RUNS_MAX + 1];
    struct sim_batch batches[SIM_BATCHES_MAX + 1];
    struct sim_change changes[SIM_CHANGES_MAX];
    struct sim_reject rejects[SIM_FROMS][SIM_TOS][SIM_TYPES];
    struct sim_approval approvals[4];
    struct sim_learnt learnt[SIM_TYPES];
    sim_pairs managed;
    sim_pairs released;
    int64_t since_us[SIM_FROMS][SIM_TOS][SIM_TYPES]; /* when it was entered */
    int64_t doubt_us[SIM_FROMS][SIM_TOS]; /* until when */
    int32_t run_count, batch_count, change_count, approval_count;
    int32_t source_rejects, source_rejects_run;
    int64_t epoch;
    bool good_known;
    char good_mapping[512];
    int64_t good_desired, good_us;
    uint8_t good_mask; /* the sync's types then */
    uint64_t touched[SIM_FROMS], touched_all, transaction;
    bool portal_known;
    int64_t types_us; /* when they were listed; 0: not */
    struct sim_key_known known[2][SIM_KEYS]; /* assocd.record_key */
    struct sim_key_answer answers[2][SIM_KEYS];
};

enum sim_fault_kind {
    FAULT_NONE,
    /* at a statement */
    FAULT_DIE_BEFORE, /* the process ends before it */
    FAULT_DIE_AFTER, /* … after its commit */
    FAULT_LOST_BEFORE, /* the session is lost, nothing committed */
    FAULT_LOST_AFTER, /* … the commit happened, its acknowledgement is lost */
    FAULT_ERROR, /* the statement fails, the session lives */
    FAULT_USURP, /* the lock is lost unnoticed and another run goes from end to end */
    FAULT_RIVAL, /* another run is started while this one holds the lock */
    FAULT_FAILOVER, /* the commits from here to the end of this run are lost with the server */
    FAULT_SWAP, /* another server process serves the session: its lock stays behind with nobody */
    FAULT_STATEMENTS,
    /* at a request that writes */
    FAULT_UNKNOWN_DONE = FAULT_STATEMENTS, /* no answer, carried out */
    FAULT_UNKNOWN_NOT, /* no answer, not carried out */
    FAULT_UNKNOWN_LATE, /* no answer, carried out later */
    FAULT_REPEAT_LATE, /* the first attempt is carried out later, the second is answered */
    FAULT_PARTIAL, /* the answer leaves some inputs out */
    FAULT_PARTIAL_NOT, /* … and they were not carried out */
    FAULT_WRITE_DIE, /* the process ends with the request on the wire */
    FAULT_WRITE_LARGE, /* refused for its size */
    FAULT_WRITE_REFUSED, /* refused as a whole, for no reason that can be isolated */
    FAULT_WRITE_REFUSED_ALL, /* … and so is every other one of the run */
    FAULT_WRITE_NOT_SENT,
    FAULT_WRITES,
    /* at a read */
    FAULT_READ_UNKNOWN = FAULT_WRITES, /* no answer that could be understood */
    FAULT_READ_PART, /* some records are missing from it */
    FAULT_READ_STALE, /* as it was before our last write */
    FAULT_READ_LARGE,
    FAULT_READ_MORE, /* pages that cannot be read */
    FAULT_READS,
    /* at any call of the client */
    FAULT_FATAL = FAULT_READS, /* token, scope, quota or connection: the run must end */
    FAULT_STOP, /* the operator stops it */
    FAULT_CALLS,
    /* at a question what became of records */
    FAULT_LOOKUP_PART = FAULT_CALLS, /* the answer leaves some out; about one: there is none */
    FAULT_LOOKUPS,
    /* at a row of the source, 0: at its opening */
    FAULT_SOURCE = FAULT_LOOKUPS,
    /* at an operation on a temporary file */
    FAULT_FILE,
    /* at a question what keys mean; in worlds with keys */
    FAULT_KEYS,
    FAULT_KEYS_AWAY = FAULT_KEYS, /* the answer breaks off */
    FAULT_KEYS_PART, /* … leaves keys out */
    FAULT_KEYS_OLD, /* … is of some time ago */
    FAULT_KINDS,
};

/* The nth call of a class in this run. */
struct sim_fault {
    enum sim_fault_kind kind;
    int32_t nth;
};

enum sim_class {
    CLASS_STATEMENT,
    CLASS_WRITE,
    CLASS_READ,
    CLASS_CALL,
    CLASS_LOOKUP,
    CLASS_SOURCE,
    CLASS_FILE,
    CLASS_KEYS,
    CLASSES
};

/* One process. What it read is what it may act on. */
struct sim_run {
    struct sim_run *outer; /* the run it was started within */
    struct run run;
    enum run_mode mode;
    int64_t plan_id;
    struct sim_fault faults[SIM_FAULTS_MAX];
    size_t faults_count;
    int32_t calls[CLASSES];
    bool dead, stopped;
    int64_t run_id, epoch; /* as committed */
    bool fenced; /* another run raised the number since */
    bool source_read;
    struct sim_desired desired; /* what it read … */
    struct sim_desired latest; /* … and when it looked again before it archived */
    sim_pairs told; /* … and all that it was told of each record … */
    sim_pairs seen; /* the last complete reading of each record … */
    sim_pairs ever; /* … and all readings together */
    sim_pairs stood; /* on the pair at some time of this run */
    sim_pairs done; /* answered as done */
    sim_pairs asked; /* to be archived */
    bool quarantined; /* some of its changes wait in quarantine */
    uint8_t waits; /* from-records whose changes wait until HubSpot tells */
    uint8_t told_from, told_to; /* records of which HubSpot told what became of them */
    uint8_t complete; /* records whose last reading was complete */
    uint8_t read; /* … and those of which any was */
    bool planned; /* the plan has read all that it is made from … */
    uint8_t planned_complete; /* … these records completely … */
    sim_pairs planned_seen; /* … and saw this */
    bool good_known;
    int64_t good_desired, ownership_count;
    uint8_t good_mask;
    bool approved;
    bool stranger; /* the token is another account's */
    bool refused_all; /* every request that writes is refused, from the first on … */
    uint8_t refused_alone[2][SIM_FROMS]; /* … these pairs alone; creates, archives */
    uint64_t struck; /* kinds of faults that did */
    int32_t writes, requests;
    /* of a world with keys */
    struct sim_desired rows, rows_latest; /* by keys, as they were read */
    int64_t keys_us; /* when it began to ask what they mean */
    bool keys_read;
    uint8_t said[2][SIM_KEYS]; /* its last answers … */
    uint8_t unread[2]; /* … or none to these … */
    uint8_t key_told[2][SIM_KEYS]; /* … and what any answer of its time told */
    uint8_t keys_mean[SIM_FROMS]; /* its from-keys, as the plan was made */
    struct sim_key_answer moves[2][SIM_KEYS]; /* what was known when it learnt of moves */
    struct sim_kept kept;
    int64_t rows_waiting, rows_all;
};

/* Everything else. */
struct sim_world {
    struct sync_definition sync;
    struct portal_definition portal;
    uint8_t managed; /* types of the sync */
    bool replaces; /* a create replaces the labels it does not name */
    bool first_primary; /* the first link becomes primary by itself */
    uint8_t poison; /* to-records that HubSpot refuses */
    bool poison_named, poison_whole;
    uint8_t foreign; /* chance of a foreign change at a request, of 256 */
    bool watched;
    bool merges; /* somebody merges to-records */
    bool one_type; /* links within one object type, seen from both records */
    bool replica; /* the source is a standby server */
    struct sim_key_side key[2];
    uint8_t order[SIM_TYPES]; /* of the account's list */
};

struct sim_late {
    int64_t due_us;
    enum client_call call;
    size_t count;
    struct assoc rows[SIM_ROWS_MAX]; /* types by bit */
};

struct sim {
    uint64_t seed;
    bool verbose;
    struct random random;
    int64_t now_us;
    struct sim_world world;
    struct sim_tables *tables;
    struct sim_tables *backup; /* what a failover goes back to */
    bool backup_taken, tables_lost;
    struct pg *lock_owner;
    struct sim_desired desired; /* current generation */
    struct sim_key_truth keys[2][SIM_KEYS];
    sim_pairs crm, before_write; /* HubSpot now, and before our last write … */
    int64_t written_us; /* … which was then */
    sim_pairs named; /* ever named by a generation that a run read */
    uint8_t merged[SIM_TOS]; /* what a to-record was merged into; itself */
    int64_t merged_us[SIM_TOS]; /* when */
    sim_pairs ours; /* created by us and there ever since */
    bool drifted; /* somebody else changed something */
    bool misled; /* a run was shown the past */
    bool calm; /* no more faults, nobody else changes anything */
    struct sim_late late[SIM_LATE_MAX];
    size_t late_count;
    struct sim_run *top;
    int depth;
    int32_t last_writes; /* of the run that ended last */
    uint64_t hits[FAULT_KINDS]; /* over all seeds */
    uint64_t runs, statements, requests;
};
extern struct sim sim;

/* A broken invariant: prints the line that replays it and ends the program. */
_Noreturn void sim_fail(const char *format, ...) PRINTF(1, 2);
#define sim_check(truth, ...) ((truth) ? (void)0 : sim_fail(__VA_ARGS__))
void sim_tell(const char *format, ...) PRINTF(1, 2);

static inline uint64_t sim_below(uint64_t limit)
{
    return random_below(&sim.random, limit);
}
static inline bool sim_chance(uint64_t percent)
{
    return random_below(&sim.random, 100) < percent;
}

/* Counts a call and says which fault strikes it, FAULT_NONE if none does. */
enum sim_fault_kind sim_strike(struct sim_run *run, enum sim_class class);
const char *sim_fault_text(enum sim_fault_kind kind);

/* sim_base.c */
void sim_pass(int64_t us);
size_t sim_files_open(void);

/* sim_crm.c: what HubSpot does. Types by bit. */
void sim_crm_write(enum client_call call, const struct assoc *rows, size_t count);
void sim_crm_foreign(void);
void sim_crm_unlink(size_t from, size_t to);
void sim_crm_move(size_t from, size_t old, size_t now);
void sim_crm_late(bool all);
uint32_t sim_type_bit(const char *category, uint32_t type_id); /* SIM_TYPES: none */
const char *sim_types_text(uint8_t mask); /* "{USER_DEFINED:101 …}" as array_to_string has it */

void sim_approve(int64_t plan_id); /* sim_recheck.c: the operator */

/* sim_reciprocal.c: links within one object type. */
extern const struct type sim_two_types[SIM_TYPES], sim_one_types[SIM_TYPES];
const struct type *sim_nameless_types(void); /* sim_one_types, and no name for C */
bool sim_may_link(size_t from, size_t to, uint32_t type);
uint8_t sim_turned(uint8_t mask); /* what the other record sees where one sees this */
uint8_t sim_named_there(
    uint8_t want); /* the link's other record has such rows: as this one sees them */
#define sim_from_there(pairs, from, to) \
    sim_named_there(sim.world.one_type && (from) < SIM_TOS ? (pairs)[to][from] : 0)

/* sim_merge.c */
void sim_crm_merge(void);
size_t sim_survivor(size_t to);
uint8_t sim_refused(void); /* to-records that creates cannot name */

/* sim_client.c: a question, with the faults of any call. */
bool sim_client_ask(struct client *client, struct error *err);
struct sim_run *sim_client_run(struct client *client);

/* sim_play.c */
void sim_play(uint64_t seed);
/* Runs assocd once; the run's number, 0 if it never opened one. */
int64_t sim_execute(enum run_mode mode, int64_t plan_id, bool faults);

/* sim_world.c */
void sim_world_make(void);
void sim_world_manage(uint8_t mask);
void sim_desired_make(void);
void sim_desired_change(void);
void sim_desired_repair(void);

/* sim_check.c: the invariants. */
void sim_check_write(struct sim_run *run, const struct client_request *request);
/* by_plan: adopted or forgotten, and not the outcome of a change. */
void sim_check_ownership(
    struct sim_run *run, const struct sim_change *what, bool entered, bool by_plan);
void sim_check_state(const struct sim_change *change, enum change_state next);
void sim_check_status(const struct sim_run *run, const char *status);
void sim_check_settled(const struct sim_run *run, uint8_t records);
void sim_check_end(struct sim_run *run, bool ok, const struct error *err);
void sim_check_final(void);
bool sim_is_empty(const struct sim_desired *desired);
bool sim_is_unclear(const struct sim_desired *desired, size_t from);
int64_t sim_desired_count(const struct sim_desired *desired);

#endif
