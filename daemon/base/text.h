/* text.h: what texts for people and rows need beyond the C library. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/attr.h"

/* Takes away the beginning of a UTF-8 character at the end of a text that was cut: PostgreSQL
 * refuses a whole row for half a character. */
void text_trim(char *text);

/* The length of the control character (C0, DEL or C1) that stands at `at`; 0 if none does. They
 * would break the line, or command the terminal that shows it. */
size_t text_control(const char *at);

/* Makes a text fit for people and rows: blanks for control characters (but not for those in `but`),
 * question marks for what is not UTF-8. */
void text_clean(char *text, const char *but);

#endif
