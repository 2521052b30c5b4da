/*
 * problem.c: what is wrong with the file, each problem with its line and key. All of them are
 * gathered, so that a person mends them in one go.
 */
#include "config/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/config_key.h"

bool config_problem(struct loader *loader, unsigned line, const char *key, const char *format, ...)
{
    char what[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    size_t before = loader->problems.length;
    loader->problems_count++;
    buf_addf(&loader->problems, "%s%s:%u: %s%s%s", before > 0 ? "\n" : "", loader->path,
        line > 0 ? line : 1, key, key[0] != '\0' ? ": " : "", what);
    if (before > 0 && loader->problems.length > ERROR_TEXT_MAX - 32) {
        loader->problems.length = before;
        loader->problems.bytes[before] = '\0';
    }
    return false;
}

static unsigned line_of(const struct config_object *object, const char *tail)
{
    for (size_t i = 0; i < keys_count; i++) {
        if (key_scope(&keys[i]) == object->scope && strcmp(key_tail(&keys[i]), tail) == 0 &&
            object->key_lines[i] > 0)
            return object->key_lines[i];
    }
    return object->line;
}

void config_rule(struct loader *loader, const struct config_object *object, const char *tail,
    const char *format, ...)
{
    struct buf path = {0};
    char what[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    buf_addf(&path, "%s.%s.%s", object->scope == KEY_OF_PORTAL ? "portals" : "syncs", object->name,
        tail);
    (void)config_problem(loader, line_of(object, tail), buf_text(&path), "%s", what);
    buf_clear(&path);
}

const char *config_written(
    const struct loader *loader, const struct config_object *object, const char *tail)
{
    size_t length = strlen(loader->yaml.items[object->at].path) + 1;
    for (size_t i = object->at + 1; yaml_is_below(&loader->yaml, i, object->at); i++) {
        const struct yaml_entry *entry = &loader->yaml.items[i];
        if (strcmp(entry->path + length, tail) == 0)
            return entry->value;
    }
    return NULL;
}
