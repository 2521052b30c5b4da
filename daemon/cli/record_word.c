/*
 * record_word.c: words -> ids, by what assocd.record_key knows.
 */
#include "cli/record_word.h"

#include <stdio.h>
#include <string.h>

#include "model/assoc.h"
#include "model/object_type.h"

static bool no_record(const char *word, struct error *err)
{
    return error_set(err, ERROR_USAGE,
        "invalid record \"%.80s\" (expected TYPE:ID or TYPE:PROPERTY=KEY, for example deals:123 "
        "or contacts:email=a@b.example)",
        word);
}

/* What the property of an object type, in any spelling, holds. */
static enum record_key_kind kind_of(const char *type, const char *property)
{
    const char *id = object_type_id(type, NULL);
    return record_key_kind(id != NULL ? id : type, property);
}

bool record_word_parse(const char *word, struct record_word *record, struct error *err)
{
    *record = (struct record_word){0};
    const char *colon = strchr(word, ':');
    if (colon == NULL || colon == word || colon - word >= (ptrdiff_t)sizeof record->type)
        return no_record(word, err);
    (void)snprintf(record->type, sizeof record->type, "%.*s", (int)(colon - word), word);
    const char *rest = colon + 1, *equals = strchr(rest, '=');
    if (equals == NULL)
        return assoc_parse_id(rest, strlen(rest), &record->id) || no_record(word, err);
    if (equals == rest || equals - rest >= (ptrdiff_t)sizeof record->property)
        return no_record(word, err);
    (void)snprintf(record->property, sizeof record->property, "%.*s", (int)(equals - rest), rest);
    const char *wrong =
        record_key_normalize(kind_of(record->type, record->property), equals + 1, record->key);
    return wrong == NULL ||
        error_set(err, ERROR_USAGE, "invalid record \"%.80s\": its key %s", word, wrong);
}

/* Why a key that was asked for means no record. */
static bool not_one(const struct record_word *record, const struct pg_rows *rows, struct error *err)
{
    const char *outcome = pg_rows_text(rows, 0, 0), *when = pg_rows_text(rows, 0, 2);
    if (strcmp(outcome, "ambiguous") == 0)
        return error_set(err, ERROR_USAGE,
            "several records of %s have %s \"%s\", as HubSpot said on %s: name one of them by its "
            "id (%s)",
            record->type, record->property, record->key, when, pg_rows_text(rows, 0, 3));
    if (strcmp(outcome, "unread") == 0)
        return error_set(err, ERROR_USAGE,
            "a search of %s has not found a record of %s that has %s \"%s\"; another one has to "
            "confirm it",
            when, record->type, record->property, record->key);
    return error_set(err, ERROR_USAGE, "no record of %s has %s \"%s\", as HubSpot said on %s",
        record->type, record->property, record->key, when);
}

bool record_word_id(struct pg *state, const struct portal_definition *portal,
    const struct record_word *record, uint64_t *id, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    const char *object = object_type_id(record->type, NULL);
    *id = record->id;
    if (record->id != 0)
        return true;
    pg_arg_text(&args, portal->name);
    pg_arg_text(&args, object != NULL ? object : record->type);
    pg_arg_text(&args, record->property);
    pg_arg_text(&args, record->key);
    if (!pg_run(state, STATEMENT_KEY_GET, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(err, ERROR_USAGE,
            "no run has asked HubSpot yet which record of %s has %s \"%s\"", record->type,
            record->property, record->key);
    *id = (uint64_t)pg_rows_int(&rows, 0, 1);
    return strcmp(pg_rows_text(&rows, 0, 0), "resolved") == 0 || not_one(record, &rows, err);
}

bool record_names_load(struct record_names *names, struct pg *state, uint64_t id, struct error *err)
{
    struct pg_args args = {0};
    if (names->side->column == NULL)
        return true;
    const char *type = object_type_id(names->object, NULL);
    pg_arg_text(&args, names->portal->name);
    pg_arg_text(&args, type != NULL ? type : names->object);
    pg_arg_text(&args, names->side->property);
    pg_arg_int(&args, (int64_t)id);
    pg_arg_text(&args, on_many_words[names->side->on_many]);
    return pg_run(state, STATEMENT_KEYS_OF, &args, &names->keys, err);
}

bool record_names_has(const struct record_names *names, const char *key)
{
    for (int i = 0; i < names->keys.count; i++)
        if (strcmp(pg_rows_text(&names->keys, i, 0), key) == 0)
            return true;
    return false;
}

void record_names_clear(struct record_names *names)
{
    pg_rows_clear(&names->keys);
}
