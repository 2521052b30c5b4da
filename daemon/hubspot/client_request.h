/*
 * client_request.h: what is asked of HubSpot in one request, and what came of it, as values: the
 * files behind client.h fill them in, and need not know who hands them on.
 */
#ifndef HUBSPOT_CLIENT_REQUEST_H
#define HUBSPOT_CLIENT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "model/assoc.h"

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

#endif
