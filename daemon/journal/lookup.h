/*
 * lookup.h: what became of records, asked of the objects API: alive, deleted, or merged into
 * another one. Before an archive or a reject both of its records are asked for, because a merge
 * moves links to another id, where they look like somebody else's (hubspot-api 17).
 *
 * Price: one request for 100 ids; one more, up to 200 in a run, for each that the answer leaves
 * out, unless an earlier run's answer is known. What is not told, whyever, is unknown and never
 * deleted (outage.h).
 */
#ifndef JOURNAL_LOOKUP_H
#define JOURNAL_LOOKUP_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "journal/session.h"

enum lookup_fate { LOOKUP_UNKNOWN, LOOKUP_ALIVE, LOOKUP_MERGED, LOOKUP_DELETED };

struct lookup_record {
    uint64_t id;
    uint64_t now; /* LOOKUP_MERGED: what it was merged into */
    enum lookup_fate fate;
};

/* `{.run = …, .object = …, .type = …}` is a fresh one. */
struct lookup {
    struct session *session;
    const char *object; /* type of the records, as configured … */
    const char *type; /* … and its id */
    struct lookup_record *records; /* in the order asked */
    size_t count, room;
    struct assoc_list merges; /* all that was told: from_id was merged into to_id */
    struct assoc_list known; /* by from_id: records left out that need not be asked for alone;
                              * to_id is what they were merged into, or 0: deleted */
    size_t waiting; /* the last ones, not asked for yet */
    bool away; /* the objects API does not answer, or may not be asked: the rest is unknown */
};

/* Asks for one more record; may wait for others. Errors are those that end the run. Not while
 * requests are under way. */
MUST_CHECK bool lookup_add(struct lookup *lookup, uint64_t id, struct error *err);

/* Asks for those that wait. Now all records have their fate, as far as HubSpot tells it. */
MUST_CHECK bool lookup_end(struct lookup *lookup, struct error *err);

void lookup_clear(struct lookup *lookup);

/* "contacts record 2 was merged into 102 in HubSpot; the source must name that one", or that it
 * does not exist. */
enum { LOOKUP_TEXT_MAX = 200 };
void lookup_text(
    const char *object, const struct lookup_record *record, char text[LOOKUP_TEXT_MAX]);

#endif
