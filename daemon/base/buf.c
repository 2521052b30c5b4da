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

/* Length of the UTF-8 character at text, 0 if there is none. */
static size_t utf8_length(const unsigned char *text)
{
    static const struct {
        unsigned char lead_min, lead_max, second_min, second_max;
        unsigned char length;
    } forms[] = {
        {0x01, 0x7F, 0, 0, 1},
        {0xC2, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        if (text[0] < forms[i].lead_min || text[0] > forms[i].lead_max)
            continue;
        if (forms[i].length > 1 && (text[1] < forms[i].second_min || text[1] > forms[i].second_max))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if ((text[k] & 0xC0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

void buf_add_json(struct buf *buf, const char *text)
{
    if (text == NULL) {
        buf_add_text(buf, "null");
        return;
    }
    buf_add_char(buf, '"');
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        size_t length = utf8_length(at);
        if (length == 0)
            buf_add_text(buf, "\xEF\xBF\xBD");
        else if (*at == '"' || *at == '\\')
            buf_addf(buf, "\\%c", *at);
        else if (*at < 0x20)
            buf_addf(buf, "\\u%04x", *at);
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
