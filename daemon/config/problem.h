/*
 * problem.h: inside config/ only. Adds to the problems of a file that is being loaded.
 */
#ifndef CONFIG_PROBLEM_H
#define CONFIG_PROBLEM_H

#include "base/attr.h"

struct config_object;
struct loader;

/* Notes a problem. line 0 stands for the file as a whole. Returns false. */
bool config_problem(struct loader *loader, unsigned line, const char *key, const char *format, ...)
    PRINTF(4, 5);

/* Notes a problem with the key `tail` of a portal or sync, in that key's line if it is set. */
void config_rule(struct loader *loader, const struct config_object *object, const char *tail,
    const char *format, ...) PRINTF(4, 5);

/* The value of the key `tail` of a portal or sync (or of one of a list's items) as the file has it,
 * with variables by their names; NULL if it has none. Messages show this. Borrowed. */
const char *config_written(
    const struct loader *loader, const struct config_object *object, const char *tail);

#endif
