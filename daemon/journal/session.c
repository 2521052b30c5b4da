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

void session_note(struct session *session, const char *format, ...)
{
    va_list args;
    if (session->reason[0] != '\0')
        return;
    va_start(args, format);
    (void)vsnprintf(session->reason, sizeof session->reason, format, args);
    va_end(args);
    text_trim(session->reason);
    show_copy(session->reason, sizeof session->reason, session->reason, "");
}

bool plan_has_read(const struct plan *plan)
{
    return plan->counts.unread == plan->unread_told && plan->untold == 0;
}
