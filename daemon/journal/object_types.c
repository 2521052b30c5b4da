/*
 * object_types.c: names out of the configuration -> PostgreSQL's memory or HubSpot -> ids.
 */
#include "journal/object_types.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/object_type.h"
#include "pg/pg.h"
#include "hubspot/client.h"
#include "journal/session.h"

static bool recall(
    const struct object_types *where, const char *name, char *id, bool *known, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, (int64_t)where->portal_id);
    pg_arg_text(&args, name);
    if (!pg_run(where->state, STATEMENT_OBJECT_TYPE_GET, &args, &rows, err))
        return false;
    *known = rows.count > 0;
    if (*known)
        (void)snprintf(id, OBJECT_TYPE_MAX, "%s", pg_rows_text(&rows, 0, 0));
    return true;
}

static bool remember(
    const struct object_types *where, const char *name, const char *id, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, (int64_t)where->portal_id);
    pg_arg_text(&args, name);
    pg_arg_text(&args, id);
    return pg_run(where->state, STATEMENT_OBJECT_TYPE_PUT, &args, NULL, err);
}

/* other: how the other end is written. */
static bool resolve(const struct object_types *where, const char *name, const char *other,
    char id[static OBJECT_TYPE_MAX], struct error *err)
{
    bool known = false;
    if (object_type_is_name(name) && !recall(where, name, id, &known, err))
        return false;
    if (known)
        return true;
    struct error why = {0};
    if (client_object_type(where->client, name, id, &why))
        return !object_type_is_name(name) || remember(where, name, id, err);
    const char *end = object_type_id(other, NULL);
    bool may_be_one = end != NULL && end[0] != '0' && strcmp(end, name) != 0;
    if (why.kind != ERROR_DENIED || may_be_one)
        return error_set(err, why.kind,
            "object type \"%s\" was not resolved to its id (%s); write the id (2-123) "
            "instead, or grant the token crm.schemas.custom.read",
            name, why.text);
    (void)snprintf(id, OBJECT_TYPE_MAX, "%s", name);
    return true;
}

bool object_types_pair(const struct object_types *where, const struct sync_definition *sync,
    struct object_pair *ret_pair, struct error *err)
{
    return resolve(where, sync->from, sync->to, ret_pair->from, err) &&
        resolve(where, sync->to, sync->from, ret_pair->to, err);
}

bool object_types_same(struct pg *state, const struct portal_definition *portal,
    const char *const names[static 2], bool *ret_same, struct error *err)
{
    const char *a = object_type_id(names[0], NULL), *b = object_type_id(names[1], NULL);
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *ret_same = a != NULL && b != NULL && strcmp(a, b) == 0;
    if (*ret_same || (!object_type_is_name(names[0]) && !object_type_is_name(names[1])))
        return true;
    pg_arg_text(&args, portal->name);
    pg_arg_text(&args, names[0]);
    pg_arg_text(&args, names[1]);
    if (!pg_run(state, STATEMENT_OBJECT_TYPE_SAME, &args, &rows, err))
        return false;
    *ret_same = pg_rows_bool(&rows, 0, 0);
    return true;
}

bool object_types_resolve(struct session *session, struct error *err)
{
    const struct object_types where = {session->client, session->state, session->access.portal_id};
    struct object_pair pair;
    if (!object_types_pair(&where, session->sync, &pair, err))
        return false;
    session->from_type = mem_text(pair.from);
    session->to_type = mem_text(pair.to);
    return true;
}
