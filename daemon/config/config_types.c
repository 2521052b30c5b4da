/*
 * config_types.c: the list of association types a sync manages. Here quotes matter: `plain` and
 * `primary` are words, "Plain" in quotes is a label's text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/config_key.h"
#include "config/expand.h"
#include "config/problem.h"

static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

static bool read_type_id(const char *text, uint32_t *type_id)
{
    uint64_t number = 0;
    size_t length = strlen(text);
    if (length == 0 || length > 10 || strspn(text, "0123456789") < length || text[0] == '0')
        return false;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    *type_id = (uint32_t)number;
    return number <= INT32_MAX;
}

static bool is_category(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' && strspn(text, upper) == strlen(text);
}

/* CATEGORY:id, as it is printed elsewhere. */
static bool read_pair(const char *text, struct type_want *want)
{
    size_t length = strcspn(text, ":");
    char *category = mem_text_part(text, length);
    bool is_pair = text[length] == ':' && is_category(category) &&
        read_type_id(text + length + 1, &want->type_id);
    if (!is_pair) {
        free(category);
        return false;
    }
    want->kind = TYPE_WANT_ID;
    want->category = category;
    return true;
}

static struct type_want read_scalar(const struct yaml_entry *item, const char *text)
{
    struct type_want want = {.kind = TYPE_WANT_TEXT};
    bool word = item->kind == YAML_PLAIN;
    if (word && strcmp(text, "plain") == 0)
        want.kind = TYPE_WANT_PLAIN;
    else if (word && strcmp(text, "primary") == 0)
        want.kind = TYPE_WANT_PRIMARY;
    else if (!word || !read_pair(text, &want))
        want.text = mem_text(text);
    return want;
}

/* One of the two values of {category: …, id: …}. */
static bool read_member(struct loader *loader, size_t at, size_t item, struct type_want *want)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    const char *name = entry->path + strlen(loader->yaml.items[item].path) + 1;
    if (strcmp(name, "category") != 0 && strcmp(name, "id") != 0)
        return config_problem(
            loader, entry->line, entry->path, "unknown key, expected category and id");
    if (entry->value == NULL)
        return config_problem(loader, entry->line, entry->path, "expected a word or number");
    struct buf text = {0};
    struct error err = {0};
    bool good = config_expand(entry->value, &text, &err);
    if (!good)
        (void)config_problem(loader, entry->line, entry->path, "%s", err.text);
    else if (name[0] == 'i' && !read_type_id(buf_text(&text), &want->type_id))
        good = config_problem(loader, entry->line, entry->path,
            "\"%s\": expected an integer of 1 … 2147483647", entry->value);
    else if (name[0] == 'c' && !is_category(buf_text(&text)))
        good = config_problem(loader, entry->line, entry->path,
            "\"%s\": expected HUBSPOT_DEFINED, USER_DEFINED or INTEGRATOR_DEFINED", entry->value);
    else if (name[0] == 'c')
        want->category = mem_text(buf_text(&text));
    buf_clear(&text);
    return good;
}

static bool read_mapping(struct loader *loader, size_t item, struct type_want *want)
{
    const struct yaml_entry *entry = &loader->yaml.items[item];
    want->kind = TYPE_WANT_ID;
    for (size_t at = item + 1; yaml_is_below(&loader->yaml, at, item); at++) {
        if (!read_member(loader, at, item, want))
            return false;
    }
    if (want->category == NULL || want->type_id == 0)
        return config_problem(loader, entry->line, entry->path,
            "expected both, as in {category: USER_DEFINED, id: 36}");
    return true;
}

static bool read_item(struct loader *loader, size_t item, struct type_want *want)
{
    const struct yaml_entry *entry = &loader->yaml.items[item];
    if (entry->kind == YAML_MAPPING)
        return read_mapping(loader, item, want);
    if (entry->value == NULL)
        return config_problem(loader, entry->line, entry->path,
            "is a list, expected a v3 name, a \"label\", plain, primary or {category, id}");
    struct buf text = {0};
    struct error err = {0};
    bool good = config_expand(entry->value, &text, &err);
    if (!good)
        (void)config_problem(loader, entry->line, entry->path, "%s", err.text);
    else if (text.length == 0 || text.length > 255)
        good = config_problem(loader, entry->line, entry->path,
            "expected a v3 name, a \"label\", plain, primary or {category, id}");
    else
        *want = read_scalar(entry, buf_text(&text));
    buf_clear(&text);
    return good;
}

bool config_set_types(struct loader *loader, struct sync_definition *sync, size_t at)
{
    const struct yaml_entry *list = &loader->yaml.items[at];
    size_t room = 0;
    bool good = true;
    for (size_t i = at + 1; yaml_is_below(&loader->yaml, i, at);) {
        mem_grow(&sync->types, &room, sync->types_count + 1, sizeof *sync->types);
        struct type_want *want = &sync->types[sync->types_count++];
        *want = (struct type_want){.kind = TYPE_WANT_PLAIN};
        good = read_item(loader, i, want) && good;
        size_t item = i++;
        while (yaml_is_below(&loader->yaml, i, item))
            i++;
    }
    if (sync->types_count == 0)
        return config_problem(
            loader, list->line, list->path, "is empty, expected at least one type");
    if (sync->types_count > TYPES_MAX)
        return config_problem(loader, list->line, list->path, "has more than %d types", TYPES_MAX);
    return good;
}
