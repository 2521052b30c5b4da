/*
 * control.h: the control paths' parts: filling the account, looking at it.
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "sandbox/sandbox.h"

/* POST /_sandbox/seed: objects, types, records, associations. */
MUST_CHECK bool control_seed(struct sandbox *, struct json_object *json, struct error *err);

/* POST /_sandbox/load?from=…&to=…&type=…[&strict=1]: lines of "from_id<TAB>to_id". */
MUST_CHECK bool control_load(
    struct sandbox *, const struct request *, size_t *rows, struct error *err);

/* GET /_sandbox/dump?from=…&to=…: one line a type of a link, sorted. */
MUST_CHECK bool control_dump(
    struct sandbox *, const struct request *, struct buf *out, struct error *err);

/* The direction two names mean; NULL with err set. */
struct direction *control_direction(
    struct sandbox *, const char *from, const char *to, struct error *err);

/* The bits of a list of types: "plain", "primary", a v3 name, a label, {category, typeId}. */
MUST_CHECK bool control_types(
    const struct direction *, struct json_object *types, uint64_t *bits, struct error *err);

/* The bit of one type by text, -1 if none. */
int control_type(const struct direction *, const char *text);

#endif
