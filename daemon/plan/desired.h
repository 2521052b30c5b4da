/*
 * desired.h: what the source wants in the scope of a run. Its invalid rows become rejects of the
 * journal (assocd.reject, as many as are worth looking at; all are counted).
 */
#ifndef PLAN_DESIRED_H
#define PLAN_DESIRED_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"
#include "plan/keyed.h"
#include "plan/unclear.h"

struct spool;

struct desired {
    struct spool *rows; /* sorted, rewound */
    struct unclear unclear;
    struct keyed keyed; /* of a sync with keys */
    bool empty; /* the source has no row at all, of any record */
};

/* Fills the plan's counts of source rows. */
MUST_CHECK bool desired_read(
    struct session *session, struct plan *plan, struct desired *desired, struct error *err);

void desired_clear(struct desired *desired);

#endif
