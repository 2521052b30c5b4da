/*
 * scenario.h: an end-to-end case as data: a name that is a sentence, attributes, and steps in their
 * order. It knows how cases are written (README.md), not what the steps mean.
 */
#ifndef E2E_SCENARIO_H
#define E2E_SCENARIO_H

#include "base/attr.h"

enum { SCENARIO_STEPS_MAX = 64 };

struct scenario_step {
    char *verb; /* first word of the line */
    char *text; /* the rest */
    unsigned line;
};

struct scenario {
    char *name;
    char *file;
    char *api; /* dialects it runs in, separated by blanks */
    char *skip; /* why it is not played now; NULL: it is */
    bool sweep; /* also run with the worker killed everywhere */
    bool same; /* ends the same in every dialect */
    bool names; /* `after` tells types by v3's names; else by their ids: two may have one name */
    bool again; /* one more run at the end must write nothing */
    struct scenario_step steps[SCENARIO_STEPS_MAX];
    size_t steps_count;
};

struct scenarios {
    struct scenario *items;
    size_t count, room;
};

/* Reads all *.case files of a folder, in order of their names; a mistake in one ends the program,
 * naming file and line. */
void scenarios_load(struct scenarios *scenarios, const char *folder);
void scenarios_clear(struct scenarios *scenarios);

/* Does it run in this dialect? */
bool scenario_speaks(const struct scenario *scenario, const char *api);

/* Is it a step that runs assocd in the foreground? */
bool scenario_is_command(const struct scenario_step *step);

#endif
