/*
 * inputs.h: the `inputs` of a batch body as values. Elements that are not understood are left out
 * without a word, as HubSpot does; what HubSpot refuses is answered here.
 */
#ifndef SANDBOX_INPUTS_H
#define SANDBOX_INPUTS_H

#include "sandbox/call.h"

struct input {
    uint64_t from, to; /* 0: not an id */
    const char *from_text, *to_text; /* as sent */
    uint64_t types; /* bits of the direction */
    const char *type; /* v3: the name as sent */
    const char *after; /* cursor, NULL: none */
    const char *bad; /* JSON of the error entry's context, NULL: the input is good */
};

struct inputs {
    struct input *items;
    size_t count, room;
    size_t sent; /* length of the body's list */
    struct buf bad_text; /* holds what `bad` points to */
};

void inputs_clear(struct inputs *inputs);

enum inputs_form { INPUTS_READ, INPUTS_PAIR, INPUTS_TYPED, INPUTS_LIST };

/* Reads the body. False when the call was answered with an error. */
MUST_CHECK bool inputs_read(struct call *, enum inputs_form form, struct inputs *);

/* Reads one element's type or types into input->types. False as above. */
MUST_CHECK bool inputs_types(struct call *, struct json_object *element, struct input *);
MUST_CHECK bool inputs_type_list(struct call *, struct json_object *types, struct input *);

/* Checks the records, duplicates and maximums of what is to be created. False as above. */
MUST_CHECK bool inputs_check(struct call *, struct inputs *);

/* Refuses more than max of what is counted. False as above. */
MUST_CHECK bool inputs_limit(struct call *, size_t count, enum setting max);

/* How many different from-ids there are. */
size_t inputs_from_ids(const struct inputs *);

#endif
