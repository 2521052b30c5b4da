/* test_log.c: an event in JSON means what was said, and stays one line. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "lib/suite.h"
#include "service/log.h"

/* What log_event writes to stderr. */
static void written(const char *format, const char *message, char text[static 4096])
{
    struct error err;
    int ends[2], kept = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    ck_assert(log_open(format, &err));
    log_event(LOG_NOTICE, &(struct log_about){.sync = "links", .run_id = 7}, "%s", message);
    ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    (void)close(kept);
    (void)close(ends[1]);
    ssize_t length = read(ends[0], text, 4095);
    (void)close(ends[0]);
    ck_assert_int_gt(length, 0);
    text[length] = '\0';
}

static const struct {
    const char *message, *json, *plain;
} messages[] = {
    {"two\nlines", "\"message\": \"two\\u000alines\"}\n", " two\\nlines\n"},
    {"a \"b\" c\\d", "\"message\": \"a \\\"b\\\" c\\\\d\"}\n", " a \"b\" c\\d\n"},
    {"\x1B[2J", "\"message\": \"\\u001b[2J\"}\n", " \\x1B[2J\n"},
    {"token pat-na1-abcd-1234-efgh", "\"token **********************\"}\n",
        " token **********************\n"},
    {"\xE2\x80\xAE", "\"message\": \"\\u202e\"}\n", " \\u202E\n"},
};

TEST_LOOP(tells_other_peoples_words_as_they_are_and_harmless, ARRAY_COUNT(messages))
{
    char text[4096];
    secret_keep("pat-na1-abcd-1234-efgh");
    written("json", messages[_i].message, text);
    ck_assert_msg(strstr(text, messages[_i].json) != NULL, "%s", text);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    written("plain", messages[_i].message, text);
    ck_assert_msg(strstr(text, messages[_i].plain) != NULL, "%s", text);
}
