/*
 * json_text.c: JSON strings as plain text: resolves the escapes of what the reader has checked.
 */
#include "hubspot/json.h"

#include "base/secret.h"
#include "base/show.h"
#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

static uint32_t hex4(const char *at)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t digit = (uint32_t)(unsigned char)at[i];
        code = code * 16 + (digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
    }
    return code;
}

/* The code point of the \u escape at `at` (behind the u); *used: its bytes from there on. */
static uint32_t unicode(const char *at, size_t room, size_t *used)
{
    uint32_t code = hex4(at);
    *used = 4;
    if (code == 0)
        return REPLACEMENT;
    if (code < 0xD800 || code > 0xDFFF)
        return code;
    bool pair = code < 0xDC00 && room >= 10 && at[4] == '\\' && at[5] == 'u';
    uint32_t low = pair ? hex4(at + 6) : 0;
    if (low < 0xDC00 || low > 0xDFFF)
        return REPLACEMENT;
    *used = 10;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static char simple(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

static void add_unescaped(const struct json_text *text, struct buf *buf)
{
    const char *end = text->bytes + text->length;
    for (const char *at = text->bytes; at < end;) {
        if (*at != '\\') {
            buf_add_char(buf, *at++);
            continue;
        }
        if (at[1] != 'u') {
            buf_add_char(buf, simple(at[1]));
            at += 2;
            continue;
        }
        size_t used;
        char out[4];
        uint32_t code = unicode(at + 2, (size_t)(end - at) - 2, &used);
        buf_add(buf, out, utf8_write(out, code));
        at += 2 + used;
    }
}

void json_text_add(const struct json_text *text, struct buf *buf)
{
    size_t begin = buf->length;
    if (text->escaped)
        add_unescaped(text, buf);
    else
        buf_add(buf, text->bytes, text->length);
    secret_hide(buf->bytes + begin, buf->length - begin);
}

bool json_string_or_skip(struct json *json, struct json_text *text)
{
    if (json_peek(json) == JSON_STRING)
        return json_string(json, text);
    json_skip(json);
    return false;
}

void json_copy(struct json *json, char *field, size_t size)
{
    struct json_text text;
    if (!json_string_or_skip(json, &text))
        return;
    CLEANUP(buf_clear) struct buf plain = {0};
    json_text_add(&text, &plain);
    show_copy(field, size, buf_text(&plain), "");
}

bool json_text_same(const struct json_text *text, const char *plain)
{
    if (!text->escaped)
        return strncmp(plain, text->bytes, text->length) == 0 && plain[text->length] == '\0';
    struct buf resolved = {0};
    json_text_add(text, &resolved);
    bool same = strcmp(buf_text(&resolved), plain) == 0;
    buf_clear(&resolved);
    return same;
}
