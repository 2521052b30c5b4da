/*
 * settings.c: a small table, written as YAML with one flow mapping for each section.
 */
#include "e2e/settings.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* No ceiling and no waiting, unless a case wants them. */
static const struct {
    const char *key, *value;
} defaults[] = {
    {"portal", "main"},
    {"from", "deals"},
    {"to", "contacts"},
    {"types", "[deal_to_contact]"},
    {"policy", "mirror_owned"},
    {"schedule", "manual"},
    {"verify_delays", "[10ms, 20ms]"},
    {"source.table", "crm.link"},
    {"portal.timeout", "10s"},
    {"portal.limits.requests_per_10s", "0"},
};

void settings_clear(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->items[i].key);
        free(settings->items[i].value);
    }
    settings->count = 0;
}

void settings_reset(struct settings *settings)
{
    settings_clear(settings);
    for (size_t i = 0; i < ARRAY_COUNT(defaults); i++)
        settings_set(settings, defaults[i].key, defaults[i].value);
}

static struct setting *find(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].key, key) == 0)
            return (struct setting *)&settings->items[i];
    return NULL;
}

void settings_set(struct settings *settings, const char *key, const char *value)
{
    struct setting *setting = find(settings, key);
    if (setting == NULL) {
        ck_assert_uint_lt(settings->count, SETTINGS_MAX);
        setting = &settings->items[settings->count++];
        *setting = (struct setting){.key = mem_text(key)};
    }
    char *copy = mem_text(value);
    free(setting->value);
    setting->value = copy;
}

const char *settings_get(const struct settings *settings, const char *key)
{
    const struct setting *setting = find(settings, key);
    return setting != NULL ? setting->value : "";
}

/* The settings whose keys are `prefix` and one more word, as `word: value` lines. */
static void write_plain(FILE *file, const struct settings *settings, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        if (strncmp(setting->key, prefix, length) == 0 && setting->value[0] != '\0' &&
            strchr(setting->key + length, '.') == NULL)
            (void)fprintf(file, "    %s: %s\n", setting->key + length, setting->value);
    }
}

/* The same as `section: {word: value, …}`. */
static void write_section(FILE *file, const struct settings *settings, const char *prefix)
{
    const char *name =
        strchr(prefix, '.') == strrchr(prefix, '.') ? prefix : strchr(prefix, '.') + 1;
    size_t length = strlen(prefix), written = 0;
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        if (strncmp(setting->key, prefix, length) != 0 || setting->value[0] == '\0')
            continue;
        if (written++ == 0)
            (void)fprintf(file, "    %.*s: {", (int)strcspn(name, "."), name);
        else
            (void)fputs(", ", file);
        (void)fprintf(file, "%s: %s", setting->key + length, setting->value);
    }
    if (written > 0)
        (void)fputs("}\n", file);
}

/* The second account, with what the first one has but for its address. */
static void write_other(FILE *file, const struct settings *settings)
{
    if (settings_get(settings, "other.base_url")[0] == '\0')
        return;
    (void)fprintf(file, "  other:\n    base_url: %s\n", settings_get(settings, "other.base_url"));
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        const char *word = setting->key + strlen("portal.");
        if (strncmp(setting->key, "portal.", strlen("portal.")) == 0 &&
            strcmp(word, "base_url") != 0 && strchr(word, '.') == NULL && setting->value[0] != '\0')
            (void)fprintf(file, "    %s: %s\n", word, setting->value);
    }
    write_section(file, settings, "portal.limits.");
}

void settings_write(const struct settings *settings, const char *path)
{
    FILE *file = fopen(path, "w");
    ck_assert_msg(file != NULL, "%s cannot be written", path);
    (void)fprintf(file, "version: 1\ndatabase:\n    url: %s\nportals:\n  main:\n",
        settings_get(settings, "database"));
    write_plain(file, settings, "portal.");
    write_section(file, settings, "portal.limits.");
    write_other(file, settings);
    const char *name = settings_get(settings, "name");
    (void)fprintf(file, "syncs:\n  %s:\n", name[0] != '\0' ? name : "links");
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        if (strchr(setting->key, '.') == NULL && setting->value[0] != '\0' &&
            strcmp(setting->key, "database") != 0 && strcmp(setting->key, "name") != 0)
            (void)fprintf(file, "    %s: %s\n", setting->key, setting->value);
    }
    write_section(file, settings, "source.");
    write_section(file, settings, "guards.");
    ck_assert_int_eq(fclose(file), 0);
}
