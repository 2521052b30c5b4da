/*
 * session.c: the settings we work with, and the proof that a connection is a session. Behind a
 * connection pooler in transaction mode each transaction may run in another server process: locks,
 * LISTEN and settings made in one are not there in the next, and stay behind for strangers.
 * Invariant: nothing is set or locked by a name that anybody else uses before it is known that the
 * server process stays the same.
 */
#include "pg/connection.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/random.h"
#include "pg/conninfo.h"

/* lock_timeout: a table held by a loading job is an error, not a silent wait (fault S4).
 * row_security: rows that a policy hides would look like rows to archive; so such a read fails.
 * client_connection_check_interval lets a busy backend notice that its worker died, so that its
 * locks are freed (fault J10). */
static const struct setting {
    const char *name;
    const char *value;
    int since; /* the server's version that has it first */
    bool session; /* makes no sense for one transaction */
} settings[] = {
    {"search_path", "", 0, false},
    {"TimeZone", "UTC", 0, false},
    {"DateStyle", "ISO, YMD", 0, false},
    {"IntervalStyle", "postgres", 0, false},
    {"standard_conforming_strings", "on", 0, false},
    {"row_security", "off", 0, false},
    {"lock_timeout", "5s", 0, false},
    {"jit", "off", 110000, false}, /* compiling costs a second, and our statements look few up */
    {"default_transaction_isolation", "read committed", 0, true},
    {"idle_session_timeout", "0", 140000, true},
    {"client_connection_check_interval", "2s", 140000, true},
};

enum {
    INTERVAL_AT = ARRAY_COUNT(settings) - 1,
    ROUNDS = 3,
    ANSWER_MS = 5000, /* a pool of one session gives no second one */
    ANSWER_MAX = 24,
};

/* synchronous_commit: an acknowledged `sent` row must outlive the server (fault J2); stricter
 * settings are kept. */
static bool set_all(struct pg *pg, int server_pid, size_t count, int *found, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    buf_add_text(&sql,
        "select case when pg_catalog.current_setting('synchronous_commit') = 'off'"
        " then pg_catalog.set_config('synchronous_commit', 'on', false) end");
    for (size_t i = 0; i < count; i++)
        if (PQserverVersion(pg->conn) >= settings[i].since)
            buf_addf(&sql, ", pg_catalog.set_config('%s', '%s', false)", settings[i].name,
                settings[i].value);
    buf_addf(&sql, " where pg_catalog.pg_backend_pid() = %d", server_pid);
    if (!pg_exec(pg, buf_text(&sql), &rows, err))
        return false;
    *found = rows.count;
    return true;
}

/* Sets everything if the server process is this one; else *same is false and nothing was done. */
static bool set_here(struct pg *pg, int server_pid, bool *same, struct error *err)
{
    int found = 0;
    /* Some platforms refuse the check interval: then do without. */
    if (!set_all(pg, server_pid, INTERVAL_AT + 1, &found, NULL) &&
        !set_all(pg, server_pid, INTERVAL_AT, &found, err))
        return error_prefix(err, "session settings");
    *same = found > 0;
    return true;
}

/* A process that somebody stopped (SIGSTOP) between two statements must not hold its locks for
 * ever: a writer that waits for them keeps all others waiting. */
bool pg_begin(struct pg *pg, const char *mode, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    buf_addf(&sql, "begin %s; set local idle_in_transaction_session_timeout = '1min'", mode);
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        if (!settings[i].session)
            buf_addf(&sql, "; set local %s = '%s'", settings[i].name, settings[i].value);
    return pg_exec(pg, buf_text(&sql), NULL, err);
}

/* ---- the proof ---- */

struct proof {
    struct pg *pg;
    PGconn *other; /* a second connection with the same url */
    int server_pid; /* of ours, at first */
};

static bool no_session(struct proof *proof, const char *what, struct error *err)
{
    const char *host = PQhost(proof->pg->conn);
    const char *port = PQport(proof->pg->conn);
    return error_set(err, ERROR_CONFIG,
        "PostgreSQL at host=%s port=%s: %s. A connection pooler (pgbouncer or the like) in "
        "transaction or statement mode stands in between; locks, notifications and settings need "
        "a session. Put PostgreSQL's own host and port into the url, or use session mode for this "
        "database (pgbouncer: pool_mode=session)",
        host != NULL ? host : "", port != NULL ? port : "", what);
}

/* The first column of the last row of sql into answer; false if it does not come in time. */
static bool ask(PGconn *conn, const char *sql, char answer[static ANSWER_MAX])
{
    int64_t until_ms = clock_now_ms() + ANSWER_MS;
    if (PQsendQuery(conn, sql) == 0)
        return false;
    bool answered = false;
    for (;;) {
        while (PQisBusy(conn) != 0) {
            int64_t left_ms = until_ms - clock_now_ms();
            struct pollfd readable = {.fd = PQsocket(conn), .events = POLLIN};
            if (left_ms <= 0 || poll(&readable, 1, (int)left_ms) < 0 || PQconsumeInput(conn) == 0)
                return false;
        }
        PGresult *result = PQgetResult(conn);
        if (result == NULL)
            return answered;
        if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
            (void)snprintf(answer, ANSWER_MAX, "%s", PQgetvalue(result, 0, 0));
            answered = true;
        }
        PQclear(result);
    }
}

static bool lost(struct proof *proof, PGconn *conn, struct error *err)
{
    char why[ERROR_TEXT_MAX];
    pg_one_line(why, sizeof why, PQerrorMessage(conn));
    pg_mask_password(why, PQpass(conn));
    if (conn == proof->other)
        return error_set(err, proof->pg->kind,
            "connect to PostgreSQL: a second session was not given within %d s%s%s; a connection "
            "pooler in between needs room for several sessions (pgbouncer: default_pool_size)",
            ANSWER_MS / 1000, why[0] != '\0' ? ": " : "", why);
    return error_set(err, proof->pg->kind, "connect to PostgreSQL: no answer%s%s",
        why[0] != '\0' ? ": " : "", why);
}

/* Is our server process still the first one? */
static bool stays(struct proof *proof, struct error *err)
{
    char answer[ANSWER_MAX], what[96];
    if (!ask(proof->pg->conn, "select pg_catalog.pg_backend_pid()", answer))
        return lost(proof, proof->pg->conn, err);
    int server_pid = (int)strtol(answer, NULL, 10);
    if (proof->server_pid == 0)
        proof->server_pid = server_pid;
    if (server_pid == proof->server_pid)
        return true;
    (void)snprintf(what, sizeof what, "one connection was served by two server processes (%d, %d)",
        proof->server_pid, server_pid);
    return no_session(proof, what, err);
}

/* While the other connection is within a transaction it has a server process for itself, which must
 * not be ours. Asking twice in a row finds pools that take turns. */
static bool prove_round(struct proof *proof, struct error *err)
{
    char answer[ANSWER_MAX];
    if (!stays(proof, err) || !stays(proof, err))
        return false;
    if (!ask(proof->other, "begin; select pg_catalog.pg_backend_pid()", answer)) {
        if (PQtransactionStatus(proof->other) == PQTRANS_INTRANS ||
            PQtransactionStatus(proof->other) == PQTRANS_ACTIVE)
            return lost(proof, proof->other, err);
        char why[ERROR_TEXT_MAX];
        pg_one_line(why, sizeof why, PQerrorMessage(proof->other));
        pg_mask_password(why, PQpass(proof->other));
        return no_session(proof, why[0] != '\0' ? why : "it keeps no transaction", err);
    }
    if ((int)strtol(answer, NULL, 10) == proof->server_pid)
        return no_session(proof, "two connections were served by the same server process", err);
    if (!stays(proof, err))
        return false;
    return ask(proof->other, "rollback; select 1", answer) || lost(proof, proof->other, err);
}

/* A lock that one connection takes is refused to the other, and is there to be given back. Nobody
 * else can have this number. */
static bool prove_lock(struct proof *proof, struct error *err)
{
    struct random random;
    char sql[96], mine[ANSWER_MAX] = "", theirs[ANSWER_MAX] = "", back[ANSWER_MAX] = "";
    random_init_system(&random);
    int64_t number = (int64_t)random_next(&random);
    (void)snprintf(
        sql, sizeof sql, "select pg_catalog.pg_try_advisory_lock('%" PRId64 "'::bigint)", number);
    if (!ask(proof->pg->conn, sql, mine))
        return lost(proof, proof->pg->conn, err);
    if (!ask(proof->other, sql, theirs))
        return lost(proof, proof->other, err);
    (void)snprintf(
        sql, sizeof sql, "select pg_catalog.pg_advisory_unlock('%" PRId64 "'::bigint)", number);
    if (!ask(proof->pg->conn, sql, back))
        return lost(proof, proof->pg->conn, err);
    return (mine[0] == 't' && theirs[0] == 'f' && back[0] == 't') ||
        no_session(proof, "a lock that one connection holds was given to another one", err);
}

static bool prove(struct proof *proof, const struct conninfo *info, struct error *err)
{
    proof->other = PQconnectdbParams(info->keys, info->values, 0);
    if (proof->other == NULL)
        abort();
    if (PQstatus(proof->other) != CONNECTION_OK)
        return lost(proof, proof->other, err);
    for (int i = 0; i < ROUNDS; i++)
        if (!prove_round(proof, err))
            return false;
    return prove_lock(proof, err);
}

bool session_open(struct pg *pg, const struct conninfo *info, struct error *err)
{
    /* PostgreSQL itself says at once which process serves; a pooler has a number of its own. */
    bool same = false;
    if (!set_here(pg, PQbackendPID(pg->conn), &same, err) || same)
        return same;
    struct proof proof = {.pg = pg};
    bool proven = prove(&proof, info, err);
    PQfinish(proof.other);
    if (!proven || !set_here(pg, proof.server_pid, &same, err))
        return false;
    return same || no_session(&proof, "the server process has changed", err);
}
