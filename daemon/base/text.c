/*
 * text.c: cutting texts without cutting characters.
 */
#include "base/text.h"

#include <string.h>

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
