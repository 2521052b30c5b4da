/*
 * object_types.c: names out of the configuration -> PostgreSQL's memory or HubSpot -> ids.
 */
#include "sync/object_types.h"

#include <string.h>

#include "base/mem.h"
#include "hubspot/client.h"
#include "model/object_type.h"
#include "pg/pg.h"

static bool recall(struct run *run, const char *name, char *id, bool *known, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, (int64_t)run->access.portal_id);
    pg_arg_text(&args, name);
    if (!pg_run(run->state, STATEMENT_OBJECT_TYPE_GET, &args, &rows, err))
        return false;
    *known = rows.count > 0;
    if (*known)
        (void)snprintf(id, OBJECT_TYPE_MAX, "%s", pg_rows_text(&rows, 0, 0));
    return true;
}

static bool remember(struct run *run, const char *name, const char *id, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, (int64_t)run->access.portal_id);
    pg_arg_text(&args, name);
    pg_arg_text(&args, id);
    return pg_run(run->state, STATEMENT_OBJECT_TYPE_PUT, &args, NULL, err);
}

/* other: how the other end is written. */
static bool resolve(
    struct run *run, const char *name, const char *other, char **ret_id, struct error *err)
{
    char id[OBJECT_TYPE_MAX] = "";
    bool known = false;
    if (object_type_is_name(name) && !recall(run, name, id, &known, err))
        return false;
    if (!known) {
        struct error why = {0};
        if (client_object_type(run->client, name, id, &why)) {
            if (object_type_is_name(name) && !remember(run, name, id, err))
                return false;
        } else {
            const char *end = object_type_id(other, NULL);
            bool may_be_one = end != NULL && end[0] != '0' && strcmp(end, name) != 0;
            if (why.kind != ERROR_DENIED || may_be_one)
                return error_set(err, why.kind,
                    "object type \"%s\" was not resolved to its id (%s); write the id (2-123) "
                    "instead, or grant the token crm.schemas.custom.read",
                    name, why.text);
            (void)snprintf(id, sizeof id, "%s", name);
        }
    }
    *ret_id = mem_text(id);
    return true;
}

bool object_types_resolve(struct run *run, struct error *err)
{
    const struct sync_definition *sync = run->options.sync;
    return resolve(run, sync->from, sync->to, &run->from_type, err) &&
        resolve(run, sync->to, sync->from, &run->to_type, err);
}
