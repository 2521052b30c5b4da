/*
 * secret.h: the secrets of this process (tokens), so that they can be made unreadable in whatever
 * comes from outside or goes out as text: a server may send back what it was sent.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/attr.h"

/* The shortest part of a secret that is recognised; shorter secrets only as a whole, and those
 * under 6 bytes not at all: they would be found in any text. */
enum { SECRET_PART = 12, SECRET_MIN = 6 };

/* From here on this text is a secret; NULL and repeated calls are fine. */
void secret_keep(const char *text);

/* Puts a star for every byte that belongs to a part of a secret, in capitals or not. */
void secret_hide(char *text, size_t length);

#endif
