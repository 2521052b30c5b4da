/*
 * scripted_client.h: a client in front of a scripted server, from deals to contacts, and bodies
 * that tests have in common. One at a time.
 */
#ifndef TESTS_SCRIPTED_CLIENT_H
#define TESTS_SCRIPTED_CLIENT_H

#include "hubspot/client.h"
#include "lib/scripted_http.h"

#define RESULTS(x) "{\"status\":\"COMPLETE\",\"results\":[" x "]}"
#define NO_RESULTS RESULTS("")
#define V3_TARGET "{\"id\":\"7\",\"type\":\"deal_to_contact\"}"
#define R10 "{\"from\":{\"id\":\"10\"},\"to\":[" V3_TARGET "]}"
#define R11 "{\"from\":{\"id\":\"11\"},\"to\":[" V3_TARGET "]}"
#define R12 "{\"from\":{\"id\":\"12\"},\"to\":[" V3_TARGET "]}"

struct scripted_client {
    struct scripted_http server;
    struct client *client;
    struct types types; /* 0: deal_to_contact, plain, HUBSPOT_DEFINED:3 */
    struct client_permits permits; /* set before opening */
};
extern struct scripted_client scripted;

/* Opens server and client, two requests at once; stop_fd -1: none. */
void scripted_client_open(
    const struct scripted *answers, size_t count, enum dialect dialect, int stop_fd);

/* Closes both. The requests the server received, owned by the caller. */
char *scripted_client_close(void);

void scripted_client_add_type(uint32_t id, const char *name, enum type_kind kind);

/* Submits and waits for the reply, which must come. */
const struct client_reply *scripted_client_ask(const struct client_request *request);

/* Requests to ask: records 10, 11, 12; pairs 10-7 and 11-7. */
extern const struct client_request read_three;
extern const struct client_request create_two;
extern const struct client_request archive_two;

#endif
