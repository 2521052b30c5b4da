/*
 * definition.c: frees, finds and names what the configuration defines. Knows nothing of files.
 */
#include "model/definition.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const dialect_words[] = {[DIALECT_V3] = "v3",
    [DIALECT_V4] = "v4",
    [DIALECT_2026_03] = "2026-03",
    [DIALECT_2026_09] = "2026-09",
    NULL};
const char *const policy_words[] = {[POLICY_CREATE_ONLY] = "create_only",
    [POLICY_MIRROR_OWNED] = "mirror_owned",
    [POLICY_MIRROR] = "mirror",
    NULL};
const char *const on_many_words[] = {
    [MANY_REJECT] = "reject", [MANY_OLDEST] = "oldest", [MANY_ALL] = "all", NULL};
const char *const on_drift_words[] = {[DRIFT_RESTORE] = "restore", [DRIFT_REPORT] = "report", NULL};
const char *const verify_words[] = {[VERIFY_ALL] = "all", [VERIFY_NONE] = "none", NULL};

static void free_portal(struct portal_definition *portal)
{
    free(portal->name);
    free(portal->base_url);
    free(portal->ca_file);
    free(portal->proxy);
    free(portal->proxy_user);
    free(portal->proxy_password_file);
    free(portal->token_file);
    free(portal->token_env);
    free(portal);
}

static void free_key_side(struct key_side *side)
{
    for (size_t i = 0; i < side->ignore.count; i++)
        free(side->ignore.items[i]);
    free(side->ignore.items);
    free(side->column);
    free(side->property);
}

static void free_sync(struct sync_definition *sync)
{
    for (size_t i = 0; i < sync->types_count; i++) {
        free(sync->types[i].text);
        free(sync->types[i].category);
    }
    free(sync->types);
    free(sync->name);
    free(sync->from);
    free(sync->to);
    free(sync->source_table);
    free(sync->source_query);
    free(sync->source_database_url);
    free(sync->column_from);
    free(sync->column_to);
    free_key_side(&sync->key_from);
    free_key_side(&sync->key_to);
    free(sync->column_type);
    free(sync->column_type_id);
    free(sync->column_category);
    free(sync->schedule_text);
    free(sync);
}

bool sync_has_type_column(const struct sync_definition *sync)
{
    return sync->column_type != NULL || sync->column_type_id != NULL;
}

bool sync_has_keys(const struct sync_definition *sync)
{
    return sync->key_from.column != NULL || sync->key_to.column != NULL;
}

const char *sync_from_column(const struct sync_definition *sync)
{
    return sync->key_from.column != NULL ? sync->key_from.column : sync->column_from;
}

const char *sync_to_column(const struct sync_definition *sync)
{
    return sync->key_to.column != NULL ? sync->key_to.column : sync->column_to;
}

void definitions_clear(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->syncs_count; i++)
        free_sync(definitions->syncs[i]);
    for (size_t i = 0; i < definitions->portals_count; i++)
        free_portal(definitions->portals[i]);
    free(definitions->syncs);
    free(definitions->by_name);
    free(definitions->portals);
    free(definitions->path);
    free(definitions->database_url);
    *definitions = (struct definitions){0};
}

static int by_name(const void *a, const void *b)
{
    const struct sync_definition *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

void definitions_index(struct definitions *definitions)
{
    size_t count = definitions->syncs_count;
    definitions->by_name = mem_resize(definitions->by_name, count + 1, sizeof(void *));
    for (size_t i = 0; i < count; i++)
        definitions->by_name[i] = definitions->syncs[i];
    qsort(definitions->by_name, count, sizeof(void *), by_name);
}

static int compare_name(const void *name, const void *item)
{
    const struct sync_definition *const *sync = item;
    return strcmp(name, (*sync)->name);
}

const struct sync_definition *definitions_sync(
    const struct definitions *definitions, const char *name)
{
    struct sync_definition **found = definitions->by_name == NULL
        ? NULL
        : bsearch(
              name, definitions->by_name, definitions->syncs_count, sizeof(void *), compare_name);
    return found != NULL ? *found : NULL;
}

const char *dialect_text(enum dialect dialect)
{
    return dialect_words[dialect];
}
