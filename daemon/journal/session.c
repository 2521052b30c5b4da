/*
 * session.c: what every stage may ask of a run, or note in it.
 */
#include "journal/session.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/show.h"
#include "base/text.h"

const char *run_status_text(enum run_status status)
{
    static const char *const texts[] = {
        [RUN_PLANNING] = "planning",
        [RUN_PLANNED] = "planned",
        [RUN_WITHHELD] = "withheld",
        [RUN_APPLYING] = "applying",
        [RUN_VERIFYING] = "verifying",
        [RUN_SUCCEEDED] = "succeeded",
        [RUN_NO_CHANGE] = "no_change",
        [RUN_PARTIAL] = "partial",
        [RUN_REFUSED] = "refused",
        [RUN_FAILED] = "failed",
        [RUN_CANCELED] = "canceled",
        [RUN_INTERRUPTED] = "interrupted",
        [RUN_DEFERRED] = "deferred",
    };
    return texts[status];
}

void run_note(struct run *run, const char *format, ...)
{
    va_list args;
    if (run->ending.reason[0] != '\0')
        return;
    va_start(args, format);
    (void)vsnprintf(run->ending.reason, sizeof run->ending.reason, format, args);
    va_end(args);
    text_trim(run->ending.reason);
    show_copy(run->ending.reason, sizeof run->ending.reason, run->ending.reason, "");
}

bool run_has_read(const struct run *run)
{
    return run->plan.counts.unread == run->plan.unread_told && run->plan.untold == 0;
}
