/*
 * cluster.c: PostgreSQL for tests. The cluster itself is cluster.sh's work; this holds the guard's
 * pipe, whose end (a normal exit, a crash, a kill) is what stops the cluster.
 */
#include "lib/cluster.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pg/schema.h"
#include "pg/statement.h"

static char *own_url;
static pid_t guard;
static pid_t guard_owner; /* children of Check's fork must leave the guard alone */
static int guard_pipe = -1;

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "cluster: %s: %s\n", what, why);
    abort();
}

static void stop_own(void)
{
    if (getpid() != guard_owner)
        return;
    close(guard_pipe);
    (void)waitpid(guard, NULL, 0);
}

/* What the caller's shell says about a PostgreSQL of his own: libpq would follow PGHOSTADDR or
 * PGSERVICE to it, whatever host a url names. */
static void clean_environment(void)
{
    for (char **at = environ; *at != NULL;) {
        if (strncmp(*at, "PG", 2) != 0) {
            at++;
            continue;
        }
        char *name = mem_text_part(*at, strcspn(*at, "="));
        (void)unsetenv(name);
        free(name);
        at = environ;
    }
}

/* tests/lib/cluster.sh, whether the program runs from the top folder or from elsewhere. */
static const char *script(void)
{
    const char *top = getenv("ASSOCD_TOP");
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/tests/lib/cluster.sh", top != NULL ? top : ".");
    if (access(path, X_OK) != 0)
        die(path, "not found; run from the top folder or set ASSOCD_TOP");
    return path;
}

/* The folder in own_url; valid until the next call. */
static const char *own_folder(void)
{
    static char path[4096];
    const char *folder = strstr(own_url, "host=") + 5;
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(folder, "&"), folder);
    return path;
}

/* Temporary files of tests lie where the guard removes them. */
static void use_its_folder(void)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/tmp", own_folder());
    (void)setenv("TMPDIR", path, 1);
}

static void start_own(void)
{
    const char *path = script();
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        die("pipe", "none left");
    guard = fork();
    if (guard == 0) {
        (void)setsid();
        if (dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1)
            execl(path, path, "guard", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    guard_pipe = in[1];
    guard_owner = getpid();
    FILE *reply = fdopen(out[0], "r");
    size_t room = 0;
    ssize_t length = reply != NULL ? getline(&own_url, &room, reply) : -1;
    if (length <= 0)
        die("PostgreSQL", "did not start");
    own_url[length - 1] = '\0';
    use_its_folder();
    (void)fclose(reply);
    (void)atexit(stop_own);
}

const char *cluster_url(void)
{
    const char *given = getenv("ASSOCD_TEST_PG");
    clean_environment();
    if (given != NULL && given[0] != '\0')
        return given;
    if (own_url == NULL)
        start_own();
    return own_url;
}

void cluster_own(void)
{
    (void)unsetenv("ASSOCD_TEST_PG");
    clean_environment();
    start_own();
}

void cluster_restart(const char *mode)
{
    const char *path = script();
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execl(path, path, "restart", own_folder(), mode, (char *)NULL);
        _exit(127);
    }
    if (waitpid(child, &status, 0) != child || status != 0)
        die("PostgreSQL", "did not restart");
}

char *cluster_url_of(const char *url, const char *database)
{
    const char *scheme = strstr(url, "://");
    const char *path = scheme != NULL ? strchr(scheme + 3, '/') : NULL;
    if (path == NULL)
        die(url, "expected postgresql://[…]/database[?…]");
    struct buf made = {0};
    buf_add(&made, url, (size_t)(path + 1 - url));
    buf_add_text(&made, database);
    buf_add_text(&made, path + 1 + strcspn(path + 1, "?"));
    return made.bytes;
}

static char *database_of(const char *url)
{
    const char *name = strchr(strstr(url, "://") + 3, '/') + 1;
    return mem_text_part(name, strcspn(name, "?"));
}

struct pg *cluster_connect(const char *url)
{
    struct pg *pg = NULL;
    struct error err = {0};
    if (!pg_open(&pg, url, "test", ERROR_STATE, &err))
        die(url, err.text);
    return pg;
}

void cluster_exec(struct pg *pg, const char *sql, struct pg_rows *rows)
{
    struct error err = {0};
    if (!pg_exec(pg, sql, rows, &err))
        die(sql, err.text);
}

int64_t cluster_int(struct pg *pg, const char *sql)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, sql, &rows);
    if (rows.count < 1 || pg_rows_columns(&rows) < 1)
        die(sql, "no row");
    return pg_rows_int(&rows, 0, 0);
}

int cluster_version(struct pg *pg)
{
    return (int)cluster_int(pg, "select current_setting('server_version_num')::int / 10000");
}

static char *create_from(const char *template)
{
    static int count;
    char name[64];
    char sql[256];
    (void)snprintf(name, sizeof name, "test_%d_%d", (int)getpid(), ++count);
    (void)snprintf(sql, sizeof sql, "create database %s template %s", name, template);
    struct pg *pg = cluster_connect(cluster_url());
    cluster_exec(pg, sql, NULL);
    pg_close(pg);
    return cluster_url_of(cluster_url(), name);
}

char *cluster_database(void)
{
    return create_from("template0");
}

/* Distinguishes the schemas of builds that share a cluster (FNV-1a). */
static uint64_t schema_hash(void)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        for (const char *at = file->text; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    return hash;
}

static void fill_template(struct pg *pg, const char *name)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql, "drop database if exists %s_making", name);
    cluster_exec(pg, sql, NULL);
    (void)snprintf(sql, sizeof sql, "create database %s_making template template0", name);
    cluster_exec(pg, sql, NULL);
    (void)snprintf(sql, sizeof sql, "%s_making", name);
    char *url = cluster_url_of(cluster_url(), sql);
    struct pg *inside = cluster_connect(url);
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    struct error err = {0};
    if (!schema_upgrade(inside, &change, &err))
        die(url, err.text);
    pg_close(inside);
    free(url);
    (void)snprintf(sql, sizeof sql, "alter database %s_making rename to %s", name, name);
    /* The backend of `inside` may need a moment to go: the server itself waits for it (5 s). */
    cluster_exec(pg, sql, NULL);
}

char *cluster_database_with_schema(void)
{
    char name[64];
    char sql[256];
    (void)snprintf(name, sizeof name, "schema_%016llx", (unsigned long long)schema_hash());
    struct pg *pg = cluster_connect(cluster_url());
    /* One program makes the template, the others wait for it. */
    cluster_exec(pg, "set lock_timeout = 0; select pg_advisory_lock(1634956143)", NULL);
    (void)snprintf(sql, sizeof sql, "select count(*) from pg_database where datname = '%s'", name);
    if (cluster_int(pg, sql) == 0)
        fill_template(pg, name);
    pg_close(pg);
    return create_from(name);
}

void cluster_drop(const char *url)
{
    char *name = database_of(url);
    char sql[256];
    (void)snprintf(sql, sizeof sql, "drop database if exists %s with (force)", name);
    struct pg *pg = cluster_connect(cluster_url());
    cluster_exec(pg, sql, NULL);
    pg_close(pg);
    free(name);
}
