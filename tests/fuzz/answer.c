/*
 * answer.c: what the client makes of HubSpot's answers, whatever they are. Input: two letters, the
 * dialect (3, 4, 5: 2026-03, 9: 2026-09) and the call (r read, c create, a archive, l labels
 * archive, t types, w account, o records), then answers, each behind a line `#STATUS` (`#200x`: and
 * then the connection is lost).
 *
 * Every input of a request ends in one state; what a reply says, an answer said (answer_judge.c);
 * it is the same in whatever pieces answers arrive; one that is cut off is none.
 */
#include "hubspot/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/show.h"
#include "base/utf8.h"
#include "config/yaml.h"
#include "fuzz/answer_judge.h"
#include "fuzz/fuzz.h"

enum { ANSWERS_MAX = 12, TURNS_MAX = 8, CUTS = 4, PIECE = 3 };

static const uint64_t from_ids[] = {10, 11, 12};
static const struct assoc rows[] = {
    {.from_id = 10, .to_id = 7},
    {.from_id = 10, .to_id = 7, .type = 1},
    {.from_id = 10, .to_id = 8},
    {.from_id = 11, .to_id = 7},
};

struct exchange {
    enum dialect dialect;
    char call;
    struct answer answers[ANSWERS_MAX];
    size_t count;
};

/* ---- the input ---- */

static void read_answers(struct exchange *exchange, const char *at, const char *end)
{
    while (at < end && exchange->count < ANSWERS_MAX && *at == '#') {
        struct answer *answer = &exchange->answers[exchange->count++];
        for (at++; at < end && *at >= '0' && *at <= '9' && answer->status < 100; at++)
            answer->status = answer->status * 10 + (*at - '0');
        bool lost = at < end && *at == 'x';
        answer->end = lost || answer->status < 100 ? HTTP_BROKEN : HTTP_ANSWERED;
        const char *line = memchr(at, '\n', (size_t)(end - at));
        at = answer->body = line != NULL ? line + 1 : end;
        while (at < end && !(*at == '#' && at[-1] == '\n'))
            at++;
        answer->length = (size_t)(at - answer->body);
    }
}

static bool read_exchange(struct exchange *exchange, const char *text, size_t size)
{
    static const char dialects[] = "3459";
    *exchange = (struct exchange){.count = 0};
    if (size < 3 || strchr(dialects, text[0]) == NULL || strchr("rcaltwo", text[1]) == NULL ||
        text[0] == '\0' || text[1] == '\0')
        return false;
    exchange->dialect = (enum dialect)(strchr(dialects, text[0]) - dialects);
    exchange->call = text[1];
    const char *line = memchr(text, '\n', size);
    if (line != NULL)
        read_answers(exchange, line + 1, text + size);
    return exchange->count > 0;
}

/* ---- what came of it, in words ---- */

static void require_text(const char *text)
{
    size_t bad;
    fuzz_require(yaml_is_utf8(text, strlen(text), &bad), "not UTF-8: %s", text);
}

/* A text that people see. */
static void require_words(const char *text)
{
    require_text(text);
    for (const char *at = text; *at != '\0'; at += utf8_length(at, strlen(at)))
        fuzz_require(
            show_hidden(at, strlen(at)) == 0 || *at == '\n', "a control character: %s", text);
}

static void tell_error(struct buf *out, const struct error *err)
{
    fuzz_require(err->kind != ERROR_NONE && err->text[0] != '\0', "fails without a reason");
    require_words(err->text);
    buf_addf(out, "error %d %s\n", (int)err->kind, err->text);
}

static void tell_types(struct buf *out, const struct types *types)
{
    for (uint32_t i = 0; i < types->count; i++) {
        const struct type *type = &types->items[i];
        const char *name = type->name != NULL ? type->name : "";
        const char *label = type->label != NULL ? type->label : "";
        fuzz_require(types_find(types, type->category, type->type_id) == i, "%s:%u twice",
            type->category, type->type_id);
        require_text(type->category);
        require_text(name);
        require_text(label);
        buf_addf(out, "type %s:%u %d \"%s\" \"%s\"\n", type->category, type->type_id,
            (int)type->kind, name, label);
    }
}

static void tell_refusals(struct buf *out, const struct client_reply *reply)
{
    for (size_t i = 0; i < reply->refusals_count; i++) {
        const struct client_refusal *refusal = &reply->refusals[i];
        require_words(refusal->category);
        require_words(refusal->message);
        buf_addf(out, "refused %llu %llu %s %s\n", (unsigned long long)refusal->from_id,
            (unsigned long long)refusal->to_id, refusal->category, refusal->message);
    }
    for (size_t i = 0; i < reply->culprits_count; i++)
        buf_addf(out, "culprit %llu\n", (unsigned long long)reply->culprits[i]);
}

/* Rows are sorted, distinct, and only of records that were asked for and are complete. */
static void tell_read(struct buf *out, const struct client_reply *reply, const struct types *types)
{
    bool answered = reply->outcome == CLIENT_ANSWERED;
    for (size_t i = 0; i < ARRAY_COUNT(from_ids); i++) {
        fuzz_require(reply->records[i] <= RECORD_MORE, "record state %d", (int)reply->records[i]);
        fuzz_require(answered || reply->records[i] == RECORD_UNKNOWN, "known without an answer");
        buf_addf(out, "record %d\n", (int)reply->records[i]);
    }
    for (size_t i = 0; i < reply->rows_count; i++) {
        const struct assoc *row = &reply->rows[i];
        size_t asked = 0;
        while (asked < ARRAY_COUNT(from_ids) && from_ids[asked] != row->from_id)
            asked++;
        fuzz_require(asked < ARRAY_COUNT(from_ids) && reply->records[asked] == RECORD_COMPLETE,
            "a row of %llu", (unsigned long long)row->from_id);
        fuzz_require(row->type < types->count && row->to_id != 0, "a row without a type or id");
        fuzz_require(i == 0 || assoc_compare(&reply->rows[i - 1], row) < 0, "rows out of order");
        buf_addf(
            out, "row %llu %llu", (unsigned long long)row->from_id, (unsigned long long)row->to_id);
        /* A garbled answer may have named types before it was known as one, piece by piece. */
        buf_addf(out, answer_script.used == 1 ? " %u\n" : "\n", row->type);
    }
}

static void tell_write(struct buf *out, const struct client_reply *reply)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint8_t outcome = reply->outcomes[i];
        fuzz_require(outcome <= ROW_REFUSED, "row outcome %d", (int)outcome);
        fuzz_require(
            reply->outcome == CLIENT_ANSWERED || outcome != ROW_DONE, "done without an answer");
        buf_addf(out, "outcome %d\n", (int)outcome);
    }
}

static void tell_reply(struct buf *out, const struct client_reply *reply, const struct types *types)
{
    require_words(reply->category);
    require_words(reply->message);
    require_words(reply->correlation_id);
    require_words(reply->api_started_at);
    require_words(reply->api_completed_at);
    buf_addf(out, "outcome %d status %ld attempts %d %s %s %s %s\n", (int)reply->outcome,
        reply->http_status, reply->attempts, reply->category, reply->message, reply->api_started_at,
        reply->api_completed_at);
    if (reply->call == CLIENT_READ)
        tell_read(out, reply, types);
    else
        tell_write(out, reply);
    tell_refusals(out, reply);
    answer_judge(reply, answer_script.answers, answer_script.used);
}

/* ---- one exchange ---- */

static void add_types(struct types *types)
{
    char own[] = "HUBSPOT_DEFINED", theirs[] = "USER_DEFINED";
    char name[] = "deal_to_contact", label[] = "Decision maker", word[] = "decision_maker";
    const struct type known[] = {{.category = own, .type_id = 3, .name = name, .kind = TYPE_PLAIN},
        {.category = theirs, .type_id = 36, .name = word, .label = label, .kind = TYPE_LABEL}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        (void)types_add(types, &known[i]);
}

/* One request gets one reply, and what stops the run is told once. True if it was answered. */
static bool ask_batch(struct client *client, char call, struct types *types, struct buf *out)
{
    static const char letters[] = "rcal";
    const struct client_request request = {
        .call = (enum client_call)(strchr(letters, call) - letters),
        .from_ids = from_ids,
        .from_count = ARRAY_COUNT(from_ids),
        .rows = rows,
        .row_count = ARRAY_COUNT(rows),
    };
    size_t replies = 0, errors = 0;
    bool answered = false;
    add_types(types);
    client_bind(client, "deals", "contacts", types);
    client_submit(client, &request);
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        const struct client_reply *reply = NULL;
        struct error err = {0};
        if (!client_next(client, &reply, &err)) {
            errors++;
            tell_error(out, &err);
        } else if (reply != NULL) {
            replies++;
            answered = reply->outcome == CLIENT_ANSWERED;
            fuzz_require(reply->request == &request, "a reply to nothing");
            tell_reply(out, reply, types);
        }
    }
    fuzz_require(replies == 1 && errors <= 1, "%zu replies, %zu errors", replies, errors);
    if (answered && answer_script.used == 1)
        tell_types(out, types);
    return answered;
}

static bool ask_account(struct client *client, struct buf *out, struct error *err)
{
    struct account account = {0};
    bool good = client_account(client, &account, err);
    fuzz_require(good == (account.portal_id > 0), "an account without an id");
    require_text(account.time_zone);
    buf_addf(out, "account %llu %s\n", (unsigned long long)account.portal_id, account.time_zone);
    return good;
}

static bool ask_records(struct client *client, struct buf *out, struct error *err)
{
    struct client_record records[] = {{.id = 10}, {.id = 11}, {.id = 12}};
    struct assoc_list merges = {0};
    struct client_lookup lookup = {"contacts", records, ARRAY_COUNT(records), &merges};
    bool good = client_records(client, &lookup, err);
    assoc_list_clear(&merges);
    for (size_t i = 0; good && i < ARRAY_COUNT(records); i++) {
        fuzz_require(records[i].now == 0 ||
                answer_judge_has_record(records[i].now, answer_script.answers, answer_script.used),
            "%llu is now %llu, which no answer names", (unsigned long long)records[i].id,
            (unsigned long long)records[i].now);
        buf_addf(out, "record %llu\n", (unsigned long long)records[i].now);
    }
    return good;
}

/* Asks with the script that is set; adds what came of it. True if it was answered. */
static bool ask(const struct exchange *exchange, struct buf *out)
{
    const struct client_settings settings = {
        .base_url = "http://127.0.0.1:1",
        .token = "none",
        .dialect = exchange->dialect,
        .limits = {.in_flight = 1},
        .stop_fd = -1,
    };
    struct client *client = NULL;
    struct types types = {0};
    struct error err = {0};
    bool open = client_open(&client, &settings, &err);
    fuzz_require(open, "no client");
    bool good = true;
    if (exchange->call == 'w')
        good = ask_account(client, out, &err);
    else if (exchange->call == 'o')
        good = ask_records(client, out, &err);
    else if (exchange->call == 't')
        good = client_types(client, "deals", "contacts", &types, &err);
    else
        good = ask_batch(client, exchange->call, &types, out);
    if (exchange->call == 't')
        tell_types(out, &types);
    if (!good && strchr("wot", exchange->call) != NULL)
        tell_error(out, &err);
    client_close(client);
    types_clear(&types);
    return good;
}

/* The first answer alone, cut off here and there. Nothing but blanks is an answer of its own. */
static void judge_truncated(const struct exchange *exchange)
{
    struct answer answer = exchange->answers[0];
    const char *begin = memchr(answer.body, '{', answer.length);
    size_t end = answer.length;
    while (end > 0 && answer.body[end - 1] != '}')
        end--;
    struct buf out = {0};
    answer_script = (struct answer_script){.answers = &answer, .count = 1, .piece = SIZE_MAX};
    if (begin == NULL || exchange->call == 't' || !ask(exchange, &out))
        end = 0;
    size_t first = begin != NULL ? (size_t)(begin - answer.body) + 1 : 0;
    for (size_t i = 0; end > first && i <= CUTS; i++) {
        buf_reset(&out);
        answer.length = first + (end - 1 - first) * i / CUTS;
        answer_script.used = 0;
        fuzz_require(
            !ask(exchange, &out), "cut at %zu it is taken:\n%s", answer.length, buf_text(&out));
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct exchange exchange;
    struct buf whole = {0}, pieces = {0};
    if (!read_exchange(&exchange, (const char *)bytes, size))
        return 0;
    answer_script = (struct answer_script){
        .answers = exchange.answers, .count = exchange.count, .piece = SIZE_MAX};
    (void)ask(&exchange, &whole);
    answer_script.used = 0;
    answer_script.piece = PIECE;
    (void)ask(&exchange, &pieces);
    fuzz_require(strcmp(buf_text(&whole), buf_text(&pieces)) == 0,
        "cut into pieces it is another answer:\n%s\n%s", buf_text(&whole), buf_text(&pieces));
    buf_clear(&whole);
    buf_clear(&pieces);
    judge_truncated(&exchange);
    return 0;
}
