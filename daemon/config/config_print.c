/*
 * config_print.c: the effective settings as YAML, in the order of the table of keys. Whatever it
 * prints, config_load reads back to the same; only passwords do not come out.
 */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/config_key.h"

/* Whether YAML reads the text as it is, without quotes. */
static bool needs_no_quotes(const char *text)
{
    static const char sure[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/";
    size_t length = strlen(text);
    if (length == 0 || strchr(sure, text[0]) == NULL)
        return false;
    for (size_t i = 1; i < length; i++) {
        bool inside = i + 1 < length && strchr(".,- *:", text[i]) != NULL;
        if (!inside && strchr(sure, text[i]) == NULL)
            return false;
    }
    return strstr(text, ": ") == NULL;
}

/* In quotes unless it certainly needs none; `${` is written so that it stays. */
static void add_text(const char *text, bool quote, struct buf *out)
{
    if (!quote && needs_no_quotes(text)) {
        buf_add_text(out, text);
        return;
    }
    struct buf escaped = {0};
    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, "${", 2) == 0)
            buf_add_char(&escaped, '$');
        buf_add_char(&escaped, *at);
    }
    buf_add_json(out, buf_text(&escaped));
    buf_clear(&escaped);
}

static void add_types(const struct sync_definition *sync, struct buf *out)
{
    static const char *const words[] = {
        [TYPE_WANT_PLAIN] = "plain", [TYPE_WANT_PRIMARY] = "primary"};
    buf_add_char(out, '[');
    for (size_t i = 0; i < sync->types_count; i++) {
        const struct type_want *want = &sync->types[i];
        buf_add_text(out, i > 0 ? ", " : "");
        if (want->kind == TYPE_WANT_ID)
            buf_addf(out, "{category: %s, id: %u}", want->category, want->type_id);
        else if (want->kind == TYPE_WANT_TEXT)
            add_text(want->text, true, out);
        else
            buf_add_text(out, words[want->kind]);
    }
    buf_add_char(out, ']');
}

static void add_delays(const struct sync_definition *sync, struct buf *out)
{
    char space[32];
    buf_add_char(out, '[');
    for (size_t i = 0; i < sync->verify_delays_count; i++)
        buf_addf(out, "%s%s", i > 0 ? ", " : "",
            schedule_duration_text(sync->verify_delays_ms[i], space));
    buf_add_char(out, ']');
}

static void add_texts(const struct text_list *list, struct buf *out)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        add_text(list->items[i], false, out);
    }
    buf_add_char(out, ']');
}

static void add_url(const char *url, struct buf *out)
{
    struct buf masked = {0};
    config_mask_url(url, &masked);
    add_text(buf_text(&masked), true, out);
    buf_clear(&masked);
}

static void add_number(const struct config_object *object, const struct key *key, struct buf *out)
{
    const void *target = config_target(object, key);
    char space[32];
    double fraction;
    int64_t number = key->least; /* of a key that is not kept: its only value */
    if (key->type == KEY_NUMBER) {
        memcpy(&fraction, target, sizeof fraction);
        buf_addf(out, "%.6g", fraction);
        return;
    }
    if (target != NULL)
        memcpy(&number, target, sizeof number);
    if (key->type == KEY_DURATION)
        buf_add_text(out, schedule_duration_text(number, space));
    else
        buf_addf(out, "%lld", (long long)number);
}

static void add_value(const struct config_object *object, const struct key *key, struct buf *out)
{
    const void *target = config_target(object, key);
    const struct sync_definition *sync = object->target;
    unsigned word;
    switch (key->type) {
    case KEY_URL:
        add_url(*(char *const *)target, out);
        break;
    case KEY_TEXT:
    case KEY_QUERY:
    case KEY_SCHEDULE:
        add_text(*(char *const *)target, false, out);
        break;
    case KEY_PORTAL:
        add_text(sync->portal->name, false, out);
        break;
    case KEY_BOOLEAN:
        buf_add_text(out, *(const bool *)target ? "true" : "false");
        break;
    case KEY_WORD:
        memcpy(&word, target, sizeof word);
        buf_add_text(out, key->words[word]);
        break;
    case KEY_TYPES:
        add_types(sync, out);
        break;
    case KEY_DURATIONS:
        add_delays(sync, out);
        break;
    case KEY_TEXTS:
        add_texts(target, out);
        break;
    default:
        add_number(object, key, out);
    }
}

static bool is_set(const struct config_object *object, const struct key *key)
{
    const void *target = config_target(object, key);
    if (key->type == KEY_TEXT || key->type == KEY_QUERY || key->type == KEY_URL)
        return *(char *const *)target != NULL;
    if (key->type == KEY_TEXTS)
        return ((const struct text_list *)target)->count > 0;
    if (key->type == KEY_DURATION && key->preset == NULL)
        return *(const int64_t *)target != 0;
    return key->type != KEY_ID || *(const uint64_t *)target != 0;
}

/* `section:` lines for the part of the path that differs from the key printed before. */
static void open_sections(const char *tail, const char *before, size_t indent, struct buf *out)
{
    size_t start = 0;
    bool fresh = false;
    for (size_t length; tail[start + (length = strcspn(tail + start, "."))] == '.';) {
        fresh = fresh || strncmp(tail, before, start + length + 1) != 0;
        if (fresh)
            buf_addf(out, "%*s%.*s:\n", (int)indent, "", (int)length, tail + start);
        start += length + 1;
        indent += 2;
    }
    buf_addf(out, "%*s%s: ", (int)indent, "", tail + start);
}

static void print_object(const struct config_object *object, size_t indent, struct buf *out)
{
    const char *before = "";
    for (size_t i = 0; i < keys_count; i++) {
        const struct key *key = &keys[i];
        if (key_scope(key) != object->scope || !is_set(object, key))
            continue;
        open_sections(key_tail(key), before, indent, out);
        add_value(object, key, out);
        buf_add_char(out, '\n');
        before = key_tail(key);
    }
}

/* The values are only read; config_object is made for writing. */
static void print_file(const struct definitions *definitions, struct buf *out)
{
    struct definitions copy = *definitions;
    print_object(&(struct config_object){.scope = KEY_OF_FILE, .target = &copy}, 0, out);
}

void config_print(const struct definitions *definitions, struct buf *out)
{
    print_file(definitions, out);
    buf_add_text(out, "portals:\n");
    for (size_t i = 0; i < definitions->portals_count; i++) {
        struct portal_definition *portal = definitions->portals[i];
        buf_addf(out, "  %s:\n", portal->name);
        print_object(&(struct config_object){.scope = KEY_OF_PORTAL, .target = portal}, 4, out);
    }
    if (definitions->syncs_count > 0)
        buf_add_text(out, "syncs:\n");
    for (size_t i = 0; i < definitions->syncs_count; i++) {
        struct sync_definition *sync = definitions->syncs[i];
        buf_addf(out, "  %s:\n", sync->name);
        print_object(&(struct config_object){.scope = KEY_OF_SYNC, .target = sync}, 4, out);
    }
}
