/*
 * scenario.c: reads .case files: one step a line, `#` begins a comment line, `case NAME` begins the
 * next case.
 */
#include "e2e/scenario.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static const char every_api[] = "v3 v4 2026-03 2026-09";

static void wrong(const char *file, unsigned line, const char *what, const char *text)
{
    (void)fprintf(stderr, "%s:%u: %s: %s\n", file, line, what, text);
    exit(2);
}

static struct scenario *add_case(struct scenarios *all, const char *file, const char *name)
{
    mem_grow(&all->items, &all->room, all->count + 1, sizeof all->items[0]);
    struct scenario *scenario = &all->items[all->count++];
    *scenario = (struct scenario){
        .name = mem_text(name),
        .file = mem_text(file),
        .api = mem_text(every_api),
        .again = true,
        .same = true,
        .names = true,
    };
    return scenario;
}

static bool is_off(const char *file, unsigned line, const char *text)
{
    if (strcmp(text, "off") != 0)
        wrong(file, line, "expected off", text);
    return true;
}

static void add_line(struct scenarios *all, const char *file, unsigned line, char *text)
{
    struct scenario *scenario = all->count > 0 ? &all->items[all->count - 1] : NULL;
    size_t length = strcspn(text, " ");
    char *rest = text + length + strspn(text + length, " ");
    text[length] = '\0';
    if (strcmp(text, "case") == 0) {
        (void)add_case(all, file, rest);
    } else if (scenario == NULL || strcmp(scenario->file, file) != 0) {
        wrong(file, line, "expected case NAME before", text);
    } else if (strcmp(text, "api") == 0) {
        free(scenario->api);
        scenario->api = mem_text(rest);
    } else if (strcmp(text, "skip") == 0) {
        scenario->skip = mem_text(rest);
    } else if (strcmp(text, "sweep") == 0) {
        if (rest[0] != '\0')
            wrong(file, line, "expected sweep alone, not", rest);
        scenario->sweep = true;
    } else if (strcmp(text, "same") == 0) {
        scenario->same = !is_off(file, line, rest);
    } else if (strcmp(text, "names") == 0) {
        scenario->names = !is_off(file, line, rest);
    } else if (strcmp(text, "again") == 0) {
        scenario->again = !is_off(file, line, rest);
    } else {
        if (scenario->steps_count == SCENARIO_STEPS_MAX)
            wrong(file, line, "too many steps in", scenario->name);
        scenario->steps[scenario->steps_count++] =
            (struct scenario_step){.verb = mem_text(text), .text = mem_text(rest), .line = line};
    }
}

static void load_file(struct scenarios *all, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    unsigned line = 0;
    if (file == NULL)
        wrong(path, 0, "cannot be read", "");
    while (getline(&text, &room, file) >= 0) {
        char *start = text + strspn(text, " \t");
        line++;
        start[strcspn(start, "\r\n")] = '\0';
        if (*start != '\0' && *start != '#')
            add_line(all, path, line, start);
    }
    free(text);
    (void)fclose(file);
}

void scenarios_load(struct scenarios *scenarios, const char *folder)
{
    struct buf pattern = {0};
    glob_t found;
    *scenarios = (struct scenarios){0};
    buf_addf(&pattern, "%s/*.case", folder);
    if (glob(buf_text(&pattern), 0, NULL, &found) != 0)
        wrong(folder, 0, "has no cases", "run from the top folder or set ASSOCD_TOP");
    for (size_t i = 0; i < found.gl_pathc; i++)
        load_file(scenarios, found.gl_pathv[i]);
    globfree(&found);
    buf_clear(&pattern);
}

void scenarios_clear(struct scenarios *scenarios)
{
    for (size_t i = 0; i < scenarios->count; i++) {
        struct scenario *scenario = &scenarios->items[i];
        for (size_t k = 0; k < scenario->steps_count; k++) {
            free(scenario->steps[k].verb);
            free(scenario->steps[k].text);
        }
        free(scenario->name);
        free(scenario->file);
        free(scenario->api);
        free(scenario->skip);
    }
    free(scenarios->items);
    *scenarios = (struct scenarios){0};
}

bool scenario_speaks(const struct scenario *scenario, const char *api)
{
    size_t length = strlen(api);
    const char *at = scenario->api;
    while ((at = strstr(at, api)) != NULL) {
        bool starts = at == scenario->api || at[-1] == ' ';
        if (starts && (at[length] == ' ' || at[length] == '\0'))
            return true;
        at += length;
    }
    return false;
}

bool scenario_is_command(const struct scenario_step *step)
{
    return strcmp(step->verb, "assocd") == 0 || strcmp(step->verb, "run") == 0;
}
