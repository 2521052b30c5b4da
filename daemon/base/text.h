/* text.h: what texts for people and rows need beyond the C library. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/attr.h"

/* Takes away the beginning of a UTF-8 character at the end of a text that was cut: PostgreSQL
 * refuses a whole row for half a character. */
void text_trim(char *text);

#endif
