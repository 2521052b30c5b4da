/*
 * real.h: a scenario of real processes: assocd, PostgreSQL, the sandbox and the proxies between
 * them. Some runs are struck, rows change in between, then everything is calm and must come to its
 * end. The stage, the steps and the invariants are those of the end-to-end tests.
 */
#ifndef TORTURE_REAL_H
#define TORTURE_REAL_H

#include "base/random.h"
#include "e2e/play.h"
#include "lib/pgproxy.h"

enum strike_kind {
    STRIKE_NONE,
    STRIKE_KILL_REQUEST, /* how: 0 before, 1 after it was carried out */
    STRIKE_STATEMENT, /* how: enum pgproxy_fault */
    STRIKE_WIRE, /* how: enum wire_fault */
    STRIKE_SANDBOX, /* how: one of real_sandbox_faults */
};

/* At the nth request or statement of a run. */
struct strike {
    enum strike_kind kind;
    int how;
    int nth;
    size_t at; /* STRIKE_WIRE: byte of the answer */
};

enum { REAL_FROMS = 8, REAL_TOS = 6, REAL_STRIKES_MAX = 6 };

struct real {
    struct stage *stage;
    struct play play;
    struct scenario scenario; /* only its name: what replays it */
    struct pgproxy *proxy;
    struct random random;
    bool mirror;
    bool want[REAL_FROMS][REAL_TOS], ever[REAL_FROMS][REAL_TOS], have[REAL_FROMS][REAL_TOS];
    size_t resent; /* reads that libcurl sent again by itself (fault A9: writes never are) */
    size_t struck; /* runs that did not end as if nothing had been */
};

extern const char *const real_sandbox_faults[];
extern const size_t real_sandbox_faults_count;

/* A world out of a seed; name is what replays it. */
void real_begin(struct real *real, struct stage *stage, uint64_t seed, const char *name);
void real_end(struct real *real);

/* Some desired rows change. */
void real_change(struct real *real);

/* One run of assocd, struck. */
void real_run(struct real *real, const struct strike *strike);

/* Calm: at most three runs make both sides equal, one more finds nothing to do, and the invariants
 * hold. */
void real_settle(struct real *real);

#endif
