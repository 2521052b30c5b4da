/*
 * word.h: one association as cases write it: FROM:TO or FROM:TO/TYPE, `~` for a blank in TYPE.
 */
#ifndef E2E_WORD_H
#define E2E_WORD_H

#include "base/attr.h"

struct word {
    char from[64], to[64], type[128]; /* type: "" if there is none */
};

/* The next one of a line; false at its end. */
bool word_next(const char **line, struct word *word);

#endif
