/*
 * cursor.c: base64 with "=" as %3D.
 */
#include "sandbox/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void cursor_write(const struct cursor *cursor, struct buf *out)
{
    char plain[64] = {0};
    int length = snprintf(plain, sizeof plain, "%" PRIu32 "-%" PRIu32 "-%" PRIu64, cursor->category,
        cursor->type_id, cursor->to);
    for (int i = 0; i < length; i += 3) {
        uint32_t three = (uint32_t)(unsigned char)plain[i] << 16 |
            (uint32_t)(unsigned char)plain[i + 1] << 8 | (uint32_t)(unsigned char)plain[i + 2];
        buf_add_char(out, digits[three >> 18 & 63]);
        buf_add_char(out, digits[three >> 12 & 63]);
        if (i + 1 < length)
            buf_add_char(out, digits[three >> 6 & 63]);
        else
            buf_add_text(out, "%3D");
        if (i + 2 < length)
            buf_add_char(out, digits[three & 63]);
        else
            buf_add_text(out, "%3D");
    }
}

static bool decode(const char *text, char plain[64])
{
    uint32_t bits = 0;
    int held = 0;
    size_t length = 0;
    for (; *text != '\0' && *text != '%' && *text != '='; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL || length >= 63)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        plain[length++] = (char)(bits >> held & 0xFF);
    }
    plain[length] = '\0';
    return true;
}

bool cursor_parse(const char *text, struct cursor *cursor)
{
    char plain[64];
    int end = -1;
    if (!decode(text, plain))
        return false;
    (void)sscanf(plain, "%" SCNu32 "-%" SCNu32 "-%" SCNu64 "%n", &cursor->category,
        &cursor->type_id, &cursor->to, &end);
    return end >= 0 && plain[end] == '\0';
}
