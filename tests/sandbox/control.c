/*
 * control.c: /_sandbox/…: how a test steers the sandbox and reads what really happened.
 */
#include "sandbox/control.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/json_get.h"
#include "sandbox/stamp.h"

struct control {
    struct sandbox *sandbox;
    const struct request *request;
    struct reply *reply;
    struct json_object *json; /* {} when there is no body */
};

static bool do_seed(struct control *control, struct error *err)
{
    return control_seed(control->sandbox, control->json, err);
}

static bool do_load(struct control *control, struct error *err)
{
    size_t rows = 0;
    if (!control_load(control->sandbox, control->request, &rows, err))
        return false;
    buf_addf(&control->reply->body, "{\"rows\":%zu}\n", rows);
    return true;
}

static bool do_load_records(struct control *control, struct error *err)
{
    size_t rows = 0;
    if (!control_load_records(control->sandbox, control->request, &rows, err))
        return false;
    buf_addf(&control->reply->body, "{\"rows\":%zu}\n", rows);
    return true;
}

static bool do_dump(struct control *control, struct error *err)
{
    control->reply->type = "text/plain";
    return control_dump(control->sandbox, control->request, &control->reply->body, err);
}

static bool do_log(struct control *control, struct error *err)
{
    uint64_t since = 0;
    const char *text = request_query(control->request, "since");
    if (text != NULL && strcmp(text, "0") != 0 && !parse_id(text, &since))
        return error_set(err, ERROR_USAGE, "since=%s is no number", text);
    control->reply->type = "application/x-ndjson";
    history_write(&control->sandbox->history, &control->sandbox->portal.objects, since,
        &control->reply->body);
    return true;
}

static bool do_log_clear(struct control *control, struct error *err)
{
    (void)err;
    history_forget(&control->sandbox->history);
    return true;
}

static bool do_stats(struct control *control, struct error *err)
{
    (void)err;
    history_write_stats(&control->sandbox->history, &control->reply->body);
    return true;
}

static bool do_reset(struct control *control, struct error *err)
{
    (void)err;
    sandbox_reset(control->sandbox);
    return true;
}

static bool do_switch(struct control *control, struct error *err)
{
    json_object_object_foreach(control->json, name, value)
    {
        const char *text = json_object_get_string(value);
        if (!settings_set(&control->sandbox->portal.settings, name, text))
            return error_set(
                err, ERROR_USAGE, "no switch %s, or %s is not one of its values", name, text);
    }
    return true;
}

static bool do_fault(struct control *control, struct error *err)
{
    if (!json_object_is_type(control->json, json_type_array))
        return faults_add(&control->sandbox->faults, control->json, err);
    for (size_t i = 0; i < json_length(control->json); i++)
        if (!faults_add(&control->sandbox->faults, json_item(control->json, i), err))
            return false;
    return true;
}

static bool do_fault_clear(struct control *control, struct error *err)
{
    (void)err;
    faults_clear(&control->sandbox->faults);
    return true;
}

static bool do_release(struct control *control, struct error *err)
{
    (void)err;
    control->sandbox->release = true;
    sandbox_tick(control->sandbox, clock_now_ms());
    return true;
}

static bool do_edit(struct control *control, struct error *err)
{
    int64_t after_ms = json_number(control->json, "after_ms", 0);
    int64_t after_request = json_number(control->json, "after_request", 0);
    if (after_ms <= 0 && after_request <= 0)
        return sandbox_edit(control->sandbox, control->json, err);
    struct later later = {.after_request = (uint64_t)after_request};
    if (after_ms > 0)
        later.due_ms = clock_now_ms() + after_ms;
    later.edit = json_object_get(control->json);
    sandbox_later(control->sandbox, &later);
    return true;
}

static bool do_token(struct control *control, struct error *err)
{
    struct buf scopes = {0};
    struct json_object *list = json_member(control->json, "scopes");
    int64_t life_ms = json_number(control->json, "expires_in_ms", 0);
    for (size_t i = 0; i < json_length(list); i++)
        buf_addf(&scopes, "%s%s", i > 0 ? " " : "", json_object_get_string(json_item(list, i)));
    bool good = gate_add(&control->sandbox->gate,
        json_text(control->json, "token", "pat-na1-sandbox-0000-0000"),
        list != NULL ? buf_text(&scopes) : NULL, life_ms > 0 ? stamp_wall_ms() + life_ms : 0);
    gate_blind(&control->sandbox->gate,
        json_text(control->json, "token", "pat-na1-sandbox-0000-0000"),
        (uint64_t)json_number(control->json, "sees_every", 0));
    buf_clear(&scopes);
    return good || error_set(err, ERROR_USAGE, "too many tokens");
}

static const struct {
    const char *method;
    const char *path;
    bool (*run)(struct control *control, struct error *err);
} paths[] = {
    {"POST", "seed", do_seed},
    {"POST", "load", do_load},
    {"POST", "load_records", do_load_records},
    {"GET", "dump", do_dump},
    {"GET", "log", do_log},
    {"POST", "log/clear", do_log_clear},
    {"GET", "stats", do_stats},
    {"POST", "reset", do_reset},
    {"POST", "switch", do_switch},
    {"POST", "fault", do_fault},
    {"POST", "fault/clear", do_fault_clear},
    {"POST", "release", do_release},
    {"POST", "edit", do_edit},
    {"POST", "token", do_token},
};

static bool run(struct control *control, struct error *err)
{
    const char *path = control->request->path + strlen("/_sandbox/");
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        if (strcmp(paths[i].path, path) == 0 &&
            strcmp(paths[i].method, control->request->method) == 0)
            return paths[i].run(control, err);
    return error_set(err, ERROR_USAGE, "no control path %s", control->request->path);
}

void control_answer(struct sandbox *sandbox, const struct request *request, struct reply *reply)
{
    struct error err = {0};
    struct control control = {.sandbox = sandbox, .request = request, .reply = reply};
    bool is_text = strncmp(request->path, "/_sandbox/load", 14) == 0;
    if (request->body_length == 0 || is_text)
        control.json = json_object_new_object();
    else
        control.json = json_parse(request->body, request->body_length);
    bool good = control.json != NULL ? run(&control, &err)
                                     : error_set(&err, ERROR_USAGE, "the body is no JSON");
    if (!good) {
        reply->status = 400;
        reply->type = "application/json";
        buf_reset(&reply->body);
        buf_add_text(&reply->body, "{\"error\":");
        buf_add_json(&reply->body, err.text);
        buf_add_text(&reply->body, "}\n");
    } else if (reply->body.length == 0 && strcmp(reply->type, "text/plain") != 0 &&
        strcmp(reply->type, "application/x-ndjson") != 0) {
        buf_add_text(&reply->body, "{\"ok\":true}\n");
    }
    json_object_put(control.json);
}
