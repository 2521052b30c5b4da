/*
 * test_outage.c: when a refusal is about one input, and when about everybody.
 */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "journal/outage.h"

static const uint64_t from_ids[] = {7, 77};
static const struct assoc rows[] = {{.from_id = 1, .to_id = 20}, {.from_id = 3, .to_id = 40}};
static const struct client_request read_two = {
    .call = CLIENT_READ, .from_ids = from_ids, .from_count = 2};
static const struct client_request create_two = {
    .call = CLIENT_CREATE, .rows = rows, .row_count = 2};

static struct client_reply refusal(const struct client_request *request, const char *message)
{
    return (struct client_reply){.outcome = CLIENT_REFUSED,
        .http_status = 400,
        .category = "VALIDATION_ERROR",
        .message = message,
        .request = request};
}

static const struct {
    const struct client_request *request;
    const char *message;
    bool names;
} messages[] = {
    {&read_two, "Invalid object id: 77", true},
    {&read_two, "Invalid object id: 777", false},
    {&read_two, "Invalid object id: 7", true},
    {&read_two, "One or more associations are invalid", false},
    {&read_two, "", false},
    {&create_two, "contact 40 is full", true},
    {&create_two, "contact 41 is full", false},
    {&create_two, "DEAL=1 is not valid", true},
    {&create_two, "99999999999999999999 is no id", false},
};

TEST_LOOP(knows_a_refusal_that_names_an_input, ARRAY_COUNT(messages))
{
    struct client_reply reply = refusal(messages[_i].request, messages[_i].message);
    ck_assert_msg(outage_names_input(&reply) == messages[_i].names, "%s", messages[_i].message);
}

TEST(knows_an_input_named_by_the_context)
{
    const uint64_t culprits[] = {20};
    struct client_reply reply = refusal(&create_two, "no");
    reply.culprits = culprits;
    reply.culprits_count = 1;
    ck_assert(outage_names_input(&reply));
}

/* One input that got through is enough, wherever it stands in the request. */
TEST(passes_with_the_first_input_that_got_through)
{
    static const uint8_t outcomes[2][2] = {{ROW_REFUSED, ROW_REFUSED}, {ROW_REFUSED, ROW_DONE}};
    for (size_t i = 0; i < 2; i++) {
        struct outage outage = {.in_row = 3, .alone = 3};
        struct client_reply reply = {
            .outcome = CLIENT_ANSWERED, .request = &create_two, .outcomes = outcomes[i]};
        ck_assert(outage_pass_reply(&outage, &reply) == (i == 1));
        ck_assert(outage.passed == (i == 1));
        ck_assert_uint_eq(outage.alone, i == 1 ? 0 : 3);
    }
}

static void refuse(struct outage *outage, const char *message, bool alone)
{
    struct client_reply reply = refusal(&create_two, message);
    outage_refused(outage, &reply, alone);
}

TEST(the_same_words_for_one_after_the_other_are_for_everybody)
{
    struct outage outage = {0};
    refuse(&outage, "request 019cd9fe-d093 failed", false);
    refuse(&outage, "request 7777-a failed", false);
    ck_assert(!outage_suspects(&outage));
    refuse(&outage, "request 1 failed", false);
    ck_assert(outage_suspects(&outage));
    for (int i = 0; i < 4; i++) {
        ck_assert(!outage_everybody(&outage, false));
        ck_assert_int_eq(outage_everybody(&outage, true), i >= 2);
        refuse(&outage, "request 2 failed", true);
    }
    ck_assert(outage_everybody(&outage, false));
}

TEST(other_words_begin_anew)
{
    struct outage outage = {0};
    for (int i = 0; i < 3; i++)
        refuse(&outage, "request 2 failed", true);
    refuse(&outage, "request 2 failed again", true);
    ck_assert(!outage_everybody(&outage, true));
    refuse(&outage, "request failed again", true);
    ck_assert(!outage_everybody(&outage, true));
}

TEST(what_got_through_once_makes_bad_neighbours_likelier)
{
    struct outage outage = {0};
    outage_pass(&outage);
    for (int i = 0; i < 15; i++)
        refuse(&outage, "no", true);
    ck_assert(!outage_everybody(&outage, false));
    ck_assert(!outage_everybody(&outage, true));
    refuse(&outage, "no", true);
    ck_assert(outage_everybody(&outage, false));
    outage_pass(&outage);
    ck_assert(!outage_everybody(&outage, false));
}

TEST(one_alone_cannot_be_told_from_everybody_and_is_to_blame)
{
    struct outage outage = {0};
    refuse(&outage, "no", true);
    ck_assert(!outage_everybody(&outage, true));
}

TEST(says_in_hubspots_words_what_is_refused)
{
    struct outage outage = {0};
    struct error err = {0};
    refuse(&outage, "the account is being moved", true);
    ck_assert(!outage_fail(&outage, "create", &err));
    ck_assert_int_eq(err.kind, ERROR_REMOTE);
    ck_assert_ptr_nonnull(strstr(err.text, "every create"));
    ck_assert_ptr_nonnull(
        strstr(err.text, "HTTP 400 VALIDATION_ERROR: the account is being moved"));
}

TEST(keeps_the_first_reason)
{
    static struct sync_definition sync = {.from = "deals"};
    struct session session = {.sync = &sync};
    struct outage outage = {0};
    struct error err = {0};
    struct client_reply reply = refusal(&read_two, "first");
    outage_count(&outage, &reply, 2, 0);
    ck_assert(outage_end_read(&outage, &session, "verify", &err));
    ck_assert(!outage_end_read(&outage, &session, "read", &err));
    ck_assert_str_eq(err.text, "none of the 2 deals could be read: first");
    ck_assert(!outage_end_write(&outage, &session, "creates", &err));
    ck_assert_str_eq(err.text, "none of 2 creates could be sent: first");
    reply.message = "second";
    outage_count(&outage, &reply, 3, 2);
    session.reason[0] = '\0';
    ck_assert(outage_end_read(&outage, &session, "read", &err));
    ck_assert_str_eq(session.reason, "3 of 5 deals could not be read: first");
}
