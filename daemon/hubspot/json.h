/*
 * json.h: a strict pull reader over one complete JSON text. Nothing is allocated and nothing is
 * copied: strings come out as slices of the text. RFC 8259 to the letter, plus: no NUL or invalid
 * UTF-8 anywhere, no escapes in member names, nesting bounded, ids never through a double.
 *
 * After a failure every call returns false, so a caller may read on and ask json_ok once:
 *
 *     struct json json;
 *     struct json_text name;
 *     json_init(&json, text, length);
 *     json_enter_object(&json);
 *     while (json_member(&json, &name)) {
 *         if (json_text_is(&name, "id"))
 *             json_id(&json, &id);
 *         else
 *             json_skip(&json);
 *     }
 *     return json_end(&json);
 */
#ifndef HUBSPOT_JSON_H
#define HUBSPOT_JSON_H

#include <string.h>

#include "base/attr.h"
#include "base/buf.h"

enum { JSON_DEPTH_MAX = 32 };

struct json {
    const char *at;
    const char *end;
    const char *why; /* what was wrong; NULL: nothing so far */
    bool comma; /* a value stands before `at` in the innermost object or array */
};

/* A string as it stands in the text, without its quotes. */
struct json_text {
    const char *bytes;
    size_t length;
    bool escaped; /* contains backslashes */
};

enum json_kind {
    JSON_NONE, /* no value here, or failed */
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

void json_init(struct json *json, const char *text, size_t length);

/* What the next value is; does not consume it. */
enum json_kind json_peek(struct json *json);

/* Enter an object or array; anything else there is a failure. */
bool json_enter_object(struct json *json);
bool json_enter_array(struct json *json);

/* Goes on to the next member (its value must then be read or skipped) or element. False after the
 * last one, having left the object or array, and on failure. */
bool json_member(struct json *json, struct json_text *name);
bool json_element(struct json *json);

/* Read one value of that kind; anything else there is a failure. */
bool json_string(struct json *json, struct json_text *text);
bool json_id(struct json *json, uint64_t *id); /* a record id, as string or integer */
bool json_u32(struct json *json, uint32_t *number); /* as integer or string of digits */

/* The next value if it is a string; any other kind is skipped. False: there is none to look at. */
bool json_string_or_skip(struct json *json, struct json_text *text);

/* Reads a string into a field of size bytes: cut between characters, with blanks for control
 * characters. Any other kind of value is skipped, and leaves the field alone. */
void json_copy(struct json *json, char *field, size_t size);

/* Skips one value of any kind, checking it as strictly as if it were read. */
bool json_skip(struct json *json);

/* True if all is well so far. */
static inline bool json_ok(const struct json *json)
{
    return json->why == NULL;
}

/* True if all was well and nothing but blanks is left. */
bool json_end(struct json *json);

/* Fails with a reason of the caller's (a literal). Returns false. */
bool json_fail(struct json *json, const char *why);

/* Compares with a word of ours; an escaped string is never equal. */
static inline bool json_text_is(const struct json_text *text, const char *word)
{
    size_t length = strlen(word);
    return text->length == length && !text->escaped && memcmp(text->bytes, word, length) == 0;
}

/* Compares what the string says, its escapes resolved. */
bool json_text_same(const struct json_text *text, const char *plain);

/* Appends the string with its escapes resolved. A NUL or half a surrogate pair becomes U+FFFD. */
void json_text_add(const struct json_text *text, struct buf *buf);

#endif
