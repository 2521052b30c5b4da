/*
 * json.c: the strict pull reader. Nesting of what the caller enters is the caller's own code;
 * what is skipped is bounded by JSON_DEPTH_MAX.
 */
#include "hubspot/json.h"

#include "base/utf8.h"
#include "model/assoc.h"
#include "hubspot/json_chars.h"

void json_init(struct json *json, const char *text, size_t length)
{
    *json = (struct json){.at = text, .end = text + length};
}

bool json_fail(struct json *json, const char *why)
{
    if (json->why == NULL)
        json->why = why;
    json->at = json->end;
    return false;
}

/* The next byte that is no blank, not consumed; NUL, which is never right, at the end. */
static inline char front(struct json *json)
{
    while (json->at < json->end && json_is_space(*json->at))
        json->at++;
    return json->at < json->end ? *json->at : '\0';
}

/* Consumes c if it is next. */
static inline bool consume(struct json *json, char c)
{
    if (front(json) != c)
        return false;
    json->at++;
    return true;
}

enum json_kind json_peek(struct json *json)
{
    char c = front(json);
    switch (c) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    case '-':
        return JSON_NUMBER;
    default:
        return c >= '0' && c <= '9' ? JSON_NUMBER : JSON_NONE;
    }
}

bool json_enter_object(struct json *json)
{
    if (!consume(json, '{'))
        return json_fail(json, "an object was expected");
    json->comma = false;
    return true;
}

bool json_enter_array(struct json *json)
{
    if (!consume(json, '['))
        return json_fail(json, "an array was expected");
    json->comma = false;
    return true;
}

/* Goes to the next item of the innermost container, or leaves it. */
static inline bool next_item(struct json *json, char close)
{
    char c = front(json);
    if (c == close) {
        json->at++;
        json->comma = true;
        return false;
    }
    if (c == '\0' || (json->comma && c != ','))
        return json_fail(json, "a comma or the end of an object or array was expected");
    if (json->comma)
        json->at++;
    json->comma = false;
    return true;
}

bool json_element(struct json *json)
{
    return next_item(json, ']');
}

static bool escape(struct json *json)
{
    static const char simple[] = "\"\\/bfnrt";
    if (json->end - json->at < 2)
        return json_fail(json, "a string does not end");
    char c = json->at[1];
    json->at += 2;
    if (c != '\0' && strchr(simple, c) != NULL)
        return true;
    if (c != 'u' || json->end - json->at < 4)
        return json_fail(json, "a backslash stands before something that is no escape");
    for (int i = 0; i < 4; i++) {
        char digit = json->at[i];
        if (!((digit >= '0' && digit <= '9') || ((digit | 32) >= 'a' && (digit | 32) <= 'f')))
            return json_fail(json, "\\u is not followed by four hexadecimal digits");
    }
    json->at += 4;
    return true;
}

/* The rest of a string from the first byte on that needs a look. */
static bool scan_string_rest(struct json *json, struct json_text *text)
{
    for (;;) {
        json->at = json_plain_end(json->at, json->end);
        if (json->at == json->end)
            return json_fail(json, "a string does not end");
        unsigned char c = (unsigned char)*json->at;
        if (c == '"')
            break;
        if (c == '\\') {
            text->escaped = true;
            if (!escape(json))
                return false;
            continue;
        }
        if (c < 0x20)
            return json_fail(json, "a control character stands in a string");
        size_t length = utf8_length(json->at, (size_t)(json->end - json->at));
        if (length == 0)
            return json_fail(json, "a string is not UTF-8");
        json->at += length;
    }
    text->length = (size_t)(json->at - text->bytes);
    json->at++;
    return true;
}

static inline bool scan_string(struct json *json, struct json_text *text)
{
    if (!consume(json, '"'))
        return json_fail(json, "a string was expected");
    const char *start = json->at;
    const char *end = json_plain_end(start, json->end);
    *text = (struct json_text){.bytes = start, .length = (size_t)(end - start)};
    json->at = end;
    if (end == json->end || *end != '"')
        return scan_string_rest(json, text);
    json->at++;
    return true;
}

bool json_string(struct json *json, struct json_text *text)
{
    json->comma = true;
    return scan_string(json, text);
}

bool json_member(struct json *json, struct json_text *name)
{
    if (!next_item(json, '}') || !scan_string(json, name))
        return false;
    if (name->escaped)
        return json_fail(json, "a member name is written with escapes");
    return consume(json, ':') || json_fail(json, "a colon was expected after a member name");
}

static bool digits(struct json *json)
{
    const char *start = json->at;
    while (json->at < json->end && *json->at >= '0' && *json->at <= '9')
        json->at++;
    return json->at > start;
}

/* A number by the grammar. */
static bool scan_number(struct json *json)
{
    json->at += front(json) == '-';
    bool zero = json->at < json->end && *json->at == '0';
    const char *whole = json->at;
    if (!digits(json) || (zero && json->at - whole > 1))
        return json_fail(json, "a number is malformed");
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        if (!digits(json))
            return json_fail(json, "a number is malformed");
    }
    if (json->at < json->end && (*json->at | 32) == 'e') {
        json->at++;
        if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
            json->at++;
        if (!digits(json))
            return json_fail(json, "a number is malformed");
    }
    json->comma = true;
    return true;
}

/* The value of up to digits_max (at most 19: they always fit) digits, as a string or a number with
 * neither sign, fraction nor exponent. */
static inline bool scan_whole(struct json *json, size_t digits_max, uint64_t *value)
{
    bool quoted = consume(json, '"');
    const char *start = json->at;
    const char *at = start;
    uint64_t number = 0;
    for (; at < json->end && *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    size_t length = (size_t)(at - start);
    char behind = at < json->end ? *at : '\0';
    json->at = at + quoted;
    json->comma = true;
    *value = number;
    if (length == 0 || length > digits_max)
        return false;
    if (quoted)
        return behind == '"';
    return behind != '.' && (behind | 32) != 'e' && (*start != '0' || length == 1);
}

bool json_id(struct json *json, uint64_t *id)
{
    uint64_t value;
    if (!scan_whole(json, 19, &value) || !assoc_is_id(value))
        return json_fail(json, "a record id is not 1 to 19 digits, or out of range");
    *id = value;
    return true;
}

bool json_u32(struct json *json, uint32_t *number)
{
    uint64_t value;
    if (!scan_whole(json, 10, &value) || value > UINT32_MAX)
        return json_fail(json, "a number is not a whole one of 32 bits");
    *number = (uint32_t)value;
    return true;
}

static bool skip_word(struct json *json, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0)
        return json_fail(json, "a value is neither true, false nor null");
    json->at += length;
    json->comma = true;
    return true;
}

static bool skip_scalar(struct json *json)
{
    struct json_text text;
    switch (json_peek(json)) {
    case JSON_STRING:
        return json_string(json, &text);
    case JSON_NUMBER:
        return scan_number(json);
    case JSON_TRUE:
        return skip_word(json, "true");
    case JSON_FALSE:
        return skip_word(json, "false");
    case JSON_NULL:
        return skip_word(json, "null");
    default:
        return json_fail(json, "a value was expected");
    }
}

bool json_skip(struct json *json)
{
    bool in_object[JSON_DEPTH_MAX];
    size_t depth = 0;
    do {
        enum json_kind kind = json_peek(json);
        bool container = kind == JSON_OBJECT || kind == JSON_ARRAY;
        if (container && depth == JSON_DEPTH_MAX)
            return json_fail(json, "objects and arrays are nested too deeply");
        if (container) {
            in_object[depth++] = kind == JSON_OBJECT;
            json->at++;
            json->comma = false;
        } else if (!skip_scalar(json)) {
            return false;
        }
        struct json_text name;
        while (depth > 0 && !(in_object[depth - 1] ? json_member(json, &name) : json_element(json)))
            depth--; /* after a failure this runs down to 0 */
    } while (depth > 0);
    return json_ok(json);
}

bool json_end(struct json *json)
{
    (void)front(json);
    if (json->at != json->end)
        return json_fail(json, "something follows the end of the JSON text");
    return json_ok(json);
}
