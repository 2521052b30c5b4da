/*
 * scripted_client.c: what tests of the client begin and end with.
 */
#include "lib/scripted_client.h"

#include <assert.h>

#include "base/mem.h"

struct scripted_client scripted;

static const uint64_t three[] = {10, 11, 12};
static const struct assoc two_rows[] = {{.from_id = 10, .to_id = 7}, {.from_id = 11, .to_id = 7}};

const struct client_request read_three = {
    .call = CLIENT_READ, .tag = 77, .from_ids = three, .from_count = 3};
const struct client_request create_two = {.call = CLIENT_CREATE, .rows = two_rows, .row_count = 2};
const struct client_request archive_two = {
    .call = CLIENT_ARCHIVE, .rows = two_rows, .row_count = 2};

void scripted_client_add_type(uint32_t id, const char *name, enum type_kind kind)
{
    char category[] = "HUBSPOT_DEFINED";
    struct type type = {.category = category, .type_id = id, .kind = kind};
    type.name = mem_text(name);
    (void)types_add(&scripted.types, &type);
    free(type.name);
}

void scripted_client_open(
    const struct scripted *answers, size_t count, enum dialect dialect, int stop_fd)
{
    struct error err = {0};
    scripted_http_open(&scripted.server, answers, count);
    struct client_settings settings = {
        .base_url = scripted.server.url,
        .token = "pat-na1-00000000-0000-0000-0000-000000000000",
        .dialect = dialect,
        .limits = {.in_flight = 2},
        .timeout_ms = 3000,
        .stop_fd = stop_fd,
        .permits = scripted.permits,
    };
    bool open = client_open(&scripted.client, &settings, &err);
    assert(open);
    scripted_client_add_type(3, "deal_to_contact", TYPE_PLAIN);
    client_bind(scripted.client, "deals", "contacts", &scripted.types);
}

char *scripted_client_close(void)
{
    client_close(scripted.client);
    types_clear(&scripted.types);
    scripted.permits = (struct client_permits){0};
    return scripted_http_close(&scripted.server);
}

const struct client_reply *scripted_client_ask(const struct client_request *request)
{
    const struct client_reply *reply = NULL;
    struct error err = {0};
    client_submit(scripted.client, request);
    bool fine = client_next(scripted.client, &reply, &err);
    if (!fine)
        fprintf(stderr, "%s\n", err.text);
    assert(fine && reply != NULL);
    return reply;
}
