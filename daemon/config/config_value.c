/*
 * config_value.c: one value as it is written, into the place its key keeps it. Strict on purpose:
 * `yes` is no boolean, 1e3 and 010 are no numbers, "500" in quotes is a text. Messages show what
 * is written in the file, never what a variable expanded to.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/config_key.h"
#include "config/expand.h"
#include "config/problem.h"

void *config_target(const struct config_object *object, const struct key *key)
{
    return key->offset == KEY_NO_OFFSET ? NULL : (char *)object->target + key->offset;
}

static bool refuse(const struct key *key, struct error *err)
{
    struct buf range = {0};
    key_range(key, &range);
    const char *type = key_type_text(key->type);
    if (range.length == 0 || key->type == KEY_BOOLEAN)
        error_set(err, ERROR_CONFIG, "expected %s", type);
    else if (key->words != NULL)
        error_set(err, ERROR_CONFIG, "expected %s", buf_text(&range));
    else if (key->type == KEY_DURATION || key->type == KEY_DURATIONS)
        error_set(err, ERROR_CONFIG, "expected a duration of %s, as in 500ms, 30s, 15m or 2h",
            buf_text(&range));
    else
        error_set(err, ERROR_CONFIG, "expected %s%s%s", type,
            key->least == key->most ? ": " : " of ", buf_text(&range));
    buf_clear(&range);
    return false;
}

static bool read_digits(const char *text, size_t length, int64_t *number)
{
    *number = 0;
    if (length == 0 || (length > 1 && text[0] == '0') || strspn(text, "0123456789") < length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, text[i] - '0', number))
            return false;
    }
    return true;
}

/* Digits, and at most three behind a point. */
static bool read_number(const char *text, double *number)
{
    int64_t whole;
    int64_t part = 0;
    size_t length = strcspn(text, ".");
    if (!read_digits(text, length, &whole))
        return false;
    *number = (double)whole;
    if (text[length] == '\0')
        return true;
    const char *digits = text + length + 1;
    size_t count = strlen(digits);
    if (count == 0 || count > 3 || strspn(digits, "0123456789") < count)
        return false;
    double scale = 1;
    for (size_t i = 0; i < count; i++) {
        part = part * 10 + (digits[i] - '0');
        scale *= 10;
    }
    *number += (double)part / scale;
    return true;
}

static bool set_number(void *target, const struct key *key, const char *text, struct error *err)
{
    int64_t number;
    double fraction;
    if (key->type == KEY_NUMBER) {
        if (!read_number(text, &fraction) || fraction < (double)key->least ||
            fraction > (double)key->most)
            return refuse(key, err);
        memcpy(target, &fraction, sizeof fraction);
        return true;
    }
    bool read = key->type == KEY_DURATION ? schedule_parse_duration(text, &number)
                                          : read_digits(text, strlen(text), &number);
    if (!read || number < key->least || number > key->most)
        return refuse(key, err);
    if (target != NULL) /* int64_t, and uint64_t for ids: the same bytes */
        memcpy(target, &number, sizeof number);
    return true;
}

static bool set_boolean(bool *target, const struct key *key, const char *text, struct error *err)
{
    *target = strcmp(text, "true") == 0;
    return *target || strcmp(text, "false") == 0 || refuse(key, err);
}

static bool set_word(void *target, const struct key *key, const char *text, struct error *err)
{
    for (unsigned i = 0; key->words[i] != NULL; i++) {
        if (strcmp(key->words[i], text) == 0) {
            memcpy(target, &i, sizeof i);
            return true;
        }
    }
    (void)refuse(key, err);
    const char *nearest = key_nearest_word(key->words, text);
    if (nearest != NULL)
        (void)error_set(err, ERROR_CONFIG, "%s (did you mean \"%s\"?)", err->text, nearest);
    return false;
}

static bool set_string(char **target, const struct key *key, const char *text, struct error *err)
{
    size_t length = strlen(text);
    if ((int64_t)length < key->least)
        return error_set(err, ERROR_CONFIG, "is empty, expected %s", key_type_text(key->type));
    if ((int64_t)length > key->most)
        return error_set(err, ERROR_CONFIG, "is longer than the %lld bytes that were expected",
            (long long)key->most);
    for (size_t i = 0; key->type != KEY_QUERY && i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return error_set(
                err, ERROR_CONFIG, "has a control character or line break, expected one line");
    }
    free(*target);
    *target = mem_text(text);
    return true;
}

/* libpq would take the url of another product for keywords. A scheme holds no secret. */
static bool is_postgresql(const char *text, struct error *err)
{
    const char *rest = strstr(text, "://");
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    bool scheme = rest == text + length && length > 0 && length <= 16;
    if (!scheme || strncmp(text, "postgresql:", 11) == 0 || strncmp(text, "postgres:", 9) == 0)
        return true;
    return error_set(err, ERROR_CONFIG,
        "begins with \"%.*s:\", expected postgresql://USER@HOST:PORT/DATABASE", (int)length, text);
}

bool config_set_text(
    struct config_object *object, const struct key *key, const char *text, struct error *err)
{
    void *target = config_target(object, key);
    switch (key->type) {
    case KEY_TEXT:
    case KEY_QUERY:
        return set_string(target, key, text, err);
    case KEY_URL:
        return is_postgresql(text, err) && set_string(target, key, text, err);
    case KEY_PORTAL:
        return set_string(&object->portal, key, text, err);
    case KEY_INTEGER:
    case KEY_ID:
    case KEY_NUMBER:
    case KEY_DURATION:
        return set_number(target, key, text, err);
    case KEY_BOOLEAN:
        return set_boolean(target, key, text, err);
    case KEY_WORD:
        return set_word(target, key, text, err);
    case KEY_SCHEDULE: {
        struct sync_definition *sync = object->target;
        return schedule_parse(&sync->schedule, text, err) && set_string(target, key, text, err);
    }
    case KEY_TYPES:
    case KEY_DURATIONS:
    case KEY_TEXTS:
        break;
    }
    return error_set(err, ERROR_CONFIG, "expected %s", key_type_text(key->type));
}

static bool add_delay(
    struct sync_definition *sync, const struct key *key, const char *text, struct error *err)
{
    if (sync->verify_delays_count == VERIFY_DELAYS_MAX)
        return error_set(err, ERROR_CONFIG, "is one too many, expected at most 8");
    int64_t *target = &sync->verify_delays_ms[sync->verify_delays_count];
    const struct key one = {.type = KEY_DURATION, .least = key->least, .most = key->most};
    if (!set_number(target, &one, text, err))
        return false;
    sync->verify_delays_count++;
    return true;
}

void config_set_preset(struct config_object *object, const struct key *key)
{
    struct error err = {0};
    bool set = true;
    if (key->preset == NULL)
        return;
    if (key->type == KEY_DURATIONS) {
        for (const char *at = key->preset; set && *at != '\0'; at += strspn(at, ", ")) {
            char *part = mem_text_part(at, strcspn(at, ","));
            set = add_delay(object->target, key, part, &err);
            at += strlen(part);
            free(part);
        }
    } else {
        set = config_set_text(object, key, key->preset, &err);
    }
    if (!set)
        abort(); /* the table contradicts itself */
}

static bool add_item(
    struct config_object *object, const struct key *key, const char *text, struct error *err)
{
    struct text_list *list = config_target(object, key);
    if (key->type == KEY_DURATIONS)
        return add_delay(object->target, key, text, err);
    char *item = NULL;
    if (!set_string(&item, key, text, err))
        return false;
    list->items = mem_resize(list->items, list->count + 1, sizeof list->items[0]);
    list->items[list->count++] = item;
    return true;
}

static bool set_items(
    struct loader *loader, struct config_object *object, const struct key *key, size_t at)
{
    const char *expected = key->type == KEY_TEXTS ? "expected a text" : "expected a duration";
    bool good = true;
    for (size_t i = at + 1; yaml_is_below(&loader->yaml, i, at); i++) {
        const struct yaml_entry *item = &loader->yaml.items[i];
        struct buf text = {0};
        struct error err = {0};
        if (item->value == NULL)
            good = config_problem(loader, item->line, item->path, "%s", expected);
        else if (!config_expand(item->value, &text, &err))
            good = config_problem(loader, item->line, item->path, "%s", err.text);
        else if (!add_item(object, key, buf_text(&text), &err))
            good =
                config_problem(loader, item->line, item->path, "\"%s\": %s", item->value, err.text);
        buf_clear(&text);
    }
    return good;
}

static bool set_list(
    struct loader *loader, struct config_object *object, const struct key *key, size_t at)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    if (entry->kind != YAML_LIST)
        return config_problem(loader, entry->line, entry->path, "expected %s in brackets: [%s]",
            key_type_text(key->type),
            key->type == KEY_TYPES           ? "plain"
                : key->type == KEY_DURATIONS ? key->preset
                                             : "gmail.com");
    if (key->type == KEY_TYPES)
        return config_set_types(loader, object->target, at);
    return set_items(loader, object, key, at);
}

static bool is_textual(const struct key *key)
{
    return key->type == KEY_TEXT || key->type == KEY_QUERY || key->type == KEY_URL ||
        key->type == KEY_WORD || key->type == KEY_SCHEDULE || key->type == KEY_PORTAL;
}

/* schedule_parse quotes the text itself: right, unless that came out of a variable. */
static bool refuse_value(struct loader *loader, const struct yaml_entry *entry,
    const struct key *key, const struct error *err)
{
    bool varies = strstr(entry->value, "${") != NULL;
    char value[101];
    (void)snprintf(value, sizeof value, "%s", entry->value);
    text_trim(value);
    if (key->type == KEY_SCHEDULE && !varies)
        return config_problem(loader, entry->line, entry->path, "%s", err->text);
    return config_problem(loader, entry->line, entry->path, "\"%s\": %s", value,
        key->type == KEY_SCHEDULE ? "expected manual, every 15m or cron */15 * * * *" : err->text);
}

bool config_set(
    struct loader *loader, struct config_object *object, const struct key *key, size_t at)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    object->key_lines[key - keys] = entry->line;
    if (key->type == KEY_TYPES || key->type == KEY_DURATIONS || key->type == KEY_TEXTS)
        return set_list(loader, object, key, at);
    if (entry->value == NULL)
        return config_problem(loader, entry->line, entry->path, "is a %s, expected %s",
            entry->kind == YAML_LIST ? "list" : "mapping", key_type_text(key->type));
    if (!is_textual(key) && entry->kind == YAML_QUOTED && strstr(entry->value, "${") == NULL)
        return config_problem(loader, entry->line, entry->path,
            "\"%s\" is in quotes, expected %s without", entry->value,
            key->least == 1 && key->most == 1 ? "1" : key_type_text(key->type));
    struct buf text = {0};
    struct error err = {0};
    bool expanded = config_expand(entry->value, &text, &err);
    bool set = expanded && config_set_text(object, key, buf_text(&text), &err);
    bool secret = key->type == KEY_URL || key->type == KEY_QUERY || entry->value[0] == '\0';
    if (text.length > 0)
        explicit_bzero(text.bytes, text.length);
    buf_clear(&text);
    if (!expanded || (!set && secret))
        return config_problem(loader, entry->line, entry->path, "%s", err.text);
    if (!set)
        return refuse_value(loader, entry, key, &err);
    return true;
}
