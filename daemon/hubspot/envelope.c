/*
 * envelope.c: an incremental scanner over the frame of a JSON object.
 */
#include "hubspot/envelope.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "hubspot/json_chars.h"

enum {
    BEFORE_ROOT,
    BEFORE_FIRST_KEY,
    BEFORE_KEY,
    IN_KEY,
    BEFORE_COLON,
    BEFORE_VALUE,
    IN_VALUE,
    BEFORE_FIRST_ELEMENT,
    BEFORE_ELEMENT,
    IN_ELEMENT,
    AFTER_ELEMENT,
    AFTER_VALUE,
    AFTER_ROOT,
};

void envelope_reset(struct envelope *envelope)
{
    struct buf part = envelope->part;
    buf_reset(&part);
    *envelope = (struct envelope){.part = part};
}

void envelope_clear(struct envelope *envelope)
{
    buf_clear(&envelope->part);
    *envelope = (struct envelope){0};
}

void envelope_feed(struct envelope *envelope, const char *bytes, size_t length)
{
    assert(envelope->at == envelope->end);
    if (envelope->why != NULL)
        return;
    envelope->at = bytes;
    envelope->end = bytes + length;
}

static bool fail(struct envelope *envelope, const char *why)
{
    envelope->why = why;
    envelope->at = envelope->end;
    return false;
}

/* Adds bytes to the unfinished item. */
static bool keep(struct envelope *envelope, const char *bytes, size_t length)
{
    if (envelope->part.length + length > ENVELOPE_ITEM_MAX)
        return fail(envelope, "one value is longer than 16 MiB");
    buf_add(&envelope->part, bytes, length);
    return true;
}

/* Moves past the rest of a string; false if it does not end in this fragment. */
static bool pass_string(struct envelope *envelope)
{
    while (envelope->at < envelope->end) {
        if (envelope->escape) {
            envelope->escape = false;
            envelope->at++;
            continue;
        }
        envelope->at = json_plain_end(envelope->at, envelope->end);
        if (envelope->at == envelope->end)
            return false;
        char c = *envelope->at++;
        envelope->escape = c == '\\';
        if (c == '"')
            return true;
    }
    return false;
}

/* Moves past the rest of an item; false if it does not end in this fragment. A scalar ends before
 * the comma or bracket behind it. */
static bool pass_item(struct envelope *envelope)
{
    while (envelope->at < envelope->end) {
        if (envelope->in_string) {
            if (!pass_string(envelope))
                return false;
            envelope->in_string = false;
            if (envelope->depth == 0)
                return true;
            continue;
        }
        char c = *envelope->at;
        bool closes = c == '}' || c == ']';
        if (envelope->depth == 0 && (closes || c == ','))
            return true;
        envelope->at++;
        if (c == '"')
            envelope->in_string = true;
        else if (c == '{' || c == '[')
            envelope->depth++;
        else if (closes && --envelope->depth == 0)
            return true;
    }
    return false;
}

/* Takes up the item that began before or at `at`. */
static bool consume_item(struct envelope *envelope, struct envelope_item *item)
{
    const char *start = envelope->at;
    bool whole = pass_item(envelope);
    size_t length = (size_t)(envelope->at - start);
    if (!whole || envelope->part.length > 0) {
        if (!keep(envelope, start, length) || !whole)
            return false;
        start = envelope->part.bytes;
        length = envelope->part.length;
        envelope->handed = true;
    }
    if (length > ENVELOPE_ITEM_MAX)
        return fail(envelope, "one value is longer than 16 MiB");
    *item = (struct envelope_item){
        .key = envelope->keys[envelope->keys_count - 1],
        .text = start,
        .length = length,
        .element = envelope->state == IN_ELEMENT,
    };
    envelope->state = envelope->state == IN_ELEMENT ? AFTER_ELEMENT : AFTER_VALUE;
    return true;
}

static bool is_key(const char *name, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t step = utf8_length(name + i, length - i);
        if (step == 0 || (unsigned char)name[i] < 0x20 || name[i] == '\\')
            return false;
        i += step;
    }
    return true;
}

/* Takes up a member name; false if it does not end in this fragment, or on failure. */
static bool consume_key(struct envelope *envelope)
{
    const char *start = envelope->at;
    bool whole = pass_string(envelope);
    if (!keep(envelope, start, (size_t)(envelope->at - start)) || !whole)
        return false;
    const char *name = envelope->part.bytes;
    size_t length = envelope->part.length - 1;
    if (!is_key(name, length))
        return fail(envelope, "a member name is written with escapes, or is not UTF-8");
    if (envelope->keys_count == ENVELOPE_KEYS_MAX)
        return fail(envelope, "the answer has too many members");
    char *key = envelope->keys[envelope->keys_count];
    (void)snprintf(key, ENVELOPE_KEY_SIZE, "%.*s", (int)(length < 1000 ? length : 1000), name);
    for (uint8_t i = 0; i < envelope->keys_count; i++)
        if (strcmp(envelope->keys[i], key) == 0)
            return fail(envelope, "the answer has the same member twice");
    envelope->keys_count++;
    buf_reset(&envelope->part);
    envelope->state = BEFORE_COLON;
    return true;
}

/* Decides what to do with one byte of the frame that is no blank. Returns the next state, or -1 if
 * the byte does not belong there. */
static int frame_state(uint8_t state, char c)
{
    switch (state) {
    case BEFORE_ROOT:
        return c == '{' ? BEFORE_FIRST_KEY : -1;
    case BEFORE_FIRST_KEY:
        return c == '"' ? IN_KEY : c == '}' ? AFTER_ROOT : -1;
    case BEFORE_KEY:
        return c == '"' ? IN_KEY : -1;
    case BEFORE_COLON:
        return c == ':' ? BEFORE_VALUE : -1;
    case BEFORE_VALUE:
        return c == '[' ? BEFORE_FIRST_ELEMENT : strchr(",}]", c) == NULL ? IN_VALUE : -1;
    case BEFORE_FIRST_ELEMENT:
        return c == ']' ? AFTER_VALUE : strchr(",}", c) == NULL ? IN_ELEMENT : -1;
    case BEFORE_ELEMENT:
        return strchr(",}]", c) == NULL ? IN_ELEMENT : -1;
    case AFTER_ELEMENT:
        return c == ',' ? BEFORE_ELEMENT : c == ']' ? AFTER_VALUE : -1;
    case AFTER_VALUE:
        return c == ',' ? BEFORE_KEY : c == '}' ? AFTER_ROOT : -1;
    default:
        return -1;
    }
}

/* Why a byte of the frame was not accepted, in words for people. */
static const char *frame_reason(uint8_t state)
{
    if (state == BEFORE_ROOT)
        return "it is not a JSON object";
    if (state == AFTER_ROOT)
        return "something follows the end of the JSON object";
    return "it is not well-formed JSON";
}

/* Forgets the item handed out last. */
static void drop_handed(struct envelope *envelope)
{
    if (envelope->handed)
        buf_reset(&envelope->part);
    envelope->handed = false;
}

bool envelope_object(struct envelope *envelope, struct envelope_item *item)
{
    const char *at = envelope->at;
    uint8_t state = envelope->state;
    bool comma = state != AFTER_ELEMENT;
    drop_handed(envelope);
    if (state != BEFORE_FIRST_ELEMENT && state != BEFORE_ELEMENT && state != AFTER_ELEMENT)
        return false;
    for (; at < envelope->end && (json_is_space(*at) || (*at == ',' && !comma)); at++)
        comma = comma || *at == ',';
    if (at == envelope->end || *at != '{' || !comma)
        return false;
    envelope->at = at;
    envelope->state = IN_ELEMENT;
    *item = (struct envelope_item){
        .key = envelope->keys[envelope->keys_count - 1],
        .text = at,
        .length = (size_t)(envelope->end - at),
        .element = true,
    };
    return true;
}

void envelope_pass(struct envelope *envelope, const char *end)
{
    assert(envelope->state == IN_ELEMENT && envelope->part.length == 0);
    assert(envelope->at < end && end <= envelope->end);
    envelope->at = end;
    envelope->state = AFTER_ELEMENT;
}

bool envelope_next(struct envelope *envelope, struct envelope_item *item)
{
    drop_handed(envelope);
    while (envelope->at < envelope->end) {
        if (envelope->state == IN_VALUE || envelope->state == IN_ELEMENT)
            return consume_item(envelope, item);
        if (envelope->state == IN_KEY) {
            if (!consume_key(envelope))
                return false;
            continue;
        }
        char c = *envelope->at;
        if (json_is_space(c)) {
            envelope->at++;
            continue;
        }
        int state = c == '\0' ? -1 : frame_state(envelope->state, c);
        if (state < 0)
            return fail(envelope, frame_reason(envelope->state));
        bool array = state == BEFORE_FIRST_ELEMENT;
        envelope->state = (uint8_t)state;
        if (state != IN_VALUE && state != IN_ELEMENT)
            envelope->at++;
        if (array) {
            const char *key = envelope->keys[envelope->keys_count - 1];
            *item = (struct envelope_item){.key = key, .text = "", .array = true};
            return true;
        }
    }
    return false;
}

bool envelope_end(struct envelope *envelope)
{
    assert(envelope->at == envelope->end);
    if (envelope->why == NULL && envelope->state == BEFORE_ROOT)
        envelope->why = "it is empty";
    else if (envelope->why == NULL && envelope->state != AFTER_ROOT)
        envelope->why = "it ends in the middle";
    return envelope->why == NULL;
}
