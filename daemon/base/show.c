/*
 * show.c: makes texts visible, and formats with visible texts.
 */
#include "base/show.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/utf8.h"

/* What Unicode calls controls and formats, as far as it moves, breaks or hides text. Joiners
 * (U+200C, U+200D) belong to words of some languages and stay. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x00, 0x1F},
    {0x7F, 0x9F},
    {0xAD, 0xAD},
    {0x61C, 0x61C},
    {0x180E, 0x180E},
    {0x200B, 0x200B},
    {0x200E, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB},
    {0xE0000, 0xE007F},
};

static uint32_t code_of(const char *at, size_t length)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)at[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3F);
    return code;
}

size_t show_hidden(const char *at, size_t room)
{
    size_t length = utf8_length(at, room);
    if (length == 0)
        return room > 0;
    if (length == 1 && (unsigned char)*at >= 0x20 && *at != 0x7F)
        return 0; /* nearly always */
    uint32_t code = code_of(at, length);
    for (size_t i = 0; i < ARRAY_COUNT(hidden); i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return length;
    return 0;
}

static void add_visible(struct buf *buf, const char *at, size_t length)
{
    bool valid = utf8_length(at, length) == length;
    uint32_t code = valid ? code_of(at, length) : (unsigned char)*at;
    if (*at == '\n' || *at == '\t' || *at == '\r')
        buf_addf(buf, "\\%c", *at == '\n' ? 'n' : *at == '\t' ? 't' : 'r');
    else if (code < 0x80 || !valid)
        buf_addf(buf, "\\x%02X", (unsigned)code);
    else
        buf_addf(buf, code > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)code);
}

static void add_shown(struct buf *buf, const char *text, size_t length, const char *but)
{
    size_t begin = buf->length;
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        size_t odd = show_hidden(at, (size_t)(end - at));
        size_t step = odd > 0 ? odd : utf8_length(at, (size_t)(end - at));
        if (buf->length - begin > SHOW_MAX && but[0] == '\0') {
            buf_add_text(buf, "...");
            break;
        }
        if (odd == 0 || (odd == 1 && strchr(but, *at) != NULL))
            buf_add(buf, at, step);
        else
            add_visible(buf, at, odd);
        at += step;
    }
    if (buf->length > begin)
        secret_hide(buf->bytes + begin, buf->length - begin);
}

void show_add(struct buf *buf, const char *text, const char *but)
{
    add_shown(buf, text, strlen(text), but);
}

void show_copy(char *field, size_t size, const char *text, const char *but)
{
    CLEANUP(buf_clear) struct buf shown = {0};
    show_add(&shown, text, but);
    size_t kept = shown.length < size ? shown.length : size - 1;
    while (kept < shown.length && kept > 0 && ((unsigned char)shown.bytes[kept] & 0xC0) == 0x80)
        kept--;
    memcpy(field, buf_text(&shown), kept);
    field[kept] = '\0';
}

/* Outside of JSON's texts only its own blanks are control characters. */
void show_add_json(struct buf *buf, const char *json)
{
    const char *end = json + strlen(json);
    for (const char *at = json; at < end;) {
        size_t odd = show_hidden(at, (size_t)(end - at));
        size_t step = odd > 0 ? odd : utf8_length(at, (size_t)(end - at));
        bool valid = utf8_length(at, (size_t)(end - at)) > 0;
        uint32_t code = valid ? code_of(at, step) : 0xFFFD;
        if (odd == 0 || strchr("\n\r\t", *at) != NULL)
            buf_add(buf, at, step);
        else if (code <= 0xFFFF)
            buf_addf(buf, "\\u%04x", (unsigned)code);
        else
            buf_addf(buf, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
                0xDC00 + ((code - 0x10000) & 0x3FF));
        at += step;
    }
}

struct arguments {
    va_list list;
};

/* One conversion of a format, with its stars filled in. */
struct conversion {
    char spec[32];
    int width; /* negative: flush left */
    int precision; /* -1: none */
    int longs; /* 'l's; a z is two */
};

static void add_spec(struct conversion *conversion, const char *text)
{
    size_t used = strlen(conversion->spec);
    assert(used + strlen(text) < sizeof conversion->spec);
    (void)snprintf(conversion->spec + used, sizeof conversion->spec - used, "%s", text);
}

/* A number of the format, or of the arguments for a star. */
static int read_number(const char **at, struct arguments *args)
{
    if (**at == '*') {
        (*at)++;
        return va_arg(args->list, int);
    }
    char *end;
    int number = (int)strtol(*at, &end, 10);
    *at = end;
    return number;
}

/* Reads what stands behind the % up to the letter of the conversion. */
static const char *read_conversion(
    const char *at, struct conversion *conversion, struct arguments *args)
{
    char part[16];
    bool left = false;
    *conversion = (struct conversion){.spec = "%", .precision = -1};
    for (; *at != '\0' && strchr("-+ 0#", *at) != NULL; at++) {
        left = left || *at == '-';
        add_spec(conversion, (const char[]){*at, '\0'});
    }
    conversion->width = read_number(&at, args);
    if (conversion->width != 0) {
        (void)snprintf(part, sizeof part, "%d", conversion->width);
        add_spec(conversion, part);
    }
    conversion->width = left ? -conversion->width : conversion->width;
    if (*at == '.') {
        at++;
        conversion->precision = read_number(&at, args);
        (void)snprintf(part, sizeof part, ".%d", conversion->precision);
        add_spec(conversion, part);
    }
    for (; *at == 'l' || *at == 'z'; at++)
        conversion->longs += *at == 'z' ? 2 : 1;
    return at;
}

/* The format is this file's own, put together from a literal that the compiler has checked. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_number(
    struct buf *buf, struct conversion *conversion, char letter, struct arguments *args)
{
    bool is_signed = letter == 'd' || letter == 'i';
    if (letter == 'f') {
        add_spec(conversion, "f");
        buf_addf(buf, conversion->spec, va_arg(args->list, double));
        return;
    }
    long long number = conversion->longs > 0 ? va_arg(args->list, long long)
        : is_signed                          ? va_arg(args->list, int)
                                             : (long long)va_arg(args->list, unsigned);
    add_spec(conversion, is_signed ? "lld" : "llu");
    buf_addf(buf, conversion->spec, number);
}
#pragma GCC diagnostic pop

static int characters(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void add_text(struct buf *buf, const struct conversion *conversion, const char *text)
{
    CLEANUP(buf_clear) struct buf shown = {0};
    size_t length =
        conversion->precision >= 0 ? strnlen(text, (size_t)conversion->precision) : strlen(text);
    bool cut = conversion->precision >= 0 && length == (size_t)conversion->precision;
    while (cut && length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--; /* never half a character */
    add_shown(&shown, text, length, "");
    int fill = abs(conversion->width) - characters(buf_text(&shown));
    if (conversion->width > 0)
        buf_addf(buf, "%*s", fill > 0 ? fill : 0, "");
    buf_add_text(buf, buf_text(&shown));
    if (conversion->width < 0)
        buf_addf(buf, "%*s", fill > 0 ? fill : 0, "");
}

void show_vaddf(struct buf *buf, const char *format, va_list list)
{
    struct arguments args;
    va_copy(args.list, list);
    for (;;) {
        size_t plain = strcspn(format, "%");
        struct conversion conversion;
        buf_add(buf, format, plain);
        if (format[plain] == '\0')
            break;
        format = read_conversion(format + plain + 1, &conversion, &args);
        if (*format == '%')
            buf_add_char(buf, '%');
        else if (*format == 'c')
            buf_add_char(buf, (char)va_arg(args.list, int));
        else if (*format == 's')
            add_text(buf, &conversion, va_arg(args.list, const char *));
        else {
            assert(strchr("diuf", *format) != NULL && *format != '\0');
            add_number(buf, &conversion, *format, &args);
        }
        format++;
    }
    va_end(args.list);
}

void show_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    show_vaddf(buf, format, args);
    va_end(args);
}
