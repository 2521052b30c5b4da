/*
 * watch_site.c: looks at, makes and removes what a watched table needs in its database. The work
 * itself is done by functions of sql/schema/004_watch.sql and later ones; here is whom to tell what
 * about it.
 */
#include "source/watch_site.h"

#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "pg/sqlstate.h"
#include "pg/statement.h"
#include "source/source.h"
#include "source/watch.h"

enum { TRIGGERS = 4 }; /* insert, update, delete, truncate */

/* One row of watch_state.sql. */
struct site {
    struct pg *pg;
    char *relation; /* quoted; NULL: not asked for */
    char kind; /* pg_class.relkind; '\0': there is no such relation */
    int64_t on, off; /* triggers for the configured columns */
    bool may_replace, may_trigger, may_create;
    char role[256]; /* quoted */
    bool is_state; /* it is the assocd database */
    bool prepared; /* the objects are there */
    bool exists; /* schema assocd is */
    bool anonymous; /* a publication could not say which row a delete means */
    int64_t version; /* of the functions; 0: from before they had one */
    struct buf others; /* tables that have the triggers instead */
};

static const char *type_column(const struct sync_definition *sync)
{
    if (sync->column_type_id != NULL)
        return sync->column_type_id;
    return sync->column_type != NULL ? sync->column_type : "";
}

static bool has_from_key(const struct sync_definition *sync)
{
    return sync->key_from.column != NULL;
}

static void site_clear(struct site *site)
{
    free(site->relation);
    buf_clear(&site->others);
}

static void site_close(struct site *site)
{
    pg_close(site->pg);
    site_clear(site);
}

static void add_names(struct pg_args *args, const struct sync_definition *sync)
{
    pg_arg_text(args, sync->name);
    pg_arg_text(args, sync_from_column(sync));
    pg_arg_text(args, sync_to_column(sync));
    pg_arg_text(args, type_column(sync));
    pg_arg_text(args, has_from_key(sync) ? "true" : "false");
}

static bool inspect(struct site *site, const struct sync_definition *sync, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, site->relation != NULL ? site->relation : sync->source_table);
    add_names(&args, sync);
    if (!pg_run(site->pg, STATEMENT_WATCH_STATE, &args, &rows, err))
        return false;
    site->kind = pg_rows_text(&rows, 0, 0)[0];
    site->on = pg_rows_int(&rows, 0, 1);
    site->off = pg_rows_int(&rows, 0, 2);
    site->may_replace = pg_rows_bool(&rows, 0, 3);
    site->may_trigger = pg_rows_bool(&rows, 0, 4);
    site->may_create = pg_rows_bool(&rows, 0, 5);
    (void)snprintf(site->role, sizeof site->role, "%s", pg_rows_text(&rows, 0, 6));
    site->is_state = pg_rows_bool(&rows, 0, 7);
    site->prepared = pg_rows_bool(&rows, 0, 8);
    site->exists = pg_rows_bool(&rows, 0, 9);
    site->anonymous = pg_rows_bool(&rows, 0, 10);
    site->version = pg_rows_int(&rows, 0, 11);
    buf_add_text(&site->others, pg_rows_text(&rows, 0, 12));
    if (sync->source_query != NULL)
        site->kind = 'v';
    return true;
}

static const char site_reads[] = "read only",
                  site_writes[] = "isolation level read committed read write";

/* All is one transaction of that mode. */
static bool site_open(struct site *site, const struct sync_definition *sync,
    const char *database_url, const char *mode, struct error *err)
{
    const char *url = watch_source(sync, database_url);
    if (!pg_open_plain(&site->pg, url, "assocd watch", ERROR_SOURCE, err) ||
        !pg_begin(site->pg, mode, err) ||
        (sync->source_table != NULL &&
            !pg_relation(site->pg, sync->source_table, &site->relation, err)) ||
        !inspect(site, sync, err))
        return error_prefix(err, "watch %s", sync->name);
    return true;
}

/* Ordinary and partitioned tables: others cannot tell a statement's rows to a trigger. */
static bool has_triggers(const struct site *site)
{
    return site->kind == 'r' || site->kind == 'p';
}

static bool in_place(const struct site *site)
{
    return !site->anonymous && site->on == TRIGGERS && site->off == 0 && site->may_replace;
}

static void report_touch(const struct sync_definition *sync, struct buf *text)
{
    buf_addf(text,
        "%s is not a table; call assocd.touch('%s', %s) in the transaction that changes its "
        "rows (the calling role must be a member of assocd_writer, or: grant usage on schema "
        "assocd "
        "to ROLE; grant execute on function assocd.touch(text, bigint), assocd.touch(text, text) "
        "to "
        "ROLE)",
        sync->source_table != NULL ? sync->source_table : "a query", sync->name,
        has_from_key(sync) ? "from_key" : "from_id");
}

/* A daemon has to hear of changes: that needs a session. */
static bool can_listen(
    const struct sync_definition *sync, const char *database_url, struct error *err)
{
    struct pg *pg;
    if (!pg_open(&pg, watch_source(sync, database_url), "assocd watch", ERROR_SOURCE, err))
        return error_prefix(err, "watch %s", sync->name);
    pg_close(pg);
    return true;
}

/* The migration that stands by itself: of those so called the newest, which has all of it. Older
 * ones are not run again: they plan queries of watched tables, and that runs code of the tables'
 * owners. */
static const struct statement *objects_file(void)
{
    const struct statement *newest = NULL;
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        if (strncmp(strchr(file->name, '_'), "_watch", 6) == 0)
            newest = file;
    return newest;
}

int watch_version(void)
{
    return (int)strtol(objects_file()->name, NULL, 10);
}

/* Why changes of the source leave no trace; "": they do. */
static void add_why_unseen(
    const struct site *site, const struct sync_definition *sync, struct buf *text)
{
    if (!site->prepared)
        buf_add_text(text, "its database is not prepared for watching");
    else if (site->anonymous)
        buf_add_text(text,
            "assocd.touched has no replica identity: with a publication of all tables nothing can "
            "be deleted from it");
    else if (site->kind == '\0')
        buf_addf(text, "there is no relation %s", sync->source_table);
    else if (!has_triggers(site))
        return;
    else if (site->off > 0)
        buf_add_text(text, "its triggers are disabled");
    else if (site->on > 0 && site->on < TRIGGERS)
        buf_addf(text, "it has only %d of its %d triggers", (int)site->on, TRIGGERS);
    else if (site->on < TRIGGERS && site->others.length > 0)
        buf_addf(text, "its triggers are on %s (a table that is renamed keeps its triggers)",
            buf_text(&site->others));
    else if (site->on < TRIGGERS)
        buf_add_text(text, "it has no triggers for these columns");
}

static void add_remedy(const struct sync_definition *sync, struct buf *text)
{
    buf_addf(text,
        "; run: assocd init --watch %s (or let a DBA run what assocd init --watch --sql %s prints)",
        sync->name, sync->name);
}

/* In the assocd database they come with its schema. */
static bool is_outdated(const struct site *site)
{
    return site->prepared && !site->is_state && site->version < watch_version();
}

static enum watch_state conclude(
    const struct site *site, const struct sync_definition *sync, const char *why, struct buf *text)
{
    if (why[0] != '\0') {
        buf_addf(text, "changes of %s are not seen: %s", source_name(sync), why);
        add_remedy(sync, text);
        return WATCH_MISSING;
    }
    if (is_outdated(site)) {
        buf_addf(text,
            "the functions for watched tables in the database of %s are from an earlier "
            "release of assocd",
            source_name(sync));
        add_remedy(sync, text);
        return WATCH_OUTDATED;
    }
    if (!has_triggers(site)) {
        report_touch(sync, text);
        return WATCH_BY_TOUCH;
    }
    buf_addf(text, "watched: triggers on %s are in place", sync->source_table);
    return WATCH_IN_PLACE;
}

bool watch_look(const struct sync_definition *sync, const char *database_url,
    enum watch_state *state, struct buf *text, struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    CLEANUP(buf_clear) struct buf why = {0};
    if (!can_listen(sync, database_url, err) ||
        !site_open(&site, sync, database_url, site_reads, err))
        return false;
    add_why_unseen(&site, sync, &why);
    if (why.length == 0 && !site.may_replace)
        buf_addf(&why, "role %s may not select and delete in assocd.touched", site.role);
    *state = conclude(&site, sync, buf_text(&why), text);
    return true;
}

bool watch_look_in(struct pg *pg, const struct sync_definition *sync, enum watch_state *state,
    struct buf *text, struct error *err)
{
    CLEANUP(site_clear) struct site site = {.pg = pg};
    CLEANUP(buf_clear) struct buf why = {0};
    if (!inspect(&site, sync, err)) {
        if (!sqlstate_is_about_input(pg_sqlstate(pg)))
            return error_prefix(err, "watch %s", sync->name);
        buf_add_text(&why, err->text);
    }
    if (why.length == 0)
        add_why_unseen(&site, sync, &why);
    *state = conclude(&site, sync, buf_text(&why), text);
    return true;
}

static void add_objects(struct buf *sql, bool exists)
{
    buf_add_text(sql, schema_text(objects_file(), exists));
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
    } else if (!site->may_create && site->prepared && (has_triggers(site) || is_outdated(site))) {
        buf_add_text(&what, "to be a member of the role that owns schema assocd");
        buf_add_text(&grant, "or connect as that role");
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
    pg_arg_text(&args, site->relation);
    add_names(&args, sync);
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
        bool busy = pg_failure(site.pg) == SQLSTATE_LOCK_NOT_AVAILABLE;
        return error_prefix(err, "watch %s: %s%s", sync->name, source_name(sync),
            busy ? " is in use by a long transaction, try again" : "");
    }
    if (!has_triggers(&site))
        report_touch(sync, text);
    else
        buf_addf(text, "triggers on %s %s%s", sync->source_table,
            in_place(&site) ? "were in place"
                            : "are in place now; the next run reads the whole source",
            in_place(&site) && is_outdated(&site) ? ", their functions are renewed" : "");
    return true;
}

bool watch_remove(const struct sync_definition *sync, const char *database_url, struct buf *text,
    struct error *err)
{
    CLEANUP(site_close) struct site site = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    const char *url = watch_source(sync, database_url);
    if (!pg_open_plain(&site.pg, url, "assocd watch", ERROR_SOURCE, err) ||
        !pg_begin(site.pg, site_writes, err))
        return error_prefix(err, "unwatch %s", sync->name);
    pg_arg_text(&args, sync->name);
    if (pg_run(site.pg, STATEMENT_WATCH_REMOVE, &args, &rows, err)) {
        if (!pg_exec(site.pg, "commit", NULL, err))
            return error_prefix(err, "unwatch %s", sync->name);
        char triggers[AMOUNT_TEXT_MAX];
        buf_addf(text, "%s removed",
            amount_text((uint64_t)pg_rows_int(&rows, 0, 0), "triggers", triggers));
        return true;
    }
    enum sqlstate state = pg_failure(site.pg);
    if (state != SQLSTATE_UNDEFINED_FUNCTION && state != SQLSTATE_INVALID_SCHEMA_NAME)
        return error_prefix(err, "unwatch %s", sync->name);
    buf_add_text(text, "nothing to remove");
    return true;
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
        const char *const words[] = {sync->name, site.relation, sync_from_column(sync),
            sync_to_column(sync), type_column(sync)};
        buf_add_text(sql, "select assocd.watch(");
        for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
            buf_add_text(sql, i > 0 ? ", " : "");
            add_literal(sql, words[i]);
        }
        buf_add_text(sql, has_from_key(sync) ? ", true);\n" : ");\n");
    }
    buf_add_text(sql, "commit;\n");
    return true;
}
