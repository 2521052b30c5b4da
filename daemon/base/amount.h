/*
 * amount.h: numbers and what they count, for people.
 */
#ifndef BASE_AMOUNT_H
#define BASE_AMOUNT_H

#include <stdint.h>

#include "base/attr.h"

enum { AMOUNT_NUMBER_MAX = 32, AMOUNT_TEXT_MAX = 160 };

/* 412880 as 412,880, into text; returns text. */
const char *amount_number(uint64_t number, char text[static AMOUNT_NUMBER_MAX]);

/* "1,117 deals", "1 company": the number and what is counted, whose plural is given; into text;
 * returns text. Object types that are no words (2-123, p_name) stay as they are. */
const char *amount_text(uint64_t count, const char *plural, char text[static AMOUNT_TEXT_MAX]);

#endif
