/*
 * ownership.c: moves ownership between PostgreSQL and spools, page by page.
 */
#include "journal/ownership.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/id_list.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/text.h"
#include "journal/changed_records.h"
#include "journal/journal.h"

enum { PAGE_ROWS = 10000 };

static bool no_association(struct error *err)
{
    return error_set(
        err, ERROR_STATE, "assocd.managed has an invalid row (expected two record IDs and a type)");
}

/* What "3 HUBSPOT_DEFINED" means; a type that the run does not know is entered unmanaged. */
static bool find_type(struct session *session, char *text, uint32_t *index, struct error *err)
{
    char *category;
    struct type type = {.type_id = (uint32_t)strtoul(text, &category, 10), .kind = TYPE_LABEL};
    if (*category != ' ')
        return no_association(err);
    type.category = category + 1;
    *index = types_find(&session->types, type.category, type.type_id);
    if (*index == TYPE_NONE)
        *index = types_add(&session->types, &type);
    return *index != TYPE_NONE ||
        error_set(err, ERROR_STATE, "assocd.managed of %s names more than %d types",
            session->sync->name, TYPES_MAX);
}

/* "30114477 3 HUBSPOT_DEFINED,-30114478 …": the associations of one from-record, nearly always of
 * one type; a minus: released. */
static bool add_record(struct session *session, uint64_t from_id, char *rest,
    struct assoc_list *record, struct error *err)
{
    struct assoc row = {.from_id = from_id};
    const char *last = "";
    record->count = 0;
    while (rest != NULL) {
        char *to = rest;
        rest = strchr(to, ',');
        if (rest != NULL)
            *rest++ = '\0';
        row.flags = *to == '-' ? ASSOC_RELEASED : 0;
        to += *to == '-';
        char *type = strchrnul(to, ' ');
        if (!assoc_parse_id(to, (size_t)(type - to), &row.to_id))
            return no_association(err);
        if (strcmp(type, last) != 0 && !find_type(session, type, &row.type, err))
            return false;
        last = type;
        assoc_list_add(record, row);
    }
    record->count = assoc_sort_unique(record->rows, record->count);
    return true;
}

/* What nobody asked for would look like a record that the source does not name any more. */
static bool is_asked(const struct scope *scope, uint64_t from_id)
{
    const struct id_list *asked = changed_records_ids(scope);
    return asked == NULL || id_list_has(asked, from_id);
}

/* The rows of the owned set on their way into a spool. */
struct owned_rows {
    struct session *session;
    const struct scope *scope;
    struct spool *spool;
    struct assoc_list record; /* of one from-record */
};

static bool add_line(struct owned_rows *owned, char *line, struct error *err)
{
    char *cells[2];
    uint64_t from_id;
    if (pg_copy_split(line, cells, 2) != 2 || !assoc_parse_id(cells[0], strlen(cells[0]), &from_id))
        return no_association(err);
    if (!is_asked(owned->scope, from_id))
        return error_set(err, ERROR_INTERNAL,
            "assocd.managed answered for record %s, which is not one of the changed records",
            cells[0]);
    if (!add_record(owned->session, from_id, cells[1], &owned->record, err))
        return false;
    for (size_t i = 0; i < owned->record.count; i++)
        if (!spool_add(owned->spool, owned->record.rows[i], err))
            return false;
    return true;
}

/* One COPY, not pages: without statistics PostgreSQL sorts all that is left for every page. */
static bool copy_rows(struct owned_rows *owned, struct error *err)
{
    char *line;
    size_t length;
    bool ok;
    do
        ok = pg_copy_next(owned->session->state, &line, &length, err) &&
            (line == NULL || add_line(owned, line, err));
    while (ok && line != NULL);
    assoc_list_clear(&owned->record);
    return ok;
}

bool ownership_load(
    struct session *session, struct plan *plan, struct spool *owned, struct error *err)
{
    struct owned_rows rows = {.session = session, .scope = plan->scope, .spool = owned};
    CLEANUP(buf_clear) struct buf ids = {0};
    const char *of = changed_records_array(plan->scope, &ids);
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    if (of != NULL)
        pg_arg_text(&args, of);
    enum statement_id copy = of != NULL ? STATEMENT_OWNERSHIP_COPY_OF : STATEMENT_OWNERSHIP_COPY;
    if (!pg_copy_statement(session->state, copy, &args, err) || !copy_rows(&rows, err))
        return false;
    /* The last pair is counted when the writing ends. */
    if (!spool_rewind(owned, err))
        return false;
    plan->counts.managed = spool_count(owned);
    return true;
}

/* Fenced: a run that was overtaken enters nothing. Nearly always nothing of a page that is to be
 * adopted is owned yet, so that it is entered without looking. What the late verification of
 * another run has entered meanwhile makes the whole statement fail; then each is looked for. */
static bool run_page(const struct session *session, enum statement_id statement,
    const struct pg_args *args, struct error *err)
{
    struct error why = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (pg_run(session->state, statement, args, &rows, &why))
        return pg_rows_int(&rows, 0, 0) == 1 || journal_overtaken(session, err);
    bool owned = pg_failure(session->state) == SQLSTATE_UNIQUE_VIOLATION;
    if (statement == STATEMENT_OWNERSHIP_ADD && owned)
        return run_page(session, STATEMENT_OWNERSHIP_ADD_REST, args, err);
    *err = why;
    return false;
}

/* One page of a spool as four array parameters; *count is the number of its rows. */
static bool write_page(const struct session *session, struct spool *spool,
    enum statement_id statement, int *count, struct error *err)
{
    CLEANUP(buf_clear) struct buf from = {0};
    CLEANUP(buf_clear) struct buf to = {0};
    CLEANUP(buf_clear) struct buf category = {0};
    CLEANUP(buf_clear) struct buf type_id = {0};
    const struct assoc *row;
    for (*count = 0; *count < PAGE_ROWS; ++*count) {
        if (!spool_peek(spool, &row, err))
            return false;
        if (row == NULL)
            break;
        const struct type *type = &session->types.items[row->type];
        pg_array_int(&from, (int64_t)row->from_id);
        pg_array_int(&to, (int64_t)row->to_id);
        pg_array_text(&category, type->category);
        pg_array_int(&type_id, type->type_id);
        spool_take(spool);
    }
    if (*count == 0)
        return true;
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&from));
    pg_arg_text(&args, pg_array_end(&to));
    pg_arg_text(&args, pg_array_end(&category));
    pg_arg_text(&args, pg_array_end(&type_id));
    pg_arg_int(&args, session->epoch);
    return run_page(session, statement, &args, err);
}

static bool write_spool(const struct session *session, struct spool *spool,
    enum statement_id statement, struct error *err)
{
    if (!spool_rewind(spool, err))
        return false;
    int count;
    do {
        if (!write_page(session, spool, statement, &count, err))
            return false;
    } while (count == PAGE_ROWS);
    return true;
}

bool ownership_finish(const struct session *session, const struct plan *plan, struct error *err)
{
    return write_spool(session, plan->to_own, STATEMENT_OWNERSHIP_ADD, err) &&
        write_spool(session, plan->to_disown, STATEMENT_OWNERSHIP_REMOVE, err);
}
