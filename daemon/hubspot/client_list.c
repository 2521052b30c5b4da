/*
 * client_list.c: the calls made once at the start of a run: whose token is this, and which
 * association types does the account have. Small answers, read with json-c.
 */
#include "hubspot/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/association_types.h"
#include "model/object_type.h"
#include "hubspot/json_tree.h"

/* ---- account ---- */

static bool consume_account(struct list *list, const struct envelope_item *item)
{
    struct account *account = list->owner;
    if (strcmp(item->key, "portalId") == 0)
        return json_tree_id_text(item->text, item->length, &account->portal_id);
    CLEANUP(json_tree_free) struct json_object *value = json_tree(item->text, item->length);
    const char *text = json_tree_string(value);
    if (strcmp(item->key, "timeZone") == 0 && text != NULL)
        problem_copy(account->time_zone, sizeof account->time_zone, text);
    return item->array || json_tree_is_good(item->text, item->length);
}

bool client_account(struct client *client, struct account *account, struct error *err)
{
    struct account found = {0};
    struct list list = {.consume = consume_account, .owner = &found};
    const struct dialect_row *row = dialect_row(client->settings.dialect);
    if (!call_list(client, row->account, &list, err))
        return false;
    if (found.portal_id == 0)
        return error_set(
            err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no portalId", row->account);
    *account = found;
    return true;
}

/* ---- types ---- */

/* The two lists of one direction, being put together. */
struct types_list {
    struct types *types;
    const char *from; /* ids */
    const char *to;
    bool names; /* v3's list is being read, else the labels */
    bool too_many;
};

static struct type make_type(const struct types_list *lists, const char *category, uint32_t id)
{
    const struct association_type *known = association_type_find(lists->from, lists->to, id);
    bool own = strcmp(category, "HUBSPOT_DEFINED") == 0;
    struct type type = {.type_id = id, .kind = TYPE_LABEL};
    if (own && known != NULL) {
        type.kind = known->kind;
        type.also = mem_text(known->name);
        type.name = association_type_is_seen(known) ? mem_text(known->name) : NULL;
    }
    type.category = mem_text(category);
    return type;
}

static void add_type(struct types_list *lists, struct type *type)
{
    lists->too_many = types_add(lists->types, type) == TYPE_NONE || lists->too_many;
    free(type->category);
    free(type->name);
    free(type->also);
    free(type->label);
}

/* {"category": …, "typeId": …, "label": …} */
static bool consume_label(struct types_list *lists, struct json_object *entry)
{
    const char *category = json_tree_text(entry, "category");
    const char *label = json_tree_text(entry, "label");
    uint32_t id;
    bool nameless = label == NULL && json_tree_member(entry, "label") != NULL;
    if (category == NULL || nameless || !json_tree_u32(entry, "typeId", &id))
        return false;
    struct type type = make_type(lists, category, id);
    type.label = mem_text(label);
    bool known = strcmp(category, "HUBSPOT_DEFINED") == 0 && type.also != NULL;
    if (!known && label == NULL)
        type.kind = TYPE_PLAIN;
    add_type(lists, &type);
    return true;
}

/* The category of a v3 type: the labels list knows. NULL if several of its categories have the id,
 * of which the name may be any. */
static const char *name_category(const struct types_list *lists, const char *name, uint32_t id)
{
    const struct association_type *known = association_type_find(lists->from, lists->to, id);
    bool own = known != NULL && known->name != NULL && strcmp(known->name, name) == 0;
    const char *only = NULL, *other = NULL;
    size_t found = 0, others = 0;
    for (uint32_t i = 0; i < lists->types->count; i++) {
        const struct type *type = &lists->types->items[i];
        if (type->type_id != id)
            continue;
        only = type->category;
        found++;
        if (strcmp(type->category, "HUBSPOT_DEFINED") != 0) {
            other = type->category;
            others++;
        }
    }
    if (found == 1)
        return only;
    if (own)
        return "HUBSPOT_DEFINED";
    return others > 1 ? NULL : other != NULL ? other : "USER_DEFINED";
}

/* {"id": "279", "name": "contact_to_company_unlabeled"} */
static bool consume_name(struct types_list *lists, struct json_object *entry)
{
    const char *name = json_tree_text(entry, "name");
    uint32_t id;
    if (name == NULL || name[0] == '\0' || !json_tree_u32(entry, "id", &id))
        return false;
    const char *category = name_category(lists, name, id);
    if (category == NULL)
        return true;
    struct type type = make_type(lists, category, id);
    free(type.name);
    type.name = mem_text(name);
    size_t length = strlen(name);
    static const char plain[] = "_unlabeled";
    if (length > sizeof plain && strcmp(name + length - (sizeof plain - 1), plain) == 0)
        type.kind = TYPE_PLAIN;
    uint32_t index = types_find(lists->types, category, id);
    if (index != TYPE_NONE) {
        free(lists->types->items[index].name); /* the account's own word counts */
        lists->types->items[index].name = NULL;
    }
    add_type(lists, &type);
    return true;
}

static bool consume_type(struct list *list, const struct envelope_item *item)
{
    struct types_list *lists = list->owner;
    bool results = strcmp(item->key, "results") == 0;
    list->has_results = list->has_results || (results && item->array);
    if (item->array)
        return true;
    if (!results)
        return json_tree_is_good(item->text, item->length);
    CLEANUP(json_tree_free) struct json_object *entry = json_tree(item->text, item->length);
    if (!item->element || !json_tree_is_object(entry))
        return false;
    return lists->names ? consume_name(lists, entry) : consume_label(lists, entry);
}

static bool get_list(struct client *client, struct types_list *lists, const char *pattern,
    struct list *list, struct error *err)
{
    CLEANUP(buf_clear) struct buf path = {0};
    *list = (struct list){.consume = consume_type, .owner = lists};
    lists->names = strstr(pattern, "/types") != NULL;
    dialect_path(&path, pattern, lists->from, lists->to, "");
    if (!call_list(client, buf_text(&path), list, err))
        return false;
    if (!list->has_results)
        return error_set(
            err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no results", buf_text(&path));
    if (lists->too_many)
        return error_set(err, ERROR_REMOTE,
            "GET %s: HubSpot lists more than %d association types for these object types, and "
            "assocd knows no more at once",
            buf_text(&path), TYPES_MAX);
    return true;
}

/* ---- the account's names ---- */

/* The type of this id that has no name yet; TYPE_NONE if none or two have not: a schema does not
 * tell categories. */
static uint32_t find_nameless(const struct types *types, uint32_t id)
{
    uint32_t index = TYPE_NONE;
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->items[i].type_id != id || types->items[i].name != NULL)
            continue;
        if (index != TYPE_NONE)
            return TYPE_NONE;
        index = i;
    }
    return index;
}

/* {"id": "30", "name": "decision_maker", "fromObjectTypeId": "0-1", "toObjectTypeId": "0-2"}. A
 * custom object may be configured by its name, and stands here by its id. */
static void consume_schema_name(const struct types_list *lists, struct json_object *entry)
{
    const char *name = json_tree_text(entry, "name");
    const char *to = json_tree_text(entry, "toObjectTypeId");
    uint32_t id;
    if (name == NULL || name[0] == '\0' || to == NULL || !json_tree_u32(entry, "id", &id))
        return;
    bool by_name = lists->to[0] == 'p' || lists->to[0] == 'P';
    if (by_name ? to[0] != '2' : strcmp(to, lists->to) != 0)
        return;
    uint32_t index = find_nameless(lists->types, id);
    uint32_t called = types_find_name(lists->types, name);
    /* One name for two ids: the two directions of a label within one object type. */
    bool other_direction = called != TYPE_NONE && strcmp(lists->from, lists->to) == 0 &&
        lists->types->items[called].type_id != id;
    if (index != TYPE_NONE && (called == TYPE_NONE || other_direction))
        lists->types->items[index].name = mem_text(name);
}

static bool consume_schema(struct list *list, const struct envelope_item *item)
{
    struct types_list *lists = list->owner;
    if (item->array)
        return true;
    if (!item->element || strcmp(item->key, "associations") != 0)
        return json_tree_is_good(item->text, item->length);
    CLEANUP(json_tree_free) struct json_object *entry = json_tree(item->text, item->length);
    if (!json_tree_is_object(entry))
        return false;
    consume_schema_name(lists, entry);
    return true;
}

/* The names that v3 calls types by, of labels and of what our table can only guess, so that one
 * configuration serves all versions. A help, not a need: the token may lack the scope, a new label
 * shows minutes late. */
static bool name_types(struct client *client, struct types_list *lists, struct error *err)
{
    const char *pattern = dialect_row(client->settings.dialect)->schema;
    bool nameless = false;
    for (uint32_t i = 0; i < lists->types->count; i++)
        nameless = nameless || lists->types->items[i].name == NULL;
    if (pattern == NULL || !nameless)
        return true;
    CLEANUP(buf_clear) struct buf path = {0};
    struct list list = {.consume = consume_schema, .owner = lists};
    struct error why = {0};
    dialect_path(&path, pattern, lists->from, lists->to, "");
    bool stops = !call_list(client, buf_text(&path), &list, &why) &&
        (why.kind == ERROR_STOPPED || why.kind == ERROR_QUOTA || why.kind == ERROR_STATE);
    return !stops || error_set(err, why.kind, "%s", why.text);
}

static const char *resolve(const char *name, struct error *err)
{
    const char *id = object_type_id(name, NULL);
    if (id != NULL)
        return id;
    const char *near = object_type_nearest(name);
    (void)error_set(err, ERROR_CONFIG,
        "unknown object type \"%s\"%s%s%s: write one of HubSpot's (contacts, 0-1), or a custom one "
        "as 2-123 or p_name",
        name, near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
        near != NULL ? "\"?)" : "");
    return NULL;
}

static bool consume_object_type(struct list *list, const struct envelope_item *item)
{
    char *id = list->owner;
    if (item->array)
        return true;
    CLEANUP(json_tree_free) struct json_object *value = json_tree(item->text, item->length);
    const char *text = json_tree_string(value);
    if (!item->element && strcmp(item->key, "objectTypeId") == 0 && text != NULL)
        problem_copy(id, OBJECT_TYPE_MAX, text);
    return json_tree_is_good(item->text, item->length);
}

bool client_object_type(struct client *client, const char *name, char *id, struct error *err)
{
    const char *known = resolve(name, err);
    if (known == NULL)
        return false;
    (void)snprintf(id, OBJECT_TYPE_MAX, "%s", known);
    if (!object_type_is_name(known))
        return true;
    const char *pattern = dialect_row(client->settings.dialect)->schema;
    if (pattern == NULL)
        pattern = dialect_row(dialect_beyond_names)->schema;
    CLEANUP(buf_clear) struct buf path = {0};
    char found[OBJECT_TYPE_MAX] = "";
    struct list list = {.consume = consume_object_type, .owner = found};
    dialect_path(&path, pattern, known, known, "");
    if (!call_list(client, buf_text(&path), &list, err))
        return false;
    if (found[0] != '2' || object_type_id(found, NULL) != found || object_type_is_name(found))
        return error_set(
            err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no objectTypeId", buf_text(&path));
    (void)snprintf(id, OBJECT_TYPE_MAX, "%s", found);
    return true;
}

bool client_types(
    struct client *client, const char *from, const char *to, struct types *types, struct error *err)
{
    const struct dialect_row *row = dialect_row(client->settings.dialect);
    struct types_list lists = {.types = types, .from = resolve(from, err)};
    if (lists.from == NULL || (lists.to = resolve(to, err)) == NULL)
        return false;
    struct list list;
    /* v3 has neither categories nor label texts: the labels of 2026-09 go first. An account where
     * that list cannot be had can do without it, except towards companies. */
    const char *labels =
        row->labels != NULL ? row->labels : dialect_row(dialect_beyond_names)->labels;
    struct error labels_err = {0};
    if (!get_list(client, &lists, labels, &list, &labels_err)) {
        bool optional =
            row->names != NULL && list.http_status == 404 && strcmp(lists.to, "0-2") != 0;
        if (!optional)
            return error_set(err, labels_err.kind, "%s", labels_err.text);
    }
    if (row->names == NULL)
        return name_types(client, &lists, err);
    return get_list(client, &lists, row->names, &list, err);
}
