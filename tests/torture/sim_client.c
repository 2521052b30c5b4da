/*
 * sim_client.c: stand-in for hubspot/client: batch requests that take their time, are carried out
 * at some moment of it (or much later, or never), and are answered in any order.
 */
#include "hubspot/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "torture/sim_client.h"

bool client_open(struct client **client, const struct client_settings *settings, struct error *err)
{
    if (sim.top->dead)
        return error_set(err, ERROR_REMOTE, "dead");
    *client = mem_new(1, sizeof **client);
    (*client)->settings = *settings;
    (*client)->run = sim.top;
    return true;
}

void client_close(struct client *client)
{
    if (client == NULL)
        return;
    assoc_list_clear(&client->rows);
    free(client);
}

struct sim_run *sim_client_run(struct client *client)
{
    return client->run;
}

bool sim_client_ask(struct client *client, struct error *err)
{
    if (client->run->dead || sim_strike(client->run, CLASS_CALL) == FAULT_FATAL)
        return error_set(err, ERROR_REMOTE, "no answer");
    client->requests++;
    sim_pass(100000);
    return true;
}

bool client_account(struct client *client, struct account *account, struct error *err)
{
    *account = (struct account){.portal_id = client->run->stranger ? 2 : 1, .time_zone = "UTC"};
    return sim_client_ask(client, err);
}

bool client_types(
    struct client *client, const char *from, const char *to, struct types *types, struct error *err)
{
    (void)from;
    (void)to;
    for (size_t i = 0; i < SIM_TYPES; i++)
        (void)types_add(types, &sim_types[sim.world.order[i]]);
    return sim_client_ask(client, err);
}

void client_bind(struct client *client, const char *from, const char *to, struct types *types)
{
    (void)from, (void)to;
    client->types = types;
}

enum dialect client_dialect(const struct client *client)
{
    return client->settings.dialect;
}

size_t client_room(const struct client *client)
{
    size_t room = (size_t)client->settings.limits.in_flight;
    for (size_t i = 0; i < ARRAY_COUNT(client->calls); i++)
        room -= client->calls[i].request != NULL;
    return room;
}

bool client_stopped(const struct client *client)
{
    return client->run->stopped;
}

uint64_t client_requests(const struct client *client)
{
    return client->requests;
}

void client_submit(struct client *client, const struct client_request *request)
{
    size_t i = 0;
    sim_check(client_room(client) > 0, "more requests than in_flight");
    while (client->calls[i].request != NULL)
        i++;
    client->calls[i] = (struct call){.request = request};
    if (request->call != CLIENT_READ && !client->run->dead)
        sim_check_write(client->run, request);
}

/* The rows with types by bit. */
static size_t rows_by_bit(const struct client *client, const struct client_request *request,
    struct assoc *rows, const uint8_t *outcomes)
{
    size_t count = 0;
    for (size_t i = 0; i < request->row_count; i++) {
        const struct type *type = &client->types->items[request->rows[i].type];
        if (outcomes != NULL && outcomes[i] != ROW_DONE)
            continue;
        rows[count] = request->rows[i];
        rows[count++].type = sim_type_bit(type->category, type->type_id);
    }
    return count;
}

static bool is_poisoned(const struct client_request *request, size_t row)
{
    return request->call == CLIENT_CREATE &&
        (sim_refused() & BIT(request->rows[row].to_id - SIM_TO_ID)) != 0;
}

static bool any_poisoned(const struct client_request *request)
{
    for (size_t i = 0; i < request->row_count; i++)
        if (is_poisoned(request, i))
            return true;
    return false;
}

static bool same_input(const struct client *client, const struct assoc *a, const struct assoc *b)
{
    return client->settings.dialect != DIALECT_V3 && a->from_id == b->from_id &&
        a->to_id == b->to_id;
}

/* Of a run to which everything is refused. */
static void note_alone(struct sim_run *run, const struct client_request *request)
{
    const struct assoc *rows = request->rows;
    for (size_t i = 1; i < request->row_count; i++)
        if (!assoc_same_pair(&rows[i], &rows[0]))
            return;
    run->refused_alone[request->call != CLIENT_CREATE][rows[0].from_id - SIM_FROM_ID] |=
        BIT(rows[0].to_id - SIM_TO_ID);
}

/* What becomes of each row: refused, left out of the answer, or done. */
static void decide_rows(const struct client *client, struct call *call)
{
    const struct client_request *request = call->request;
    bool partial = call->fault == FAULT_PARTIAL || call->fault == FAULT_PARTIAL_NOT;
    for (size_t i = 0; i < request->row_count && !call->decided; i++) {
        call->outcomes[i] = ROW_DONE;
        if (is_poisoned(request, i))
            call->outcomes[i] = ROW_REFUSED;
        else if (i > 0 && same_input(client, &request->rows[i], &request->rows[i - 1]))
            call->outcomes[i] = call->outcomes[i - 1];
        else if (partial && sim_chance(50))
            call->outcomes[i] = ROW_UNKNOWN;
    }
    call->decided = true;
}

static void carry_out(struct client *client, struct call *call)
{
    struct assoc rows[SIM_ROWS_MAX];
    const struct client_request *request = call->request;
    if (call->carried_out)
        return;
    call->carried_out = true;
    bool refused = call->fault == FAULT_WRITE_LARGE || call->fault == FAULT_WRITE_REFUSED ||
        client->run->refused_all || call->fault == FAULT_UNKNOWN_NOT ||
        call->fault == FAULT_WRITE_NOT_SENT;
    if (refused || (sim.world.poison_whole && any_poisoned(request)))
        return;
    memcpy(sim.before_write, sim.crm, sizeof sim.crm);
    sim.written_us = sim.now_us;
    /* Left out of the answer, and yet done: only FAULT_PARTIAL_NOT believes the answer. */
    uint8_t outcomes[SIM_ROWS_MAX];
    for (size_t i = 0; i < request->row_count; i++)
        outcomes[i] = call->outcomes[i] == ROW_UNKNOWN && call->fault == FAULT_PARTIAL
            ? ROW_DONE
            : call->outcomes[i];
    size_t count = rows_by_bit(client, request, rows, outcomes);
    bool late = call->fault == FAULT_UNKNOWN_LATE || call->fault == FAULT_REPEAT_LATE;
    if (late && sim.late_count < SIM_LATE_MAX) {
        struct sim_late *later = &sim.late[sim.late_count++];
        later->due_us = sim.now_us + 1000000 * (1 + (int64_t)sim_below(60));
        later->call = request->call;
        later->count = count;
        memcpy(later->rows, rows, count * sizeof rows[0]);
        if (call->fault == FAULT_UNKNOWN_LATE)
            return;
    }
    sim_crm_write(request->call, rows, count);
}

static void answer_write(struct client *client, struct call *call)
{
    const struct client_request *request = call->request;
    struct client_reply *reply = &client->reply;
    enum sim_fault_kind fault = call->fault;
    decide_rows(client, call);
    carry_out(client, call);
    reply->late = fault == FAULT_REPEAT_LATE || fault == FAULT_UNKNOWN_DONE ||
        fault == FAULT_UNKNOWN_NOT || fault == FAULT_UNKNOWN_LATE;
    memcpy(client->outcomes, call->outcomes, sizeof client->outcomes);
    reply->outcomes = client->outcomes;
    if (fault == FAULT_UNKNOWN_DONE || fault == FAULT_UNKNOWN_NOT || fault == FAULT_UNKNOWN_LATE)
        reply->outcome = CLIENT_UNKNOWN;
    else if (fault == FAULT_WRITE_NOT_SENT)
        reply->outcome = CLIENT_NOT_SENT;
    else if (fault == FAULT_WRITE_LARGE)
        reply->outcome = CLIENT_TOO_LARGE;
    else if (fault == FAULT_WRITE_REFUSED || client->run->refused_all ||
        (sim.world.poison_whole && any_poisoned(request)))
        reply->outcome = CLIENT_REFUSED;
    if (reply->outcome == CLIENT_REFUSED && client->run->refused_all)
        note_alone(client->run, request);
    reply->culprits = client->culprits;
    reply->refusals = client->refusals;
    for (size_t t = 0; reply->outcome == CLIENT_REFUSED && t < SIM_TOS; t++)
        if (sim.world.poison_named && (sim_refused() & BIT(t)) != 0)
            client->culprits[reply->culprits_count++] = SIM_TO_ID + t;
    for (size_t i = 0; i < request->row_count && reply->outcome == CLIENT_ANSWERED; i++) {
        const struct assoc *row = &request->rows[i];
        const struct type *type = &client->types->items[row->type];
        if (call->outcomes[i] == ROW_DONE)
            client->run->done[row->from_id - SIM_FROM_ID][row->to_id - SIM_TO_ID] |=
                BIT(sim_type_bit(type->category, type->type_id));
        if (call->outcomes[i] == ROW_REFUSED)
            client->refusals[reply->refusals_count++] = (struct client_refusal){
                row->from_id, row->to_id, "OBJECT_NOT_FOUND", "no such record"};
    }
}

/* Lets what waits leave, as permits and the wish to stop allow. */
static bool leave_all(struct client *client, struct error *err)
{
    for (size_t i = 0; i < ARRAY_COUNT(client->calls); i++) {
        struct call *call = &client->calls[i];
        int64_t wait_ms;
        if (call->request == NULL || call->left || client->fatal || client->run->stopped ||
            client->run->dead)
            continue;
        if (!client->settings.permits.acquire(client->settings.permits.owner, &wait_ms, err)) {
            client->fatal = client->fatal_told = true;
            return false;
        }
        call->left = true;
        client->requests++;
        client->run->requests++;
        sim.requests++;
        bool write = call->request->call != CLIENT_READ;
        call->fault = sim_strike(client->run, write ? CLASS_WRITE : CLASS_READ);
        client->run->refused_all |=
            call->fault == FAULT_WRITE_REFUSED_ALL && client->run->writes == 0;
        client->run->writes += write;
        if (call->fault != FAULT_NONE)
            sim_tell("%s", sim_fault_text(call->fault));
        if (write && (sim_chance(50) || call->fault == FAULT_WRITE_DIE)) {
            decide_rows(client, call);
            if (call->fault != FAULT_WRITE_DIE || sim_chance(50))
                carry_out(client, call);
        }
        if (call->fault == FAULT_WRITE_DIE)
            client->run->dead = true;
    }
    return true;
}

static struct call *pick(struct client *client)
{
    size_t start = sim_below(ARRAY_COUNT(client->calls));
    for (size_t i = 0; i < ARRAY_COUNT(client->calls); i++) {
        struct call *call = &client->calls[(start + i) % ARRAY_COUNT(client->calls)];
        if (call->request != NULL)
            return call;
    }
    return NULL;
}

static void answer(struct client *client, struct call *call)
{
    const struct client_request *request = call->request;
    client->reply = (struct client_reply){.tag = request->tag,
        .call = request->call,
        .outcome = CLIENT_ANSWERED,
        .attempts = 1,
        .api_started_at = "",
        .api_completed_at = "",
        .correlation_id = "",
        .category = "",
        .message = "",
        .request = request};
    if (!call->left) {
        client->reply.outcome = CLIENT_NOT_SENT;
        client->reply.attempts = 0;
    } else if (request->call == CLIENT_READ) {
        sim_answer_read(client, call);
    } else {
        answer_write(client, call);
    }
    call->request = NULL;
}

bool client_next(struct client *client, const struct client_reply **reply, struct error *err)
{
    struct call *call = pick(client);
    *reply = NULL;
    if (client->run->dead || call == NULL)
        return true;
    enum sim_fault_kind fault = sim_strike(client->run, CLASS_CALL);
    client->run->stopped |= fault == FAULT_STOP;
    client->fatal |= fault == FAULT_FATAL;
    if (client->fatal && !client->fatal_told) {
        static const enum error_kind kinds[] = {ERROR_DENIED, ERROR_QUOTA, ERROR_REMOTE};
        client->fatal_told = true;
        return error_set(err, kinds[sim_below(3)], "the account says no");
    }
    if (!leave_all(client, err))
        return false;
    if (!sim.calm && sim_below(256) < sim.world.foreign)
        sim_crm_foreign();
    /* The source does not wait for the run. Within one object type it does: its rows of both
     * records are read one after the other, and what changes in between is seen by the next run. */
    if (!sim.calm && !sim.world.one_type && sim_below(1024) < sim.world.foreign)
        sim_desired_change();
    if (!sim.calm && sim_keyed() && sim_chance(3))
        sim_key_foreign();
    sim_pass(1000 * (10 + (int64_t)sim_below(300)));
    if (client->run->dead)
        return true;
    answer(client, call);
    *reply = &client->reply;
    return true;
}
