/*
 * watch.c: looks at, makes and removes what a watched table needs in its database. The work itself
 * is done by functions of sql/schema/004_watch.sql and later ones; here is whom to tell what about
 * it.
 */
#include "sync/watch.h"

#include <stdlib.h>
#include <string.h>

#include "pg/pg.h"
#include "pg/schema.h"
#include "pg/statement.h"
#include "pg/text.h"
#include "sync/source.h"

enum { TRIGGERS = 4 }; /* insert, update, delete, truncate */

/* One row of watch_state.sql. */
struct site {
    struct pg *pg;
    char *relation; /* quoted */
    char kind; /* pg_class.relkind */
    int64_t on, off; /* triggers for the configured columns */
    bool may_take, may_trigger, may_create;
    char role[256]; /* quoted */
    bool is_state; /* it is the assocd database */
    bool prepared; /* the objects are there */
    bool exists; /* schema assocd is */
    bool anonymous; /* a publication could not say which row a delete means */
};

static const char *type_column(const struct sync_definition *sync)
{
    if (sync->column_type_id != NULL)
        return sync->column_type_id;
    return sync->column_type != NULL ? sync->column_type : "";
}

static const char *database_of(const struct sync_definition *sync, const char *database_url)
{
    return sync->source_database_url != NULL ? sync->source_database_url : database_url;
}

const char *watch_database(
    const struct definitions *definitions, const struct sync_definition *sync)
{
    return database_of(sync, definitions->database_url);
}

size_t watch_databases(const struct definitions *definitions, const char **urls)
{
    size_t count = 0;
    for (size_t i = 0; i < definitions->syncs_count; i++) {
        const char *url = watch_database(definitions, definitions->syncs[i]);
        size_t known = 0;
        while (known < count && strcmp(urls[known], url) != 0)
            known++;
        if (definitions->syncs[i]->watch && known == count)
            urls[count++] = url;
    }
    return count;
}

/* The names of the watched syncs whose rows are in that database; definitions NULL: none. */
static const char *names_of(
    const struct definitions *definitions, const char *url, struct buf *names)
{
    for (size_t i = 0; definitions != NULL && i < definitions->syncs_count; i++) {
        const struct sync_definition *sync = definitions->syncs[i];
        if (sync->watch && strcmp(watch_database(definitions, sync), url) == 0)
            pg_array_text(names, sync->name);
    }
    return pg_array_end(names);
}

static bool ask(
    struct pg *pg, enum statement_id id, const char *names, struct pg_rows *rows, struct error *err)
{
    static const char *const missing[] = {"42P01", "3F000", "42501"};
    struct pg_args args = {0};
    pg_arg_text(&args, names);
    if (pg_run(pg, id, &args, rows, err))
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(missing); i++)
        if (strcmp(pg_sqlstate(pg), missing[i]) == 0)
            return error_prefix(err, "watched tables (run assocd init --watch)");
    return false;
}

bool watch_waiting(struct pg *pg, const struct definitions *definitions, const char *url,
    struct pg_rows *rows, struct error *err)
{
    CLEANUP(buf_clear) struct buf names = {0};
    return ask(pg, STATEMENT_TOUCHED_WAITING, names_of(definitions, url, &names), rows, err);
}

bool watch_forget(
    struct pg *pg, const struct definitions *definitions, const char *url, struct error *err)
{
    CLEANUP(buf_clear) struct buf names = {0};
    return ask(pg, STATEMENT_TOUCHED_FORGET, names_of(definitions, url, &names), NULL, err);
}

bool watch_open(struct pg **pg, const char *url, struct error *err)
{
    struct pg *opened;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_open(&opened, url, "assocd watch", ERROR_SOURCE, err))
        return error_prefix(err, "watched tables");
    if (pg_exec(opened, "listen " WATCH_CHANNEL, NULL, err) &&
        watch_waiting(opened, NULL, url, &rows, err)) {
        *pg = opened;
        return true;
    }
    pg_close(opened);
    return false;
}

bool watch_strays(struct pg *pg, const struct definitions *definitions, const char *url,
    struct buf *text, struct error *err)
{
    enum { STRAY_SYNC, STRAY_ROWS };
    CLEANUP(buf_clear) struct buf names = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    bool known = ask(pg, STATEMENT_TOUCHED_STRAYS, names_of(definitions, url, &names), &rows, err);
    for (int i = 0; known && i < rows.count; i++)
        buf_addf(text, "%s%s (%s rows)",
            text->length > 0 ? ", " : "in assocd.touched, no watched sync here takes up: ",
            pg_rows_text(&rows, i, STRAY_SYNC), pg_rows_text(&rows, i, STRAY_ROWS));
    if (text->length > 0)
        buf_add_text(text, "; if it is not another configuration's: select assocd.unwatch(NAME)");
    return known;
}

static void site_close(struct site *site)
{
    pg_close(site->pg);
    free(site->relation);
}

static void add_names(struct pg_args *args, const struct sync_definition *sync)
{
    pg_arg_text(args, sync->name);
    pg_arg_text(args, sync->column_from);
    pg_arg_text(args, sync->column_to);
    pg_arg_text(args, type_column(sync));
}

static bool inspect(struct site *site, const struct sync_definition *sync, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, site->relation);
    add_names(&args, sync);
    if (!pg_run(site->pg, STATEMENT_WATCH_STATE, &args, &rows, err))
        return false;
    site->kind = pg_rows_text(&rows, 0, 0)[0];
    site->on = pg_rows_int(&rows, 0, 1);
    site->off = pg_rows_int(&rows, 0, 2);
    site->may_take = pg_rows_bool(&rows, 0, 3);
    site->may_trigger = pg_rows_bool(&rows, 0, 4);
    site->may_create = pg_rows_bool(&rows, 0, 5);
    (void)snprintf(site->role, sizeof site->role, "%s", pg_rows_text(&rows, 0, 6));
    site->is_state = pg_rows_bool(&rows, 0, 7);
    site->prepared = pg_rows_bool(&rows, 0, 8);
    site->exists = pg_rows_bool(&rows, 0, 9);
    site->anonymous = pg_rows_bool(&rows, 0, 10);
    return true;
}

static const char site_reads[] = "read only",
                  site_writes[] = "isolation level read committed read write";

/* Of a query nothing is looked up but what the role may do: any relation will do for that. All is
 * one transaction of that mode. */
static bool site_open(struct site *site, const struct sync_definition *sync,
    const char *database_url, const char *mode, struct error *err)
{
    const char *table = sync->source_table != NULL ? sync->source_table : "pg_catalog.pg_class";
    const char *url = database_of(sync, database_url);
    if (!pg_open_plain(&site->pg, url, "assocd watch", ERROR_SOURCE, err) ||
        !pg_begin(site->pg, mode, err) || !pg_relation(site->pg, table, &site->relation, err) ||
        !inspect(site, sync, err))
        return error_prefix(err, "watch %s", sync->name);
    if (sync->source_query != NULL)
        site->kind = 'v';
    return true;
}

/* Ordinary and partitioned tables: others cannot tell a statement's rows to a trigger. */
static bool has_triggers(const struct site *site)
{
    return site->kind == 'r' || site->kind == 'p';
}

static bool in_place(const struct site *site)
{
    return !site->anonymous && site->on == TRIGGERS && site->off == 0 && site->may_take;
}

static void tell_touch(const struct sync_definition *sync, struct buf *text)
{
    buf_addf(text,
        "%s is no table, its changes come by: select assocd.touch('%s', from_id) where its rows "
        "change (the role that calls it must be a member of assocd_writer, or have: grant usage on "
        "schema assocd to ROLE; grant execute on function assocd.touch(text, bigint), "
        "assocd.touch(text, text) to ROLE)",
        sync->source_table != NULL ? sync->source_table : "a query", sync->name);
}

/* A daemon has to hear of changes: that needs a session. */
static bool can_listen(
    const struct sync_definition *sync, const char *database_url, struct error *err)
{
    struct pg *pg;
    if (!pg_open(&pg, database_of(sync, database_url), "assocd watch", ERROR_SOURCE, err))
        return error_prefix(err, "watch %s", sync->name);
    pg_close(pg);
    return true;
}

bool watch_look(const struct sync_definition *sync, const char *database_url,
    enum watch_state *state, struct buf *text, struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    if (!can_listen(sync, database_url, err) ||
        !site_open(&site, sync, database_url, site_reads, err))
        return false;
    *state = WATCH_MISSING;
    if (!site.prepared)
        buf_addf(text, "the database of %s is not prepared for watching", source_name(sync));
    else if (site.anonymous)
        buf_addf(text,
            "assocd.touched has no replica identity: with a publication of all tables nothing can "
            "be deleted from it");
    else if (!site.may_take)
        buf_addf(text, "role %s may not select and delete in assocd.touched", site.role);
    else if (!has_triggers(&site))
        *state = WATCH_BY_TOUCH;
    else if (in_place(&site))
        *state = WATCH_IN_PLACE;
    else if (site.off > 0)
        buf_addf(text, "triggers on %s are disabled", sync->source_table);
    else
        buf_addf(text, "%s has no triggers for these columns", sync->source_table);
    if (*state == WATCH_MISSING)
        buf_addf(text,
            "; run: assocd init --watch %s (or let a DBA run what assocd init --watch --sql %s "
            "prints)",
            sync->name, sync->name);
    else if (*state == WATCH_IN_PLACE)
        buf_addf(text, "watched: triggers on %s are in place", sync->source_table);
    else
        tell_touch(sync, text);
    return true;
}

/* The migrations that stand by themselves. */
static void add_objects(struct buf *sql, bool exists)
{
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        if (strncmp(strchr(file->name, '_'), "_watch", 6) == 0)
            buf_add_text(sql, schema_text(file, exists));
}

static bool lacks(const struct sync_definition *sync, struct site *site, const char *what,
    const char *grant, struct error *err)
{
    return error_set(err, ERROR_SOURCE,
        "watch %s: role %s needs %s (%s), or let a DBA run what assocd init --watch --sql %s "
        "prints",
        sync->name, site->role, what, grant, sync->name);
}

static bool check_rights(const struct sync_definition *sync, struct site *site, struct error *err)
{
    CLEANUP(buf_clear) struct buf what = {0};
    CLEANUP(buf_clear) struct buf grant = {0};
    if (has_triggers(site) && !site->may_trigger) {
        buf_addf(&what, "privilege TRIGGER on table %s", site->relation);
        buf_addf(&grant, "grant trigger on %s to %s", site->relation, site->role);
    } else if (!site->may_create && site->prepared && has_triggers(site)) {
        buf_add_text(&what, "to be a member of the role that owns schema assocd");
        buf_addf(&grant, "or be it");
    } else if (!site->may_create && !site->prepared) {
        buf_add_text(&what, "privilege CREATE on the database of the source, for schema assocd");
        buf_addf(&grant, "grant create on database … to %s", site->role);
    } else {
        return true;
    }
    return lacks(sync, site, buf_text(&what), buf_text(&grant), err);
}

static bool install(const struct sync_definition *sync, struct site *site, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf objects = {0};
    add_objects(&objects, site->exists);
    pg_arg_text(&args, sync->name);
    pg_arg_text(&args, site->relation);
    pg_arg_text(&args, sync->column_from);
    pg_arg_text(&args, sync->column_to);
    pg_arg_text(&args, type_column(sync));
    return (site->is_state || !site->may_create ||
               pg_exec(site->pg, buf_text(&objects), NULL, err)) &&
        (!has_triggers(site) || in_place(site) ||
            pg_run(site->pg, STATEMENT_WATCH_INSTALL, &args, NULL, err)) &&
        pg_exec(site->pg, "commit", NULL, err);
}

bool watch_install(const struct sync_definition *sync, const char *database_url, struct buf *text,
    struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    if (!site_open(&site, sync, database_url, site_writes, err) || !check_rights(sync, &site, err))
        return false;
    if (!install(sync, &site, err)) {
        bool busy = strcmp(pg_sqlstate(site.pg), "55P03") == 0;
        return error_prefix(err, "watch %s: %s%s", sync->name, source_name(sync),
            busy ? " is in use by a long transaction, try again" : "");
    }
    if (!has_triggers(&site))
        tell_touch(sync, text);
    else
        buf_addf(text, "triggers on %s %s", sync->source_table,
            in_place(&site) ? "were in place" : "are in place now; the next run looks at all");
    return true;
}

bool watch_remove(const struct sync_definition *sync, const char *database_url, struct buf *text,
    struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    const char *url = database_of(sync, database_url);
    if (!pg_open_plain(&site.pg, url, "assocd watch", ERROR_SOURCE, err) ||
        !pg_begin(site.pg, site_writes, err))
        return error_prefix(err, "unwatch %s", sync->name);
    pg_arg_text(&args, sync->name);
    if (pg_run(site.pg, STATEMENT_WATCH_REMOVE, &args, &rows, err)) {
        if (!pg_exec(site.pg, "commit", NULL, err))
            return error_prefix(err, "unwatch %s", sync->name);
        buf_addf(text, "%s triggers removed", pg_rows_text(&rows, 0, 0));
        return true;
    }
    static const char *const missing[] = {"42883", "3F000"};
    for (size_t i = 0; i < ARRAY_COUNT(missing); i++)
        if (strcmp(pg_sqlstate(site.pg), missing[i]) == 0) {
            buf_add_text(text, "there was nothing to remove");
            return true;
        }
    return error_prefix(err, "unwatch %s", sync->name);
}

/* A literal as standard SQL has it: backslashes mean themselves. */
static void add_literal(struct buf *sql, const char *text)
{
    buf_add_char(sql, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buf_add_char(sql, '\'');
        buf_add_char(sql, *text);
    }
    buf_add_char(sql, '\'');
}

bool watch_sql(const struct sync_definition *sync, const char *database_url, struct buf *sql,
    struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    if (!site_open(&site, sync, database_url, site_reads, err))
        return false;
    buf_addf(sql,
        "-- %s, in its source's database\nbegin;\nset local standard_conforming_strings = on;\n",
        sync->name);
    if (!site.is_state) {
        add_objects(sql, false);
        buf_addf(sql,
            "grant usage on schema assocd to %s;\ngrant select, delete on assocd.touched to %s;\n",
            site.role, site.role);
    }
    if (has_triggers(&site)) {
        const char *const words[] = {
            sync->name, site.relation, sync->column_from, sync->column_to, type_column(sync)};
        buf_add_text(sql, "select assocd.watch(");
        for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
            buf_add_text(sql, i > 0 ? ", " : "");
            add_literal(sql, words[i]);
        }
        buf_add_text(sql, ");\n");
    }
    buf_add_text(sql, "commit;\n");
    return true;
}
