/*
 * config.c: a configuration file of any bytes. What is refused is refused with file, line and a
 * reason, and shows no value of a variable; what is accepted prints and reads back to the same.
 * The flat list below it has every path once, lines that exist, and text that is UTF-8.
 */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/yaml.h"
#include "fuzz/fuzz.h"

#define CANARY "canary-7f3a"

/* `f:LINE: what`, in every line but the last, which may count those left out. */
static void require_place(const char *text, unsigned lines)
{
    char *end;
    fuzz_require(strncmp(text, "f:", 2) == 0, "no file: %s", text);
    unsigned long line = strtoul(text + 2, &end, 10);
    fuzz_require(line >= 1 && line <= lines, "line %lu of %u: %s", line, lines, text);
    fuzz_require(
        strncmp(end, ": ", 2) == 0 && end[2] != '\0' && end[2] != '\n', "no reason: %s", text);
}

static void require_refusal(const struct error *err, const char *input, unsigned lines)
{
    size_t bad;
    fuzz_require(err->kind == ERROR_CONFIG, "refused as %d", (int)err->kind);
    require_place(err->text, lines);
    fuzz_require(yaml_is_utf8(err->text, strlen(err->text), &bad), "not UTF-8: %s", err->text);
    fuzz_require(strstr(input, "canary") != NULL || strstr(err->text, "canary") == NULL,
        "shows a variable: %s", err->text);
}

static void judge_list(const char *text, size_t size, unsigned lines)
{
    struct yaml yaml = {0};
    struct error err = {0};
    size_t bad;
    if (!yaml_parse(&yaml, "f", text, size, &err)) {
        fuzz_require(yaml.count == 0, "half a list is kept");
        require_place(err.text, lines);
        return;
    }
    for (size_t i = 0; i < yaml.count; i++) {
        const struct yaml_entry *entry = &yaml.items[i];
        bool scalar = entry->kind == YAML_PLAIN || entry->kind == YAML_QUOTED;
        fuzz_require(entry->line >= 1 && entry->line <= lines, "%s in line %u of %u", entry->path,
            entry->line, lines);
        fuzz_require(scalar == (entry->value != NULL), "%s has no value", entry->path);
        fuzz_require(!scalar || yaml_is_utf8(entry->value, strlen(entry->value), &bad),
            "the value of %s is not UTF-8", entry->path);
        for (size_t j = 0; j < i && yaml.count < 64; j++)
            fuzz_require(strcmp(yaml.items[j].path, entry->path) != 0, "%s twice", entry->path);
    }
    yaml_clear(&yaml);
}

static void judge_print(const struct definitions *all)
{
    struct buf first = {0}, second = {0};
    struct definitions again = {0};
    struct error err = {0};
    config_print(all, &first);
    bool read = config_parse("print", buf_text(&first), first.length, &again, &err);
    fuzz_require(read, "its print is refused: %s\n%s", err.text, buf_text(&first));
    config_print(&again, &second);
    fuzz_require(strcmp(buf_text(&first), buf_text(&second)) == 0,
        "its print reads as another:\n%s\n%s", buf_text(&first), buf_text(&second));
    fuzz_require(again.portals_count == all->portals_count && again.syncs_count == all->syncs_count,
        "its print has other portals or syncs:\n%s", buf_text(&first));
    definitions_clear(&again);
    buf_clear(&first);
    buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    char *input = mem_text_part(text, size);
    struct definitions all = {0};
    struct error err = {0};
    unsigned lines = 1;
    /* YAML breaks lines at CR, NEL, LS and PS as well. */
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == 0x85 || bytes[i] == 0xA8 ||
            bytes[i] == 0xA9;
    (void)setenv("ASSOCD_SECRET", CANARY, 1);
    judge_list(text, size, lines);
    if (config_parse("f", text, size, &all, &err)) {
        judge_print(&all);
        definitions_clear(&all);
    } else {
        fuzz_require(all.path == NULL && all.portals == NULL, "half a configuration is kept");
        require_refusal(&err, input, lines);
    }
    free(input);
    return 0;
}
