/*
 * connection.c: what every call does to a connection before and after, and how one ends. Asks the
 * server nothing.
 */
#include "pg/connection.h"

#include <stdlib.h>

void pg_close(struct pg *pg)
{
    if (pg == NULL)
        return;
    pg_begin_call(pg);
    PQfinish(pg->conn);
    free(pg);
}

void pg_begin_call(struct pg *pg)
{
    pg->sqlstate[0] = '\0';
    PQfreemem(pg->copy_line);
    pg->copy_line = NULL;
    PQfreemem(pg->notification);
    pg->notification = NULL;
}

void pg_drain(struct pg *pg)
{
    PGresult *result = PQgetResult(pg->conn);
    while (result != NULL) {
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            return; /* the next PQexec ends a COPY that nobody wants */
        result = PQgetResult(pg->conn);
    }
}

const char *pg_sqlstate(const struct pg *pg)
{
    return pg->sqlstate;
}

const char *pg_user(const struct pg *pg)
{
    const char *user = PQuser(pg->conn);
    return user != NULL ? user : "";
}

int pg_socket(const struct pg *pg)
{
    return PQsocket(pg->conn);
}
