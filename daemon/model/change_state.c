/*
 * change_state.c: the table of states.
 */
#include "model/change_state.h"

#include <assert.h>
#include <string.h>

static const char *const texts[CHANGE_STATES] = {
    [STATE_PLANNED] = "planned",
    [STATE_WITHHELD] = "withheld",
    [STATE_BLOCKED] = "blocked",
    [STATE_REPORTED] = "reported",
    [STATE_SKIPPED] = "skipped",
    [STATE_ABANDONED] = "abandoned",
    [STATE_SENT] = "sent",
    [STATE_APPLIED] = "applied",
    [STATE_REJECTED] = "rejected",
    [STATE_UNKNOWN] = "unknown",
    [STATE_VERIFIED] = "verified",
    [STATE_UNVERIFIED] = "unverified",
    [STATE_IMPLIED] = "implied",
};

const char *change_state_text(enum change_state state)
{
    assert(state < CHANGE_STATES);
    return texts[state];
}

enum change_state change_state_find(const char *text)
{
    enum change_state state = STATE_PLANNED;
    while (state < CHANGE_STATES && strcmp(texts[state], text) != 0)
        state++;
    return state;
}
