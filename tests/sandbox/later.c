/*
 * later.c: what the sandbox does to its own data: start, reset, and changes that wait for a time or
 * for a request.
 */
#include "sandbox/sandbox.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/stamp.h"

static void add_tokens(struct sandbox *sandbox)
{
    for (int i = 0; i < sandbox->tokens_count; i++) {
        char text[sizeof sandbox->tokens[i]];
        (void)snprintf(text, sizeof text, "%s", sandbox->tokens[i]);
        char *scopes = strchr(text, '=');
        if (scopes != NULL)
            *scopes++ = '\0';
        (void)gate_add(&sandbox->gate, text, scopes, 0);
    }
}

static void clear_laters(struct sandbox *sandbox)
{
    for (size_t i = 0; i < sandbox->laters_count; i++) {
        free(sandbox->laters[i].edges);
        json_object_put(sandbox->laters[i].edit);
    }
    sandbox->laters_count = 0;
}

void sandbox_open(struct sandbox *sandbox)
{
    sandbox->portal.settings = sandbox->start;
    portal_init(&sandbox->portal);
    add_tokens(sandbox);
}

void sandbox_close(struct sandbox *sandbox)
{
    clear_laters(sandbox);
    free(sandbox->laters);
    sandbox->laters = NULL;
    sandbox->laters_room = 0;
    faults_clear(&sandbox->faults);
    history_clear(&sandbox->history);
    gate_clear(&sandbox->gate);
    portal_clear(&sandbox->portal);
}

void sandbox_reset(struct sandbox *sandbox)
{
    sandbox_close(sandbox);
    sandbox_open(sandbox);
    sandbox->release = true;
}

void sandbox_later(struct sandbox *sandbox, const struct later *later)
{
    mem_grow(&sandbox->laters, &sandbox->laters_room, sandbox->laters_count + 1, sizeof *later);
    sandbox->laters[sandbox->laters_count++] = *later;
}

/* Carries out creates or archives and tells the log. */
static void carry_out(struct sandbox *sandbox, const struct later *work)
{
    struct entry *entry = history_find(&sandbox->history, work->seq);
    struct changes *changes = entry != NULL ? &entry->changes : NULL;
    for (size_t i = 0; i < work->count; i++) {
        const struct edge *edge = &work->edges[i];
        if (work->remove)
            portal_dissociate(work->direction, edge, changes);
        else
            portal_associate(&sandbox->portal, work->direction, edge, work->replace, changes);
    }
}

void call_apply(struct call *call, struct later *work)
{
    const struct fault *fault = call->fault;
    int64_t wait_ms = call->portal->settings.values[SET_VISIBLE_AFTER_MS];
    bool on_release = false;
    if (fault != NULL && fault->action == FAULT_APPLY_LATE) {
        wait_ms = fault->ms;
        on_release = wait_ms < 0;
    }
    work->seq = call->entry->seq;
    if (wait_ms > 0 || on_release) {
        work->due_ms = on_release ? INT64_MAX : clock_now_ms() + wait_ms;
        sandbox_later(call->sandbox, work);
        return;
    }
    carry_out(call->sandbox, work);
    free(work->edges);
}

static bool is_due(const struct sandbox *sandbox, const struct later *later, int64_t now_ms)
{
    if (later->due_ms == INT64_MAX)
        return sandbox->release;
    if (later->due_ms != 0)
        return later->due_ms <= now_ms;
    return later->after_request <= sandbox->history.seq;
}

void sandbox_tick(struct sandbox *sandbox, int64_t now_ms)
{
    size_t kept = 0;
    size_t count = sandbox->laters_count;
    sandbox->portal.now_ms = stamp_wall_ms();
    for (size_t i = 0; i < count; i++) {
        struct later later = sandbox->laters[i];
        if (!is_due(sandbox, &later, now_ms)) {
            sandbox->laters[kept++] = later;
            continue;
        }
        struct error err = {0};
        if (later.edit != NULL && !sandbox_edit(sandbox, later.edit, &err))
            (void)fprintf(stderr, "sandbox: edit: %s\n", err.text);
        if (later.edges != NULL)
            carry_out(sandbox, &later);
        free(later.edges);
        json_object_put(later.edit);
    }
    sandbox->laters_count = kept;
}

int64_t sandbox_next_ms(const struct sandbox *sandbox)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < sandbox->laters_count; i++)
        if (sandbox->laters[i].due_ms != 0 && sandbox->laters[i].due_ms < next_ms)
            next_ms = sandbox->laters[i].due_ms;
    return next_ms;
}
