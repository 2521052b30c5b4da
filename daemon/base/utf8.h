/*
 * utf8.h: whether bytes are UTF-8, a character at a time.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/attr.h"

/* Bytes of the well-formed UTF-8 character at text (room bytes are there), 0 if there is none: no
 * overlong forms, no surrogates, nothing above U+10FFFF. */
static inline size_t utf8_length(const char *text, size_t room)
{
    const unsigned char *at = (const unsigned char *)text;
    if (room == 0 || at[0] < 0x80)
        return room > 0;
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || room < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    bool wrong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
        (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F);
    return wrong ? 0 : length;
}

/* Writes the UTF-8 form of a code point, returns its length. */
static inline size_t utf8_write(char out[static 4], uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(leads[length] | code);
    return length;
}

#endif
