/*
 * play.h: plays a case: its steps one after the other on a stage, then the invariants. What each
 * step does is in README.md and in the table of play.c.
 */
#ifndef E2E_PLAY_H
#define E2E_PLAY_H

#include "e2e/scenario.h"
#include "e2e/stage.h"

struct play {
    struct stage *stage;
    const struct scenario *scenario;
    const struct scenario_step *step; /* the one being played */
    const char *worker_url; /* the database as workers see it */
    void (*arm)(struct play *play, const void *owner); /* called before a worker begins */
    const void *arm_owner;
    const char *blow; /* for messages: what struck; NULL: nothing */
    struct process command; /* the last assocd in the foreground */
    struct process background;
    uint64_t requests_before; /* in the sandbox's log when the last command began */
    uint64_t other_requests; /* of commands that open no run */
};

/* Begins on a clean stage. */
void play_begin(
    struct play *play, struct stage *stage, const struct scenario *scenario, const char *api);
void play_end(struct play *play);

/* Plays the steps from first (included) to last (excluded). */
void play_steps(struct play *play, size_t first, size_t last);

/* The whole of it: steps, invariants, and once more for idempotence. */
void play_all(struct stage *stage, const struct scenario *scenario, const char *api);

/* One more run finds nothing to do: no writing request, no change that would be applied. */
void play_again(struct play *play);

/* Fails the test in the case's name. */
#define PLAY_FAIL_TEXT "%s:%u: case \"%s\" in %s%s%s: "
#define PLAY_FAIL_ARGS(play) \
    (play)->scenario->file, (play)->step != NULL ? (play)->step->line : 0, (play)->scenario->name, \
        (play)->stage->api, (play)->blow != NULL ? ", " : "", \
        (play)->blow != NULL ? (play)->blow : ""
#define play_fail(play, text, ...) \
    ck_abort_msg(PLAY_FAIL_TEXT text, PLAY_FAIL_ARGS(play), __VA_ARGS__)
#define play_check(play, truth, text, ...) \
    ck_assert_msg(truth, PLAY_FAIL_TEXT text, PLAY_FAIL_ARGS(play), __VA_ARGS__)

/* The sandbox's count of requests so far. */
uint64_t play_requests(const struct play *play);

#endif
