/*
 * pooler.c: writes pgbouncer's configuration, starts it as a user that it accepts, waits until it
 * answers.
 */
#include "lib/pooler.h"

#include <check.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lib/process.h"
#include "pg/pg.h"

enum { POOLER_MS = 60000 };

struct pooler {
    char folder[128];
    struct process process;
};

static const char *program(void)
{
    static const char *const paths[] = {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"};
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

static void write_into(const struct pooler *pooler, const char *name, const char *text)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", pooler->folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0644), 0);
}

/* "host=…" of the url as far as the next parameter. */
static void host_of(const char *url, char host[static 128])
{
    const char *at = strstr(url, "host=");
    ck_assert_ptr_nonnull(at);
    at += strlen("host=");
    (void)snprintf(host, 128, "%.*s", (int)strcspn(at, "&"), at);
}

char *pooler_url(const struct pooler *pooler, const char *url)
{
    struct buf text = {0};
    const char *at = strstr(url, "host=");
    ck_assert_ptr_nonnull(at);
    buf_add(&text, url, (size_t)(at - url));
    buf_addf(&text, "host=%s", pooler->folder);
    buf_add_text(&text, at + strcspn(at, "&"));
    return text.bytes;
}

static void configure(const struct pooler *pooler, const char *url, const char *settings)
{
    char host[128];
    CLEANUP(buf_clear) struct buf ini = {0};
    host_of(url, host);
    buf_addf(&ini,
        "[databases]\n* = host=%s port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n"
        "unix_socket_dir = %s\nauth_type = trust\nauth_file = %s/users\nlogfile = %s/log\n%s",
        host, pooler->folder, pooler->folder, pooler->folder, settings);
    write_into(pooler, "pgbouncer.ini", buf_text(&ini));
    write_into(pooler, "users",
        "\"assocd\" \"\"\n\"test_daemon\" \"\"\n\"test_operator\" \"\"\n\"test_reader\" \"\"\n");
}

/* It refuses to be root. */
static void start(struct pooler *pooler)
{
    char ini[160], uid[32], gid[32];
    const struct passwd *other = getpwnam("postgres");
    (void)snprintf(ini, sizeof ini, "%s/pgbouncer.ini", pooler->folder);
    if (getuid() != 0) {
        process_start(&pooler->process, (const char *const[]){program(), "-q", ini, NULL}, NULL);
        return;
    }
    if (other == NULL)
        other = getpwnam("nobody");
    ck_assert_ptr_nonnull(other);
    ck_assert_int_eq(chown(pooler->folder, other->pw_uid, other->pw_gid), 0);
    (void)snprintf(uid, sizeof uid, "--reuid=%u", other->pw_uid);
    (void)snprintf(gid, sizeof gid, "--regid=%u", other->pw_gid);
    process_start(&pooler->process,
        (const char *const[]){"setpriv", uid, gid, "--clear-groups", "--pdeathsig=KILL", "--",
            program(), "-q", ini, NULL},
        NULL);
}

static void until_it_answers(struct pooler *pooler, const char *url)
{
    char *through = pooler_url(pooler, url);
    int64_t until_ms = clock_now_ms() + POOLER_MS;
    struct error err = {0};
    struct pg *pg;
    while (!pg_open_plain(&pg, through, "test", ERROR_STATE, &err)) {
        ck_assert_msg(clock_now_ms() < until_ms, "pgbouncer: %s", err.text);
        (void)poll(NULL, 0, 10);
    }
    pg_close(pg);
    free(through);
}

struct pooler *pooler_open(const char *url, const char *settings)
{
    const char *tmp = getenv("TMPDIR");
    if (program() == NULL)
        return NULL;
    struct pooler *pooler = mem_new(1, sizeof *pooler);
    (void)snprintf(
        pooler->folder, sizeof pooler->folder, "%.100s/pooler.XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(pooler->folder));
    ck_assert_int_eq(chmod(pooler->folder, 0755), 0);
    configure(pooler, url, settings);
    start(pooler);
    until_it_answers(pooler, url);
    return pooler;
}

void pooler_close(struct pooler *pooler)
{
    static const char *const names[] = {"pgbouncer.ini", "users", "log", ".s.PGSQL.5432"};
    char path[160];
    if (pooler == NULL)
        return;
    process_kill(&pooler->process);
    process_clear(&pooler->process);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", pooler->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(pooler->folder);
    free(pooler);
}
