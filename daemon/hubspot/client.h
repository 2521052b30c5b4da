/*
 * client.h: HubSpot's association calls for one account in one dialect, many in flight. Callers
 * speak in ids and type indexes; names, JSON, paging, retries and rate are all below this line.
 * The promise: every input of a request is accounted for exactly once in its reply, and what the
 * answer did not say is reported as unknown, never as empty or done.
 */
#ifndef HUBSPOT_CLIENT_H
#define HUBSPOT_CLIENT_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "model/definition.h"
#include "model/types.h"
#include "hubspot/permits.h"

struct client;

struct client_settings {
    const char *base_url; /* borrowed until client_close, like all texts here */
    const char *ca_file; /* PEM: the only authorities trusted; NULL: the system's */
    const char *proxy; /* http://HOST:PORT; NULL: none */
    const char *proxy_user; /* NULL: none */
    const char *proxy_password; /* beside proxy_user; copied and wiped like the token */
    const char *token; /* is copied; the copy is wiped by client_close */
    const char *token_from; /* where people put it; NULL: it is not said */
    const char *portal; /* its name; NULL: it is not said */
    enum dialect dialect;
    struct limits limits;
    int64_t timeout_ms; /* of one attempt */
    int stop_fd; /* when readable: nothing new is sent, what is on the wire is settled */
    struct client_permits permits;
};

MUST_CHECK bool client_open(
    struct client **client, const struct client_settings *settings, struct error *err);
void client_close(struct client *client); /* NULL is fine */

/* Whose token is this? GET /account-info/…/details (hubspot-api 4.3, fault O3). */
struct account {
    uint64_t portal_id;
    char time_zone[64];
};
MUST_CHECK bool client_account(struct client *client, struct account *account, struct error *err);

/* The id ("0-1", "2-123") of an object type by any of its names. HubSpot's own and ids cost no
 * request; what a custom name means only the account knows. An unknown name is ERROR_CONFIG, a
 * missing scope ERROR_DENIED. id: room for OBJECT_TYPE_MAX bytes (model/object_type.h). */
MUST_CHECK bool client_object_type(
    struct client *client, const char *name, char *id, struct error *err);

/* Adds to types what the account lists for from → to (object types as configured: name or id).
 * In v3 the list has no categories: a name of the built-in table with the same id is
 * HUBSPOT_DEFINED, everything else USER_DEFINED (hubspot-api 1.3). An unknown object type is
 * ERROR_CONFIG and names the near match; a missing scope ERROR_DENIED. */
MUST_CHECK bool client_types(struct client *client, const char *from, const char *to,
    struct types *types, struct error *err);

/* What became of a record: `now` is its id, the id it was merged into, or 0 if the answer does not
 * tell of it: it does not exist, or was merged away (client_record_now). */
enum { CLIENT_RECORDS_MAX = 100 };
struct client_record {
    uint64_t id;
    uint64_t now;
};
/* Asks the objects API about records, while nothing else is under way. */
struct client_lookup {
    const char *object; /* their type, as configured */
    struct client_record *records;
    size_t count; /* 1 to CLIENT_RECORDS_MAX */
    struct assoc_list *merges; /* gets what the answer tells of merges, asked for or not: from_id
                                * was merged into to_id */
};
MUST_CHECK bool client_records(
    struct client *client, const struct client_lookup *lookup, struct error *err);

/* The same about one record, by itself: now 0 means that it does not exist. */
MUST_CHECK bool client_record_now(
    struct client *client, const char *object, struct client_record *record, struct error *err);

/* Sets the pair of object types and the type table that requests are about. Types met in answers
 * but not in the table are added to it, unmanaged. Both are borrowed until client_close.
 * Where two types have one name (the two directions of a label between records of one object type),
 * v3 could not tell them apart: from here on, the client speaks 2026-09, whose ids can. */
void client_bind(struct client *client, const char *from, const char *to, struct types *types);

/* The version that requests are made in. */
enum dialect client_dialect(const struct client *client);

enum client_call { CLIENT_READ, CLIENT_CREATE, CLIENT_ARCHIVE, CLIENT_ARCHIVE_LABELS };

/* One batch request. The arrays are borrowed until its reply has been returned. Limits of the
 * dialect are the caller's business, except that an empty request is a bug. */
struct client_request {
    enum client_call call;
    uint64_t tag; /* the caller's; comes back in the reply */
    const uint64_t *from_ids; /* CLIENT_READ: ascending, distinct */
    size_t from_count;
    const struct assoc *rows; /* the others: sorted, distinct. v3: one input each; v4 and dated: */
    size_t row_count; /* one input per pair. CLIENT_ARCHIVE there: the whole pair goes */
};

enum client_outcome {
    CLIENT_ANSWERED, /* 2xx, judged input by input */
    CLIENT_REFUSED, /* 4xx about the inputs; nothing was applied as far as HubSpot says */
    CLIENT_TOO_LARGE, /* refused for its size: the same in smaller requests */
    CLIENT_UNKNOWN, /* retries used up or answer not understood: a write may have been applied */
    CLIENT_NOT_SENT, /* asked to stop before it left, or never let in (429, no connection): a write
                      * was certainly not applied */
};

enum record_state {
    RECORD_UNKNOWN, /* not read: neither its associations nor its lack of them is known */
    RECORD_COMPLETE, /* all pages read; no rows means no associations (or no such record) */
    RECORD_MORE, /* has pages that this dialect cannot read (v3, hubspot-api 10.2) */
};

enum row_outcome { ROW_UNKNOWN, ROW_DONE, ROW_REFUSED };

struct client_refusal { /* one refused input, or one error entry about a record */
    uint64_t from_id;
    uint64_t to_id; /* 0: about the whole record */
    const char *category;
    const char *message;
};

/* Everything in it is borrowed until the next client_next. Texts are "" where HubSpot sent none. */
struct client_reply {
    uint64_t tag;
    enum client_call call;
    enum client_outcome outcome;
    long http_status; /* of the last attempt; 0 if there was no answer */
    int attempts; /* requests really sent, pages included */
    bool late; /* writes: an attempt got no answer and may still be carried out, whatever came after
                */
    const char *api_started_at; /* HubSpot's own words, ISO 8601; of the last page */
    const char *api_completed_at;
    const char *correlation_id;
    const char *category; /* of the refusal, or why the outcome is unknown */
    const char *message;
    const struct client_request *request;
    const struct assoc *rows; /* CLIENT_READ: sorted, distinct; only of known records */
    size_t rows_count;
    const uint8_t *records; /* CLIENT_READ: enum record_state of each from_id */
    const uint8_t *outcomes; /* writes: enum row_outcome of each row */
    const struct client_refusal *refusals;
    size_t refusals_count;
    const uint64_t *culprits; /* CLIENT_REFUSED: record ids named by context.objectId */
    size_t culprits_count;
};

/* How many more requests may be submitted now: in_flight minus those under way. */
size_t client_room(const struct client *client);

/* Queues a request; it is sent as permits allow, while client_next waits. */
void client_submit(struct client *client, const struct client_request *request);

/* Waits for the next reply; *reply is NULL when nothing is under way. Errors stop the whole run
 * (token rejected, quota spent, permits unavailable, unknown object type); requests under way are
 * then settled by further calls, which return their replies. */
MUST_CHECK bool client_next(
    struct client *client, const struct client_reply **reply, struct error *err);

/* True once stop_fd was readable. */
bool client_stopped(const struct client *client);

/* Requests sent so far, retries included. */
uint64_t client_requests(const struct client *client);

/* Until when HubSpot supports a dialect, "2027-09". */
const char *dialect_supported_until(enum dialect dialect);

/* The version to move to before that, as `api` names it; NULL if there is none newer. */
const char *dialect_replacement(enum dialect dialect);

#endif
