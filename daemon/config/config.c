/*
 * config.c: loads the configuration: text, flat list, keys looked up in the table, defaults for
 * the rest, and the rules in the end. Builds a new `struct definitions` and hands it out only if
 * there is not one problem: half a configuration never runs.
 */
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/trust.h"
#include "config/config_key.h"
#include "config/problem.h"

bool config_is_name(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 63 && text[0] != '_' && text[0] != '-' &&
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static struct config_object *add_object(
    struct loader *loader, enum key_scope scope, void *target, const char *name, unsigned line)
{
    mem_grow(&loader->objects, &loader->objects_room, loader->objects_count + 1,
        sizeof *loader->objects);
    struct config_object *object = &loader->objects[loader->objects_count++];
    *object = (struct config_object){.scope = scope, .target = target, .name = name, .line = line};
    return object;
}

static void add_portal(struct loader *loader, const char *name, unsigned line)
{
    struct definitions *all = &loader->definitions;
    struct portal_definition *portal = mem_new(1, sizeof *portal);
    portal->name = mem_text(name);
    all->portals = mem_resize(all->portals, all->portals_count + 1, sizeof(void *));
    all->portals[all->portals_count++] = portal;
    (void)add_object(loader, KEY_OF_PORTAL, portal, portal->name, line);
}

static void add_sync(struct loader *loader, const char *name, unsigned line)
{
    struct definitions *all = &loader->definitions;
    struct sync_definition *sync = mem_new(1, sizeof *sync);
    sync->name = mem_text(name);
    all->syncs = mem_resize(all->syncs, all->syncs_count + 1, sizeof(void *));
    all->syncs[all->syncs_count++] = sync;
    (void)add_object(loader, KEY_OF_SYNC, sync, sync->name, line);
}

static bool is_mapping(const struct yaml_entry *entry)
{
    return entry->kind == YAML_MAPPING || (entry->kind == YAML_PLAIN && entry->value[0] == '\0');
}

static size_t behind(const struct loader *loader, size_t at)
{
    size_t next = at + 1;
    while (yaml_is_below(&loader->yaml, next, at))
        next++;
    return next;
}

/* A `portals.NAME` or `syncs.NAME`; returns the index of the entry to go on with. */
static size_t consume_named(struct loader *loader, size_t at)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    const char *name = strchr(entry->path, '.') + 1;
    if (!is_mapping(entry)) {
        (void)config_problem(loader, entry->line, entry->path, "expected a mapping of its keys");
        return behind(loader, at);
    }
    if (!config_is_name(name)) {
        (void)config_problem(loader, entry->line, entry->path,
            "not a name, expected up to 63 of a-z, 0-9, \"_\" and \"-\", "
            "a letter or digit first");
        return behind(loader, at);
    }
    if (entry->path[0] == 'p')
        add_portal(loader, name, entry->line);
    else
        add_sync(loader, name, entry->line);
    loader->objects[loader->objects_count - 1].at = at;
    return at + 1;
}

static size_t consume_unknown(struct loader *loader, size_t at)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    struct buf near = {0};
    if (key_nearest(entry->path, &near))
        (void)config_problem(loader, entry->line, entry->path, "unknown key (did you mean \"%s\"?)",
            buf_text(&near));
    else
        (void)config_problem(loader, entry->line, entry->path,
            "unknown key, expected one of those in the example configuration");
    buf_clear(&near);
    return behind(loader, at);
}

static bool is_named(const char *path)
{
    const char *dot = strchr(path, '.');
    return dot != NULL && strchr(dot + 1, '.') == NULL &&
        (strncmp(path, "portals.", 8) == 0 || strncmp(path, "syncs.", 6) == 0);
}

static size_t consume_entry(struct loader *loader, size_t at)
{
    const struct yaml_entry *entry = &loader->yaml.items[at];
    if (is_named(entry->path))
        return consume_named(loader, at);
    const struct key *key = key_find(entry->path);
    if (key != NULL) {
        size_t object = key_scope(key) == KEY_OF_FILE ? 0 : loader->objects_count - 1;
        (void)config_set(loader, &loader->objects[object], key, at);
        return behind(loader, at);
    }
    if (!key_is_section(entry->path))
        return consume_unknown(loader, at);
    if (is_mapping(entry))
        return at + 1;
    (void)config_problem(loader, entry->line, entry->path, "expected a mapping of its keys");
    return behind(loader, at);
}

static void complete_object(struct loader *loader, struct config_object *object)
{
    static const char *const prefixes[] = {
        [KEY_OF_FILE] = "", [KEY_OF_PORTAL] = "portals.", [KEY_OF_SYNC] = "syncs."};
    for (size_t i = 0; i < keys_count; i++) {
        const struct key *key = &keys[i];
        if (key_scope(key) != object->scope || object->key_lines[i] > 0)
            continue;
        if (!key->required) {
            config_set_preset(object, key);
            continue;
        }
        struct buf path = {0};
        struct buf range = {0};
        buf_addf(&path, "%s%s%s%s", prefixes[object->scope], object->name,
            object->name[0] != '\0' ? "." : "", key_tail(key));
        key_range(key, &range);
        (void)config_problem(loader, object->line, buf_text(&path), "is missing, expected %s",
            range.length > 0 ? buf_text(&range) : key_type_text(key->type));
        buf_clear(&range);
        buf_clear(&path);
    }
}

static void clear_loader(struct loader *loader)
{
    for (size_t i = 0; i < loader->objects_count; i++)
        free(loader->objects[i].portal);
    free(loader->objects);
    buf_clear(&loader->problems);
    yaml_clear(&loader->yaml);
    definitions_clear(&loader->definitions);
}

static bool report(const struct loader *loader, struct error *err)
{
    const char *text = buf_text(&loader->problems);
    size_t shown = 1;
    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        shown++;
    if (shown < loader->problems_count)
        return error_set(
            err, ERROR_CONFIG, "%s\n… and %zu more", text, loader->problems_count - shown);
    return error_set(err, ERROR_CONFIG, "%s", text);
}

bool config_parse(
    const char *path, const char *text, size_t length, struct definitions *out, struct error *err)
{
    struct loader loader = {.path = path};
    if (!yaml_parse(&loader.yaml, path, text, length, err))
        return false;
    loader.definitions.path = mem_text(path);
    (void)add_object(&loader, KEY_OF_FILE, &loader.definitions, "", 1);
    loader.objects[0].target = &loader.definitions;
    for (size_t at = 1; at < loader.yaml.count;)
        at = consume_entry(&loader, at);
    for (size_t i = 0; i < loader.objects_count; i++)
        complete_object(&loader, &loader.objects[i]);
    if (loader.problems_count == 0)
        config_check(&loader);
    bool good = loader.problems_count == 0 || report(&loader, err);
    if (good) {
        definitions_index(&loader.definitions);
        *out = loader.definitions;
        loader.definitions = (struct definitions){0};
    }
    clear_loader(&loader);
    return good;
}

static bool read_file(int file, const char *path, struct buf *text, struct error *err)
{
    char bytes[16 * 1024];
    while (text->length <= YAML_BYTES_MAX) {
        ssize_t count = read(file, bytes, sizeof bytes);
        if (count == 0)
            return true;
        if (count < 0 && errno != EINTR)
            return error_set(err, ERROR_CONFIG, "%s: cannot be read: %s", path, strerror(errno));
        if (count > 0)
            buf_add(text, bytes, (size_t)count);
    }
    return true; /* config_parse refuses the size */
}

bool config_read(const char *path, struct buf *text, struct error *err)
{
    int file;
    if (!trust_open(&file, path, TRUST_SETTING, err))
        return false;
    bool read = read_file(file, path, text, err);
    (void)close(file);
    return read;
}

bool config_load(const char *path, struct definitions *out, struct error *err)
{
    struct buf text = {0};
    bool good =
        config_read(path, &text, err) && config_parse(path, buf_text(&text), text.length, out, err);
    buf_clear(&text);
    return good;
}
