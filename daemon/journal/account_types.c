/*
 * account_types.c: HubSpot's lists <-> assocd.association_type.
 */
#include "journal/account_types.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "model/association_types.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/client.h"

static void add_pair(struct pg_args *args, const struct account_pair *pair)
{
    pg_arg_text(args, pair->portal->name);
    pg_arg_text(args, dialect_text(pair->portal->api));
    pg_arg_text(args, pair->from);
    pg_arg_text(args, pair->to);
}

static bool types_known(struct pg *state, const struct account_pair *pair, int64_t max_age_s,
    struct types *types, struct error *err)
{
    struct pg_args args = {0};
    add_pair(&args, pair);
    pg_arg_int(&args, max_age_s);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(state, STATEMENT_TYPES_GET, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        const char *kind = pg_rows_text(&rows, i, 4);
        struct type type = {
            .category = (char *)(uintptr_t)pg_rows_text(&rows, i, 0),
            .type_id = (uint32_t)pg_rows_int(&rows, i, 1),
            .name = pg_rows_null(&rows, i, 2) ? NULL : (char *)(uintptr_t)pg_rows_text(&rows, i, 2),
            .label =
                pg_rows_null(&rows, i, 3) ? NULL : (char *)(uintptr_t)pg_rows_text(&rows, i, 3),
            .kind = strcmp(kind, "plain") == 0 ? TYPE_PLAIN
                : strcmp(kind, "primary") == 0 ? TYPE_PRIMARY
                                               : TYPE_LABEL,
        };
        const struct association_type *own = strcmp(type.category, "HUBSPOT_DEFINED") == 0
            ? association_type_find(pair->from, pair->to, type.type_id)
            : NULL;
        type.also = own != NULL ? (char *)(uintptr_t)own->name : NULL;
        (void)types_add(types, &type);
    }
    return true;
}

static bool types_remember(
    struct pg *state, const struct account_pair *pair, const struct types *types, struct error *err)
{
    static const char *const kinds[] = {
        [TYPE_LABEL] = "label", [TYPE_PLAIN] = "plain", [TYPE_PRIMARY] = "primary"};
    CLEANUP(buf_clear) struct buf category = {0};
    CLEANUP(buf_clear) struct buf type_id = {0};
    CLEANUP(buf_clear) struct buf name = {0};
    CLEANUP(buf_clear) struct buf label = {0};
    CLEANUP(buf_clear) struct buf kind = {0};
    for (uint32_t i = 0; i < types->count; i++) {
        pg_array_text(&category, types->items[i].category);
        pg_array_int(&type_id, types->items[i].type_id);
        pg_array_text(&name, types->items[i].name);
        pg_array_text(&label, types->items[i].label);
        pg_array_text(&kind, kinds[types->items[i].kind]);
    }
    struct pg_args args = {0};
    add_pair(&args, pair);
    if (!pg_run(state, STATEMENT_TYPES_DROP, &args, NULL, err))
        return false;
    pg_arg_text(&args, pg_array_end(&category));
    pg_arg_text(&args, pg_array_end(&type_id));
    pg_arg_text(&args, pg_array_end(&name));
    pg_arg_text(&args, pg_array_end(&label));
    pg_arg_text(&args, pg_array_end(&kind));
    return pg_run(state, STATEMENT_TYPES_PUT, &args, NULL, err);
}

/* A label's name never changes, but HubSpot does not always tell it: the token may lose the scope.
 * What was told once stays known of the types that are still listed. */
static bool recall_names(
    struct pg *state, const struct account_pair *pair, struct types *types, struct error *err)
{
    struct types kept = {0};
    bool ok = types_known(state, pair, INT32_MAX, &kept, err);
    for (uint32_t i = 0; i < kept.count; i++) {
        const struct type *type = &kept.items[i];
        if (types_find(types, type->category, type->type_id) != TYPE_NONE)
            (void)types_add(types,
                &(struct type){
                    .category = type->category, .type_id = type->type_id, .name = type->name});
    }
    types_clear(&kept);
    return ok;
}

bool account_types(struct client *client, struct pg *state, const struct account_pair *pair,
    struct types *types, struct error *err)
{
    if (!types_known(state, pair, ACCOUNT_ANSWER_MAX_AGE_S, types, err))
        return false;
    if (types->count > 0)
        return true;
    return client_types(client, pair->from, pair->to, types, err) &&
        recall_names(state, pair, types, err) && types_remember(state, pair, types, err);
}

bool account_types_kept(
    struct pg *state, const struct account_pair *pair, struct types *types, struct error *err)
{
    if (!types_known(state, pair, INT32_MAX, types, err))
        return false;
    return types->count > 0 ||
        error_set(err, ERROR_REMOTE,
            "the association types from %s to %s are not known before HubSpot was asked for them "
            "once",
            pair->from, pair->to);
}
