/*
 * report.c: what a run read, what it plans or did, what it costs, what to type next.
 */
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

#include "hubspot/cardinality.h"
#include "hubspot/client.h"
#include "source/source.h"
#include "journal/overlap.h"
#include "plan/guard.h"
#include "cli/output.h"

static void print_count(char sign, uint64_t count, const char *what, const char *rest)
{
    char number[NUMBER_TEXT_MAX];
    if (count > 0)
        output_print("  %c %9s  %-8s  %s\n", sign, output_number(count, number), what, rest);
}

static void print_head(const struct run *run)
{
    const struct sync_definition *sync = run->session.sync;
    const struct plan_counts *planned = &run->plan.counts;
    char desired[COUNT_TEXT_MAX], records[COUNT_TEXT_MAX], number[NUMBER_TEXT_MAX];
    if (run->scope.undoes != 0) {
        output_print("portal %s (%llu, %s)      undo of run %lld (sync %s)\n"
                     "read     %s again\n",
            sync->portal->name, (unsigned long long)run->session.access.portal_id,
            dialect_text(sync->portal->api), (long long)run->scope.undoes, sync->name,
            output_count(planned->records, sync->from, records));
        return;
    }
    output_print("portal %s (%llu, %s, supported until %s)      source %s\n", sync->portal->name,
        (unsigned long long)run->session.access.portal_id, dialect_text(sync->portal->api),
        dialect_supported_until(sync->portal->api), source_name(sync));
    if (run->scope.mode == RUN_APPLY) {
        /* The whole source is read, the plan's records are compared. */
        output_print("read     %s, and again %s of plan %lld\n",
            output_count(planned->desired, "desired rows", desired),
            output_count(planned->records, sync->from, records), (long long)run->scope.plan_id);
        return;
    }
    output_print("read     %s of %s", output_count(planned->desired, "desired rows", desired),
        output_count(planned->records, sync->from, records));
    if (planned->invalid > 0)
        output_print(", %s invalid", output_number(planned->invalid, number));
    if (planned->pending > 0)
        output_print(", %s pending", output_number(planned->pending, number));
    if (planned->duplicates > 0)
        output_print(", %s repeated", output_number(planned->duplicates, number));
    if (planned->unread > 0)
        output_print(
            "      %s could not be read\n", output_count(planned->unread, "records", desired));
    else
        puts("      all pages read");
}

/* What an undo skips has its reasons. */
static bool print_undone(struct cli *cli, const struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, run->session.run_id);
    if (!pg_run(cli->state, STATEMENT_SKIP_REASONS, &args, &rows, err))
        return false;
    print_count('+', run->plan.counts.to_create, "create", "what the run had archived");
    print_count('-', run->plan.counts.to_archive, "archive", "what the run had created");
    for (int i = 0; i < rows.count; i++)
        print_count('.', (uint64_t)pg_rows_int(&rows, i, 0), "skipped", pg_rows_text(&rows, i, 1));
    return true;
}

/* The type that HubSpot may give by itself to the first pair of a record, CATEGORY:id, if the sync
 * would archive it again; else NULL. */
static const char *first_type(const struct run *run, char text[static 256])
{
    const struct sync_definition *sync = run->session.sync;
    uint32_t first = cardinality_rules(sync, &run->session.types).first;
    if (sync->policy != POLICY_MIRROR || first == TYPE_NONE ||
        !run->session.types.items[first].managed)
        return NULL;
    (void)snprintf(text, 256, "%s:%u", run->session.types.items[first].category,
        run->session.types.items[first].type_id);
    return text;
}

/* "1,117 new in the source, 87 removed in HubSpot (drift)" needs the reasons apart. */
static bool print_changes(struct cli *cli, const struct run *run, struct error *err)
{
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    struct pg_args args = {0};
    char text[256], a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->scope.undoes != 0)
        return print_undone(cli, run, err);
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, first_type(run, text));
    if (!pg_run(cli->state, STATEMENT_REASON_COUNTS, &args, &rows, err))
        return false;
    uint64_t new_ones = (uint64_t)pg_rows_int(&rows, 0, 0);
    uint64_t lost = (uint64_t)pg_rows_int(&rows, 0, 1);
    uint64_t foreign = (uint64_t)pg_rows_int(&rows, 0, 2);
    (void)snprintf(text, sizeof text, "%s new in the source, %s removed in HubSpot (drift)",
        output_number(new_ones, a), output_number(lost, b));
    print_count('+', planned->to_create, "create", text);
    uint64_t moved = (uint64_t)pg_rows_int(&rows, 0, 5);
    char keys[96] = "", number[NUMBER_TEXT_MAX];
    if (moved > 0)
        (void)snprintf(keys, sizeof keys, ", %s because a key means another record now",
            output_number(moved, number));
    (void)snprintf(text, sizeof text, "%.2f %% of %s owned (at most %s)%s%s",
        planned->managed > 0 ? 100.0 * (double)planned->to_archive / (double)planned->managed : 0.0,
        output_number(planned->managed, a),
        output_number(guard_archive_limit(&run->session.sync->guards, planned->managed), b),
        foreign > 0 ? ", some added in HubSpot by others (drift)" : "", keys);
    print_count('-', planned->to_archive, "archive", text);
    print_count('~', planned->reported, "drift", "reported only (on_drift: report)");
    print_count('!', planned->blocked, "blocked",
        "archiving it would also remove a label this sync does not manage");
    print_count('~', (uint64_t)pg_rows_int(&rows, 0, 3), "primary",
        "HubSpot may mark the first link of a record as primary; the next run archives the mark");
    (void)snprintf(text, sizeof text,
        "kept: came with a record that HubSpot merged into theirs (assocd show %lld)",
        (long long)run->session.run_id);
    print_count('~', (uint64_t)pg_rows_int(&rows, 0, 4), "merged", text);
    (void)snprintf(text, sizeof text, "%squarantined or left alone (assocd show %lld)",
        run->scope.mode == RUN_APPLY ? "not in the plan, " : "", (long long)run->session.run_id);
    print_count('.', done->skipped, "skipped", text);
    return true;
}

static bool print_invalid(struct cli *cli, const struct run *run, struct error *err)
{
    struct pg_args args = {0};
    char number[NUMBER_TEXT_MAX];
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->plan.counts.invalid + run->plan.told + run->plan.unread_told == 0)
        return true;
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, run->session.run_id);
    if (!pg_run(cli->state, STATEMENT_REJECT_SAMPLES, &args, &rows, err))
        return false;
    int64_t more = rows.count > 0 ? pg_rows_int(&rows, 0, 3) : 0;
    for (int i = 0; i < rows.count; i++) {
        print_count('x', (uint64_t)pg_rows_int(&rows, i, 0), pg_rows_text(&rows, i, 2),
            pg_rows_text(&rows, i, 1));
        more -= pg_rows_int(&rows, i, 0);
    }
    if (more > 0)
        output_print("             %s more: assocd rejects %s\n",
            output_number((uint64_t)more, number), run->session.sync->name);
    return true;
}

/* Rows that wait for their keys, and why. */
static void print_pending(const struct run *run)
{
    const struct plan_pending *pending = &run->plan.pending;
    const char *const words[] = {
        "in no record", "in several records", "not found yet or not answered for"};
    const uint64_t counts[] = {pending->missing, pending->ambiguous, pending->unread};
    char text[256] = "keys", number[NUMBER_TEXT_MAX];
    const char *separator = "";
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        size_t length = strlen(text);
        if (counts[i] == 0)
            continue;
        (void)snprintf(text + length, sizeof text - length, "%s %s: %s", separator, words[i],
            output_number(counts[i], number));
        separator = ",";
    }
    size_t length = strlen(text);
    (void)snprintf(
        text + length, sizeof text - length, " (assocd rejects %s)", run->session.sync->name);
    print_count('x', run->plan.counts.pending, "pending", text);
}

static uint64_t parts(uint64_t count, int64_t size)
{
    return (count + (uint64_t)size - 1) / (uint64_t)size;
}

static bool print_price(struct cli *cli, const struct run *run, struct error *err)
{
    const struct limits *limits = &run->session.sync->portal->limits;
    const struct plan_counts *planned = &run->plan.counts;
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, run->session.run_id);
    if (!pg_run(cli->state, STATEMENT_PLAN_PRICE, &args, &rows, err))
        return false;
    uint64_t creates = parts(planned->to_create, limits->create_inputs);
    uint64_t archives = parts((uint64_t)pg_rows_int(&rows, 0, 0), limits->archive_from_ids);
    uint64_t by_rows = parts(planned->to_archive, limits->archive_inputs);
    uint64_t verifying = parts((uint64_t)pg_rows_int(&rows, 0, 1), limits->read_inputs);
    archives = by_rows > archives ? by_rows : archives;
    /* Whose token it is, the plan's records again, and what became of those of archives, and
     * of creates that may wipe a label. */
    uint64_t again = 1 + verifying;
    uint64_t looks_up = parts((uint64_t)pg_rows_int(&rows, 0, 0), CLIENT_RECORDS_MAX) +
        parts((uint64_t)pg_rows_int(&rows, 0, 2) + run->plan.beside_labels, CLIENT_RECORDS_MAX);
    uint64_t all =
        creates + archives + verifying > 0 ? again + looks_up + creates + archives + verifying : 0;
    char text[6][COUNT_TEXT_MAX], looks[160] = "", number[NUMBER_TEXT_MAX];
    if (run->plan.moves_requests > 0)
        (void)snprintf(looks, sizeof looks, " (%s of them to see what creates take from others)",
            output_number(run->plan.moves_requests, number));
    size_t length = strlen(looks);
    if (run->plan.keys_requests > 0)
        (void)snprintf(looks + length, sizeof looks - length,
            " (%s of them to find out what keys mean)",
            output_number(run->plan.keys_requests, number));
    output_print("cost     %s done%s, %s + %s + %s + %s + %s to come, about %llu s\n",
        output_count(client_requests(run->session.client), "requests", text[0]), looks,
        output_count(all > 0 ? again : 0, "readings", text[4]),
        output_count(looks_up, "look-ups", text[5]), output_count(creates, "creates", text[1]),
        output_count(archives, "archives", text[2]),
        output_count(verifying, "verifying reads", text[3]),
        (unsigned long long)(limits->requests_per_10s > 0
                ? (all * 10 + (uint64_t)limits->requests_per_10s - 1) /
                    (uint64_t)limits->requests_per_10s
                : 1));
    if (run->plan.merges_unasked)
        output_print("note     its archives are more than the guards allow: what became of their "
                     "records is looked up when it is applied\n");
    return true;
}

static void print_plan_end(const struct run *run)
{
    unsigned long long plan = (unsigned long long)run->session.run_id;
    const char *digest = run->plan.digest;
    bool empty = run->plan.counts.to_create + run->plan.counts.to_archive == 0;
    if (run->verdict.kind != VERDICT_PASS) {
        output_print("guard    %s: %s\n", run->verdict.guard, run->verdict.text);
        if (digest[0] != '\0')
            output_print("plan %llu sha256:%.4s...%s\n", plan, digest, digest + 62);
    } else if (run->scope.mode == RUN_PLAN) {
        output_print("plan %llu sha256:%.4s...%s      ", plan, digest, digest + 62);
        if (empty && run->plan.counts.unread > 0)
            puts("incomplete: not all records could be read");
        else if (empty && run->plan.undecided > 0)
            puts("incomplete: some labels are kept that the source does not name");
        else if (empty &&
            run->plan.counts.invalid + run->plan.counts.pending + run->plan.told +
                    run->plan.untold >
                0)
            puts("incomplete: not all rows of the source could be taken up");
        else if (empty && run->plan.waiting.count > 0)
            puts("nothing to do now: what is left waits in quarantine");
        else if (empty)
            puts("nothing to do");
        else
            output_print("apply with: assocd apply %llu\n", plan);
    }
}

/* What of a plan has become needless, or was changed, before it was applied. */
static void print_gone(const struct run *run)
{
    char gone[COUNT_TEXT_MAX];
    if (run->plan.gone > 0)
        output_print("note     %s of plan %lld %s not there any more: the source or HubSpot has "
                     "changed since (assocd show %lld)\n",
            output_count(run->plan.gone, "changes", gone), (long long)run->scope.plan_id,
            run->plan.gone == 1 ? "is" : "are", (long long)run->scope.plan_id);
}

static void print_outcome(const struct run *run)
{
    const struct outcome_counts *done = &run->outcome.counts;
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], text[COUNT_TEXT_MAX];
    output_print("run %llu of %s: %s", (unsigned long long)run->session.run_id,
        run->session.sync->name, run_status_text(run->ending.status));
    output_print(", %s created, %s archived", output_number(done->created, a),
        output_number(done->archived, b));
    if (done->rejected > 0)
        output_print(", %s rejected by HubSpot", output_number(done->rejected, a));
    if (done->unverified > 0)
        output_print(", %s unverified", output_number(done->unverified, a));
    if (done->withheld > 0)
        output_print(", %s withheld", output_number(done->withheld, a));
    if (done->abandoned > 0)
        output_print(", %s not tried", output_number(done->abandoned, a));
    uint64_t requests = run->session.client != NULL ? client_requests(run->session.client) : 0;
    output_print(", %s\n", output_count(requests, "requests", text));
}

/* Why something was left undone. */
static void print_reason(const struct run *run)
{
    if (run->session.reason[0] != '\0')
        output_print("because  %s\n", run->session.reason);
}

/* Pausing is for daemons. */
static bool print_paused(struct cli *cli, const struct run *run, struct error *err)
{
    const char *name = run->session.sync->name;
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, name);
    if (run->scope.mode == RUN_PLAN)
        return true;
    if (!pg_run(cli->state, STATEMENT_SYNC_PAUSED, &args, &rows, err))
        return false;
    if (rows.count > 0)
        output_print("note     %s is paused by %s since %s%s%s; daemons do not start it, but a "
                     "command that is typed runs\n",
            name, pg_rows_text(&rows, 0, 0), pg_rows_text(&rows, 0, 1),
            pg_rows_text(&rows, 0, 2)[0] != '\0' ? ": " : "", pg_rows_text(&rows, 0, 2));
    return true;
}

/* Two configurations that share a database do not see each other. */
static bool print_elsewhere(struct cli *cli, const struct run *run, struct error *err)
{
    struct session session = run->session;
    struct object_pair pair;
    CLEANUP(buf_clear) struct buf text = {0};
    if (session.from_type == NULL || session.to_type == NULL || run->scope.undoes != 0)
        return true;
    struct overlap overlap = overlap_of(&session, &pair);
    overlap.where.state = cli->state;
    if (!overlap_elsewhere(&overlap, &text, err))
        return false;
    if (text.length > 0)
        output_print("note     %s\n", buf_text(&text));
    return true;
}

/* The source has not changed by an undo. */
static void print_undo_end(const struct run *run)
{
    const char *name = run->session.sync->name;
    if (run->scope.undoes != 0 && run->plan.counts.to_create + run->plan.counts.to_archive > 0)
        output_print(
            "note     the source is still authoritative: unless you change it or pause the "
            "sync, the "
            "next run of %s re-applies these changes; see: assocd plan %s\n",
            name, name);
}

bool report_run(struct cli *cli, const struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    /* One line, and no connection for it: there are many such runs. */
    if (run->scope.mode == RUN_CHANGED && run->verdict.kind == VERDICT_PASS && !cli->json) {
        print_outcome(run);
        print_reason(run);
        return true;
    }
    if (!cli_state(cli, err))
        return false;
    if (cli->json)
        return cli_print_json(cli, STATEMENT_RUN_JSON, &args, false, err);
    print_head(run);
    if (!print_changes(cli, run, err) || !print_invalid(cli, run, err))
        return false;
    print_pending(run);
    if (run->scope.mode == RUN_PLAN && run->verdict.kind != VERDICT_REFUSE &&
        !print_price(cli, run, err))
        return false;
    print_plan_end(run);
    if (run->scope.mode != RUN_PLAN)
        print_outcome(run);
    print_reason(run);
    print_gone(run);
    print_undo_end(run);
    return print_elsewhere(cli, run, err) && print_paused(cli, run, err);
}
