/*
 * problem.c: reads HubSpot's error objects.
 */
#include "hubspot/problem.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/assoc.h"

void problem_reset(struct problem *problem)
{
    struct problem empty = {
        .from_ids = {problem->from_ids.ids, 0, problem->from_ids.room},
        .to_ids = {problem->to_ids.ids, 0, problem->to_ids.room},
        .object_ids = {problem->object_ids.ids, 0, problem->object_ids.room},
    };
    *problem = empty;
}

void problem_clear(struct problem *problem)
{
    free(problem->from_ids.ids);
    free(problem->to_ids.ids);
    free(problem->object_ids.ids);
    *problem = (struct problem){0};
}

void problem_copy(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);
    size_t kept = 0;
    while (kept < length) {
        size_t step = utf8_length(text + kept, length - kept);
        if (step == 0 || kept + step >= size)
            break;
        kept += step;
    }
    memcpy(field, text, kept);
    field[kept] = '\0';
}

/* No request has more inputs. */
enum { IDS_MAX = 10000 };

static void add_id(struct id_list *list, const struct json_text *text)
{
    uint64_t id;
    if (list->count >= IDS_MAX || !assoc_parse_id(text->bytes, text->length, &id))
        return;
    mem_grow(&list->ids, &list->room, list->count + 1, sizeof *list->ids);
    list->ids[list->count++] = id;
}

static void add_scope(struct problem *problem, const struct json_text *text)
{
    CLEANUP(buf_clear) struct buf plain = {0};
    size_t used = strlen(problem->scopes);
    json_text_add(text, &plain);
    if (used + plain.length + 3 < sizeof problem->scopes)
        (void)snprintf(problem->scopes + used, sizeof problem->scopes - used, "%s%s",
            used > 0 ? ", " : "", buf_text(&plain));
}

static void read_context_value(
    struct problem *problem, const struct json_text *name, struct json *json)
{
    struct json_text text;
    if (!json_string_or_skip(json, &text))
        return;
    if (json_text_is(name, "fromObjectId"))
        add_id(&problem->from_ids, &text);
    else if (json_text_is(name, "toObjectId"))
        add_id(&problem->to_ids, &text);
    else if (json_text_is(name, "objectId"))
        add_id(&problem->object_ids, &text);
    else if (json_text_is(name, "requiredGranularScopes") || json_text_is(name, "requiredScopes"))
        add_scope(problem, &text);
}

static void read_context(struct problem *problem, struct json *json)
{
    struct json_text name;
    if (json_peek(json) != JSON_OBJECT) {
        json_skip(json);
        return;
    }
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_peek(json) != JSON_ARRAY) {
            read_context_value(problem, &name, json);
            continue;
        }
        json_enter_array(json);
        while (json_element(json))
            read_context_value(problem, &name, json);
    }
}

/* The details inside an error: only their context tells more than the error itself. */
static void read_details(struct problem *problem, struct json *json)
{
    struct json_text name;
    if (json_peek(json) != JSON_ARRAY) {
        json_skip(json);
        return;
    }
    json_enter_array(json);
    while (json_element(json)) {
        if (json_peek(json) != JSON_OBJECT) {
            json_skip(json);
            continue;
        }
        json_enter_object(json);
        while (json_member(json, &name)) {
            if (json_text_is(&name, "context"))
                read_context(problem, json);
            else
                json_skip(json);
        }
    }
}

bool problem_read(struct problem *problem, struct json *json)
{
    const struct {
        const char *name;
        char *field;
        size_t size;
    } fields[] = {
        {"category", problem->category, sizeof problem->category},
        {"subCategory", problem->sub_category, sizeof problem->sub_category},
        {"message", problem->message, sizeof problem->message},
        {"correlationId", problem->correlation_id, sizeof problem->correlation_id},
        {"policyName", problem->policy, sizeof problem->policy},
    };
    struct json_text name;
    json_enter_object(json);
    while (json_member(json, &name)) {
        size_t i = 0;
        while (i < ARRAY_COUNT(fields) && !json_text_is(&name, fields[i].name))
            i++;
        if (i < ARRAY_COUNT(fields))
            json_copy(json, fields[i].field, fields[i].size);
        else if (json_text_is(&name, "context"))
            read_context(problem, json);
        else if (json_text_is(&name, "errors"))
            read_details(problem, json);
        else
            json_skip(json);
    }
    return json_ok(json);
}

bool problem_parse(struct problem *problem, const char *body, size_t length)
{
    struct json json;
    problem_reset(problem);
    json_init(&json, body, length);
    if (problem_read(problem, &json) && json_end(&json))
        return true;
    problem_reset(problem);
    return false;
}

void problem_keep_id(char *field, size_t size, const char *id)
{
    static const char allowed[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:";
    size_t length = strlen(id);
    bool plausible =
        length <= CORRELATION_ID_MAX && length < size && id[strspn(id, allowed)] == '\0';
    (void)snprintf(field, size, "%s", plausible ? id : "");
}

bool problem_is_no_associations(const struct problem *problem)
{
    static const char ending[] = "NO_ASSOCIATIONS_FOUND";
    size_t length = strlen(problem->sub_category);
    if (length >= sizeof ending - 1 &&
        strcmp(problem->sub_category + length - (sizeof ending - 1), ending) == 0)
        return true;
    return length == 0 && strcmp(problem->category, "OBJECT_NOT_FOUND") == 0;
}
