/*
 * yaml.c: libyaml's events, flattened into `path = value` with lines. The only file that sees
 * libyaml. Works on the events, never on libyaml's document: that one keeps duplicate keys and
 * builds cycles out of aliases. Nesting is cut off long before it costs time.
 */
#include "config/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* One open mapping or list. */
struct frame {
    bool is_list;
    size_t path_length; /* of the container itself */
    size_t index; /* the next item's number, in a list */
    bool wants_key; /* in a mapping: the next scalar is a key */
};

struct reader {
    struct yaml *yaml;
    const char *name;
    yaml_parser_t parser;
    struct buf path;
    unsigned last_line;
    unsigned key_line; /* of the key that stands last on the path */
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth;
    size_t documents;
};

/* Texts lie side by side: a file of ten thousand syncs has a quarter of a million of them, which
 * come together, go together, and leave no holes behind. */
struct yaml_block {
    struct yaml_block *older;
    size_t used, room;
    char bytes[];
};

enum { BLOCK_BYTES = 256 * 1024 };

static const char *keep(struct yaml *yaml, const char *text, size_t length)
{
    struct yaml_block *block = yaml->blocks;
    if (block == NULL || block->room - block->used <= length) {
        size_t room = length < BLOCK_BYTES ? BLOCK_BYTES : length + 1;
        block = mem_new(1, sizeof *block + room);
        *block = (struct yaml_block){.older = yaml->blocks, .room = room};
        yaml->blocks = block;
    }
    char *kept = block->bytes + block->used;
    memcpy(kept, text, length);
    block->used += length + 1; /* the block came zeroed */
    return kept;
}

void yaml_clear(struct yaml *yaml)
{
    for (struct yaml_block *block = yaml->blocks, *older; block != NULL; block = older) {
        older = block->older;
        free(block);
    }
    free(yaml->items);
    *yaml = (struct yaml){0};
}

bool yaml_is_utf8(const char *text, size_t length, size_t *bad)
{
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(text + at, length - at);
        if (step == 0) {
            *bad = at;
            return false;
        }
        at += step;
    }
    return true;
}

static unsigned line_at(const char *text, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n' || (text[i] == '\r' && (i + 1 == offset || text[i + 1] != '\n'));
    return line;
}

/* libyaml ends a last line that has no end, and goes on counting. */
static unsigned real_line(const struct reader *reader, size_t before)
{
    return before < reader->last_line ? (unsigned)before + 1 : reader->last_line;
}

static unsigned line_of(const struct reader *reader, const yaml_event_t *event)
{
    return real_line(reader, event->start_mark.line);
}

static bool refuse(const struct reader *reader, unsigned line, const char *what, struct error *err)
{
    const char *path = buf_text(&reader->path);
    return error_set(err, ERROR_CONFIG, "%s:%u: %s%s%s", reader->name, line, path,
        path[0] != '\0' ? ": " : "", what);
}

/* libyaml says only that no token begins with it. */
static bool is_indented_by_tab(const char *text, size_t length, unsigned line)
{
    size_t at = 0;
    for (unsigned now = 1; at < length && now < line; at++)
        now += text[at] == '\n';
    while (at < length && text[at] == ' ')
        at++;
    return at < length && text[at] == '\t';
}

static bool refuse_syntax(
    const struct reader *reader, const char *text, size_t length, struct error *err)
{
    const yaml_parser_t *parser = &reader->parser;
    unsigned line = real_line(reader, parser->problem_mark.line);
    if (parser->error == YAML_READER_ERROR) {
        size_t offset = parser->problem_offset;
        line = line_at(text, offset < length ? offset : length);
    }
    if (is_indented_by_tab(text, length, line))
        return error_set(err, ERROR_CONFIG,
            "%s:%u: not valid YAML: a tab; YAML indents with spaces", reader->name, line);
    const char *context = parser->context;
    return error_set(err, ERROR_CONFIG, "%s:%u: not valid YAML: %s%s%s", reader->name, line,
        parser->problem != NULL ? parser->problem : "cannot be read", context != NULL ? " " : "",
        context != NULL ? context : "");
}

/* What has a key takes the key's line: that is where people look. */
static struct yaml_entry *add_entry(struct reader *reader, enum yaml_kind kind, unsigned line)
{
    struct yaml *yaml = reader->yaml;
    if (reader->depth > 0 && !reader->frames[reader->depth - 1].is_list)
        line = reader->key_line;
    mem_grow(&yaml->items, &yaml->room, yaml->count + 1, sizeof *yaml->items);
    struct yaml_entry *entry = &yaml->items[yaml->count++];
    const char *path = keep(yaml, buf_text(&reader->path), reader->path.length);
    *entry = (struct yaml_entry){.path = path, .kind = kind, .line = line};
    return entry;
}

static void cut_path(struct reader *reader, size_t length)
{
    if (length < reader->path.length) {
        reader->path.length = length;
        reader->path.bytes[length] = '\0';
    }
}

/* A value begins: in a list it gets its number; in a mapping the key is on the path already. */
static void begin_value(struct reader *reader)
{
    if (reader->depth == 0)
        return;
    struct frame *frame = &reader->frames[reader->depth - 1];
    if (frame->is_list)
        buf_addf(&reader->path, "[%zu]", frame->index++);
}

static void end_value(struct reader *reader)
{
    if (reader->depth == 0)
        return;
    struct frame *frame = &reader->frames[reader->depth - 1];
    frame->wants_key = !frame->is_list;
    cut_path(reader, frame->path_length);
}

static bool wants_key(const struct reader *reader)
{
    return reader->depth > 0 && reader->frames[reader->depth - 1].wants_key;
}

static bool refuse_key(
    const struct reader *reader, const yaml_event_t *event, const char *what, struct error *err)
{
    struct buf text = {0};
    buf_add_text(&text, "the key ");
    buf_add_json(&text, (const char *)event->data.scalar.value);
    buf_addf(&text, " %s", what);
    bool refused = refuse(reader, line_of(reader, event), buf_text(&text), err);
    buf_clear(&text);
    return refused;
}

static bool consume_key(struct reader *reader, const yaml_event_t *event, struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *key = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    unsigned line = line_of(reader, event);
    if (length == 0)
        return refuse(reader, line, "an empty key, a name was expected", err);
    if (strspn(key, allowed) != length)
        return refuse_key(reader, event,
            "has other characters than letters, digits, \"_\" and \"-\", which were expected", err);
    if (length > YAML_KEY_MAX)
        return refuse_key(reader, event, "is longer than the 64 characters expected", err);
    if (reader->path.length > 0)
        buf_add_char(&reader->path, '.');
    buf_add(&reader->path, key, length);
    reader->frames[reader->depth - 1].wants_key = false;
    reader->key_line = line;
    return true;
}

static bool consume_scalar(struct reader *reader, const yaml_event_t *event, struct error *err)
{
    if (event->data.scalar.anchor != NULL)
        return refuse(
            reader, line_of(reader, event), "anchors (&) are not supported, write it out", err);
    if (event->data.scalar.tag != NULL)
        return refuse(
            reader, line_of(reader, event), "tags (!) are not supported, write it plain", err);
    if (wants_key(reader))
        return consume_key(reader, event, err);
    if (reader->depth == 0)
        return refuse(reader, line_of(reader, event), "a mapping (key: value) was expected", err);
    begin_value(reader);
    const char *value = (const char *)event->data.scalar.value;
    if (memchr(value, '\0', event->data.scalar.length) != NULL)
        return refuse(reader, line_of(reader, event), "contains a NUL character", err);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct yaml_entry *entry =
        add_entry(reader, plain ? YAML_PLAIN : YAML_QUOTED, line_of(reader, event));
    entry->value = keep(reader->yaml, value, event->data.scalar.length);
    end_value(reader);
    return true;
}

static bool open_container(struct reader *reader, const yaml_event_t *event, struct error *err)
{
    bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *anchor =
        is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
    const yaml_char_t *tag =
        is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
    unsigned line = line_of(reader, event);
    if (anchor != NULL)
        return refuse(reader, line, "anchors (&) are not supported, write it out", err);
    if (tag != NULL)
        return refuse(reader, line, "tags (!) are not supported, write it plain", err);
    if (wants_key(reader))
        return refuse(reader, line, "a list or mapping as a key, a name was expected", err);
    if (reader->depth == 0 && is_list)
        return refuse(reader, line, "a mapping (key: value) was expected, not a list", err);
    if (reader->depth == YAML_DEPTH_MAX)
        return refuse(reader, line, "nested more than 8 levels deep", err);
    begin_value(reader);
    (void)add_entry(reader, is_list ? YAML_LIST : YAML_MAPPING, line);
    reader->frames[reader->depth++] = (struct frame){
        .is_list = is_list, .path_length = reader->path.length, .wants_key = !is_list};
    return true;
}

static bool open_document(struct reader *reader, const yaml_event_t *event, struct error *err)
{
    unsigned line = line_of(reader, event);
    if (++reader->documents > 1)
        return refuse(reader, line, "a second document (---), one was expected", err);
    if (event->data.document_start.version_directive != NULL ||
        event->data.document_start.tag_directives.start !=
            event->data.document_start.tag_directives.end)
        return refuse(reader, line, "directives (%) are not supported", err);
    return true;
}

static bool consume_event(struct reader *reader, const yaml_event_t *event, struct error *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return open_document(reader, event, err);
    case YAML_ALIAS_EVENT:
        return refuse(
            reader, line_of(reader, event), "aliases (*) are not supported, write it out", err);
    case YAML_SCALAR_EVENT:
        return consume_scalar(reader, event, err);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_container(reader, event, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        assert(reader->depth > 0);
        reader->depth--;
        end_value(reader);
        return true;
    default:
        return true;
    }
}

static bool read_events(struct reader *reader, const char *text, size_t length, struct error *err)
{
    for (;;) {
        yaml_event_t event;
        if (yaml_parser_parse(&reader->parser, &event) == 0)
            return refuse_syntax(reader, text, length, err);
        bool ended = event.type == YAML_STREAM_END_EVENT;
        bool taken = consume_event(reader, &event, err);
        yaml_event_delete(&event);
        if (!taken || ended)
            return taken;
    }
}

static int compare_paths(const void *a, const void *b)
{
    const struct yaml_entry *left = *(const struct yaml_entry *const *)a;
    const struct yaml_entry *right = *(const struct yaml_entry *const *)b;
    int order = strcmp(left->path, right->path);
    return order != 0 ? order : (left > right) - (left < right);
}

/* Sorted, equal paths are neighbours; the duplicate that stands first in the file is reported. */
static bool refuse_duplicates(const struct yaml *yaml, const char *name, struct error *err)
{
    const struct yaml_entry **sorted = mem_new(yaml->count, sizeof *sorted);
    for (size_t i = 0; i < yaml->count; i++)
        sorted[i] = &yaml->items[i];
    qsort(sorted, yaml->count, sizeof *sorted, compare_paths);
    const struct yaml_entry *second = NULL;
    unsigned first_line = 0;
    for (size_t i = 1; i < yaml->count; i++) {
        bool same = strcmp(sorted[i - 1]->path, sorted[i]->path) == 0;
        if (same && (second == NULL || sorted[i] < second)) {
            second = sorted[i];
            first_line = sorted[i - 1]->line;
        }
    }
    free(sorted);
    if (second == NULL)
        return true;
    return error_set(err, ERROR_CONFIG, "%s:%u: %s: a duplicate key, it stands in line %u already",
        name, second->line, second->path, first_line);
}

bool yaml_parse(
    struct yaml *yaml, const char *name, const char *text, size_t length, struct error *err)
{
    assert(yaml->count == 0);
    size_t bad;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte-order mark says nothing */
        text += 3;
        length -= 3;
    }
    if (length > YAML_BYTES_MAX)
        return error_set(
            err, ERROR_CONFIG, "%s:1: larger than 4 MiB, the most a file may have", name);
    if (!yaml_is_utf8(text, length, &bad))
        return error_set(
            err, ERROR_CONFIG, "%s:%u: not UTF-8, which was expected", name, line_at(text, bad));
    struct reader reader = {.yaml = yaml, .name = name, .last_line = line_at(text, length)};
    if (yaml_parser_initialize(&reader.parser) == 0)
        abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    bool read = read_events(&reader, text, length, err);
    yaml_parser_delete(&reader.parser);
    buf_clear(&reader.path);
    if (read && yaml->count == 0)
        read = error_set(err, ERROR_CONFIG, "%s:1: empty, a configuration was expected", name);
    if (read)
        read = refuse_duplicates(yaml, name, err);
    if (!read)
        yaml_clear(yaml);
    return read;
}

bool yaml_is_below(const struct yaml *yaml, size_t at, size_t above)
{
    const char *path = yaml->items[above].path;
    size_t length = strlen(path);
    if (at >= yaml->count || strncmp(yaml->items[at].path, path, length) != 0)
        return false;
    char next = yaml->items[at].path[length];
    return next == '.' || next == '[';
}
