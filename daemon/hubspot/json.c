/*
 * json.c: the strict pull reader. Nesting of what the caller enters is the caller's own code;
 * what is skipped is bounded by JSON_DEPTH_MAX.
 */
#include "hubspot/json.h"

#include "hubspot/json_chars.h"
#include "hubspot/utf8.h"
#include "model/assoc.h"

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

static inline void skip_space(struct json *json)
{
    while (json->at < json->end && json_is_space(*json->at))
        json->at++;
}

/* Consumes c if it is next. */
static inline bool take(struct json *json, char c)
{
    skip_space(json);
    if (json->at == json->end || *json->at != c)
        return false;
    json->at++;
    return true;
}

enum json_kind json_peek(struct json *json)
{
    skip_space(json);
    if (json->at == json->end)
        return JSON_NONE;
    switch (*json->at) {
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
        return *json->at >= '0' && *json->at <= '9' ? JSON_NUMBER : JSON_NONE;
    }
}

bool json_enter_object(struct json *json)
{
    if (!take(json, '{'))
        return json_fail(json, "an object was expected");
    json->comma = false;
    return true;
}

bool json_enter_array(struct json *json)
{
    if (!take(json, '['))
        return json_fail(json, "an array was expected");
    json->comma = false;
    return true;
}

/* Goes to the next item of the innermost container, or leaves it. */
static bool next_item(struct json *json, char close)
{
    if (json->why != NULL)
        return false;
    if (take(json, close)) {
        json->comma = true;
        return false;
    }
    if (json->comma && !take(json, ','))
        return json_fail(json, "a comma or the end of an object or array was expected");
    json->comma = false;
    return true;
}

bool json_element(struct json *json)
{
    if (!next_item(json, ']'))
        return false;
    if (json_peek(json) == JSON_NONE)
        return json_fail(json, "a value was expected");
    return true;
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

static bool scan_string(struct json *json, struct json_text *text)
{
    if (!take(json, '"'))
        return json_fail(json, "a string was expected");
    text->bytes = json->at;
    text->escaped = false;
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
        size_t length = utf8_length(json->at, (size_t)(json->end - json->at));
        if (c < 0x20)
            return json_fail(json, "a control character stands in a string");
        if (length == 0)
            return json_fail(json, "a string is not UTF-8");
        json->at += length;
    }
    text->length = (size_t)(json->at - text->bytes);
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
    if (!take(json, ':'))
        return json_fail(json, "a colon was expected after a member name");
    if (json_peek(json) == JSON_NONE)
        return json_fail(json, "a value was expected");
    return true;
}

static bool digits(struct json *json)
{
    const char *start = json->at;
    while (json->at < json->end && *json->at >= '0' && *json->at <= '9')
        json->at++;
    return json->at > start;
}

/* A number by the grammar; *integer if it has neither sign, fraction nor exponent. */
static bool scan_number(struct json *json, struct json_text *text, bool *integer)
{
    skip_space(json);
    text->bytes = json->at;
    text->escaped = false;
    bool negative = json->at < json->end && *json->at == '-';
    json->at += negative;
    bool zero = json->at < json->end && *json->at == '0';
    const char *whole = json->at;
    if (!digits(json) || (zero && json->at - whole > 1))
        return json_fail(json, "a number is malformed");
    *integer = !negative;
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        *integer = false;
        if (!digits(json))
            return json_fail(json, "a number is malformed");
    }
    if (json->at < json->end && (*json->at | 32) == 'e') {
        json->at++;
        *integer = false;
        if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
            json->at++;
        if (!digits(json))
            return json_fail(json, "a number is malformed");
    }
    text->length = (size_t)(json->at - text->bytes);
    json->comma = true;
    return true;
}

/* The digits of a string or an integer. */
static bool scan_digits(struct json *json, struct json_text *text)
{
    if (json_peek(json) == JSON_STRING)
        return json_string(json, text);
    bool integer = true;
    if (!scan_number(json, text, &integer))
        return false;
    return integer || json_fail(json, "a whole number was expected");
}

bool json_id(struct json *json, uint64_t *id)
{
    struct json_text text;
    if (!scan_digits(json, &text))
        return false;
    if (text.length > 19 || !assoc_parse_id(text.bytes, text.length, id))
        return json_fail(json, "a record id is not 1 to 19 digits, or out of range");
    return true;
}

bool json_u32(struct json *json, uint32_t *number)
{
    struct json_text text;
    if (!scan_digits(json, &text))
        return false;
    uint64_t value = 0;
    bool good = text.length > 0 && text.length <= 10;
    for (size_t i = 0; i < text.length && good; i++) {
        good = text.bytes[i] >= '0' && text.bytes[i] <= '9';
        value = value * 10 + (uint64_t)(text.bytes[i] - '0');
    }
    if (!good || value > UINT32_MAX)
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
    bool integer;
    switch (json_peek(json)) {
    case JSON_STRING:
        return json_string(json, &text);
    case JSON_NUMBER:
        return scan_number(json, &text, &integer);
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
    skip_space(json);
    if (json->at != json->end)
        return json_fail(json, "something follows the end of the JSON text");
    return json_ok(json);
}
