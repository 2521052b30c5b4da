/*
 * deleted_records.h: from-records that the source names and whose associations are all gone from
 * HubSpot at once, or that an answer says nothing about. A record that was deleted or merged reads
 * like one without associations, or under another id; writing to it, or taking from the record it
 * was merged into what it brought along, would be wrong.
 */
#ifndef PLAN_DELETED_RECORDS_H
#define PLAN_DELETED_RECORDS_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "hubspot/client.h"
#include "journal/session.h"
#include "plan/chunk.h"

/* Flags of a suspect. */
enum {
    DELETED_UNREAD = 1, /* it could not be read, and is counted so */
    DELETED_UNNAMED = 2, /* the source does not name it: if it is gone, the owned set lets it go */
    DELETED_LEFT = 4, /* deleted_records_finish found it to be such a one */
    DELETED_UNTOLD = 8, /* … could not find out what became of it */
};

/* Adds record number `number` of a chunk to the suspects, ascending or not, if it may be gone. */
void deleted_records_note(struct assoc_list *suspects, const struct chunk *chunk,
    const struct client_reply *reply, size_t number);

/* Asks HubSpot what became of these from-records; a to_id is from then on what the record was
 * merged into, or 0. Those that are gone become rejects and count as unread; the plan's changes of
 * them are skipped. So are those of records that HubSpot does not tell about. What was told of a
 * missing record is remembered with its reject, and not asked again before the reject's time,
 * unless the run may archive anything. Not while requests are under way. */
MUST_CHECK bool deleted_records_finish(
    struct session *session, struct plan *plan, struct assoc_list *records, struct error *err);

/* The owned set lets go of those that are left: not before merges are settled, which ask it whether
 * a record that was merged away was known, and not while those are unasked. */
MUST_CHECK bool deleted_records_forget(const struct session *session, const struct plan *plan,
    const struct assoc_list *records, struct error *err);

/* The same for records of the plan that were found to be deleted or merged by another look-up. In
 * an undo they are left alone and become no rejects: it has no source that could name others.
 * unnamed: those that the source does not name. */
struct lookup;
MUST_CHECK bool deleted_records_report(struct session *session, struct plan *plan,
    const struct lookup *lookup, const struct assoc_list *unnamed, struct error *err);

/* Rejects of missing records that this run has not met go. */
MUST_CHECK bool deleted_records_end(
    const struct session *session, const struct scope *scope, struct error *err);

#endif
