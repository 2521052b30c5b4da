/*
 * vanished.h: from-records that the source names and whose associations are all gone from HubSpot
 * at once, or that an answer says nothing about. A record that was deleted or merged reads like one
 * without associations, or under another id; writing to it, or taking from the record it was merged
 * into what it brought along, would be wrong.
 */
#ifndef SYNC_VANISHED_H
#define SYNC_VANISHED_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "model/assoc.h"
#include "sync/chunk.h"
#include "sync/run.h"

/* Flags of a suspect. */
enum {
    VANISHED_UNREAD = 1, /* it could not be read, and is counted so */
    VANISHED_UNNAMED = 2, /* the source does not name it: if it is gone, the registry lets it go */
    VANISHED_LEFT = 4, /* vanished_settle found it to be such a one */
};

/* Adds record number `number` of a chunk to the suspects, ascending or not, if it may be gone. */
void vanished_note(struct assoc_list *suspects, const struct chunk *chunk,
    const struct client_reply *reply, size_t number);

/* Asks HubSpot what became of these from-records. Those that are gone become rejects and count as
 * unread; the plan's changes of them, and of the records they were merged into, are skipped. So are
 * those of records that HubSpot does not tell about. What was told of a missing record is
 * remembered with its reject, and not asked again before the reject's time, unless the run may
 * archive anything. Not while requests are under way. */
MUST_CHECK bool vanished_settle(struct run *run, struct assoc_list *records, struct error *err);

/* The registry lets go of those that are left: not before merges are settled, which ask it whether
 * a record that was merged away was known, and not while those are unasked. */
MUST_CHECK bool vanished_forget(
    struct run *run, const struct assoc_list *records, struct error *err);

/* The same for records of the plan that were found to be deleted or merged by another look-up. In
 * an undo they are left alone and become no rejects: it has no source that could name others.
 * unnamed: those that the source does not name. */
struct lookup;
MUST_CHECK bool vanished_tell(struct run *run, const struct lookup *lookup,
    const struct assoc_list *unnamed, struct error *err);

/* Rejects of missing records that this run has not met go. */
MUST_CHECK bool vanished_end(struct run *run, struct error *err);

#endif
