/*
 * shown.h: a record as the objects API writes it, with the properties that were asked for.
 */
#ifndef SANDBOX_SHOWN_H
#define SANDBOX_SHOWN_H

#include "sandbox/call.h"

/* The properties to be shown, by their places. Clear it. */
struct shown {
    int *items;
    size_t count, room;
};

void shown_clear(struct shown *shown);

/* Reads `properties` of the body, or of the query ("a,b", many times too): unknown ones are left
 * out without a word, without any the usual ones are shown. The id and the dates always are. */
void shown_read(struct call *call, struct shown *shown);

/* Does not show a property after all. */
void shown_hide(struct shown *shown, int property);

/* Whether `propertiesWithHistory` is asked for. */
bool shown_history(const struct call *call);

/* Adds the record to the answer, up to the last member; the caller adds "}". */
void shown_add(struct call *call, const struct shown *shown, const struct sight *sight);

#endif
