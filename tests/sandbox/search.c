/*
 * search.c: reading and judging filters. Refusals carry our words: HubSpot's are not known.
 */
#include "sandbox/search.h"

#include <fnmatch.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sandbox/json_get.h"

enum { SEARCH_LIMIT_USUAL = 10, SEARCH_LIMIT_MAX = 200 };

static const char *const operators[SEARCH_OPERATORS] = {"EQ", "NEQ", "LT", "LTE", "GT", "GTE",
    "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY", "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN"};

static bool refuse(struct call *call, const char *what, const char *name)
{
    call_fail(
        call, 400, "VALIDATION_ERROR", "There was a problem with the request: %s %s", what, name);
    return false;
}

static bool read_values(struct call *call, struct condition *condition, struct json_object *filter)
{
    const char *name = operators[condition->verb];
    bool many = condition->verb == SEARCH_IN || condition->verb == SEARCH_NOT_IN;
    bool none =
        condition->verb == SEARCH_HAS_PROPERTY || condition->verb == SEARCH_NOT_HAS_PROPERTY;
    int64_t most = call->portal->settings.values[SET_SEARCH_VALUES];
    condition->value = json_text(filter, "value", NULL);
    condition->high = json_text(filter, "highValue", NULL);
    condition->values = json_member(filter, "values");
    if (many && json_length(condition->values) == 0)
        return refuse(call, "values are missing of", name);
    if (many && most > 0 && json_length(condition->values) > (size_t)most)
        return refuse(call, "too many values of", name);
    if (!many && !none && condition->value == NULL)
        return refuse(call, "the value is missing of", name);
    if (condition->verb == SEARCH_BETWEEN && condition->high == NULL)
        return refuse(call, "highValue is missing of", name);
    return true;
}

static bool read_filter(struct call *call, struct group *group, struct json_object *filter)
{
    const char *name = json_text(filter, "propertyName", "");
    const char *text = json_text(filter, "operator", "");
    if (group->count == SEARCH_FILTERS_MAX)
        return refuse(call, "too many filters in", "a group");
    struct condition *condition = &group->conditions[group->count++];
    condition->property = record_property(portal_records(call->portal, call->from), name);
    condition->verb = SEARCH_OPERATORS;
    for (int i = 0; i < SEARCH_OPERATORS; i++)
        if (strcmp(operators[i], text) == 0)
            condition->verb = (enum search_operator)i;
    if (condition->property < 0)
        return refuse(call, "there is no property", name);
    if (condition->verb == SEARCH_OPERATORS)
        return refuse(call, "there is no operator", text);
    return read_values(call, condition, filter);
}

static bool read_groups(struct call *call, struct search *search)
{
    struct json_object *groups = json_member(call->json, "filterGroups");
    size_t all = 0;
    if (json_length(groups) > SEARCH_GROUPS_MAX)
        return refuse(call, "too many", "filterGroups");
    for (size_t i = 0; i < json_length(groups); i++) {
        struct json_object *filters = json_member(json_item(groups, i), "filters");
        for (size_t k = 0; k < json_length(filters); k++)
            if (!read_filter(call, &search->groups[i], json_item(filters, k)))
                return false;
        all += json_length(filters);
        search->count++;
    }
    return all <= SEARCH_FILTERS_ALL || refuse(call, "too many", "filters");
}

/* {"propertyName","direction"}, or a name. */
static bool read_sort(struct call *call, struct search *search)
{
    struct json_object *sorts = json_member(call->json, "sorts");
    search->sort = -1;
    if (json_length(sorts) > 1)
        return refuse(call, "more than one of", "sorts");
    if (json_length(sorts) == 0)
        return true;
    struct json_object *sort = json_item(sorts, 0);
    bool plain = json_object_is_type(sort, json_type_string);
    const char *name = plain ? json_object_get_string(sort) : json_text(sort, "propertyName", "");
    search->descending = strcmp(json_text(sort, "direction", "ASCENDING"), "DESCENDING") == 0;
    search->sort = record_property(portal_records(call->portal, call->from), name);
    return search->sort >= 0 || refuse(call, "there is no property", name);
}

static size_t count_characters(const struct request *request)
{
    size_t count = 0;
    for (size_t i = 0; i < request->body_length; i++)
        count += ((unsigned char)request->body[i] & 0xC0) != 0x80;
    return count;
}

bool search_read(struct call *call, struct search *search)
{
    const int64_t *set = call->portal->settings.values;
    int64_t limit = json_number(call->json, "limit", SEARCH_LIMIT_USUAL);
    int64_t after = json_number(call->json, "after", 0);
    if (set[SET_SEARCH_BODY] > 0 && count_characters(call->request) > (size_t)set[SET_SEARCH_BODY])
        return refuse(call, "the body is too long:", "more than 3000 characters");
    if (limit < 1 || limit > SEARCH_LIMIT_MAX)
        return refuse(call, "limit must be between", "1 and 200");
    if (after < 0 || after >= set[SET_SEARCH_TOTAL])
        return refuse(call, "after must be below", "10000");
    search->limit = (size_t)limit;
    search->after = (size_t)after;
    return read_groups(call, search) && read_sort(call, search);
}

static int64_t to_ms(const char *text)
{
    struct tm utc = {0};
    int ms = 0;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == NULL)
        return strtoll(text, NULL, 10);
    if (*rest == '.')
        ms = (int)strtol(rest + 1, NULL, 10);
    return (int64_t)timegm(&utc) * 1000 + ms;
}

int search_compare(enum property_type type, const char *left, const char *right)
{
    if (type == PROPERTY_DATETIME) {
        int64_t a = to_ms(left);
        int64_t b = to_ms(right);
        return (a > b) - (a < b);
    }
    if (type == PROPERTY_NUMBER) {
        long double a = strtold(left, NULL);
        long double b = strtold(right, NULL);
        return (a > b) - (a < b);
    }
    return type == PROPERTY_ENUMERATION ? strcmp(left, right) : strcasecmp(left, right);
}

/* Text is compared as if the stored value were in lower case and the one asked for as it is. */
static bool is_in(
    const struct property *property, const struct condition *condition, const char *value)
{
    for (size_t i = 0; i < json_length(condition->values); i++) {
        const char *asked = json_object_get_string(json_item(condition->values, i));
        bool lower = property->type == PROPERTY_STRING;
        if (asked == NULL || (lower && strpbrk(asked, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL))
            continue;
        if (search_compare(property->type, value, asked) == 0)
            return true;
    }
    return false;
}

/* Whether one of the value's words is like "acme.*". */
static bool has_token(const char *value, const char *pattern)
{
    char word[256];
    while (*value != '\0') {
        size_t length = strcspn(value, "; ,");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, value);
        if (length > 0 && fnmatch(pattern, word, FNM_CASEFOLD) == 0)
            return true;
        value += length + (value[length] != '\0');
    }
    return false;
}

bool search_meets(
    const struct property *property, const struct condition *condition, const char *value)
{
    const char *asked = condition->value;
    enum property_type type = property->type;
    switch (condition->verb) {
    case SEARCH_EQ:
        return value != NULL && search_compare(type, value, asked) == 0;
    case SEARCH_NEQ:
        return value == NULL || search_compare(type, value, asked) != 0;
    case SEARCH_LT:
        return value != NULL && search_compare(type, value, asked) < 0;
    case SEARCH_LTE:
        return value != NULL && search_compare(type, value, asked) <= 0;
    case SEARCH_GT:
        return value != NULL && search_compare(type, value, asked) > 0;
    case SEARCH_GTE:
        return value != NULL && search_compare(type, value, asked) >= 0;
    case SEARCH_BETWEEN:
        return value != NULL && search_compare(type, value, asked) >= 0 &&
            search_compare(type, value, condition->high) <= 0;
    case SEARCH_IN:
        return value != NULL && is_in(property, condition, value);
    case SEARCH_NOT_IN:
        return value == NULL || !is_in(property, condition, value);
    case SEARCH_HAS_PROPERTY:
        return value != NULL;
    case SEARCH_NOT_HAS_PROPERTY:
        return value == NULL;
    case SEARCH_CONTAINS_TOKEN:
        return value != NULL && has_token(value, asked);
    case SEARCH_NOT_CONTAINS_TOKEN:
        return value == NULL || !has_token(value, asked);
    case SEARCH_OPERATORS:
        break;
    }
    return false;
}
