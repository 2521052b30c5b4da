/*
 * fault.c: reading faults from JSON and matching them.
 */
#include "sandbox/fault.h"

#include <json-c/json.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"

static const char *const actions[FAULT_ACTIONS] = {
    [FAULT_STATUS] = "status",
    [FAULT_PENDING] = "pending",
    [FAULT_CANCELED] = "canceled",
    [FAULT_EMPTY_RESULTS] = "empty_results",
    [FAULT_DROP_INPUT] = "drop_input",
    [FAULT_APPLY_LATE] = "apply_late",
    [FAULT_HOLD] = "hold",
    [FAULT_DELAY] = "delay",
    [FAULT_HANGUP] = "hangup",
    [FAULT_TRUNCATE] = "truncate",
    [FAULT_KILL] = "kill",
    [FAULT_EXPIRE] = "expire",
};

const char *fault_action_text(enum fault_action action)
{
    return actions[action];
}

void faults_clear(struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        free(faults->items[i]->body);
        buf_clear(&faults->items[i]->headers);
        free(faults->items[i]);
    }
    free(faults->items);
    *faults = (struct faults){0};
}

static void read_match(struct fault *fault, struct json_object *json)
{
    struct json_object *match = json_member(json, "match");
    (void)snprintf(fault->method, sizeof fault->method, "%s", json_text(match, "method", ""));
    (void)snprintf(fault->path, sizeof fault->path, "%s", json_text(match, "path", ""));
    fault->request = (uint64_t)json_number(match, "request", 0);
    fault->nth = json_number(match, "nth", 1);
    fault->count = json_number(match, "count", 1);
}

static void read_headers(struct fault *fault, struct json_object *headers)
{
    if (!json_object_is_type(headers, json_type_object))
        return;
    json_object_object_foreach(headers, name, value)
    {
        buf_addf(&fault->headers, "%s: %s\n", name, json_object_get_string(value));
    }
}

/* The actions whose use is to have the request carried out; of the others, `before` is the rule. */
static bool is_after_by_itself(enum fault_action action)
{
    return action == FAULT_DROP_INPUT || action == FAULT_APPLY_LATE || action == FAULT_HOLD ||
        action == FAULT_DELAY || action == FAULT_TRUNCATE;
}

bool faults_add(struct faults *faults, struct json_object *json, struct error *err)
{
    const char *name = json_text(json, "action", "");
    int action = 0;
    while (action < FAULT_ACTIONS && strcmp(name, actions[action]) != 0)
        action++;
    if (action == FAULT_ACTIONS)
        return error_set(err, ERROR_USAGE, "unknown action \"%s\"", name);
    if (action == FAULT_KILL && json_number(json, "pid", 0) <= 1)
        return error_set(err, ERROR_USAGE, "kill needs the \"pid\" of one process");
    struct fault *fault = mem_new(1, sizeof *fault);
    fault->action = (enum fault_action)action;
    read_match(fault, json);
    read_headers(fault, json_member(json, "headers"));
    const char *when = json_text(json, "when", "");
    fault->after = strcmp(when, "after") == 0 ||
        (strcmp(when, "before") != 0 && is_after_by_itself(fault->action));
    fault->status = (int)json_number(json, "status", 500);
    fault->body = mem_text(json_text(json, "body", NULL));
    fault->html = json_flag(json, "html", false);
    fault->ms = json_number(json, "ms", -1);
    fault->input = json_number(json, "input", 0);
    fault->pid = (pid_t)json_number(json, "pid", 0);
    mem_grow(&faults->items, &faults->room, faults->count + 1, sizeof fault);
    faults->items[faults->count++] = fault;
    return true;
}

static bool matches(const struct fault *fault, const char *method, const char *path, uint64_t seq)
{
    if (fault->method[0] != '\0' && strcmp(fault->method, method) != 0)
        return false;
    if (fault->request != 0 && fault->request != seq)
        return false;
    return strstr(path, fault->path) != NULL;
}

const struct fault *faults_match(
    struct faults *faults, const char *method, const char *path, uint64_t seq)
{
    const struct fault *found = NULL;
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = faults->items[i];
        if (!matches(fault, method, path, seq))
            continue;
        fault->seen++;
        if (found == NULL && fault->seen >= fault->nth && fault->seen < fault->nth + fault->count)
            found = fault;
    }
    return found;
}
