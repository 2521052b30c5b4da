/*
 * mapping.c: fields, how each is introduced in the sentence, and which of them differ.
 */
#include "model/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/object_type.h"

static const char *const introductions[] = {
    [MAPPING_FROM] = "",
    [MAPPING_TO] = " to ",
    [MAPPING_ACCOUNT] = " of account ",
    [MAPPING_TYPES] = ", types ",
    [MAPPING_SOURCE] = " from ",
    [MAPPING_SHAPE] = ": ",
    [MAPPING_DATABASE] = ", database ",
    [MAPPING_POLICY] = ", policy ",
};

void mapping_set(struct mapping *mapping, enum mapping_field field, const char *text)
{
    free(mapping->fields[field]);
    mapping->fields[field] = mem_text(text);
}

void mapping_clear(struct mapping *mapping)
{
    for (size_t i = 0; i < MAPPING_FIELDS; i++)
        free(mapping->fields[i]);
    *mapping = (struct mapping){0};
}

/* written: as the configuration has the object type that is called `now`. */
static bool same_object(const char *then, const char *now, const char *written)
{
    const char *a = object_type_id(then, NULL), *b = object_type_id(now, NULL);
    if (strcmp(then, now) == 0 || (written != NULL && strcmp(then, written) == 0))
        return true;
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool same_field(const struct mapping *then, const struct mapping *now, size_t field,
    const struct sync_definition *sync)
{
    const char *a = then->fields[field], *b = now->fields[field];
    if (a == NULL || b == NULL)
        return a == NULL;
    if (field == MAPPING_FROM)
        return same_object(a, b, sync != NULL ? sync->from : NULL);
    if (field == MAPPING_TO)
        return same_object(a, b, sync != NULL ? sync->to : NULL);
    return strcmp(a, b) == 0;
}

static bool same_fields(const struct mapping *then, const struct mapping *now, size_t end,
    const struct sync_definition *sync)
{
    for (size_t i = 0; i < end; i++)
        if (!same_field(then, now, i, sync))
            return false;
    return true;
}

bool mapping_same(
    const struct mapping *then, const struct mapping *now, const struct sync_definition *sync)
{
    return same_fields(then, now, MAPPING_FIELDS, sync);
}

bool mapping_same_scope(
    const struct mapping *then, const struct mapping *now, const struct sync_definition *sync)
{
    return then->fields[MAPPING_FROM] != NULL && same_fields(then, now, MAPPING_ACCOUNT + 1, sync);
}

/* The fields of [first, end). */
static const char *fields_text(
    const struct mapping *mapping, size_t first, size_t end, struct buf *text)
{
    for (size_t i = first; i < end; i++) {
        if (mapping->fields[i] == NULL)
            continue;
        const char *introduction = introductions[i];
        buf_addf(text, "%s%s",
            text->length > 0 ? introduction : introduction + strspn(introduction, ",: "),
            mapping->fields[i]);
    }
    return buf_text(text);
}

const char *mapping_text(const struct mapping *mapping, struct buf *text)
{
    return fields_text(mapping, 0, MAPPING_FIELDS, text);
}

const char *mapping_scope_text(const struct mapping *mapping, struct buf *text)
{
    return fields_text(mapping, 0, MAPPING_ACCOUNT + 1, text);
}

static bool has_more(const struct mapping *mapping, size_t first)
{
    while (first < MAPPING_FIELDS && mapping->fields[first] == NULL)
        first++;
    return first < MAPPING_FIELDS;
}

static void write_part(
    char part[static MAPPING_PART_MAX], const struct mapping *mapping, size_t first, size_t end)
{
    CLEANUP(buf_clear) struct buf text = {0};
    (void)snprintf(part, MAPPING_PART_MAX, "%s%s%s", first > 0 ? "… " : "",
        fields_text(mapping, first, end, &text), has_more(mapping, end) ? ", …" : "");
    text_trim(part);
}

void mapping_difference(const struct mapping *then, const struct mapping *now,
    char was[static MAPPING_PART_MAX], char is[static MAPPING_PART_MAX])
{
    size_t first = 0, end = MAPPING_FIELDS;
    while (first < end && same_field(then, now, first, NULL))
        first++;
    while (end > first && same_field(then, now, end - 1, NULL))
        end--;
    write_part(was, then, first, end);
    write_part(is, now, first, end);
}
