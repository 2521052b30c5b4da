/*
 * play.c: the table of steps and the order of a case.
 */
#include "e2e/play.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/expect.h"
#include "e2e/invariants.h"
#include "e2e/matrix.h"
#include "e2e/steps.h"
#include "lib/control.h"

static const struct {
    const char *verb;
    void (*play)(struct play *play, const char *text);
} steps[] = {
    /* the world */
    {"set", step_set},
    {"want", step_want},
    {"want_sql", step_want_sql},
    {"have", step_have},
    {"have_sql", step_have_sql},
    {"lose", step_lose},
    {"seed", step_seed},
    {"account", step_account},
    {"switch", step_switch},
    {"fault", step_fault},
    {"edit", step_edit},
    {"token", step_token},
    {"sql", step_sql},
    {"elsewhere", step_elsewhere},
    {"calm", step_calm},
    /* assocd */
    {"run", step_run},
    {"assocd", step_assocd},
    {"typed", step_typed},
    {"start", step_start},
    {"await", step_await},
    {"release", step_release},
    {"signal", step_signal},
    {"finish", step_finish},
    /* what must be true then */
    {"after", expect_after},
    {"query", expect_query},
    {"guard", expect_guard},
    {"error", expect_error},
    {"out", expect_out},
    {"lacks", expect_lacks},
    {"err", expect_err},
    {"requests", expect_requests},
    {"writes", expect_writes},
    {"secret", expect_secret},
};

void play_begin(
    struct play *play, struct stage *stage, const struct scenario *scenario, const char *api)
{
    *play = (struct play){.stage = stage, .scenario = scenario, .worker_url = stage->database_url};
    stage_reset(stage, api);
}

void play_end(struct play *play)
{
    process_clear(&play->command);
    process_clear(&play->background);
}

uint64_t play_requests(const struct play *play)
{
    CLEANUP(buf_clear) struct buf stats = {0};
    control_get(play->stage->base_url, "stats", &stats);
    const char *count = strstr(buf_text(&stats), "\"requests\":");
    ck_assert_ptr_nonnull(count);
    return strtoull(count + strlen("\"requests\":"), NULL, 10);
}

void play_steps(struct play *play, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        size_t at = 0;
        play->step = &play->scenario->steps[i];
        while (at < ARRAY_COUNT(steps) && strcmp(steps[at].verb, play->step->verb) != 0)
            at++;
        play_check(play, at < ARRAY_COUNT(steps), "there is no step \"%s\"", play->step->verb);
        steps[at].play(play, play->step->text);
    }
}

/* One more run finds nothing to do: no writing request, no change that would be applied. */
void play_again(struct play *play)
{
    step_calm(play, "");
    step_run(play, "");
    expect_writes(play, "0");
    expect_query(play,
        "select count(*) from assocd.change where run_id = (select max(run_id) from assocd.run)"
        " and state not in ('withheld', 'blocked', 'reported', 'skipped') => 0");
}

void play_all(struct stage *stage, const struct scenario *scenario, const char *api)
{
    struct play play;
    play_begin(&play, stage, scenario, api);
    play_steps(&play, 0, scenario->steps_count);
    play.step = NULL;
    if (scenario->again)
        play_again(&play);
    invariants_check(&play);
    matrix_check(&play);
    play_end(&play);
}
