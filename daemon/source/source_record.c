/*
 * source_record.c: cells of from and to -> ids or keys. What is neither is said, never guessed.
 */
#include "source/source_record.h"

#include <stdio.h>
#include <string.h>

#include "model/object_type.h"

void source_record_init(struct source_record *rule, const struct sync_definition *sync)
{
    const struct key_side *sides[] = {&sync->key_from, &sync->key_to};
    const char *objects[] = {sync->from, sync->to};
    *rule = (struct source_record){.sync = sync};
    for (int i = 0; i < 2; i++)
        if (sides[i]->column != NULL) {
            const char *id = object_type_id(objects[i], NULL);
            rule->kinds[i] = record_key_kind(id != NULL ? id : objects[i], sides[i]->property);
        }
}

static bool is_key(const struct source_record *rule, int side)
{
    return (side == 0 ? rule->sync->key_from.column : rule->sync->key_to.column) != NULL;
}

/* "123.0": what a column of floating-point numbers, or a CSV loaded with missing values, makes of
 * an id. */
static bool is_decimal(const char *cell)
{
    size_t digits = strspn(cell, "0123456789");
    return digits > 0 && strchr(".eE", cell[digits]) != NULL && cell[digits] != '\0' &&
        strspn(cell + digits, "0123456789.eE+-") == strlen(cell + digits);
}

static void invalid_id(
    struct source_record *rule, struct source_row *row, const char *wrong, const char *cell)
{
    char space[SOURCE_EXCERPT_MAX];
    const char *column =
        strcmp(wrong, "to_id") == 0 ? sync_to_column(rule->sync) : sync_from_column(rule->sync);
    row->kind = SOURCE_INVALID;
    row->wrong = wrong;
    row->message = rule->message;
    if (cell == NULL)
        (void)snprintf(rule->message, sizeof rule->message, "%s is NULL", wrong);
    else if (is_decimal(cell))
        (void)snprintf(rule->message, sizeof rule->message,
            "invalid HubSpot record ID \"%s\" (a number with decimals; cast the column in a view "
            "or in source.query: %.60s::bigint)",
            source_excerpt(cell, space), column);
    else
        (void)snprintf(rule->message, sizeof rule->message,
            "invalid HubSpot record ID \"%s\" (expected an integer from 1 to "
            "9223372036854775807)",
            source_excerpt(cell, space));
}

static void invalid_key(
    struct source_record *rule, struct source_row *row, const char *wrong, const char *cell)
{
    char space[SOURCE_EXCERPT_MAX];
    char key[RECORD_KEY_MAX + 1];
    int side = strcmp(wrong, "to_id") == 0;
    row->kind = SOURCE_INVALID;
    row->wrong = wrong;
    row->message = rule->message;
    const char *column = side == 0 ? rule->sync->key_from.column : rule->sync->key_to.column;
    if (cell == NULL)
        (void)snprintf(rule->message, sizeof rule->message, "%.63s is NULL", column);
    else
        (void)snprintf(rule->message, sizeof rule->message, "key \"%s\" of %.63s %s",
            source_excerpt(cell, space), column,
            record_key_normalize(rule->kinds[side], cell, key));
}

/* One side of the row: an id, or a key. False: the row is invalid. */
static bool parse_side(
    struct source_record *rule, struct source_row *row, int side, const char *cell)
{
    const char *wrong = side == 0 ? "from_id" : "to_id";
    uint64_t *id = side == 0 ? &row->assoc.from_id : &row->assoc.to_id;
    if (cell == NULL && side == 1)
        return true;
    if (!is_key(rule, side)) {
        if (cell != NULL && assoc_parse_id(cell, strlen(cell), id))
            return true;
        invalid_id(rule, row, wrong, cell);
        return false;
    }
    if (cell == NULL || record_key_normalize(rule->kinds[side], cell, rule->keys[side])) {
        invalid_key(rule, row, wrong, cell);
        return false;
    }
    *(side == 0 ? &row->from_key : &row->to_key) = rule->keys[side];
    return true;
}

bool source_record_read(struct source_record *rule, struct source_row *row)
{
    return parse_side(rule, row, 0, row->from) && parse_side(rule, row, 1, row->to);
}
