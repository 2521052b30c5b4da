/*
 * wire.h: the bodies of batch requests and replies, in both families: type names (v3) and type ids
 * (v4 and the dated versions). Text in, values out; no network, no state of a request.
 */
#ifndef HUBSPOT_WIRE_H
#define HUBSPOT_WIRE_H

#include "base/buf.h"
#include "model/assoc.h"
#include "model/types.h"
#include "hubspot/dialect.h"
#include "hubspot/json.h"

/* One input of a batch/read: a record, and where its next page begins (NULL: at the first). */
struct wire_input {
    uint64_t id;
    const char *after; /* HubSpot's cursor, echoed byte for byte */
};
void wire_begin(struct buf *body);
void wire_add_input(struct buf *body, const struct wire_input *input);
void wire_end(struct buf *body);

/* The body of create (both families) and of v3 archive and labels/archive. Every type must have a
 * name for wire_v3_body. */
void wire_v3_body(
    struct buf *body, const struct types *types, const struct assoc *rows, size_t count);
void wire_v4_body(
    struct buf *body, const struct types *types, const struct assoc *rows, size_t count);

/* The body of v4 batch/archive: whole pairs, grouped by from-record. */
void wire_v4_archive_body(struct buf *body, const struct assoc *rows, size_t count);

/* Where associations that are read go to. */
struct wire_rows {
    struct types *types; /* types not in it are added, unmanaged */
    struct assoc_list *rows;
    enum wire wire;
    uint32_t last; /* index of the type met last, most likely the next as well */
};

/* One element of the results of batch/read. */
struct wire_record {
    uint64_t from_id;
    bool more; /* it has another page */
    struct json_text after; /* the cursor, if more */
};

/* Reads one element, adding its associations to rows; on failure some may have been added. */
bool wire_record(struct wire_rows *rows, struct json *json, struct wire_record *record);

/* Read one element of its `to`: the ids of the from-record are filled in by wire_record. */
bool wire_v3_target(struct wire_rows *rows, struct json *json);
bool wire_v4_target(struct wire_rows *rows, struct json *json);

/* One element of the results of a write, in either family. */
struct wire_link {
    uint64_t from_id;
    uint64_t to_id;
    struct json_text type; /* v3's name; empty: all types of the pair */
};
bool wire_link(struct json *json, struct wire_link *link);

#endif
