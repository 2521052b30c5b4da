/*
 * yaml.h: a YAML file as a flat list of `path = value` with line numbers. Only a plain, boring
 * subset is understood: what makes YAML surprising (duplicate keys, anchors, aliases, tags,
 * directives, several documents, keys that are not words) is refused with file and line.
 */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include "base/attr.h"
#include "base/error.h"

enum { YAML_BYTES_MAX = 4 * 1024 * 1024, YAML_DEPTH_MAX = 8, YAML_KEY_MAX = 64 };

enum yaml_kind {
    YAML_PLAIN, /* a scalar without quotes */
    YAML_QUOTED, /* a scalar in quotes, or a block (`|`, `>`) */
    YAML_MAPPING,
    YAML_LIST,
};

/* `syncs.contact-company.types[0]` = `plain`, line 27. A mapping or list comes before what is in
 * it; everything stands in the order of the file. */
struct yaml_entry {
    const char *path; /* "" for the outermost mapping */
    const char *value; /* the scalar; NULL for mappings and lists */
    enum yaml_kind kind;
    unsigned line;
};

struct yaml_block;

struct yaml {
    struct yaml_entry *items;
    size_t count;
    size_t room;
    struct yaml_block *blocks; /* where the texts are */
};

void yaml_clear(struct yaml *yaml);

/* Reads text of length bytes; `name` is the file's name in errors (`NAME:LINE: …`, ERROR_CONFIG).
 * yaml must be empty, and is again after a failure. */
MUST_CHECK bool yaml_parse(
    struct yaml *yaml, const char *name, const char *text, size_t length, struct error *err);

/* True if the bytes are UTF-8 as RFC 3629 has it; otherwise *bad is the offset of the first byte
 * that is not. */
bool yaml_is_utf8(const char *text, size_t length, size_t *bad);

/* True if the entry at `at` stands in the one at `above`; false behind the last one. */
bool yaml_is_below(const struct yaml *yaml, size_t at, size_t above);

#endif
