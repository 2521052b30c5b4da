/*
 * api_read.c: reading associations, many records at once and one record page by page.
 */
#include "sandbox/api.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/inputs.h"
#include "sandbox/json_get.h"
#include "sandbox/page.h"

static void shuffle(struct call *call, struct inputs *inputs)
{
    if (call->portal->settings.values[SET_SHUFFLE] == 0)
        return;
    for (size_t i = inputs->count; i > 1; i--) {
        size_t k = (size_t)random_below(&call->portal->random, i);
        struct input held = inputs->items[i - 1];
        inputs->items[i - 1] = inputs->items[k];
        inputs->items[k] = held;
    }
}

static void add_no_associations(struct call *call, const struct input *input, struct buf *errors)
{
    const char *from = call->portal->objects.items[call->from].singular;
    const char *to = call->portal->objects.items[call->to].singular;
    if (errors->length > 0)
        buf_add_char(errors, ',');
    struct buf message = {0};
    buf_addf(&message, "No %s is associated with %s %s.", to, from, input->from_text);
    buf_add_text(errors,
        "{\"status\":\"error\",\"category\":\"OBJECT_NOT_FOUND\","
        "\"subCategory\":\"crm.associations.NO_ASSOCIATIONS_FOUND\",\"message\":");
    buf_add_json(errors, buf_text(&message));
    buf_add_text(errors, ",\"context\":{\"fromObjectId\":[");
    buf_add_json(errors, input->from_text);
    buf_addf(errors, "],\"fromObjectType\":[\"%s\"],\"toObjectType\":[\"%s\"]}}", from, to);
    buf_clear(&message);
}

/* Writes one result; false when there was none to write. */
static bool add_result(struct call *call, const struct input *input, bool comma, bool *bad_cursor)
{
    struct buf *body = &call->reply->body;
    size_t start = body->length;
    bool deaf = call->dialect == V3 && call->portal->settings.values[SET_V3_AFTER] == 0;
    uint64_t now = portal_resolve(call->portal, call->from, input->from);
    int64_t mode = call->portal->settings.values[SET_MERGED_READ];
    struct page page = {
        .from = mode == MERGED_NONE ? input->from : now, .after = deaf ? NULL : input->after};
    buf_add_text(body, comma ? ",{\"from\":{\"id\":\"" : "{\"from\":{\"id\":\"");
    buf_add_u64(body, mode == MERGED_SURVIVOR_ID ? now : input->from);
    buf_add_text(body, "\"},\"to\":[");
    page_write(call, &page);
    buf_add_char(body, ']');
    if (page.paging.length > 0)
        buf_addf(body, ",%s", page.paging.bytes);
    buf_add_char(body, '}');
    buf_clear(&page.paging);
    *bad_cursor = page.bad_cursor;
    if (page.rows > 0 && !page.bad_cursor)
        return true;
    body->length = start;
    body->bytes[start] = '\0';
    return false;
}

static bool is_dropped(const struct call *call, size_t i)
{
    return call->fault != NULL && call->fault->action == FAULT_DROP_INPUT &&
        call->fault->input == (int64_t)i;
}

static void answer(struct call *call, const struct inputs *inputs, struct buf *errors)
{
    size_t error_count = 0;
    bool comma = false;
    batch_open(call);
    for (size_t i = 0; i < inputs->count; i++) {
        bool bad_cursor = false;
        if (is_dropped(call, i))
            continue;
        if (add_result(call, &inputs->items[i], comma, &bad_cursor)) {
            comma = true;
        } else if (bad_cursor) {
            call_fail(
                call, 400, "VALIDATION_ERROR", "Invalid paging cursor: %s", inputs->items[i].after);
            return;
        } else if (call->portal->settings.values[SET_NO_ASSOCIATIONS_207] != 0) {
            add_no_associations(call, &inputs->items[i], errors);
            error_count++;
        }
    }
    batch_close(call, errors, error_count);
    int code = call_code(call, SET_CODE_READ, 200);
    call->reply->status = error_count > 0 && code == 200 ? 207 : code;
}

/* Ids that are no numbers are refused as a whole; unknown ones too if the switch says so. */
static bool check(struct call *call, const struct inputs *inputs)
{
    bool strict = call->portal->settings.values[SET_UNKNOWN_READ] == UNKNOWN_400;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        bool known = !strict || portal_is_live(call->portal, call->from, input->from);
        if (input->from != 0 && known)
            continue;
        call_fail(call, 400, "VALIDATION_ERROR", "Invalid object id: %s", input->from_text);
        return false;
    }
    return true;
}

void api_read(struct call *call)
{
    struct inputs inputs = {0};
    struct buf errors = {0};
    if (inputs_read(call, INPUTS_READ, &inputs) &&
        inputs_limit(call, inputs.sent, SET_MAX_READ_INPUTS) && check(call, &inputs)) {
        shuffle(call, &inputs);
        answer(call, &inputs, &errors);
    }
    buf_clear(&errors);
    inputs_clear(&inputs);
}

void api_read_record(struct call *call)
{
    const char *limit = request_query(call->request, "limit");
    struct page page = {.from = call->from_id, .after = request_query(call->request, "after")};
    uint64_t number = 0;
    if (limit != NULL && (!parse_id(limit, &number) || number > 500)) {
        call_fail(call, 400, "VALIDATION_ERROR", "limit must be between 1 and 500");
        return;
    }
    if (page.after != NULL && page.after[0] == '\0')
        page.after = NULL;
    page.limit = (int64_t)number;
    buf_add_text(&call->reply->body, "{\"results\":[");
    page_write(call, &page);
    if (page.bad_cursor) {
        call_fail(call, 400, "VALIDATION_ERROR", "Invalid paging cursor: %s", page.after);
        return;
    }
    buf_add_char(&call->reply->body, ']');
    if (page.paging.length > 0)
        buf_addf(&call->reply->body, ",%s", page.paging.bytes);
    buf_add_char(&call->reply->body, '}');
    buf_clear(&page.paging);
}
