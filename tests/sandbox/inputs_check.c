/*
 * inputs_check.c: what may not be created: records that do not exist (5.3), the same pair twice in
 * one request, links beyond a configured maximum (5.9). One bad input refuses the whole request, or
 * with `unknown_input: 207` gets an entry among the errors.
 */
#include "sandbox/inputs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct culprits {
    struct buf sentences, ids, objects;
    size_t count;
};

static void blame(struct call *call, struct culprits *culprits, int object, const char *id)
{
    char name[64];
    struct buf sentence = {0};
    const char *comma = culprits->count++ > 0 ? "," : "";
    object_shout(&call->portal->objects.items[object], name);
    buf_addf(&sentence, "%s=%s is not valid", name, id);
    buf_add_text(&culprits->sentences, comma);
    buf_add_json(&culprits->sentences, buf_text(&sentence));
    buf_add_text(&culprits->ids, comma);
    buf_add_json(&culprits->ids, id);
    buf_addf(&culprits->objects, "%s\"%s\"", comma, name);
    buf_clear(&sentence);
}

static bool is_known(const struct call *call, int object, uint64_t id)
{
    if (id == 0)
        return false;
    return call->portal->settings.values[SET_CHECK_RECORDS] == 0 ||
        portal_is_live(call->portal, object,
            call->portal->settings.values[SET_MERGED_CREATE] == MERGED_ACCEPT
                ? portal_resolve(call->portal, object, id)
                : id);
}

static void write_culprits(struct culprits *culprits, struct buf *out)
{
    buf_addf(out, "{\"INVALID_OBJECT_IDS\":[%s],\"objectId\":[%s],\"objectType\":[%s]}",
        buf_text(&culprits->sentences), buf_text(&culprits->ids), buf_text(&culprits->objects));
    buf_clear(&culprits->sentences);
    buf_clear(&culprits->ids);
    buf_clear(&culprits->objects);
    *culprits = (struct culprits){0};
}

static void blame_input(struct call *call, const struct input *input, struct culprits *culprits)
{
    if (!is_known(call, call->from, input->from))
        blame(call, culprits, call->from, input->from_text);
    if (!is_known(call, call->to, input->to))
        blame(call, culprits, call->to, input->to_text);
}

/* Marks each bad input with the context of its error entry; the texts are pointed to at the end,
 * because bad_text moves while it grows. */
static void mark_bad(struct call *call, struct inputs *inputs)
{
    size_t *places = mem_new(inputs->count + 1, sizeof *places);
    for (size_t i = 0; i < inputs->count; i++) {
        struct culprits culprits = {0};
        blame_input(call, &inputs->items[i], &culprits);
        if (culprits.count == 0)
            continue;
        places[i] = inputs->bad_text.length + 1;
        write_culprits(&culprits, &inputs->bad_text);
        buf_add(&inputs->bad_text, "", 1);
    }
    for (size_t i = 0; i < inputs->count; i++)
        if (places[i] > 0)
            inputs->items[i].bad = inputs->bad_text.bytes + places[i] - 1;
    free(places);
}

static bool check_records(struct call *call, struct inputs *inputs)
{
    if (call->portal->settings.values[SET_UNKNOWN_INPUT] != UNKNOWN_400) {
        mark_bad(call, inputs);
        return true;
    }
    struct culprits culprits = {0};
    for (size_t i = 0; i < inputs->count; i++)
        blame_input(call, &inputs->items[i], &culprits);
    if (culprits.count == 0)
        return true;
    struct buf members = {0};
    buf_add_text(&members, "\"context\":");
    write_culprits(&culprits, &members);
    if (call->portal->settings.values[SET_NAME_CULPRITS] == 0) {
        buf_reset(&members);
        buf_add_text(&members, "\"context\":{}");
    }
    call_fail_with(
        call, 400, "VALIDATION_ERROR", "One or more associations are invalid", buf_text(&members));
    buf_clear(&members);
    return false;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct input *a = left;
    const struct input *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return 0;
}

/* In v3 a pair may come once per type, in the others once. */
static bool check_duplicates(struct call *call, const struct inputs *inputs)
{
    if (call->portal->settings.values[SET_DUPLICATES] == 0 || inputs->count < 2)
        return true;
    struct input *sorted = mem_new(inputs->count, sizeof *sorted);
    memcpy(sorted, inputs->items, inputs->count * sizeof *sorted);
    qsort(sorted, inputs->count, sizeof *sorted, compare_pairs);
    uint64_t seen = sorted[0].types;
    const struct input *twice = NULL;
    for (size_t i = 1; i < inputs->count && twice == NULL; i++) {
        bool same = compare_pairs(&sorted[i - 1], &sorted[i]) == 0;
        if (same && (call->dialect != V3 || (seen & sorted[i].types) != 0))
            twice = &sorted[i];
        seen = same ? seen | sorted[i].types : sorted[i].types;
    }
    if (twice != NULL) {
        struct buf members = {0};
        buf_addf(&members, "\"context\":{\"fromObjectId\":[\"%s\"],\"toObjectId\":[\"%s\"]}",
            twice->from_text, twice->to_text);
        call_fail_with(call, 400, "VALIDATION_ERROR",
            "Duplicate associations found in the batch request", buf_text(&members));
        buf_clear(&members);
    }
    free(sorted);
    return twice == NULL;
}

static bool fail_maximum(struct call *call, const struct input *input, uint64_t limit)
{
    struct buf members = {0};
    buf_addf(&members,
        "\"subCategory\":\"crm.associations.LIMIT_EXCEEDED\","
        "\"context\":{\"fromObjectId\":[\"%s\"],\"limit\":[\"%" PRIu64 "\"]}",
        input->from_text, limit);
    call_fail_with(call, 400, "VALIDATION_ERROR",
        "One or more associations would exceed the configured limit", buf_text(&members));
    buf_clear(&members);
    return false;
}

/* Links of this from-record that the request would add before and with the i-th input. */
static size_t added_so_far(const struct call *call, const struct inputs *inputs, size_t i, int bit)
{
    size_t count = 0;
    for (size_t k = 0; k <= i; k++) {
        const struct input *input = &inputs->items[k];
        if (input->from != inputs->items[i].from)
            continue;
        const struct link *link = direction_find(call->direction, input->from, input->to);
        uint64_t have = link != NULL ? link->types : 0;
        bool wanted = bit < 0 || bit == call->direction->plain || (input->types >> bit & 1) != 0;
        count += wanted && (bit < 0 ? have == 0 : (have >> bit & 1) == 0);
    }
    return count;
}

static bool check_input_maximums(struct call *call, const struct inputs *inputs, size_t i)
{
    const struct direction *direction = call->direction;
    const struct input *input = &inputs->items[i];
    const struct links *links = direction_links(direction, input->from);
    uint64_t most = (uint64_t)call->portal->settings.values[SET_RECORD_MAX];
    size_t have = links != NULL ? links->count : 0;
    if (most > 0 && have + added_so_far(call, inputs, i, -1) > most)
        return fail_maximum(call, input, most);
    for (int bit = 0; bit < direction->kinds_count; bit++) {
        most = direction->kinds[bit].max_to;
        if (most == 0 || added_so_far(call, inputs, i, bit) == 0)
            continue;
        if (portal_count_type(direction, input->from, bit) + added_so_far(call, inputs, i, bit) >
            most)
            return fail_maximum(call, input, most);
    }
    return true;
}

static bool has_maximums(const struct call *call)
{
    bool found = call->portal->settings.values[SET_RECORD_MAX] > 0;
    for (int bit = 0; bit < call->direction->kinds_count; bit++)
        found = found || call->direction->kinds[bit].max_to > 0;
    return found;
}

bool inputs_check(struct call *call, struct inputs *inputs)
{
    if (!check_duplicates(call, inputs) || !check_records(call, inputs))
        return false;
    if (!has_maximums(call))
        return true;
    for (size_t i = 0; i < inputs->count; i++)
        if (!check_input_maximums(call, inputs, i))
            return false;
    return true;
}
