/*
 * changed_records.h: what a run knows of the changes that waited for it (assocd.touched,
 * sql/schema/ 004_watch.sql): which from-records to look at, and which rows to delete once it has
 * settled them.
 *
 * Nothing is lost, because
 * - a change and its row commit together, in one database;
 * - the rows are taken by one statement, whose snapshot S is kept; the desired rows are read
 *   afterwards, in a snapshot that is later than S. A row in S therefore means that its change is
 *   among the desired rows. A change that commits in between may be among them or not: its row is
 *   not in S;
 * - what is deleted is what S saw, and only once every planned change was applied, or is withheld
 *   (the plan waits for approval), is a reject (which has a time of its own to be tried again), or
 *   has nothing left but to show. A run that failed, was stopped, deferred or refused, or that
 * could not read a record, leaves every row for the next one, which comes after a back-off
 *   (ending.changes_left). So a change's row goes only with a run that saw the change.
 */
#ifndef JOURNAL_CHANGED_RECORDS_H
#define JOURNAL_CHANGED_RECORDS_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "journal/session.h"

/* More changed records than these are a full run: it reads less than so many single ones. */
enum { CHANGED_RECORDS_MAX = 50000 };

/* RUN_CHANGED: takes what waits; the run's mode becomes RUN_FULL if anything may have changed, too
 * much waits, or what changed cannot be a key. RUN_FULL of a watched sync: notes what it is going
 * to settle. Others (undo, too): nothing. */
MUST_CHECK bool changed_records_read(
    const struct session *session, struct scope *scope, struct error *err);

/* Where the source names from-records by keys: finds out which ones those are that changed, once
 * the keys are resolved (record_keys_resolve). Before, a run of changes knows of none. */
MUST_CHECK bool changed_records_find(
    const struct session *session, const struct scope *scope, struct error *err);

/* The from-records a RUN_CHANGED is about, ascending, which may be none; NULL in every other mode.
 * Borrowed. */
struct id_list;
const struct id_list *changed_records_ids(const struct scope *scope);

/* The same as an array literal for a statement's argument, built in `array`; NULL: none. */
const char *changed_records_array(const struct scope *scope, struct buf *array);

/* Is it a RUN_CHANGED without anything to do? */
bool changed_records_nothing(const struct scope *scope);

/* Does what was taken still wait? */
bool changed_records_waits(const struct scope *scope);

/* Deletes what was taken; does nothing when repeated. */
MUST_CHECK bool changed_records_finish(
    const struct session *session, const struct scope *scope, struct error *err);

void changed_records_close(struct changed_records *changed); /* NULL is fine */

#endif
