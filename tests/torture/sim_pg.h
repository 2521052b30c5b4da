/*
 * sim_pg.h: between the stand-in for pg/ and its tables: a session, results, arguments.
 */
#ifndef TORTURE_SIM_PG_H
#define TORTURE_SIM_PG_H

#include "base/buf.h"
#include "pg/pg.h"
#include "torture/sim.h"

struct pg {
    struct sim_run *run;
    bool lost;
    bool holds; /* the advisory lock that it drew, by which others see that its run lives */
    bool swapped; /* another server process serves it than the one that has its lock */
    bool failed; /* the last statement */
    bool repeated; /* because a row is there already */
    int64_t copy_run; /* reciprocal_copy: whose archives; 0: another COPY … */
    bool copy_idle; /* … and those that would not be done */
    uint64_t copy_from; /* bit mask of from-records: ownership_copy_of */
    struct sim_key_tables *keys; /* of a sync with keys */
    struct buf lines; /* of a COPY of them … */
    char *line_at; /* … the next one; NULL: another COPY */
    size_t at; /* of a COPY out */
    struct buf line; /* of a COPY, the last one handed out */
};

enum { CELLS_MAX = 8 };
struct cell {
    int64_t number;
    const char *text; /* NULL: the number */
    bool null;
};

/* Adds a row of count cells to a result. */
void sim_row_add(struct pg_rows *rows, const struct cell *cells, int count);
#define sim_row(rows, ...) \
    sim_row_add(rows, (struct cell[]){__VA_ARGS__}, \
        (int)(sizeof((struct cell[]){__VA_ARGS__}) / sizeof(struct cell)))
#define NUMBER(n) \
    { \
        .number = (int64_t)(n) \
    }
#define TEXT(t) \
    { \
        .text = (t) \
    }
#define NOTHING \
    { \
        .null = true, .text = "" \
    }

int64_t sim_int(const struct pg_args *args, int number); /* $number; 0 for NULL */

/* The elements of an array literal, in place; NULL elements are NULL. */
size_t sim_array(const char *literal, char *space, const char **items, size_t max);

/* The parameter arrays of pairs and types: from, to, category, type id. */
struct sim_keys {
    size_t count;
    uint8_t from[256], to[256], type[256];
};
void sim_keys_read(struct sim_keys *keys, const struct pg_args *args, int first);

/* A statement; rows is NULL if nobody wants them. False: it fails. */
typedef bool sim_statement(struct pg *pg, const struct pg_args *args, struct pg_rows *rows);
struct sim_named {
    const char *name;
    sim_statement *run;
};
extern const struct sim_named sim_run_statements[], sim_change_statements[],
    sim_ownership_statements[], sim_recheck_statements[], sim_merge_statements[],
    sim_reciprocal_statements[], sim_key_statements[], sim_key_row_statements[];
enum change_state sim_state_of(const char *text);
void sim_change_set(struct sim_change *change, enum change_state next);
struct sim_change *sim_change_of(int64_t run_id, bool archive, const char *ordinal);
/* The record of a row's from-side, as a set. */
uint8_t sim_key_row_from(const struct sim_key_tables *t, const struct sim_key_row *row);
void sim_count_managed(struct sim_run *run);
/* The line of ownership_copy of a from-record; empty if nothing of it is owned. */
void sim_owned_line(struct buf *line, size_t from);
bool sim_reciprocal_line(
    struct pg *pg); /* the next line of reciprocal_copy; false: there is none */
void sim_note_planned(struct sim_run *run); /* the plan asks for its archives of links */
void sim_copy_change(char **cells);
void sim_copy_batch(char **cells);

#define UNUSED(x) ((void)(x))
#define STATEMENT(name) \
    static bool name(struct pg *pg, const struct pg_args *args, struct pg_rows *rows)
/* All changes of a run, as `c`. */
#define EACH_CHANGE(c, id) \
    for (struct sim_change *c = sim.tables->changes + sim.tables->runs[id].first_change; \
         c < sim.tables->changes + sim.tables->change_count; c++) \
        if (c->run_id == (id))

#endif
