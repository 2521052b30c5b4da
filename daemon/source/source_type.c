/*
 * source_type.c: from the type cells of a row to a managed type. What cannot be resolved is said,
 * never guessed: a guess here is a label on a record, or an archive.
 */
#include "source/source_type.h"

#include <stdio.h>
#include <string.h>

#include "base/show.h"
#include "model/assoc.h"
#include "model/near.h"

static const char default_category[] = "HUBSPOT_DEFINED";

const char *source_excerpt(const char *cell, char space[static SOURCE_EXCERPT_MAX])
{
    show_copy(space, SOURCE_EXCERPT_MAX, cell, "");
    return space;
}

static bool is_managed(const struct types *types, uint32_t index)
{
    return index != TYPE_NONE && types->items[index].managed;
}

static uint32_t only_type(const struct types *types)
{
    uint32_t only = TYPE_NONE;
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->items[i].managed && only != TYPE_NONE)
            return TYPE_NONE;
        if (types->items[i].managed)
            only = i;
    }
    return only;
}

/* Not asked for by name: a label may be called "plain". */
static uint32_t plain_type(const struct types *types)
{
    uint32_t plain = TYPE_NONE;
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->items[i].kind != TYPE_PLAIN || !types->items[i].managed)
            continue;
        if (plain != TYPE_NONE)
            return TYPE_NONE;
        plain = i;
    }
    return plain;
}

void source_type_init(
    struct source_type *rule, const struct sync_definition *sync, const struct types *types)
{
    *rule = (struct source_type){.sync = sync, .types = types};
    rule->implied = sync_has_type_column(sync) ? plain_type(types) : only_type(types);
}

static bool is_empty(const char *cell)
{
    return cell == NULL || cell[strspn(cell, " \t\r\n\v\f")] == '\0';
}

static uint32_t read_nothing(
    const struct source_type *rule, char message[static SOURCE_MESSAGE_MAX])
{
    if (rule->implied == TYPE_NONE)
        (void)snprintf(message, SOURCE_MESSAGE_MAX,
            "the type is empty, which means the plain type, and that is not one of the sync's "
            "types; write the type, or add plain to the sync's types");
    return rule->implied;
}

/* Why a text is none of the sync's types. */
static void explain(const struct source_type *rule, uint32_t type, const char *said,
    char message[static SOURCE_MESSAGE_MAX])
{
    char space[SOURCE_EXCERPT_MAX], meant[SOURCE_EXCERPT_MAX];
    char space_of_difference[NEAR_DIFFERENCE_MAX];
    const char *cell = source_excerpt(said, space);
    const char *near = types_nearest(rule->types, said);
    if (type != TYPE_NONE)
        (void)snprintf(
            message, SOURCE_MESSAGE_MAX, "type \"%s\" is not one of the sync's types", cell);
    else if (strspn(said, "0123456789") == strlen(said))
        (void)snprintf(message, SOURCE_MESSAGE_MAX,
            "unknown type \"%.24s\"; a type's id needs its category: write HUBSPOT_DEFINED:%.24s "
            "or "
            "USER_DEFINED:%.24s, or name the columns in source.columns.type_id and category",
            cell, cell, cell);
    else if (near != NULL)
        (void)snprintf(message, SOURCE_MESSAGE_MAX, "unknown type \"%s\" (did you mean \"%s\"?%s)",
            cell, source_excerpt(near, meant), near_difference(said, near, space_of_difference));
    else
        (void)snprintf(message, SOURCE_MESSAGE_MAX, "unknown type \"%s\"", cell);
}

static uint32_t read_text(
    const struct source_type *rule, const char *said, char message[static SOURCE_MESSAGE_MAX])
{
    uint32_t type = types_match_text(rule->types, said);
    if (is_managed(rule->types, type))
        return type;
    explain(rule, type, said, message);
    return TYPE_NONE;
}

/* For "did you mean": a managed type of this id in another category. */
static const struct type *namesake(const struct types *types, uint64_t type_id)
{
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].managed && types->items[i].type_id == type_id)
            return &types->items[i];
    return NULL;
}

static uint32_t read_pair(struct source_type *rule, const char *id, const char *category,
    char message[static SOURCE_MESSAGE_MAX])
{
    uint64_t type_id = 0;
    if (!assoc_parse_id(id, strlen(id), &type_id) || type_id > INT32_MAX) {
        char space[SOURCE_EXCERPT_MAX];
        (void)snprintf(message, SOURCE_MESSAGE_MAX,
            "invalid association type ID \"%s\" (expected an integer from 1 to 2147483647)",
            source_excerpt(id, space));
        return TYPE_NONE;
    }
    uint32_t type = types_find(rule->types, category, (uint32_t)type_id);
    if (is_managed(rule->types, type))
        return type;
    const struct type *other = namesake(rule->types, type_id);
    if (other != NULL && rule->sync->column_category == NULL)
        (void)snprintf(message, SOURCE_MESSAGE_MAX,
            "type %s is not one of the sync's types, %.40s:%u is; name the category's column in "
            "source.columns.category",
            rule->said, other->category, other->type_id);
    else
        (void)snprintf(
            message, SOURCE_MESSAGE_MAX, "type %s is not one of the sync's types", rule->said);
    return TYPE_NONE;
}

static uint32_t read_columns(struct source_type *rule, const char *id, const char *category,
    char message[static SOURCE_MESSAGE_MAX])
{
    char left[SOURCE_EXCERPT_MAX], right[SOURCE_EXCERPT_MAX];
    bool has_category = !is_empty(category);
    if (rule->sync->column_category == NULL)
        category = default_category;
    else if (!has_category)
        category = "";
    (void)snprintf(rule->said, sizeof rule->said, "%s:%s", source_excerpt(category, left),
        is_empty(id) ? "" : source_excerpt(id, right));
    if (!is_empty(id) && category[0] != '\0')
        return read_pair(rule, id, category, message);
    (void)snprintf(message, SOURCE_MESSAGE_MAX, "type \"%s\" is incomplete: the row has %s",
        rule->said, is_empty(id) ? "a category and no type ID" : "a type ID and no category");
    return TYPE_NONE;
}

bool source_type_is_said(char *const cells[static SOURCE_TYPE_CELLS])
{
    return !is_empty(cells[0]);
}

uint32_t source_type_read(struct source_type *rule, char *const cells[static SOURCE_TYPE_CELLS],
    const char **said, char message[static SOURCE_MESSAGE_MAX])
{
    *said = NULL;
    if (is_empty(cells[0]) && is_empty(cells[1]))
        return read_nothing(rule, message);
    if (rule->sync->column_type_id != NULL) {
        *said = rule->said;
        return read_columns(rule, cells[0], cells[1], message);
    }
    *said = cells[0];
    return read_text(rule, cells[0], message);
}
