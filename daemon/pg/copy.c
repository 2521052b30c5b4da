/*
 * copy.c: COPY in both directions, text format. Keeps the one promise that matters most (fault
 * S2): a COPY that did not come to its clean end is an error, never a short set of rows.
 */
#include "pg/connection.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pg/statement.h"

/* PQputCopyData takes an int. */
enum { COPY_PIECE_MAX = 1 << 20 };

static bool copy_begin(struct pg *pg, const char *sql, ExecStatusType want, struct error *err)
{
    pg_begin_call(pg);
    PGresult *result = pg_ask(pg, sql, NULL);
    bool ok = PQresultStatus(result) == want;
    if (!ok)
        (void)pg_failed(pg, result, pg->copy_name, err);
    PQclear(result);
    return ok;
}

/* Judges how the COPY ended and leaves the connection ready for the next statement. */
static bool copy_finish(struct pg *pg, struct error *err)
{
    PGresult *result = PQgetResult(pg->conn);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!ok)
        (void)pg_failed(pg, result, pg->copy_name, err);
    PQclear(result);
    pg_drain(pg);
    return ok;
}

bool pg_copy_out(struct pg *pg, const char *sql, struct error *err)
{
    (void)snprintf(pg->copy_name, sizeof pg->copy_name, "copy");
    return copy_begin(pg, sql, PGRES_COPY_OUT, err);
}

/* False: an argument is no valid UTF-8. */
static bool put_args(struct pg *pg, const char *text, const struct pg_args *args, struct buf *sql)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] != '$' || at[1] < '1' || at[1] > '9') {
            buf_add_char(sql, *at);
            continue;
        }
        char *end;
        long number = strtol(at + 1, &end, 10);
        assert(args != NULL && number <= args->count);
        const char *value = args->text[number - 1];
        char *literal = value != NULL ? PQescapeLiteral(pg->conn, value, strlen(value)) : NULL;
        if (value != NULL && literal == NULL)
            return false;
        buf_add_text(sql, literal != NULL ? literal : "NULL");
        PQfreemem(literal);
        at = end - 1;
    }
    return true;
}

bool pg_copy_statement(
    struct pg *pg, enum statement_id id, const struct pg_args *args, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    assert((unsigned)id < STATEMENT_COUNT);
    pg_begin_call(pg);
    (void)snprintf(pg->copy_name, sizeof pg->copy_name, "statement %s", statements[id].name);
    return put_args(pg, statements[id].text, args, &sql)
        ? copy_begin(pg, buf_text(&sql), PGRES_COPY_OUT, err)
        : error_set(err, pg->kind, "%s: expected valid UTF-8", pg->copy_name);
}

static bool line_missing(struct pg *pg)
{
    pg->copy_got = PQgetCopyData(pg->conn, &pg->copy_line, 1);
    return pg->copy_got == 0;
}

bool pg_copy_next(struct pg *pg, char **line, size_t *length, struct error *err)
{
    /* Of pg_begin_call only what a row can have left behind. */
    PQfreemem(pg->copy_line);
    if (pg->heeds_stop)
        pg_wait(pg, line_missing);
    else
        pg->copy_got = PQgetCopyData(pg->conn, &pg->copy_line, 0);
    int got = pg->copy_got;
    if (got == -1) {
        if (!copy_finish(pg, err))
            return false;
        *line = NULL;
        *length = 0;
        return true;
    }
    if (got < 1) {
        (void)pg_failed(pg, NULL, pg->copy_name, err);
        pg_drain(pg);
        return false;
    }
    *length = (size_t)got;
    if (pg->copy_line[*length - 1] == '\n')
        pg->copy_line[--*length] = '\0';
    *line = pg->copy_line;
    return true;
}

static bool put(struct pg *pg, const struct buf *rows)
{
    for (size_t at = 0; at < rows->length; at += COPY_PIECE_MAX) {
        size_t left = rows->length - at;
        size_t piece = left < COPY_PIECE_MAX ? left : COPY_PIECE_MAX;
        if (PQputCopyData(pg->conn, rows->bytes + at, (int)piece) != 1)
            return false;
    }
    return PQputCopyEnd(pg->conn, NULL) == 1;
}

bool pg_copy_rows(struct pg *pg, enum statement_id id, struct buf *rows, struct error *err)
{
    assert((unsigned)id < STATEMENT_COUNT);
    if (rows->length == 0)
        return true;
    (void)snprintf(pg->copy_name, sizeof pg->copy_name, "statement %s", statements[id].name);
    bool ok = copy_begin(pg, statements[id].text, PGRES_COPY_IN, err);
    if (ok)
        ok = put(pg, rows) ? copy_finish(pg, err) : pg_failed(pg, NULL, pg->copy_name, err);
    buf_reset(rows);
    return ok;
}

/* The byte that a backslash escape stands for; *at is behind the backslash and moves past it. */
static char unescape(char **at)
{
    static const char from[] = "bfnrtv";
    static const char to[] = "\b\f\n\r\t\v";
    char c = *(*at)++;
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    return found != NULL ? to[found - from] : c;
}

/* Resolves the escapes of one field in place; NULL for \N. */
static char *unescape_field(char *field)
{
    if (strcmp(field, "\\N") == 0)
        return NULL;
    char *at = field;
    char *out = field;
    while (*at != '\0') {
        bool escape = *at == '\\' && at[1] != '\0';
        at += escape;
        *out++ = escape ? unescape(&at) : *at++;
    }
    *out = '\0';
    return field;
}

int pg_copy_split(char *line, char **fields, int max)
{
    bool escapes = strchr(line, '\\') != NULL;
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        if (count == max)
            return -1;
        char *field = at;
        at = strchr(field, '\t'); /* a tab within a field is written as \t */
        if (at != NULL)
            *at++ = '\0';
        fields[count] = escapes ? unescape_field(field) : field;
    }
    return count;
}
