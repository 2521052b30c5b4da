/*
 * types.c: the table of one direction's association types, and what people may call a type. The
 * tables are short (TYPES_MAX), so looking through them is enough.
 */
#include "model/types.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/near.h"

enum { CANDIDATES_MAX = 12 };

bool type_is_once(enum type_kind kind, const char *category, uint32_t type_id)
{
    return kind == TYPE_PRIMARY ||
        (strcmp(category, "HUBSPOT_DEFINED") == 0 &&
            (type_id == TYPE_PARENT_TO_CHILD || type_id == TYPE_CHILD_TO_PARENT));
}

void types_clear(struct types *types)
{
    for (uint32_t i = 0; i < types->count; i++) {
        free(types->items[i].category);
        free(types->items[i].name);
        free(types->items[i].also);
        free(types->items[i].label);
    }
    free(types->items);
    *types = (struct types){0};
}

uint32_t types_find(const struct types *types, const char *category, uint32_t type_id)
{
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].type_id == type_id && strcmp(types->items[i].category, category) == 0)
            return i;
    return TYPE_NONE;
}

uint32_t types_find_name(const struct types *types, const char *name)
{
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].name != NULL && strcmp(types->items[i].name, name) == 0)
            return i;
    return TYPE_NONE;
}

bool types_share_names(const struct types *types)
{
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].name != NULL && types_find_name(types, types->items[i].name) != i)
            return true;
    return false;
}

uint32_t types_add(struct types *types, const struct type *type)
{
    uint32_t index = types_find(types, type->category, type->type_id);
    if (index == TYPE_NONE) {
        if (types->count == TYPES_MAX)
            return TYPE_NONE;
        mem_grow(&types->items, &types->room, (size_t)types->count + 1, sizeof *types->items);
        index = types->count++;
        types->items[index] = *type;
        types->items[index].category = mem_text(type->category);
        types->items[index].name = mem_text(type->name);
        types->items[index].also = mem_text(type->also);
        types->items[index].label = mem_text(type->label);
        return index;
    }
    struct type *known = &types->items[index];
    if (known->name == NULL)
        known->name = mem_text(type->name);
    if (known->also == NULL)
        known->also = mem_text(type->also);
    if (known->label == NULL)
        known->label = mem_text(type->label);
    return index;
}

const char *types_text(const struct types *types, uint32_t index, char space[static 64])
{
    assert(index < types->count);
    const struct type *type = &types->items[index];
    if (type->name != NULL)
        return type->name;
    if (type->label != NULL)
        return type->label;
    (void)snprintf(space, 41, "%s", type->category);
    text_trim(space);
    size_t length = strlen(space);
    (void)snprintf(space + length, 64 - length, ":%u", type->type_id);
    return space;
}

/* The ways a text can name a type, strongest first. */
enum naming { BY_NAME, BY_ID, BY_LABEL, BY_LABEL_ANY_CASE, BY_TABLE, NAMINGS };

static bool is_id_text(const struct type *type, const char *text)
{
    char space[64];
    (void)snprintf(space, sizeof space, ":%u", type->type_id);
    size_t category = strlen(type->category);
    return strncmp(text, type->category, category) == 0 && strcmp(text + category, space) == 0;
}

static bool is_named(const struct type *type, enum naming naming, const char *text)
{
    if (naming == BY_ID)
        return is_id_text(type, text);
    const char *called = naming == BY_NAME ? type->name
        : naming == BY_TABLE               ? type->also
                                           : type->label;
    if (called == NULL)
        return false;
    return (naming == BY_LABEL_ANY_CASE ? strcasecmp(called, text) : strcmp(called, text)) == 0;
}

static bool is_wanted(const struct type *type, const struct type_want *want, enum naming naming)
{
    if (want->kind == TYPE_WANT_TEXT)
        return is_named(type, naming, want->text);
    if (want->kind == TYPE_WANT_ID)
        return type->type_id == want->type_id && strcmp(type->category, want->category) == 0;
    return type->kind == (want->kind == TYPE_WANT_PLAIN ? TYPE_PLAIN : TYPE_PRIMARY);
}

/* How many types are meant; *index is the first of them, *naming the way it was found. */
static size_t find_wanted(
    const struct types *types, const struct type_want *want, uint32_t *index, enum naming *naming)
{
    for (*naming = BY_NAME; *naming < NAMINGS; (*naming)++) {
        size_t found = 0;
        for (uint32_t i = types->count; i-- > 0;) {
            if (!is_wanted(&types->items[i], want, *naming))
                continue;
            *index = i;
            found++;
        }
        if (found > 0)
            return found;
    }
    return 0;
}

static void describe_want(struct buf *buf, const struct type_want *want)
{
    if (want->kind == TYPE_WANT_TEXT)
        buf_addf(buf, "\"%s\"", want->text);
    else if (want->kind == TYPE_WANT_ID)
        buf_addf(buf, "%s:%u", want->category, want->type_id);
    else
        buf_add_text(buf, want->kind == TYPE_WANT_PLAIN ? "plain" : "primary");
}

static void describe_type(struct buf *buf, const struct type *type)
{
    if (type->name != NULL)
        buf_addf(buf, "%s ", type->name);
    if (type->label != NULL)
        buf_addf(buf, "\"%s\" ", type->label);
    buf_addf(buf, "(%s:%u)", type->category, type->type_id);
}

/* Lists the types for which wanted(…) holds, or all when want is NULL. */
static void describe_types(
    struct buf *buf, const struct types *types, const struct type_want *want, enum naming naming)
{
    size_t listed = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        if (want != NULL && !is_wanted(&types->items[i], want, naming))
            continue;
        if (listed++ == CANDIDATES_MAX) {
            buf_add_text(buf, ", …");
            return;
        }
        buf_add_text(buf, listed > 1 ? ", " : "");
        describe_type(buf, &types->items[i]);
    }
}

static bool is_number(const struct type_want *want)
{
    return want->kind == TYPE_WANT_TEXT && strspn(want->text, "0123456789") == strlen(want->text);
}

static bool not_found(const struct types *types, const struct type_want *want, enum error_kind kind,
    struct error *err)
{
    CLEANUP(buf_clear) struct buf text = {0};
    buf_add_text(&text, "no association type ");
    describe_want(&text, want);
    const char *near = want->kind == TYPE_WANT_TEXT ? types_nearest(types, want->text) : NULL;
    char space[NEAR_DIFFERENCE_MAX];
    if (is_number(want))
        buf_addf(&text, ", a number alone is none: write HUBSPOT_DEFINED:%s or USER_DEFINED:%s",
            want->text, want->text);
    else if (near != NULL)
        buf_addf(
            &text, " (did you mean \"%s\"?%s)", near, near_difference(want->text, near, space));
    buf_add_text(&text, types->count > 0 ? "; the account has " : "; the account has none");
    describe_types(&text, types, NULL, NAMINGS);
    return error_set(err, kind, "%s", buf_text(&text));
}

bool types_resolve(const struct types *types, const struct type_want *want, uint32_t *index,
    enum error_kind kind, struct error *err)
{
    enum naming naming;
    size_t found = find_wanted(types, want, index, &naming);
    if (found == 1)
        return true;
    if (found == 0)
        return not_found(types, want, kind, err);
    CLEANUP(buf_clear) struct buf text = {0};
    buf_add_text(&text, "association type ");
    describe_want(&text, want);
    buf_addf(&text, " means %zu types, write one of them as CATEGORY:id: ", found);
    describe_types(&text, types, want, naming);
    return error_set(err, kind, "%s", buf_text(&text));
}

uint32_t types_match_text(const struct types *types, const char *text)
{
    /* A type really called so goes first. */
    struct type_want want = {.kind = TYPE_WANT_TEXT, .text = mem_text(text)};
    enum naming naming;
    uint32_t index = TYPE_NONE;
    size_t found = find_wanted(types, &want, &index, &naming);
    free(want.text);
    if (found == 0 && (strcmp(text, "plain") == 0 || strcmp(text, "primary") == 0)) {
        want.kind = text[1] == 'l' ? TYPE_WANT_PLAIN : TYPE_WANT_PRIMARY;
        found = find_wanted(types, &want, &index, &naming);
    }
    return found == 1 ? index : TYPE_NONE;
}

const char *types_nearest(const struct types *types, const char *text)
{
    struct near near = {.wanted = text};
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->items[i].label != NULL)
            near_offer(&near, types->items[i].label);
        if (types->items[i].name != NULL)
            near_offer(&near, types->items[i].name);
        if (types->items[i].also != NULL)
            near_offer(&near, types->items[i].also);
    }
    return near.best;
}
