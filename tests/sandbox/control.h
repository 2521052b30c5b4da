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

/* POST /_sandbox/load_records?type=…: a head line "id<TAB>property…", then a line a record. */
MUST_CHECK bool control_load_records(
    struct sandbox *, const struct request *, size_t *rows, struct error *err);

/* {"contacts":[{"name","type","unique","label"}]}: properties that somebody made. */
MUST_CHECK bool control_properties(struct sandbox *, struct json_object *json, struct error *err);

/* {"contacts":[1,{"id":2,"properties":{"email":null}}]}, or a range {"from":1,"to":9} instead of a
 * list. What is seeded was always there; the search learns the rest some time later. */
enum records_change { RECORDS_SEED, RECORDS_CREATE, RECORDS_CHANGE, RECORDS_DELETE };
MUST_CHECK bool control_records(
    struct sandbox *, struct json_object *json, enum records_change change, struct error *err);

/* GET /_sandbox/dump?from=…&to=…: one line a type of a link, sorted. */
MUST_CHECK bool control_dump(
    struct sandbox *, const struct request *, struct buf *out, struct error *err);

/* The object type that a name means; -1 with err set. */
int control_object(struct sandbox *, const char *name, struct error *err);

/* The direction two names mean; NULL with err set. */
struct direction *control_direction(
    struct sandbox *, const char *from, const char *to, struct error *err);

/* The bits of a list of types: "plain", "primary", a v3 name, a label, {category, typeId}. */
MUST_CHECK bool control_types(
    const struct direction *, struct json_object *types, uint64_t *bits, struct error *err);

/* The bit of one type by text, -1 if none. */
int control_type(const struct direction *, const char *text);

#endif
