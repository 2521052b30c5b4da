/*
 * sim_pg.c: stand-in for pg/: sessions, results and COPY. A statement is one transaction; what it
 * does stands in sim_runs.c and sim_changes.c under the statement's name. Faults strike here.
 */
#include "torture/sim_pg.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pg/schema.h"
#include "pg/statement.h"

bool schema_open(struct pg **pg, const char *url, const char *name, struct error *err)
{
    return pg_open(pg, url, name, ERROR_STATE, err);
}

bool pg_open(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err)
{
    (void)url;
    (void)name;
    if (sim.top->dead)
        return error_set(err, kind, "dead");
    *pg = mem_new(1, sizeof **pg);
    (*pg)->run = sim.top;
    return true;
}

bool pg_open_plain(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err)
{
    return pg_open(pg, url, name, kind, err);
}

bool pg_begin(struct pg *pg, const char *mode, struct error *err)
{
    (void)pg;
    sim_fail("no stand-in for: begin %s", mode);
    return error_set(err, ERROR_STATE, "no transactions");
}

/* Holds the locks that sessions have left behind. */
static struct pg stranger;

static void end_session(struct pg *pg)
{
    pg->holds = false;
    if (sim.lock_owner == pg || (pg->swapped && sim.lock_owner == &stranger))
        sim.lock_owner = NULL;
}

static void swap_session(struct pg *pg)
{
    if (sim.lock_owner != pg)
        return;
    sim.lock_owner = &stranger;
    pg->swapped = true;
}

void pg_close(struct pg *pg)
{
    if (pg == NULL)
        return;
    end_session(pg);
    sim_key_close(pg);
    buf_clear(&pg->line);
    free(pg);
}

const char *pg_sqlstate(const struct pg *pg)
{
    return pg->repeated ? "23505" : pg->failed ? "08006" : "";
}

/* ---- results ---- */

struct result {
    int columns;
    size_t room;
    struct cell *cells;
    char digits[8][24];
    size_t digits_next;
};

void sim_row_add(struct pg_rows *rows, const struct cell *cells, int count)
{
    if (rows == NULL)
        return;
    if (rows->result == NULL)
        rows->result = mem_new(1, sizeof(struct result));
    struct result *result = rows->result;
    size_t used = (size_t)(rows->count * count);
    result->columns = count;
    mem_grow(&result->cells, &result->room, used + (size_t)count, sizeof cells[0]);
    memcpy(result->cells + used, cells, (size_t)count * sizeof cells[0]);
    rows->count++;
}

void pg_rows_clear(struct pg_rows *rows)
{
    struct result *result = rows->result;
    if (result != NULL)
        free(result->cells);
    free(result);
    *rows = (struct pg_rows){0};
}

static struct cell *cell_of(const struct pg_rows *rows, int row, int column)
{
    struct result *result = rows->result;
    sim_check(row < rows->count && result != NULL && column < result->columns,
        "a result has no row %d or column %d", row, column);
    return &result->cells[row * result->columns + column];
}

const char *pg_rows_text(const struct pg_rows *rows, int row, int column)
{
    struct result *result = rows->result;
    const struct cell *cell = cell_of(rows, row, column);
    if (cell->text != NULL)
        return cell->text;
    char *digits = result->digits[result->digits_next++ % 8];
    (void)snprintf(digits, sizeof result->digits[0], "%lld", (long long)cell->number);
    return digits;
}

bool pg_rows_null(const struct pg_rows *rows, int row, int column)
{
    return cell_of(rows, row, column)->null;
}

int64_t pg_rows_int(const struct pg_rows *rows, int row, int column)
{
    return cell_of(rows, row, column)->number;
}

bool pg_rows_bool(const struct pg_rows *rows, int row, int column)
{
    return cell_of(rows, row, column)->number != 0;
}

/* ---- arguments ---- */

void pg_arg_text(struct pg_args *args, const char *text)
{
    args->text[args->count++] = text;
}

void pg_arg_int(struct pg_args *args, int64_t number)
{
    (void)snprintf(args->digits[args->count], sizeof args->digits[0], "%lld", (long long)number);
    args->text[args->count++] = ""; /* args are copied: the digits move */
}

void pg_arg_bool(struct pg_args *args, bool truth)
{
    pg_arg_int(args, truth);
}

int64_t sim_int(const struct pg_args *args, int number)
{
    return strtoll(args->digits[number - 1], NULL, 10);
}

size_t sim_array(const char *literal, char *space, const char **items, size_t max)
{
    size_t count = 0;
    const char *at = literal + 1;
    while (*at != '}' && *at != '\0') {
        sim_check(count < max, "an array is longer than %zu", max);
        bool quoted = *at == '"';
        items[count++] = space;
        at += quoted;
        while (quoted ? *at != '"' : *at != ',' && *at != '}') {
            at += *at == '\\';
            *space++ = *at++;
        }
        *space++ = '\0';
        if (!quoted && strcmp(items[count - 1], "NULL") == 0)
            items[count - 1] = NULL;
        at += quoted;
        at += *at == ',';
    }
    return count;
}

/* ---- statements ---- */

static bool lose(struct pg *pg, struct error *err, const char *why)
{
    end_session(pg);
    pg->lost = pg->failed = true;
    return error_set(err, ERROR_STATE, "%s", why);
}

/* Strikes before (and says what is to strike after). False: the statement does not happen. */
static bool before(struct pg *pg, enum sim_fault_kind *fault, struct error *err)
{
    pg->failed = true;
    pg->repeated = false;
    *fault = FAULT_NONE;
    if (pg->run->dead || pg->lost)
        return lose(pg, err, "the session is lost");
    *fault = sim_strike(pg->run, CLASS_STATEMENT);
    sim.statements++;
    sim_pass(500);
    if (*fault == FAULT_DIE_BEFORE)
        pg->run->dead = true;
    if (*fault == FAULT_DIE_BEFORE || *fault == FAULT_LOST_BEFORE)
        return lose(pg, err, "the session was lost");
    if (*fault == FAULT_ERROR)
        return error_set(err, ERROR_STATE, "disk full");
    if (*fault == FAULT_FAILOVER && !sim.backup_taken) {
        *sim.backup = *sim.tables;
        sim.backup_taken = true;
    }
    if (*fault == FAULT_SWAP)
        swap_session(pg);
    if ((*fault == FAULT_USURP || *fault == FAULT_RIVAL) && sim.depth < SIM_DEPTH_MAX &&
        pg->run->run_id != 0) {
        struct pg *owner = sim.lock_owner;
        sim.lock_owner = *fault == FAULT_USURP ? NULL : owner;
        pg->holds = pg->holds && *fault != FAULT_USURP;
        sim_execute(RUN_FULL, 0, false);
    }
    pg->failed = false;
    return true;
}

static bool after(struct pg *pg, enum sim_fault_kind fault, struct error *err)
{
    if (fault == FAULT_DIE_AFTER)
        pg->run->dead = true;
    if (fault == FAULT_DIE_AFTER || fault == FAULT_LOST_AFTER)
        return lose(pg, err, "the session was lost before the acknowledgement");
    return true;
}

static sim_statement *statement_of(enum statement_id id)
{
    static sim_statement *found[STATEMENT_COUNT];
    if (found[id] != NULL)
        return found[id];
    const struct sim_named *const lists[] = {sim_run_statements, sim_change_statements,
        sim_ownership_statements, sim_recheck_statements, sim_merge_statements,
        sim_reciprocal_statements, sim_key_statements, sim_key_row_statements};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
        for (const struct sim_named *named = lists[i]; named->name != NULL; named++)
            if (strcmp(named->name, statements[id].name) == 0)
                found[id] = named->run;
    sim_check(found[id] != NULL, "statement %s has no stand-in: add it to tests/torture/sim_*.c",
        statements[id].name);
    return found[id];
}

bool pg_run(struct pg *pg, enum statement_id id, const struct pg_args *args, struct pg_rows *rows,
    struct error *err)
{
    enum sim_fault_kind fault;
    if (rows != NULL)
        pg_rows_clear(rows);
    if (!before(pg, &fault, err))
        return false;
    if (fault != FAULT_NONE)
        sim_tell("%s at %s", sim_fault_text(fault), statements[id].name);
    if (!statement_of(id)(pg, args, rows)) {
        pg->failed = true;
        return error_set(err, ERROR_STATE, "%s failed", statements[id].name);
    }
    return after(pg, fault, err);
}

bool pg_exec(struct pg *pg, const char *sql, struct pg_rows *rows, struct error *err)
{
    (void)rows;
    if (pg->run->dead || pg->lost)
        return lose(pg, err, "the session is lost");
    if (strncmp(sql, "analyze", 7) == 0)
        return true;
    sim_check(strstr(sql, "advisory_unlock_all") != NULL, "no stand-in for: %s", sql);
    end_session(pg);
    return true;
}

/* ---- COPY ---- */

/* The from-records of the second argument; all without it. */
static uint64_t copy_mask(const struct pg_args *args)
{
    char space[8192];
    const char *items[256];
    uint64_t mask = 0;
    if (args->count < 2)
        return UINT64_MAX;
    size_t count = sim_array(args->text[1], space, items, 256);
    for (size_t i = 0; i < count; i++)
        mask |= UINT64_C(1) << (strtoull(items[i], NULL, 10) - SIM_FROM_ID);
    return mask;
}

bool pg_copy_statement(
    struct pg *pg, enum statement_id id, const struct pg_args *args, struct error *err)
{
    enum sim_fault_kind fault;
    if (!before(pg, &fault, err))
        return false;
    pg->line_at = NULL;
    if (sim_key_lines(pg, id, args)) {
        pg->line_at = pg->lines.length > 0 ? pg->lines.bytes : (char *)(uintptr_t) "";
        return after(pg, fault, err);
    }
    bool twins = id == STATEMENT_RECIPROCAL_COPY;
    sim_check(
        twins || id == (args->count < 2 ? STATEMENT_OWNERSHIP_COPY : STATEMENT_OWNERSHIP_COPY_OF),
        "no stand-in for: %s", statements[id].name);
    pg->copy_run = twins ? sim_int(args, 1) : 0;
    pg->copy_idle = twins && sim_int(args, 2) != 0;
    if (pg->copy_idle)
        sim_note_planned(pg->run);
    if (id == STATEMENT_OWNERSHIP_COPY)
        sim_count_managed(pg->run);
    pg->copy_from = twins ? 0 : copy_mask(args);
    pg->at = 0;
    return after(pg, fault, err);
}

bool pg_copy_next(struct pg *pg, char **line, size_t *length, struct error *err)
{
    enum sim_fault_kind fault;
    *line = NULL;
    if (!before(pg, &fault, err))
        return false;
    if (pg->line_at != NULL) {
        *line = *pg->line_at != '\0' ? strsep(&pg->line_at, "\n") : NULL;
        *length = *line != NULL ? strlen(*line) : 0;
        return true;
    }
    if (pg->copy_run != 0) {
        *line = sim_reciprocal_line(pg) ? pg->line.bytes : NULL;
        *length = pg->line.length;
        return true;
    }
    while (*line == NULL && pg->at < SIM_FROMS) {
        buf_reset(&pg->line);
        if ((pg->copy_from >> pg->at & 1) != 0)
            sim_owned_line(&pg->line, pg->at);
        if (pg->line.length > 0)
            *line = pg->line.bytes;
        pg->at++;
    }
    *length = pg->line.length;
    return true;
}

int pg_copy_split(char *line, char **fields, int max)
{
    int count = 0;
    for (char *at = line; at != NULL;) {
        if (count == max)
            return -1;
        fields[count] = strsep(&at, "\t");
        if (strcmp(fields[count], "\\N") == 0)
            fields[count] = NULL;
        count++;
    }
    return count;
}

bool pg_copy_rows(struct pg *pg, enum statement_id id, struct buf *rows, struct error *err)
{
    enum sim_fault_kind fault;
    char *cells[16], *rest = rows->bytes;
    if (rows->length == 0)
        return true;
    bool ok = before(pg, &fault, err);
    while (ok && *rest != '\0') {
        char *line = strsep(&rest, "\n");
        int count = pg_copy_split(line, cells, 16);
        sim_check(
            count == (id == STATEMENT_KEY_ROW_COPY ? 5 : 12), "a COPY row has %d columns", count);
        if (id == STATEMENT_KEY_ROW_COPY)
            sim_key_copy_row(pg, cells);
        else if (id == STATEMENT_CHANGE_COPY)
            sim_copy_change(cells);
        else
            sim_copy_batch(cells);
    }
    buf_reset(rows);
    return ok && after(pg, fault, err);
}
