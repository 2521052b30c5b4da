/*
 * vanished.c: suspects -> objects API -> rejects, and changes that are left out of the plan.
 */
#include "sync/vanished.h"

#include <stdio.h>

#include "base/buf.h"
#include "hubspot/client.h"
#include "pg/pg.h"
#include "pg/text.h"

/* Records asked about in one run; more at once are no single deletions or merges. */
enum { SUSPECTS_MAX = 1000 };

struct findings {
    struct buf from, nothing, wrong, message; /* rejects, as array literals */
    struct buf skipped; /* from-records that are left alone */
    size_t count;
};

static void findings_clear(struct findings *findings)
{
    buf_clear(&findings->from);
    buf_clear(&findings->nothing);
    buf_clear(&findings->wrong);
    buf_clear(&findings->message);
    buf_clear(&findings->skipped);
}

static void add_finding(
    struct findings *findings, const struct run *run, const struct client_record *record)
{
    char id[24], text[200];
    (void)snprintf(id, sizeof id, "%llu", (unsigned long long)record->id);
    if (record->now == 0)
        (void)snprintf(text, sizeof text, "%.60s record %s does not exist in HubSpot (any more)",
            run->options.sync->from, id);
    else
        (void)snprintf(text, sizeof text,
            "%.60s record %s was merged into %llu in HubSpot; the source must name that one",
            run->options.sync->from, id, (unsigned long long)record->now);
    pg_array_text(&findings->from, id);
    pg_array_text(&findings->nothing, NULL);
    pg_array_text(&findings->wrong, "from_id");
    pg_array_text(&findings->message, text);
    pg_array_int(&findings->skipped, (int64_t)record->id);
    if (record->now != 0)
        pg_array_int(&findings->skipped, (int64_t)record->now);
    findings->count++;
}

/* An account whose objects cannot be read is compared as if nobody had asked. */
static bool ask(
    struct run *run, const struct assoc_list *records, struct findings *findings, struct error *err)
{
    struct client_record asked[CLIENT_RECORDS_MAX];
    for (size_t i = 0; i < records->count && i < SUSPECTS_MAX;) {
        struct error why = {0};
        size_t count = 0;
        while (count < CLIENT_RECORDS_MAX && i < records->count)
            asked[count++].id = records->rows[i++].from_id;
        bool answered = client_records(run->client, run->options.sync->from, asked, count, &why);
        bool stops =
            why.kind == ERROR_STOPPED || why.kind == ERROR_QUOTA || why.kind == ERROR_STATE;
        if (!answered)
            return !stops || error_set(err, why.kind, "%s", why.text);
        for (size_t k = 0; k < count; k++)
            if (asked[k].now != asked[k].id)
                add_finding(findings, run, &asked[k]);
    }
    return true;
}

static bool store(struct run *run, struct findings *findings, struct error *err)
{
    struct pg_args skip = {0};
    struct pg_args args = {0};
    pg_arg_int(&skip, run->run_id);
    pg_arg_text(&skip, pg_array_end(&findings->skipped));
    pg_arg_text(&args, run->options.sync->name);
    pg_arg_int(&args, run->run_id);
    pg_arg_text(&args, pg_array_end(&findings->from));
    const char *nothing = pg_array_end(&findings->nothing);
    pg_arg_text(&args, nothing);
    pg_arg_text(&args, nothing);
    pg_arg_text(&args, pg_array_end(&findings->wrong));
    pg_arg_text(&args, pg_array_end(&findings->message));
    return pg_run(run->state, STATEMENT_CHANGE_SKIP, &skip, NULL, err) &&
        pg_run(run->state, STATEMENT_REJECT_SOURCE, &args, NULL, err);
}

bool vanished_settle(struct run *run, const struct assoc_list *records, struct error *err)
{
    struct findings findings = {0};
    bool ok = records->count == 0 || ask(run, records, &findings, err);
    if (ok && findings.count > 0) {
        run->counts.unread += findings.count;
        ok = store(run, &findings, err);
    }
    findings_clear(&findings);
    return ok;
}
