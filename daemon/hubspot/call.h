/*
 * call.h: one request of the client's caller from submission to reply, and the client itself. The
 * inside of client*.c and call.c; nobody else includes it.
 *
 * A call is sent as one or more pages (reads of records with many associations), each in up to
 * RETRY_ATTEMPTS_MAX attempts. What an attempt brought is judged only when its page is complete; a
 * new attempt starts the page over.
 */
#ifndef HUBSPOT_CALL_H
#define HUBSPOT_CALL_H

#include "base/random.h"
#include "hubspot/client.h"
#include "hubspot/dialect.h"
#include "hubspot/envelope.h"
#include "hubspot/http.h"
#include "hubspot/problem.h"
#include "hubspot/retry.h"
#include "hubspot/wire.h"

enum call_state { CALL_FREE, CALL_UNDER_WAY, CALL_ENDED };

/* One record asked for in the page under way. */
struct page_input {
    uint32_t index; /* in from_ids */
    char *after; /* where the page begins; NULL: at the beginning */
    size_t rows_count; /* of this record, from earlier pages */
};
struct page_inputs {
    struct page_input *items;
    size_t count;
    size_t room;
};

/* What is known of a record that is read. */
enum seen {
    /* not asked for in the page under way */
    SEEN_NOT, /* given up: unknown */
    SEEN_WHOLE, /* all pages read */
    SEEN_BEYOND, /* has pages that v3 does not give out */
    /* asked for in the page under way */
    SEEN_ASKED, /* not met in its answer so far */
    SEEN_LAST, /* its last page */
    SEEN_MORE, /* a page with another behind it */
    SEEN_NONE, /* "no associations" */
    SEEN_BAD, /* an error, or the answer contradicts itself */
};

struct texts {
    char **items;
    size_t count;
    size_t room;
};

/* A request of our own, and where its answer goes. */
struct list {
    bool (*consume)(struct list *list, const struct envelope_item *item);
    void *owner;
    bool has_results; /* set by take */
    long http_status; /* of its answer; 0: there was none */
    const struct buf *body; /* sent by POST; NULL: a GET */
    const char *path; /* call_lists: where to */
    struct error why; /* call_lists: kind ERROR_NONE: it was answered */
};

struct call {
    enum call_state state;
    enum client_outcome outcome;
    const struct client_request *request; /* NULL: a list of our own */
    struct list *list;
    enum dialect dialect; /* of the page under way */
    struct buf path;
    struct buf body;
    int attempt; /* of the page under way: 1… */
    int attempts; /* of all pages */
    bool may_have_applied; /* an earlier attempt may have been carried out … */
    bool late; /* … or may be still */
    uint64_t ended; /* when: replies come in this order */

    /* the page under way */
    struct envelope envelope;
    const char *garbled; /* why the answer is none; NULL: fine so far */
    size_t received; /* bytes of it */
    char status[16];
    char api_started_at[40];
    char api_completed_at[40];
    bool has_results;
    bool has_count; /* numErrors was there */
    uint32_t count; /* numErrors */
    uint32_t errors_count; /* entries of errors */
    struct problem problem; /* the refusal, or the error entry read last */

    /* the reply */
    long http_status;
    char correlation_id[80];
    char category[64];
    struct buf message;
    struct texts texts;
    struct client_refusal *refusals;
    size_t refusals_count;
    size_t refusals_room;
    struct id_list culprits;

    /* reads */
    struct assoc_list rows;
    uint32_t page; /* under way: 1… */
    bool beyond; /* it goes on in a newer version than v3 */
    size_t results; /* told in the page under way */
    size_t page_rows; /* rows of earlier pages */
    struct page_inputs asked;
    struct page_inputs more; /* records with another page, in the order met */
    uint8_t *seen; /* enum seen, by index in from_ids */
    uint8_t *records; /* enum record_state */
    size_t records_room;
    size_t seen_room;
    uint32_t last_type;

    /* writes */
    uint8_t *marks; /* MARK_…, by row */
    uint8_t *outcomes; /* enum row_outcome */
    size_t marks_room;
    size_t outcomes_room;
    bool unnamed_error; /* an error entry named none of the rows */
};

struct client {
    struct client_settings settings;
    struct http *http;
    struct retry_budget budget;
    struct random random;
    struct call *calls; /* one more than in_flight: the one whose reply is lent out */
    uint32_t calls_count;
    struct assoc_list spare; /* where a read's rows are put in order */
    struct call *lent; /* its reply was returned last */
    struct client_reply reply;
    uint64_t ended; /* calls so far */
    struct error fatal; /* what stops the run; kind ERROR_NONE: nothing */
    bool fatal_reported;
    char *from; /* object types of client_bind, as they stand in paths */
    char *to;
    struct types *types;
};

/* Whether it changes nothing: a read, or a list. */
bool call_is_read(const struct call *call);

/* Makes it free for another one, keeping its memory; frees that, too. */
void call_release(struct call *call);
void call_clear(struct call *call);

/* Sends an attempt, the first of a page or another: path and body are ready, what an attempt before
 * brought is forgotten. */
void call_send(struct client *client, struct call *call, int64_t wait_ms);

void call_end(struct client *client, struct call *call, enum client_outcome outcome);

/* Sets category and message of the reply. */
void call_say(struct call *call, const char *category, const char *format, ...) PRINTF(3, 4);

/* Inputs of the page under way: what bounds its answer. */
size_t call_inputs(const struct call *call);

/* Adds a refusal about a pair or (to_id 0) a record, with the texts of call->problem. */
void call_refuse(struct call *call, uint64_t from_id, uint64_t to_id);

/* Empties a list of inputs, keeping its memory. */
void call_clear_inputs(struct page_inputs *inputs);

/* Lets nothing more leave. */
void call_stop_all(struct client *client);

/* "POST /crm/…" */
const char *call_name(const struct call *call, char space[static 300]);

/* client.c: sends it and waits for its end; nothing else may be under way. A failure concerns this
 * list alone: the client can be used afterwards. */
MUST_CHECK bool call_list(
    struct client *client, const char *path, struct list *list, struct error *err);

/* The same for several at once, no more than client_room. False: something stops the run; else each
 * list says for itself how it ended. */
MUST_CHECK bool call_lists(
    struct client *client, struct list *lists, size_t count, struct error *err);

/* client_answer.c: take a piece of the answer. */
void call_feed(struct client *client, struct call *call, const char *bytes, size_t length);

/* client_attempt.c: the attempt is over. */
void call_attempt_end(struct client *client, struct call *call, const struct http_result *result);

/* client_read.c: begin; take an entry of results, and of errors (it is
 * call->problem); the page is complete: send the next one or end the call. read_salvage ends a call
 * whose page failed for good with what earlier pages brought; false if there were none. */
void read_begin(struct client *client, struct call *call);
bool read_result(struct client *client, struct call *call, struct json *json);
void read_error(struct call *call);
void read_page_end(struct client *client, struct call *call);
bool read_salvage(struct client *client, struct call *call);

/* client_write.c: the same. write_finish gives every row its outcome from what was seen so far. */
void write_begin(struct client *client, struct call *call);
bool write_result(struct client *client, struct call *call, struct json *json);
void write_error(struct call *call);
void write_finish(struct client *client, struct call *call, bool answered);

#endif
