/*
 * decode.c: how fast a batch/read answer of 1,000 records becomes rows, beside json-c's tree of the
 * same text in the same run. Build and run from the top folder:
 *
 *   make build/libassocd.a && cc -O2 -D_GNU_SOURCE -Idaemon tests/bench/decode.c \
 *     build/libassocd.a $(pkg-config --cflags --libs libcurl json-c) -o build/decode &&
 * build/decode
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "hubspot/envelope.h"
#include "hubspot/wire.h"

enum { RECORDS = 1000, PIECE = 16384 };

static double cpu_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t make_body(struct buf *body, enum wire wire, size_t per_record)
{
    buf_add_text(body, "{\"status\":\"COMPLETE\",\"results\":[");
    for (size_t i = 0; i < RECORDS; i++) {
        buf_addf(body, "%s{\"from\":{\"id\":\"%zu\"},\"to\":[", i > 0 ? "," : "", 29851000 + i * 7);
        for (size_t k = 0; k < per_record; k++) {
            size_t to = 5790939450 + (i * 7919 + k * 104729) % 1000003;
            if (wire == WIRE_NAMES)
                buf_addf(
                    body, "%s{\"id\":\"%zu\",\"type\":\"deal_to_contact\"}", k > 0 ? "," : "", to);
            else
                buf_addf(body,
                    "%s{\"toObjectId\":%zu,\"associationTypes\":[{\"category\":\"HUBSPOT_DEFINED\","
                    "\"typeId\":3,\"label\":null}]}",
                    k > 0 ? "," : "", to);
        }
        buf_add_text(body, "]}");
    }
    buf_add_text(body,
        "],\"startedAt\":\"2026-09-21T09:14:02.013Z\","
        "\"completedAt\":\"2026-09-21T09:14:02.041Z\"}");
    return RECORDS * per_record;
}

static void take_record(struct wire_rows *rows, struct json *json)
{
    struct wire_record record;
    size_t before = rows->rows->count;
    if (!wire_record(rows, json, &record))
        rows->rows->count = before;
}

/* As client_answer.c does it: objects that lie whole in a piece are read where they are. */
static void take_objects(struct wire_rows *rows, struct envelope *envelope)
{
    struct envelope_item item;
    struct json json;
    while (envelope_object(envelope, &item)) {
        json_init(&json, item.text, item.length);
        take_record(rows, &json);
        if (!json_ok(&json))
            return;
        envelope_pass(envelope, json.at);
    }
}

static void take_piece(struct wire_rows *rows, struct envelope *envelope)
{
    struct envelope_item item;
    struct json json;
    for (;;) {
        take_objects(rows, envelope);
        if (!envelope_next(envelope, &item))
            return;
        json_init(&json, item.text, item.length);
        if (item.element)
            take_record(rows, &json);
    }
}

static void decode(const struct buf *body, struct wire_rows *rows, struct envelope *envelope)
{
    rows->rows->count = 0;
    envelope_reset(envelope);
    for (size_t at = 0; at < body->length; at += PIECE) {
        size_t left = body->length - at;
        envelope_feed(envelope, body->bytes + at, left < PIECE ? left : PIECE);
        take_piece(rows, envelope);
    }
    if (!envelope_end(envelope))
        abort();
    rows->rows->count = assoc_sort_unique(rows->rows->rows, rows->rows->count);
}

static void measure(enum wire wire, size_t per_record)
{
    struct buf body = {0};
    struct types types = {0};
    struct assoc_list list = {0};
    struct envelope envelope = {0};
    char category[] = "HUBSPOT_DEFINED";
    char name[] = "deal_to_contact";
    struct type type = {.category = category, .type_id = 3, .name = name};
    (void)types_add(&types, &type);
    struct wire_rows rows = {.types = &types, .rows = &list, .wire = wire};
    double count = (double)make_body(&body, wire, per_record);
    int rounds = (int)(4e6 / count);
    double start = cpu_s();
    for (int i = 0; i < rounds; i++)
        decode(&body, &rows, &envelope);
    double ours = (cpu_s() - start) / (rounds * count);
    start = cpu_s();
    for (int i = 0; i < rounds / 8; i++)
        json_object_put(json_tokener_parse(body.bytes));
    double tree = (cpu_s() - start) / (rounds / 8 * count);
    printf("%s, %2zu a record, %7zu bytes: %5.1f ns an association (%4.1f million/s), json-c tree "
           "alone %6.1f ns, ratio %.1f\n",
        wire == WIRE_NAMES ? "v3  " : "ids ", per_record, body.length, ours * 1e9, 1e-6 / ours,
        tree * 1e9, tree / ours);
    buf_clear(&body);
    types_clear(&types);
    assoc_list_clear(&list);
    envelope_clear(&envelope);
}

int main(void)
{
    measure(WIRE_NAMES, 1);
    measure(WIRE_NAMES, 3);
    measure(WIRE_NAMES, 20);
    measure(WIRE_IDS, 1);
    measure(WIRE_IDS, 3);
    measure(WIRE_IDS, 20);
    return 0;
}
