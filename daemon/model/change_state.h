/*
 * change_state.h: what has become of a planned change: the states of assocd.change, in the order of
 * assocd.change_states() in SQL (a test holds them equal). Which moves are legal is written there,
 * too: assocd.is_legal_move(), assocd.check_move().
 */
#ifndef MODEL_CHANGE_STATE_H
#define MODEL_CHANGE_STATE_H

enum change_state {
    STATE_PLANNED,
    STATE_WITHHELD,
    STATE_BLOCKED,
    STATE_REPORTED,
    STATE_SKIPPED,
    STATE_ABANDONED,
    STATE_SENT,
    STATE_APPLIED,
    STATE_REJECTED,
    STATE_UNKNOWN,
    STATE_VERIFIED,
    STATE_UNVERIFIED,
    STATE_IMPLIED,
    CHANGE_STATES,
};

/* The name of a state, as in assocd.change. */
const char *change_state_text(enum change_state state);

/* CHANGE_STATES: there is none of this name. */
enum change_state change_state_find(const char *text);

#endif
