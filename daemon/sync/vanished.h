/*
 * vanished.h: from-records that the source names and whose associations are all gone from HubSpot
 * at once. A record that was deleted or merged reads like one without associations; writing to it,
 * or taking from the record it was merged into what it brought along, would be wrong.
 */
#ifndef SYNC_VANISHED_H
#define SYNC_VANISHED_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "sync/run.h"

/* Asks HubSpot what became of these from-records. Those that are gone become rejects and count as
 * unread; the plan's changes of them, and of the records they were merged into, are skipped. Not
 * while requests are under way. */
MUST_CHECK bool vanished_settle(
    struct run *run, const struct assoc_list *records, struct error *err);

#endif
