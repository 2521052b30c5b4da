/*
 * sim_client.h: the stand-in for hubspot/client: its requests under way and the reply it lends out.
 */
#ifndef TORTURE_SIM_CLIENT_H
#define TORTURE_SIM_CLIENT_H

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

/* The reply to a reading. */
void sim_answer_read(struct client *client, const struct call *call);

#endif
