/*
 * wait.c: waiting for the server, and for the wish to stop. libpq's own calls wait for the server
 * alone, for ever; a signal would do nothing until the answer comes.
 */
#include "pg/connection.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/stop.h"

enum { CANCEL_MS = 5000 }; /* a server that does not cancel in this time is left alone */

void pg_heed_stop(struct pg *pg)
{
    pg->heeds_stop = stop_fd() >= 0;
}

static void cancel(struct pg *pg)
{
    char ignored[256];
    PGcancel *handle = PQgetCancel(pg->conn);
    pg->stopped = true;
    if (handle != NULL)
        (void)PQcancel(handle, ignored, (int)sizeof ignored);
    PQfreeCancel(handle);
}

void pg_wait(struct pg *pg, bool (*busy)(struct pg *pg))
{
    bool told = false; /* the server, by this call */
    int64_t until_ms = 0;
    while (pg->heeds_stop && busy(pg)) {
        struct pollfd waits[] = {{.fd = PQsocket(pg->conn), .events = POLLIN},
            {.fd = told ? -1 : stop_fd(), .events = POLLIN}};
        if (poll(waits, ARRAY_COUNT(waits), told ? CANCEL_MS : -1) < 0)
            continue;
        if (!told && stop_requested()) {
            cancel(pg);
            told = true;
            until_ms = clock_now_ms() + CANCEL_MS;
        }
        if (told && clock_now_ms() >= until_ms)
            (void)shutdown(waits[0].fd, SHUT_RDWR);
        if (waits[0].revents != 0 && PQconsumeInput(pg->conn) == 0)
            return;
    }
}

static bool result_busy(struct pg *pg)
{
    return PQisBusy(pg->conn) != 0;
}

static bool sent(struct pg *pg, const char *sql, const struct pg_args *args)
{
    return args == NULL
        ? PQsendQuery(pg->conn, sql) != 0
        : PQsendQueryParams(pg->conn, sql, args->count, NULL, args->text, NULL, NULL, 0) != 0;
}

static PGresult *asked(struct pg *pg, const char *sql, const struct pg_args *args)
{
    if (args == NULL)
        return PQexec(pg->conn, sql);
    return PQexecParams(pg->conn, sql, args->count, NULL, args->text, NULL, NULL, 0);
}

PGresult *pg_ask(struct pg *pg, const char *sql, const struct pg_args *args)
{
    PGresult *last = NULL;
    if (!pg->heeds_stop)
        return asked(pg, sql, args);
    pg_drain(pg);
    if (!sent(pg, sql, args))
        return NULL;
    for (;;) {
        pg_wait(pg, result_busy);
        PGresult *result = PQgetResult(pg->conn);
        if (result == NULL)
            return last;
        PQclear(last);
        last = result;
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
            PQstatus(pg->conn) == CONNECTION_BAD)
            return last;
    }
}
