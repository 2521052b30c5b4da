/*
 * call.h: one API request while it is answered, and the shapes all answers share: HubSpot's batch
 * envelope, its error bodies, its correlation ids. Knows nothing of sockets.
 */
#ifndef SANDBOX_CALL_H
#define SANDBOX_CALL_H

#include "base/buf.h"
#include "sandbox/fault.h"
#include "sandbox/history.h"
#include "sandbox/portal.h"

enum { QUERY_MAX = 16, SEGMENTS_MAX = 16 };

struct query {
    const char *key, *value;
};

/* As received; all text belongs to the server and is percent-decoded. */
struct request {
    const char *method;
    const char *path;
    const char *authorization; /* NULL: no such header */
    const char *content_type; /* NULL: no such header */
    struct query query[QUERY_MAX];
    size_t query_count;
    const char *body; /* never NULL */
    size_t body_length;
};

enum cut { CUT_NONE, CUT_HANGUP, CUT_TRUNCATE };

struct reply {
    int status;
    const char *type; /* Content-Type */
    struct buf body;
    struct buf headers; /* "Name: value\n" each */
    int64_t delay_ms; /* answer that much later; -1: when released */
    enum cut cut;
    bool chunked; /* sent in chunks, without a Content-Length */
};

enum dialect { V3, V4, DATED };

struct sandbox;

struct call {
    struct sandbox *sandbox;
    struct portal *portal;
    const struct request *request;
    struct reply *reply;
    struct entry *entry; /* its place in the log */
    const struct fault *fault; /* NULL: none */
    enum dialect dialect;
    char version[8]; /* "2026-09" */
    struct direction *direction; /* of the object types in the path, NULL if there are none */
    int from, to; /* object types, -1: not in the path */
    const char *from_text, *to_text; /* ids in the path as they were written */
    uint64_t from_id, to_id; /* 0: not in the path */
    uint64_t sees_every; /* the token sees records of ids divisible by it only, 0: all */
    bool is_list; /* links beside records: under v3's names in all versions, all companies */
    const char *name; /* the free segment of the path: a type's name or id */
    struct json_object *json; /* the body, NULL: none */
    int64_t started_ms;
};

/* Whether the token may see a record at all. */
bool call_sees(const struct call *call, uint64_t id);

/* A query parameter, NULL if absent. */
const char *request_query(const struct request *request, const char *key);

/* {"status":"error","message":…,"correlationId":…,"category":…}. category may be NULL. */
void call_fail(struct call *call, int status, const char *category, const char *format, ...)
    PRINTF(4, 5);

/* The same with more members, written as JSON: "\"context\":{…}". */
void call_fail_with(
    struct call *call, int status, const char *category, const char *message, const char *members);

/* Opens the batch envelope up to `"results":[`. */
void batch_open(struct call *call);

/* Closes it: the errors (JSON objects with commas between, count of them), and the times. */
void batch_close(struct call *call, const struct buf *errors, size_t count);

/* A batch envelope of this status without any results. */
void batch_empty(struct call *call, const char *status);

/* Adds an id as the `ids` switch says: number or text. */
void call_add_id(struct call *call, uint64_t id);

/* The status code of a successful call: the switch `which` if set, else `usual` as the switch
 * `codes` bends it. */
int call_code(const struct call *call, enum setting which, int usual);

/* Adds the type's text, "label":null for none. */
void call_add_type(struct buf *out, const struct kind *kind);

/* The object's singular name in capitals, as HubSpot's error texts have it. */
void object_shout(const struct object *object, char text[64]);

#endif
