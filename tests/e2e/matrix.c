/*
 * matrix.c: keeps the end of the case in the first dialect it is played in.
 */
#include "e2e/matrix.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "e2e/expect.h"

static struct {
    const struct scenario *scenario;
    const char *api;
    char *log, *dump;
} first;

static char *job_log(struct play *play)
{
    return stage_value(play->stage,
        "select coalesce(string_agg(format('%s %s desired=%s observed=%s unchanged=%s created=%s"
        " archived=%s rejected=%s withheld=%s unread=%s blocked=%s', cause, status, desired,"
        " observed, unchanged, created, archived, rejected, withheld, unread, blocked), E'\\n'"
        " order by run_id), '') from assocd.run");
}

static void compare(struct play *play, const char *what, const char *there, const char *here)
{
    play_check(play, strcmp(there, here) == 0, "%s is not as in %s:\n%s\nbut\n%s", what, first.api,
        there, here);
}

void matrix_check(struct play *play)
{
    if (!play->scenario->same)
        return;
    char *log = job_log(play);
    char *dump = expect_dump(play);
    if (first.scenario == play->scenario) {
        compare(play, "the job log", first.log, log);
        compare(play, "HubSpot", first.dump, dump);
    }
    if (first.scenario != play->scenario) {
        free(first.log);
        free(first.dump);
        first.scenario = play->scenario;
        first.api = play->stage->api;
        first.log = log;
        first.dump = dump;
        return;
    }
    free(log);
    free(dump);
}
