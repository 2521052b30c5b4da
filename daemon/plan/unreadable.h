/*
 * unreadable.h: records whose associations HubSpot refuses to tell, one record at a time. They are
 * rejects (operation read) with a time of their own to be tried again, as refused changes are: so
 * one bad record neither stops a run nor is asked for in every one. Nothing is changed for them.
 */
#ifndef PLAN_UNREADABLE_H
#define PLAN_UNREADABLE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "journal/session.h"
#include "plan/chunk.h"

struct unreadable {
    struct assoc_list
        known; /* from_id of each earlier one, ascending; flags: its fate in this run */
    uint64_t waiting; /* of them, met and left out because their time has not come */
    struct buf from, category, message, correlation; /* those refused now, as array literals */
    uint64_t refused;
    char first[ERROR_TEXT_MAX]; /* what was said of the first of them */
};

/* `{0}` is an empty one. Loads the earlier ones. */
MUST_CHECK bool unreadable_load(
    struct unreadable *list, const struct session *session, struct error *err);

/* Takes the records whose time has not come out of a chunk. */
void unreadable_skip(struct unreadable *list, struct chunk *chunk);

/* Notes which of its records a reply tells about, and which were refused. */
void unreadable_note(struct unreadable *list, const struct client_reply *reply);

/* Once all was read: rejects for those refused; those that could be read, or that nobody asks for
 * any more, are rejects no longer. Counts those left out as unread. */
MUST_CHECK bool unreadable_store(
    struct unreadable *list, struct session *session, struct plan *plan, struct error *err);

void unreadable_clear(struct unreadable *list);

#endif
