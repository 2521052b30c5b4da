/*
 * record_key.h: business keys of records (an e-mail address, a domain, a number of one's own) as
 * they are compared: one spelling for each. Pure.
 */
#ifndef MODEL_RECORD_KEY_H
#define MODEL_RECORD_KEY_H

#include "base/attr.h"

enum record_key_kind {
    RECORD_KEY_TEXT, /* as written, but for blanks around it */
    RECORD_KEY_EMAIL, /* lower case (hubspot-api 13.3) */
    RECORD_KEY_DOMAIN, /* lower case; the bare host of a URL, without www. */
};

/* What the property of an object type (an id: "0-1") holds. */
enum record_key_kind record_key_kind(const char *object, const char *property);

/* More addresses of the same record, `;` between them; NULL: the property has no such companion. */
const char *record_key_others(enum record_key_kind kind);

enum { RECORD_KEY_MAX = 500 }; /* bytes */

/* Writes the one spelling of a key. NULL: done; else what is wrong with the cell, to be read behind
 * it: "is empty". Non-ASCII letters stay as they are. */
const char *record_key_normalize(
    enum record_key_kind kind, const char *cell, char key[static RECORD_KEY_MAX + 1]);

/* Of an ASCII letter. */
char record_key_lower(char c);

/* Is it the same but for upper and lower case (of ASCII)? */
bool record_key_same_letters(const char *a, const char *b);

#endif
