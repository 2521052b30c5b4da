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
#include "hubspot/client_request.h"
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
