/*
 * sim_read.c: how the stand-in for hubspot/client answers a reading: what HubSpot has now, or had
 * before our last write, or a part of it.
 */
#include "torture/sim_client.h"

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
    run->read |= BIT(from);
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

void sim_answer_read(struct client *client, const struct call *call)
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
