/*
 * text.c: array literals and COPY rows, with PostgreSQL's escaping.
 */
#include "pg/text.h"

#include <stdio.h>
#include <string.h>

static void add_int(struct buf *buf, int64_t number)
{
    if (number < 0)
        buf_add_char(buf, '-');
    buf_add_u64(buf, number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number);
}

static void array_separator(struct buf *array)
{
    buf_add_char(array, array->length == 0 ? '{' : ',');
}

void pg_array_int(struct buf *array, int64_t element)
{
    array_separator(array);
    add_int(array, element);
}

void pg_array_text(struct buf *array, const char *element)
{
    array_separator(array);
    if (element == NULL) {
        buf_add_text(array, "NULL");
        return;
    }
    buf_add_char(array, '"');
    for (const char *at = element; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buf_add_char(array, '\\');
        buf_add_char(array, *at);
    }
    buf_add_char(array, '"');
}

void pg_array_type(struct buf *array, const char *category, uint32_t type_id)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s:%u", category, type_id);
    pg_array_text(array, text);
}

const char *pg_array_end(struct buf *array)
{
    if (array->length == 0)
        buf_add_char(array, '{');
    buf_add_char(array, '}');
    return buf_text(array);
}

/* Reads one element and what separates it from the next; the text is unescaped in place. */
static char *split_element(char **at)
{
    bool quoted = **at == '"';
    char *element = *at + quoted, *end = element, *from = element;
    while (*from != '\0' && (quoted ? *from != '"' : *from != ',' && *from != '}')) {
        from += *from == '\\' && from[1] != '\0';
        *end++ = *from++;
    }
    from += quoted && *from == '"';
    *at = from + (*from == ',');
    bool last = *from != ',';
    *end = '\0';
    if (last)
        *at = end;
    return !quoted && strcmp(element, "NULL") == 0 ? NULL : element;
}

size_t pg_array_split(char *array, char **elements, size_t room)
{
    size_t count = 0;
    char *at = array + (*array == '{');
    while (count < room && *at != '\0' && *at != '}')
        elements[count++] = split_element(&at);
    return count;
}

static void row_separator(struct buf *row)
{
    if (row->length > 0 && row->bytes[row->length - 1] != '\n')
        buf_add_char(row, '\t');
}

void pg_copy_text(struct buf *row, const char *field)
{
    row_separator(row);
    if (field == NULL) {
        buf_add_text(row, "\\N");
        return;
    }
    for (const char *at = field; *at != '\0'; at++) {
        if (*at == '\n')
            buf_add_text(row, "\\n");
        else if (*at == '\t')
            buf_add_text(row, "\\t");
        else if (*at == '\r')
            buf_add_text(row, "\\r");
        else if (*at == '\\')
            buf_add_text(row, "\\\\");
        else
            buf_add_char(row, *at);
    }
}

void pg_copy_int(struct buf *row, int64_t field)
{
    row_separator(row);
    add_int(row, field);
}

void pg_copy_row_end(struct buf *row)
{
    buf_add_char(row, '\n');
}
