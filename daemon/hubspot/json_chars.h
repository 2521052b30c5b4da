/*
 * json_chars.h: the innermost loop of both JSON scanners: running over the plain part of a string
 * eight bytes at a time. Nothing here decides what is valid.
 */
#ifndef HUBSPOT_JSON_CHARS_H
#define HUBSPOT_JSON_CHARS_H

#include <string.h>

#include "base/attr.h"

/* Non-zero if one of the eight bytes is `byte`. Bits below the first match are exact. */
static inline uint64_t json_has_byte(uint64_t word, unsigned char byte)
{
    uint64_t x = word ^ (UINT64_C(0x0101010101010101) * byte);
    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* The first byte at or after `at` that is a quote, a backslash, a control character or not ASCII;
 * `end` if there is none. */
static inline const char *json_plain_end(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t below_space = (word - UINT64_C(0x2020202020202020)) & ~word;
        uint64_t special = (below_space | word) & UINT64_C(0x8080808080808080);
        special |= json_has_byte(word, '"') | json_has_byte(word, '\\');
        if (special != 0) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return at + (__builtin_ctzll(special) >> 3);
#else
            break;
#endif
        }
        at += 8;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
        *at != '\\')
        at++;
    return at;
}

static inline bool json_is_space(char c)
{
    return (unsigned char)c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

#endif
