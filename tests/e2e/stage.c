/*
 * stage.c: opens, resets and closes what a case needs.
 */
#include "e2e/stage.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "lib/control.h"
#include "lib/roles.h"

enum { START_MS = 60000 };

static void top_path(const char *name, struct buf *path)
{
    const char *top = getenv("ASSOCD_TOP");
    buf_addf(path, "%s/%s", top != NULL ? top : ".", name);
}

static void add_file(const char *name, struct buf *text)
{
    CLEANUP(buf_clear) struct buf path = {0};
    char bytes[16384];
    size_t got;
    top_path(name, &path);
    FILE *file = fopen(buf_text(&path), "r");
    ck_assert_msg(file != NULL, "%s not found; run from the top folder or set ASSOCD_TOP", name);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(text, bytes, got);
    (void)fclose(file);
}

static void write_token(const struct stage *stage)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/token", stage->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(
        write(fd, STAGE_TOKEN "\n", strlen(STAGE_TOKEN) + 1), (ssize_t)strlen(STAGE_TOKEN) + 1);
    (void)close(fd);
}

static char *open_sandbox(
    struct stage *stage, struct process *sandbox, const char *account, const char *label)
{
    const char *const argv[] = {stage->sandbox_path, "--die-with-parent", "--token", STAGE_TOKEN,
        "--rate-per-10s", "0", "--general-per-10s", "0", "--search-per-1s", "0", "--portal-id",
        account, "--first-label-id", label, NULL};
    process_start(sandbox, argv, NULL);
    char *url = process_line(sandbox, START_MS);
    ck_assert_msg(url != NULL, "the sandbox does not start: %s", buf_text(&sandbox->err));
    return url;
}

void stage_open(struct stage *stage)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    struct buf invariants = {0};
    *stage = (struct stage){
        .assocd = process_beside("assocd"), .sandbox_path = process_beside("sandbox")};
    add_file("tests/e2e/invariants.sql", &invariants);
    stage->invariants = invariants.bytes;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(
        stage->folder, sizeof stage->folder, "%.100s/e2e.XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(stage->folder));
    (void)snprintf(stage->config_path, sizeof stage->config_path, "%s/assocd.yaml", stage->folder);
    write_token(stage);
    stage->database_url = cluster_database_with_schema();
    stage->pg = cluster_connect(stage->database_url);
    add_file("tests/e2e/stage.sql", &sql);
    stage_sql(stage, buf_text(&sql), NULL);
    roles_make(stage->pg);
    stage->main_url = open_sandbox(stage, &stage->sandbox, "7654321", "26");
    stage->base_url = stage->main_url;
}

static void close_other(struct stage *stage)
{
    if (stage->other_url == NULL)
        return;
    (void)process_stop(&stage->other_sandbox, SIGTERM, START_MS);
    process_clear(&stage->other_sandbox);
    free(stage->other_url);
    stage->other_url = NULL;
}

void stage_account(struct stage *stage, const char *name)
{
    if (strcmp(name, "main") == 0) {
        stage->base_url = stage->main_url;
        return;
    }
    ck_assert_str_eq(name, "other");
    if (stage->other_url == NULL) {
        stage->other_url = open_sandbox(stage, &stage->other_sandbox, "8888888", "500");
        settings_set(&stage->settings, "other.base_url", stage->other_url);
        control_post(stage->other_url, "seed",
            "{\"records\":{\"contacts\":{\"from\":1001,\"to\":1099},\"companies\":{\"from\":1001,"
            "\"to\":1099},\"deals\":{\"from\":1001,\"to\":1099}}}",
            NULL);
    }
    stage->base_url = stage->other_url;
}

void stage_close(struct stage *stage)
{
    static const char *const names[] = {"assocd.yaml", "token"};
    char path[160];
    (void)process_stop(&stage->sandbox, SIGTERM, START_MS);
    process_clear(&stage->sandbox);
    close_other(stage);
    pg_close(stage->pg);
    if (getenv("E2E_KEEP") == NULL)
        cluster_drop(stage->database_url);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", stage->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(stage->folder);
    settings_clear(&stage->settings);
    buf_clear(&stage->log);
    free(stage->invariants);
    free(stage->assocd);
    free(stage->sandbox_path);
    free(stage->main_url);
    free(stage->database_url);
    *stage = (struct stage){0};
}

void stage_reset(struct stage *stage, const char *api)
{
    char value[160];
    stage->api = api;
    close_other(stage);
    stage->base_url = stage->main_url;
    stage_sql(stage, "select e2e.reset()", NULL);
    control_post(stage->base_url, "reset", "{}", NULL);
    control_post(stage->base_url, "seed",
        "{\"records\":{\"contacts\":{\"from\":1,\"to\":99},\"companies\":{\"from\":1,\"to\":99},"
        "\"deals\":{\"from\":1,\"to\":99}}}",
        NULL);
    settings_reset(&stage->settings);
    settings_set(&stage->settings, "portal.api", api);
    settings_set(&stage->settings, "portal.base_url", stage->base_url);
    (void)snprintf(value, sizeof value, "%s/token", stage->folder);
    settings_set(&stage->settings, "portal.token_file", value);
}

void stage_write_config(struct stage *stage, const char *worker_url)
{
    if (settings_get(&stage->settings, "database")[0] == '\0') {
        settings_set(&stage->settings, "database", worker_url);
        settings_write(&stage->settings, stage->config_path);
        settings_set(&stage->settings, "database", "");
    } else {
        settings_write(&stage->settings, stage->config_path);
    }
}

void stage_sql(struct stage *stage, const char *sql, struct pg_rows *rows)
{
    struct error err = {0};
    ck_assert_msg(pg_exec(stage->pg, sql, rows, &err), "%.300s: %s", sql, err.text);
}

char *stage_value(struct stage *stage, const char *sql)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    stage_sql(stage, sql, &rows);
    return mem_text(rows.count > 0 ? pg_rows_text(&rows, 0, 0) : "");
}

void stage_load_log(struct stage *stage)
{
    struct error err = {0};
    struct pg_args args = {0};
    control_get(stage->base_url, "log", &stage->log);
    pg_arg_text(&args, buf_text(&stage->log));
    ck_assert_msg(
        pg_exec_args(stage->pg, "select e2e.load_log($1)", &args, NULL, &err), "%s", err.text);
}
