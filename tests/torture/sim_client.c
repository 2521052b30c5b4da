/*
 * sim_client.c: stand-in for hubspot/client: batch requests that take their time, are carried out
 * at some moment of it (or much later, or never), and are answered in any order.
 */
#include "hubspot/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "torture/sim.h"

struct call {
    const struct client_request *request; /* NULL: the place is free */
    bool left;
    bool carried_out, decided;
    enum sim_fault_kind fault;
    uint8_t outcomes[SIM_ROWS_MAX];
};

struct client {
    struct client_settings settings;
    struct sim_run *run;
    struct types *types;
    struct call calls[8];
    bool fatal, fatal_told;
    uint64_t requests;
    /* the reply lent out */
    struct client_reply reply;
    struct assoc_list rows;
    uint8_t records[SIM_FROMS];
    uint8_t outcomes[SIM_ROWS_MAX];
    struct client_refusal refusals[SIM_ROWS_MAX];
    uint64_t culprits[SIM_TOS];
};

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

static bool ask(struct client *client, struct error *err)
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
    return ask(client, err);
}

bool client_types(
    struct client *client, const char *from, const char *to, struct types *types, struct error *err)
{
    (void)from;
    (void)to;
    for (size_t i = 0; i < SIM_TYPES; i++)
        (void)types_add(types, &sim_types[sim.world.order[i]]);
    return ask(client, err);
}

bool client_records(struct client *client, const struct client_lookup *lookup, struct error *err)
{
    for (size_t i = 0; i < lookup->count; i++)
        lookup->records[i].now = sim_record_now(lookup->records[i].id);
    return ask(client, err);
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
        (sim.world.poison & BIT(request->rows[row].to_id - SIM_TO_ID)) != 0;
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
    reply->culprits = client->culprits;
    reply->refusals = client->refusals;
    for (size_t t = 0; reply->outcome == CLIENT_REFUSED && t < SIM_TOS; t++)
        if (sim.world.poison_named && (sim.world.poison & BIT(t)) != 0)
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

static void read_record(struct client *client, const struct call *call, size_t index)
{
    struct sim_run *run = client->run;
    uint64_t from_id = call->request->from_ids[index];
    size_t from = from_id - SIM_FROM_ID;
    /* A reading may be old, but not for ever. */
    bool stale = call->fault == FAULT_READ_STALE && sim.now_us - sim.written_us < 100000000;
    run->complete &= (uint8_t)~BIT(from);
    client->records[index] = RECORD_UNKNOWN;
    if (call->fault == FAULT_READ_PART && sim_chance(50))
        return;
    if (call->fault == FAULT_READ_MORE && sim_chance(50)) {
        if (client->settings.dialect == DIALECT_V3)
            client->records[index] = RECORD_MORE;
        return;
    }
    client->records[index] = RECORD_COMPLETE;
    run->complete |= BIT(from);
    for (size_t t = 0; t < SIM_TOS; t++) {
        uint8_t have = stale ? sim.before_write[from][t] : sim.crm[from][t];
        run->seen[from][t] = have;
        sim.misled = sim.misled || have != sim.crm[from][t];
        run->stood[from][t] |= have;
        for (uint32_t bit = 0; bit < SIM_TYPES; bit++)
            if ((have & BIT(bit)) != 0)
                assoc_list_add(&client->rows,
                    (struct assoc){.from_id = from_id,
                        .to_id = SIM_TO_ID + t,
                        .type = types_add(client->types, &sim_types[bit])});
    }
}

static void answer_read(struct client *client, const struct call *call)
{
    struct client_reply *reply = &client->reply;
    client->rows.count = 0;
    reply->records = client->records;
    if (call->fault == FAULT_READ_UNKNOWN || call->fault == FAULT_READ_LARGE) {
        reply->outcome = call->fault == FAULT_READ_UNKNOWN ? CLIENT_UNKNOWN : CLIENT_TOO_LARGE;
        for (size_t i = 0; i < call->request->from_count; i++) {
            client->records[i] = RECORD_UNKNOWN;
            client->run->complete &= (uint8_t)~BIT(call->request->from_ids[i] - SIM_FROM_ID);
        }
        return;
    }
    for (size_t i = 0; i < call->request->from_count; i++)
        read_record(client, call, i);
    reply->rows_count = assoc_sort_unique(client->rows.rows, client->rows.count);
    reply->rows = client->rows.rows;
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
        if (!client->settings.permits.take(client->settings.permits.owner, &wait_ms, err)) {
            client->fatal = client->fatal_told = true;
            return false;
        }
        call->left = true;
        client->requests++;
        client->run->requests++;
        sim.requests++;
        bool write = call->request->call != CLIENT_READ;
        client->run->refused_all |=
            call->fault == FAULT_WRITE_REFUSED_ALL && client->run->writes == 0;
        client->run->writes += write;
        call->fault = sim_strike(client->run, write ? CLASS_WRITE : CLASS_READ);
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
        answer_read(client, call);
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
    if (!sim.calm && sim_below(1024) < sim.world.foreign)
        sim_desired_change(); /* the source does not wait for the run */
    sim_pass(1000 * (10 + (int64_t)sim_below(300)));
    if (client->run->dead)
        return true;
    answer(client, call);
    *reply = &client->reply;
    return true;
}
