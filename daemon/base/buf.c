/*
 * buf.c: a growing string of bytes.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static void reserve(struct buf *buf, size_t more)
{
    mem_grow(&buf->bytes, &buf->room, buf->length + more + 1, 1);
}

void buf_clear(struct buf *buf)
{
    free(buf->bytes);
    *buf = (struct buf){0};
}

void buf_reset(struct buf *buf)
{
    buf->length = 0;
    if (buf->bytes != NULL)
        buf->bytes[0] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t count)
{
    reserve(buf, count);
    if (count > 0)
        memcpy(buf->bytes + buf->length, bytes, count);
    buf->length += count;
    buf->bytes[buf->length] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_add_u64(struct buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(need >= 0);
    reserve(buf, (size_t)need);
    va_start(args, format);
    (void)vsnprintf(buf->bytes + buf->length, (size_t)need + 1, format, args);
    va_end(args);
    buf->length += (size_t)need;
}

void buf_add_json(struct buf *buf, const char *text)
{
    if (text == NULL) {
        buf_add_text(buf, "null");
        return;
    }
    buf_add_char(buf, '"');
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        size_t length = utf8_length(at, (size_t)(end - at));
        if (length == 0)
            buf_add_text(buf, "\xEF\xBF\xBD");
        else if (*at == '"' || *at == '\\')
            buf_addf(buf, "\\%c", *at);
        else if ((unsigned char)*at < 0x20)
            buf_addf(buf, "\\u%04x", (unsigned)*at);
        else
            buf_add(buf, at, length);
        at += length > 0 ? length : 1;
    }
    buf_add_char(buf, '"');
}

const char *buf_text(const struct buf *buf)
{
    return buf->bytes != NULL ? buf->bytes : "";
}
