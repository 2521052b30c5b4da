/*
 * outage.c: counts answers, compares refusals.
 */
#include "journal/outage.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    SUSPECT_AT = 3, /* a request and both its halves */
    ALONE_FIRST = 4, /* single inputs, if none ever got through … */
    ALONE_LEAST = 2, /* … if there are no more … */
    ALONE_LATER = 16, /* … and if some did: then a cluster of bad rows is likelier */
};

/* Why a reply tells nothing of an input. */
static const char *reason_of(const struct client_reply *reply)
{
    for (size_t i = 0; i < reply->refusals_count; i++)
        if (reply->refusals[i].message[0] != '\0')
            return reply->refusals[i].message;
    if (reply->message[0] != '\0')
        return reply->message;
    return "HubSpot's answer says nothing about it";
}

void outage_count(
    struct outage *outage, const struct client_reply *reply, uint64_t asked, uint64_t answered)
{
    outage->asked += asked;
    outage->answered += answered;
    if (answered < asked && outage->why[0] == '\0') {
        (void)snprintf(outage->why, sizeof outage->why, "%s", reason_of(reply));
        text_trim(outage->why);
    }
}

void outage_pass(struct outage *outage)
{
    outage->passed = true;
    outage->in_row = outage->alone = 0;
}

static bool has_id(const struct client_request *request, uint64_t id)
{
    for (size_t i = 0; i < request->from_count; i++)
        if (request->from_ids[i] == id)
            return true;
    for (size_t i = 0; i < request->row_count; i++)
        if (request->rows[i].from_id == id || request->rows[i].to_id == id)
            return true;
    return false;
}

bool outage_pass_reply(struct outage *outage, const struct client_reply *reply)
{
    for (size_t i = 0; i < reply->request->row_count; i++) {
        if (reply->outcomes[i] != ROW_DONE)
            continue;
        outage_pass(outage);
        return true;
    }
    return false;
}

bool outage_names_input(const struct client_reply *reply)
{
    if (reply->culprits_count > 0)
        return true;
    for (const char *at = reply->message; *at != '\0';) {
        size_t digits = strspn(at, "0123456789");
        uint64_t id;
        if (digits > 0 && assoc_parse_id(at, digits, &id) && has_id(reply->request, id))
            return true;
        at += digits > 0 ? digits : 1;
    }
    return false;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Passes a word; true if it holds a digit: the number or id of a request, which differs each time.
 */
static bool pass_word(const char **at)
{
    bool digit = false;
    for (; is_word(**at); (*at)++)
        digit = digit || isdigit((unsigned char)**at);
    return digit;
}

static bool same_words(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        const char *first_a = a, *first_b = b;
        bool number_a = pass_word(&a), number_b = pass_word(&b);
        bool equal =
            a - first_a == b - first_b && memcmp(first_a, first_b, (size_t)(a - first_a)) == 0;
        if (!equal && !(number_a && number_b))
            return false;
        if (*a != *b)
            return false;
        a += *a != '\0';
        b += *b != '\0';
    }
    return *a == *b;
}

void outage_refused(struct outage *outage, const struct client_reply *reply, bool alone)
{
    char words[ERROR_TEXT_MAX];
    (void)snprintf(words, sizeof words, "HTTP %ld%s%s: %s", reply->http_status,
        reply->category[0] != '\0' ? " " : "", reply->category, reply->message);
    text_trim(words);
    if (!same_words(words, outage->words)) {
        memcpy(outage->words, words, sizeof words);
        outage->in_row = outage->alone = 0;
    }
    outage->in_row++;
    outage->alone += alone;
}

bool outage_suspects(const struct outage *outage)
{
    return outage->in_row >= SUSPECT_AT;
}

bool outage_everybody(const struct outage *outage, bool over)
{
    if (over && !outage->passed)
        return outage->alone >= ALONE_LEAST;
    return outage->alone >= (outage->passed ? ALONE_LATER : ALONE_FIRST);
}

bool outage_fail(const struct outage *outage, const char *what, struct error *err)
{
    return error_set(err, ERROR_REMOTE,
        "HubSpot refuses every %s in the same words, so that no single one is to blame; nothing "
        "was put into quarantine: %s",
        what, outage->words);
}

bool outage_end_write(
    const struct outage *outage, struct session *session, const char *noun, struct error *err)
{
    uint64_t left = outage->asked - outage->answered;
    if (left == 0)
        return true;
    if (outage->answered == 0)
        return error_set(err, ERROR_REMOTE, "none of %llu %s could be sent: %s",
            (unsigned long long)left, noun, outage->why);
    session_note(session, "%llu of %llu %s could not be sent: %s", (unsigned long long)left,
        (unsigned long long)outage->asked, noun, outage->why);
    return true;
}

bool outage_end_read(
    const struct outage *outage, struct session *session, const char *operation, struct error *err)
{
    const char *noun = session->sync->from;
    bool verify = strcmp(operation, "verify") == 0;
    if (outage->answered == outage->asked)
        return true;
    if (outage->answered == 0 && !verify)
        return error_set(err, ERROR_REMOTE, "none of the %llu %s could be read: %s",
            (unsigned long long)outage->asked, noun, outage->why);
    session->reason_unread = session->reason[0] == '\0';
    session_note(session, "%llu of %llu %s could not be read%s: %s",
        (unsigned long long)(outage->asked - outage->answered), (unsigned long long)outage->asked,
        noun, verify ? " again, to see what was done" : "", outage->why);
    return true;
}
