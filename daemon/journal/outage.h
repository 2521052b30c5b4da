/*
 * outage.h: an outage, or a refusal for everybody, is not data. The one place that decides what it
 * means that HubSpot did not answer, or said no: whether a record or a row is to blame, or nobody
 * in particular. Every stage that asks HubSpot (reading, creating, archiving, verifying, reading
 * again before an archive, records that may have been deleted or merged) counts its answers here.
 *
 * A refusal is data only if it is about one input: its message or context names it, or others get
 * through while it alone does not. The same words for one input after the other, without any that
 * gets through, are about none of them.
 */
#ifndef JOURNAL_OUTAGE_H
#define JOURNAL_OUTAGE_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "journal/session.h"

/* Of one stage; `{0}` is a fresh one. */
struct outage {
    uint64_t asked, answered; /* inputs that got an answer of any kind, of those asked about */
    char why[ERROR_TEXT_MAX]; /* why the first of the others got none; "" */
    char words[ERROR_TEXT_MAX]; /* the refusal met last: status, category, message */
    unsigned in_row; /* requests refused in these words since an input got through … */
    unsigned alone; /* … and of them, inputs that were alone */
    bool passed; /* some input got through at some time */
};

/* Counts a reply about `asked` inputs, `answered` of which it tells about. */
void outage_count(
    struct outage *outage, const struct client_reply *reply, uint64_t asked, uint64_t answered);

/* Some input got through: what is refused is not refused for everybody. */
void outage_pass(struct outage *outage);

/* The same for an answer that took a request's inputs apart. True if one of them got through. */
bool outage_pass_reply(struct outage *outage, const struct client_reply *reply);

/* Does the refusal of a whole request name one of its inputs, by context or in its message? */
bool outage_names_input(const struct client_reply *reply);

/* Counts a request that was refused as a whole and names none of its inputs; alone: it had one. */
void outage_refused(struct outage *outage, const struct client_reply *reply, bool alone);

/* Is it likely that everybody is refused? Then the next parts of refused requests are single
 * inputs, which tell soonest. */
bool outage_suspects(const struct outage *outage);

/* Is everybody refused? With over: all inputs have been tried. */
bool outage_everybody(const struct outage *outage, bool over);

/* "every create is refused": fails with HubSpot's own words. */
bool outage_fail(const struct outage *outage, const char *what, struct error *err);

/* The end of a stage that writes. Nothing of it could even be sent: an error. Some of it: the
 * reason is noted. noun: "creates". */
MUST_CHECK bool outage_end_write(
    const struct outage *outage, struct session *session, const char *noun, struct error *err);

/* The end of a stage that reads. Nothing of what was asked about was answered: an error
 * (ERROR_REMOTE), but not to "verify". Some of it: the reason is noted with the run. */
MUST_CHECK bool outage_end_read(
    const struct outage *outage, struct session *session, const char *operation, struct error *err);

#endif
