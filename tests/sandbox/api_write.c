/*
 * api_write.c: creating and archiving associations in batches.
 */
#include "sandbox/api.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/inputs.h"
#include "sandbox/sandbox.h"

static bool is_dropped(const struct call *call, size_t i)
{
    return call->fault != NULL && call->fault->action == FAULT_DROP_INPUT &&
        call->fault->input == (int64_t)i;
}

/* Carries out the good inputs. An input that a fault drops from the answer is carried out too,
 * unless the fault says "before". */
static void apply(struct call *call, const struct inputs *inputs, bool remove)
{
    struct later work = {.direction = call->direction, .remove = remove};
    work.edges = mem_new(inputs->count + 1, sizeof *work.edges);
    work.replace = !remove && call->dialect != V3 &&
        call->portal->settings.values[SET_CREATE] == CREATE_REPLACE;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        if (input->bad != NULL || (is_dropped(call, i) && !call->fault->after))
            continue;
        work.edges[work.count++] =
            (struct edge){portal_resolve(call->portal, call->from, input->from),
                portal_resolve(call->portal, call->to, input->to), input->types};
    }
    call_apply(call, &work);
}

static void add_v3_row(struct call *call, const struct input *input)
{
    struct buf *body = &call->reply->body;
    buf_add_text(body, "{\"from\":{\"id\":\"");
    buf_add_u64(body, input->from);
    buf_add_text(body, "\"},\"to\":{\"id\":\"");
    buf_add_u64(body, input->to);
    buf_add_text(body, "\"},\"type\":");
    buf_add_json(body, input->type);
    buf_add_char(body, '}');
}

void call_add_created(struct call *call, const struct edge *edge)
{
    struct buf *body = &call->reply->body;
    const struct direction *direction = call->direction;
    const char *comma = "";
    buf_addf(body, "{\"fromObjectTypeId\":\"%s\",\"fromObjectId\":",
        call->portal->objects.items[direction->from].id);
    call_add_id(call, edge->from);
    buf_addf(body, ",\"toObjectTypeId\":\"%s\",\"toObjectId\":",
        call->portal->objects.items[direction->to].id);
    call_add_id(call, edge->to);
    buf_add_text(body, ",\"labels\":[");
    for (int bit = 0; bit < direction->kinds_count; bit++) {
        if ((edge->types >> bit & 1) == 0 || direction->kinds[bit].label == NULL)
            continue;
        buf_add_text(body, comma);
        buf_add_json(body, direction->kinds[bit].label);
        comma = ",";
    }
    buf_add_text(body, "]}");
}

static void add_default_row(
    struct call *call, const struct direction *direction, uint64_t from, uint64_t to)
{
    const struct kind *kind = &direction->kinds[direction->plain];
    buf_addf(&call->reply->body,
        "{\"from\":{\"id\":\"%llu\"},\"to\":{\"id\":\"%llu\"},\"associationSpec\":"
        "{\"associationCategory\":\"%s\",\"associationTypeId\":%u}}",
        (unsigned long long)from, (unsigned long long)to, category_text(kind->category), kind->id);
}

static void add_error(const struct input *input, struct buf *errors)
{
    if (errors->length > 0)
        buf_add_char(errors, ',');
    buf_addf(errors,
        "{\"status\":\"error\",\"category\":\"VALIDATION_ERROR\","
        "\"message\":\"One or more associations are invalid\",\"context\":%s}",
        input->bad);
}

enum row { ROW_V3, ROW_V4, ROW_DEFAULT };

static void answer(struct call *call, const struct inputs *inputs, enum row row)
{
    struct buf errors = {0};
    size_t error_count = 0;
    bool comma = false;
    batch_open(call);
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        if (input->bad != NULL) {
            add_error(input, &errors);
            error_count++;
        }
        if (input->bad != NULL || is_dropped(call, i) || input->types == 0)
            continue;
        if (comma)
            buf_add_char(&call->reply->body, ',');
        comma = true;
        if (row == ROW_V3)
            add_v3_row(call, input);
        else if (row == ROW_V4)
            call_add_created(call, &(struct edge){input->from, input->to, input->types});
        else
            add_default_row(call, call->direction, input->from, input->to);
    }
    batch_close(call, &errors, error_count);
    int code = call_code(call, SET_CODE_CREATE, row == ROW_DEFAULT ? 200 : 201);
    bool partial = error_count > 0 && row != ROW_DEFAULT &&
        call->portal->settings.values[SET_UNKNOWN_INPUT] != UNKNOWN_200;
    call->reply->status = partial ? 207 : code;
    buf_clear(&errors);
}

void api_create(struct call *call)
{
    struct inputs inputs = {0};
    if (inputs_read(call, INPUTS_TYPED, &inputs) &&
        inputs_limit(call, inputs.sent, SET_MAX_CREATE_INPUTS) && inputs_check(call, &inputs)) {
        answer(call, &inputs, call->dialect == V3 ? ROW_V3 : ROW_V4);
        apply(call, &inputs, false);
    }
    inputs_clear(&inputs);
}

/* False when the pair of object types has no plain type. */
static bool has_plain(struct call *call)
{
    if (call->direction->plain >= 0)
        return true;
    call_fail(call, 400, "VALIDATION_ERROR", "No default association type between %s and %s",
        call->portal->objects.items[call->from].id, call->portal->objects.items[call->to].id);
    return false;
}

void api_associate_default(struct call *call)
{
    struct inputs inputs = {0};
    if (has_plain(call) && inputs_read(call, INPUTS_PAIR, &inputs) &&
        inputs_limit(call, inputs.sent, SET_MAX_CREATE_INPUTS)) {
        for (size_t i = 0; i < inputs.count; i++)
            inputs.items[i].types = UINT64_C(1) << call->direction->plain;
        if (inputs_check(call, &inputs)) {
            answer(call, &inputs, ROW_DEFAULT);
            apply(call, &inputs, false);
        }
    }
    inputs_clear(&inputs);
}

static void answer_archive(struct call *call)
{
    call->reply->status = call_code(call, SET_CODE_ARCHIVE, call->dialect == DATED ? 200 : 204);
    if (call->reply->status != 204)
        batch_empty(call, "COMPLETE");
}

static void archive(struct call *call, enum inputs_form form)
{
    struct inputs inputs = {0};
    if (inputs_read(call, form, &inputs) &&
        inputs_limit(call, inputs.sent, SET_MAX_ARCHIVE_INPUTS) &&
        inputs_limit(call, inputs_from_ids(&inputs), SET_MAX_ARCHIVE_FROM_IDS)) {
        size_t kept = 0;
        for (size_t i = 0; i < inputs.count; i++) {
            const struct input *input = &inputs.items[i];
            /* without types there is nothing to remove: 0 would mean the whole link */
            if (input->from != 0 && input->to != 0 && (form == INPUTS_LIST || input->types != 0))
                inputs.items[kept++] = *input;
        }
        inputs.count = kept;
        answer_archive(call);
        apply(call, &inputs, true);
    }
    inputs_clear(&inputs);
}

void api_archive(struct call *call)
{
    archive(call, INPUTS_LIST);
}

void api_archive_types(struct call *call)
{
    archive(call, INPUTS_TYPED);
}

/* One edge, now. */
static void apply_one(struct call *call, uint64_t types, bool remove)
{
    struct inputs inputs = {0};
    struct input input = {.from = call->from_id, .to = call->to_id, .types = types};
    inputs.items = &input;
    inputs.count = 1;
    apply(call, &inputs, remove);
}

/* Checks the records of the path. */
static bool check_one(struct call *call, uint64_t types)
{
    struct input input = {.from = call->from_id, .to = call->to_id, .types = types};
    input.from_text = call->from_text;
    input.to_text = call->to_text;
    struct inputs inputs = {.items = &input, .count = 1};
    bool good = inputs_check(call, &inputs);
    if (good && input.bad != NULL)
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
    good = good && input.bad == NULL;
    buf_clear(&inputs.bad_text);
    return good;
}

void api_put_pair(struct call *call)
{
    struct input input = {.from_text = call->from_text, .to_text = call->to_text};
    if (!json_object_is_type(call->json, json_type_array)) {
        call_fail(call, 400, NULL,
            "Invalid input JSON on line 1, column 1: Cannot deserialize instance of "
            "`java.util.ArrayList` out of another token");
        return;
    }
    if (!inputs_type_list(call, call->json, &input) || !check_one(call, input.types))
        return;
    call->reply->status = 201;
    call_add_created(call, &(struct edge){call->from_id, call->to_id, input.types});
    apply_one(call, input.types, false);
}

void api_put_default(struct call *call)
{
    if (!has_plain(call) || !check_one(call, UINT64_C(1) << call->direction->plain))
        return;
    batch_open(call);
    add_default_row(call, call->direction, call->from_id, call->to_id);
    if (call->direction->mirror->plain >= 0) {
        buf_add_char(&call->reply->body, ',');
        add_default_row(call, call->direction->mirror, call->to_id, call->from_id);
    }
    batch_close(call, NULL, 0);
    apply_one(call, UINT64_C(1) << call->direction->plain, false);
}

void api_delete_pair(struct call *call)
{
    call->reply->status = 204;
    apply_one(call, 0, true);
}

/* v3: the type's name stands in the path. */
static uint64_t named_type(struct call *call)
{
    struct json_object *element = json_object_new_object();
    struct input input = {.from_text = call->from_text};
    json_object_object_add(element, "type", json_object_new_string(call->name));
    bool good = inputs_types(call, element, &input);
    json_object_put(element);
    return good ? input.types : 0;
}

void api_put_name(struct call *call)
{
    uint64_t types = named_type(call);
    if (types == 0 || !check_one(call, types))
        return;
    buf_addf(&call->reply->body, "{\"id\":\"%s\",\"properties\":{},\"associations\":{}}",
        call->from_text);
    apply_one(call, types, false);
}

void api_delete_name(struct call *call)
{
    uint64_t types = named_type(call);
    if (types == 0)
        return;
    call->reply->status = 204;
    apply_one(call, types, true);
}
