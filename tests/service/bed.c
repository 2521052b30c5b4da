/*
 * bed.c: opens, drives and closes what daemons need.
 */
#include "service/bed.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "lib/control.h"
#include "lib/roles.h"

/* The caller's own PostgreSQL settings and systemd's must not reach the daemon. */
static const char *const plain_env[] = {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD",
    "PGOPTIONS", "PGSERVICE", "NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM", NULL};

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

void bed_sync(struct buf *yaml, const char *name, const char *to, const char *schedule)
{
    buf_addf(yaml,
        "  %s:\n    portal: main\n    from: deals\n    to: %s\n    types: [plain]\n"
        "    source: {table: crm.link}\n    policy: mirror_owned\n    schedule: %s\n"
        "    verify_delays: [20ms]\n",
        name, to, schedule);
}

void bed_configure(struct bed *bed, const char *head, const char *syncs)
{
    struct buf yaml = {0};
    char token[200];
    (void)snprintf(token, sizeof token, "token_file: %s/token", bed->folder);
    buf_addf(&yaml,
        "version: 1\ndatabase: {url: \"%s\"}\n%sportals:\n  main:\n%s%s\n"
        "    %s\n    api: 2026-09\n    timeout: 30s\n"
        "    limits: {requests_per_10s: 0, in_flight: 4}\n%s%s",
        bed->database_url, head, bed->portal_yaml != NULL ? "" : "    base_url: ",
        bed->portal_yaml != NULL ? bed->portal_yaml : bed->base_url,
        bed->token_yaml != NULL ? bed->token_yaml : token, syncs[0] != '\0' ? "syncs:\n" : "",
        syncs);
    char *text = roles_text(buf_text(&yaml), "daemon");
    write_file(bed->config_path, text);
    free(text);
    buf_clear(&yaml);
}

/* tls: --tls and its value, and so on, ended by NULL; or NULL. */
static void open_sandbox(struct bed *bed, const char *const tls[])
{
    char *path = process_beside("sandbox");
    const char *argv[16] = {path, "--die-with-parent", "--token", BED_TOKEN, "--rate-per-10s", "0",
        "--general-per-10s", "0", "--search-per-1s", "0"};
    for (size_t i = 0; tls != NULL && tls[i] != NULL; i++)
        argv[10 + i] = tls[i];
    process_start(&bed->sandbox, argv, NULL);
    bed->base_url = process_line(&bed->sandbox, BED_MS);
    ck_assert_msg(bed->base_url != NULL, "sandbox: %s", buf_text(&bed->sandbox.err));
    control_post(bed->base_url, "seed",
        "{\"records\":{\"contacts\":{\"from\":1,\"to\":99},\"companies\":{\"from\":1,\"to\":99},"
        "\"deals\":{\"from\":1,\"to\":99}}}",
        NULL);
    free(path);
}

char *bed_secure(struct bed *bed, const char *pem, const char *priorities)
{
    const char *const tls[] = {"--tls", pem, "--tls-priorities", priorities, NULL};
    process_clear(&bed->sandbox);
    free(bed->base_url);
    open_sandbox(bed, tls);
    return process_line(&bed->sandbox, BED_MS);
}

void bed_open(struct bed *bed, const char *schedule)
{
    char token[160];
    struct buf syncs = {0};
    const char *tmp = getenv("TMPDIR");
    *bed = (struct bed){.notify_fd = -1};
    (void)snprintf(
        bed->folder, sizeof bed->folder, "%.100s/daemon.XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(bed->folder));
    (void)snprintf(bed->config_path, sizeof bed->config_path, "%s/assocd.yaml", bed->folder);
    (void)snprintf(bed->notify_path, sizeof bed->notify_path, "%.100s/notify", bed->folder);
    (void)snprintf(token, sizeof token, "%s/token", bed->folder);
    write_file(token, BED_TOKEN "\n");
    bed->database_url = cluster_database_with_schema();
    bed->pg = cluster_connect(bed->database_url);
    bed_sql(bed,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint);"
        "insert into crm.link select i, i from generate_series(1, 20) i");
    roles_make(bed->pg);
    open_sandbox(bed, NULL);
    bed_sync(&syncs, "links", "contacts", schedule);
    bed_configure(bed, "daemon: {stop_timeout: 10s, poll: 1s}\n", buf_text(&syncs));
    buf_clear(&syncs);
}

void bed_close(struct bed *bed)
{
    static const char *const names[] = {"assocd.yaml", "assocd.yaml.command", "token", "notify"};
    char path[160];
    for (size_t i = 0; i < ARRAY_COUNT(bed->daemons); i++) {
        if (bed->daemons[i].pid != 0)
            (void)process_stop(&bed->daemons[i], SIGTERM, BED_MS);
        process_clear(&bed->daemons[i]);
    }
    if (bed->notify_fd >= 0)
        (void)close(bed->notify_fd);
    process_clear(&bed->sandbox);
    pg_close(bed->pg);
    cluster_drop(bed->database_url);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", bed->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(bed->folder);
    buf_clear(&bed->notified);
    free(bed->base_url);
    free(bed->database_url);
}

void bed_start(struct bed *bed, int number, const char *const env[])
{
    char *path = process_beside("assocd");
    const char *const argv[] = {path, "-c", bed->config_path, "daemon", NULL};
    process_start(&bed->daemons[number], argv, env != NULL ? env : plain_env);
    ck_assert_msg(process_expect(&bed->daemons[number], ": daemon ", BED_MS), "no daemon: %s",
        buf_text(&bed->daemons[number].err));
    free(path);
}

void bed_start_logging(struct bed *bed, const char *format)
{
    char *path = process_beside("assocd");
    const char *const argv[] = {
        path, "-c", bed->config_path, "daemon", "--log-format", format, NULL};
    process_start(&bed->daemons[0], argv, plain_env);
    free(path);
}

int bed_stop(struct bed *bed, int number)
{
    return process_stop(&bed->daemons[number], SIGTERM, BED_MS);
}

/* What the daemon reads, with the role that the verb needs. */
static void write_command_config(const struct bed *bed, const char *path, const char *verb)
{
    char bytes[16384];
    FILE *file = fopen(bed->config_path, "r");
    ck_assert_ptr_nonnull(file);
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
    (void)fclose(file);
    char *text = roles_text(bytes, verb);
    write_file(path, text);
    free(text);
}

int bed_command_within(
    struct bed *bed, struct process *process, const char *const words[], int limit_ms)
{
    const char *argv[12] = {NULL};
    char *path = process_beside("assocd");
    char config[176];
    size_t count = 0;
    (void)snprintf(config, sizeof config, "%s.%s", bed->config_path, "command");
    write_command_config(bed, config, words[0]);
    argv[count++] = path;
    argv[count++] = "-c";
    argv[count++] = config;
    for (size_t i = 0; words[i] != NULL; i++)
        argv[count++] = words[i];
    (void)process_run(process, argv, plain_env, limit_ms);
    free(path);
    return process->status;
}

int bed_command(struct bed *bed, struct process *process, const char *const words[])
{
    int status = bed_command_within(bed, process, words, BED_MS);
    ck_assert_msg(!process->timed_out, "%s does not end: %s", words[0], buf_text(&process->err));
    return status;
}

void bed_sql(struct bed *bed, const char *sql)
{
    cluster_exec(bed->pg, sql, NULL);
}

void bed_trigger(struct bed *bed)
{
    bed_sql(bed, "insert into assocd.signal (verb, sync) values ('trigger', 'links')");
}

int64_t bed_int(struct bed *bed, const char *sql)
{
    return cluster_int(bed->pg, sql);
}

char *bed_text(struct bed *bed, const char *sql)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(bed->pg, sql, &rows);
    return mem_text(rows.count > 0 ? pg_rows_text(&rows, 0, 0) : "");
}

bool bed_until_ms(struct bed *bed, const char *sql, int64_t limit_ms)
{
    int64_t until_ms = clock_now_ms() + limit_ms;
    for (;;) {
        CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
        cluster_exec(bed->pg, sql, &rows);
        if (rows.count > 0 && pg_rows_bool(&rows, 0, 0))
            return true;
        if (clock_now_ms() >= until_ms)
            return false;
        (void)poll(NULL, 0, 10);
    }
}

/* Everything that may explain why something did not come. */
static void add_state(struct bed *bed, struct buf *text)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(bed->pg,
        "select string_agg(t, E'\\n') from (select r.run_id || ' ' || r.sync || ' ' || r.cause || "
        "' ' || r.status || ' ' || coalesce(r.error, '') as t from assocd.run r union all select "
        "s::text from assocd.sync_state s union all select g::text from assocd.signal g) x",
        &rows);
    buf_addf(text, "%s\n", rows.count > 0 ? pg_rows_text(&rows, 0, 0) : "");
    for (size_t i = 0; i < ARRAY_COUNT(bed->daemons); i++) {
        if (bed->daemons[i].pid != 0)
            (void)process_expect(&bed->daemons[i], "\001", 1);
        buf_addf(text, "daemon %zu: %s\n", i, buf_text(&bed->daemons[i].err));
    }
}

void bed_until(struct bed *bed, const char *sql)
{
    if (bed_until_ms(bed, sql, BED_MS))
        return;
    struct buf text = {0};
    add_state(bed, &text);
    ck_abort_msg("never: %s\n%s", sql, buf_text(&text));
}

void bed_fault(struct bed *bed, const char *json)
{
    control_post(bed->base_url, "fault", json, NULL);
}

void bed_hold_creates(struct bed *bed)
{
    bed_fault(bed, "{\"match\":{\"path\":\"batch/create\"},\"action\":\"hold\"}");
}

void bed_release(struct bed *bed)
{
    control_post(bed->base_url, "fault/clear", "{}", NULL);
    control_post(bed->base_url, "release", "{}", NULL);
}

int bed_logged(struct bed *bed, const char *text)
{
    struct buf log = {0};
    int count = 0;
    control_get(bed->base_url, "log", &log);
    for (const char *at = buf_text(&log); (at = strstr(at, text)) != NULL; at += strlen(text))
        count++;
    buf_clear(&log);
    return count;
}

void bed_until_logged(struct bed *bed, const char *text)
{
    int64_t until_ms = clock_now_ms() + BED_MS;
    while (bed_logged(bed, text) == 0) {
        ck_assert_msg(clock_now_ms() < until_ms, "no request: %s", text);
        (void)poll(NULL, 0, 10);
    }
}

int64_t bed_differences(struct bed *bed)
{
    CLEANUP(buf_clear) struct buf dump = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct error err = {0};
    struct pg_args args = {0};
    control_get(bed->base_url, "dump?from=deals&to=contacts", &dump);
    pg_arg_text(&args, buf_text(&dump));
    ck_assert_msg(pg_exec_args(bed->pg,
                      "with hubspot as (select distinct split_part(line, E'\\t', 1)::bigint as f,"
                      " split_part(line, E'\\t', 2)::bigint as t"
                      " from regexp_split_to_table($1, E'\\n') line where line <> '')"
                      " select count(*) from hubspot full join"
                      " (select distinct from_id, to_id from crm.link) l on (f, t) = (from_id, "
                      "to_id) where f is null or from_id is null",
                      &args, &rows, &err),
        "%s", err.text);
    return pg_rows_int(&rows, 0, 0);
}

void bed_notify(struct bed *bed)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", bed->notify_path);
    bed->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(bed->notify_fd, 0);
    ck_assert_int_eq(bind(bed->notify_fd, (struct sockaddr *)&address, sizeof address), 0);
}

void bed_take_notified(struct bed *bed)
{
    char message[1024];
    ssize_t length;
    while ((length = recv(bed->notify_fd, message, sizeof message - 1, 0)) >= 0) {
        buf_add(&bed->notified, message, (size_t)length);
        buf_add_char(&bed->notified, '\n');
    }
}

void bed_until_notified(struct bed *bed, const char *line)
{
    int64_t until_ms = clock_now_ms() + BED_MS;
    for (;;) {
        bed_take_notified(bed);
        if (strstr(buf_text(&bed->notified), line) != NULL)
            return;
        ck_assert_msg(clock_now_ms() < until_ms, "no %s in: %s", line, buf_text(&bed->notified));
        struct pollfd more = {.fd = bed->notify_fd, .events = POLLIN};
        (void)poll(&more, 1, 100);
    }
}
