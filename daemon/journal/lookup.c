/*
 * lookup.c: ids -> batches of 100 -> those left out, one by one -> fates.
 */
#include "journal/lookup.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "hubspot/client.h"

enum { SINGLES_MAX = 200 }; /* of one run */

/* Stop, quota and the journal end the run; anything else is an outage of the objects API. */
static bool give_up(struct lookup *lookup, const struct error *why, struct error *err)
{
    if (why->kind == ERROR_STOPPED || why->kind == ERROR_QUOTA || why->kind == ERROR_STATE)
        return error_set(err, why->kind, "%s", why->text);
    lookup->away = true;
    session_note(lookup->session,
        "HubSpot does not tell whether %s were deleted or merged, so that what depends on it is "
        "left as it is: %s",
        lookup->object, why->text);
    return true;
}

static int by_record(const void *a, const void *b)
{
    return assoc_compare(&(struct assoc){.from_id = ((const struct assoc *)a)->from_id},
        &(struct assoc){.from_id = ((const struct assoc *)b)->from_id});
}

static void decide_fate(struct lookup_record *record, uint64_t now)
{
    record->now = now;
    record->fate = now == 0 ? LOOKUP_DELETED : now == record->id ? LOOKUP_ALIVE : LOOKUP_MERGED;
}

static const struct assoc *known(const struct lookup *lookup, uint64_t id)
{
    struct assoc key = {.from_id = id};
    if (lookup->known.count == 0)
        return NULL;
    return bsearch(&key, lookup->known.rows, lookup->known.count, sizeof key, by_record);
}

/* One that the batch left out. */
static bool ask_single(struct lookup *lookup, struct lookup_record *record, struct error *err)
{
    struct client_record asked = {.id = record->id};
    struct error why = {0};
    const struct assoc *told = known(lookup, record->id);
    if (told != NULL)
        decide_fate(record, told->to_id);
    if (told != NULL || lookup->away || lookup->session->lookups >= SINGLES_MAX)
        return true;
    lookup->session->lookups++;
    if (!client_record_now(lookup->session->client, lookup->type, &asked, &why))
        return give_up(lookup, &why, err);
    decide_fate(record, asked.now);
    return true;
}

static bool ask_batch(struct lookup *lookup, struct error *err)
{
    struct client_record asked[CLIENT_RECORDS_MAX];
    struct error why = {0};
    size_t count = lookup->waiting;
    struct lookup_record *records = lookup->records + lookup->count - count;
    lookup->waiting = 0;
    if (count == 0 || lookup->away)
        return true;
    for (size_t i = 0; i < count; i++)
        asked[i] = (struct client_record){.id = records[i].id};
    struct client_lookup batch = {lookup->type, asked, count, &lookup->merges};
    bool answered = client_records(lookup->session->client, &batch, &why);
    if (!answered)
        return give_up(lookup, &why, err);
    for (size_t i = 0; i < count; i++) {
        records[i].now = asked[i].now;
        records[i].fate = records[i].now == records[i].id ? LOOKUP_ALIVE : LOOKUP_MERGED;
        if (records[i].now != 0)
            continue;
        records[i].fate = LOOKUP_UNKNOWN;
        if (!ask_single(lookup, &records[i], err))
            return false;
    }
    return true;
}

bool lookup_add(struct lookup *lookup, uint64_t id, struct error *err)
{
    mem_grow(&lookup->records, &lookup->room, lookup->count + 1, sizeof *lookup->records);
    lookup->records[lookup->count++] = (struct lookup_record){.id = id};
    return ++lookup->waiting < CLIENT_RECORDS_MAX || ask_batch(lookup, err);
}

bool lookup_end(struct lookup *lookup, struct error *err)
{
    if (!ask_batch(lookup, err))
        return false;
    for (size_t i = 0; i < lookup->count; i++)
        if (lookup->records[i].fate == LOOKUP_MERGED)
            assoc_list_add(&lookup->merges,
                (struct assoc){.from_id = lookup->records[i].id, .to_id = lookup->records[i].now});
    return true;
}

void lookup_clear(struct lookup *lookup)
{
    free(lookup->records);
    assoc_list_clear(&lookup->merges);
    assoc_list_clear(&lookup->known);
    lookup->records = NULL;
    lookup->count = lookup->room = 0;
}

void lookup_text(const char *object, const struct lookup_record *record, char text[LOOKUP_TEXT_MAX])
{
    if (record->fate == LOOKUP_MERGED)
        (void)snprintf(text, LOOKUP_TEXT_MAX,
            "%.60s record %llu was merged into %llu in HubSpot; the source must name that one",
            object, (unsigned long long)record->id, (unsigned long long)record->now);
    else
        (void)snprintf(text, LOOKUP_TEXT_MAX,
            "%.60s record %llu does not exist in HubSpot (any more)", object,
            (unsigned long long)record->id);
}
