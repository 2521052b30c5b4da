/*
 * text.c: cutting texts without cutting characters.
 */
#include "base/text.h"

#include <string.h>

#include "base/utf8.h"

void text_trim(char *text)
{
    size_t length = strlen(text);
    size_t back = 0;
    while (back < length && back < 3 && ((unsigned char)text[length - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == length)
        return;
    unsigned char lead = (unsigned char)text[length - 1 - back];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need > back + 1)
        text[length - 1 - back] = '\0';
}

size_t text_control(const char *at)
{
    unsigned char first = (unsigned char)at[0];
    if (first == 0xC2)
        return ((unsigned char)at[1] & 0xE0) == 0x80 ? 2 : 0;
    return (first > 0 && first < 0x20) || first == 0x7F ? 1 : 0;
}

void text_clean(char *text, const char *but)
{
    size_t left = strlen(text);
    for (char *at = text; left > 0;) {
        size_t control = text_control(at);
        size_t length = utf8_length(at, left);
        if (length == 0)
            *at = '?';
        else if (control > 0 && strchr(but, *at) == NULL)
            memset(at, ' ', control);
        length = length > 0 ? length : 1;
        at += length;
        left -= length;
    }
}
