/*
 * test_http_easy.c: how long a server's Retry-After is.
 */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "hubspot/rate.h"
#include "lib/suite.h"
#include "unit/http_case.h"

static int64_t retry_after_ms(const char *value)
{
    char answer[256];
    struct buf body = {0};
    (void)snprintf(answer, sizeof answer,
        "HTTP/1.1 429 x\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", value);
    struct scripted script[] = {{.answer = answer}};
    open_http(script, 1, 20000);
    int64_t wait_ms = attempt(true, &body).retry_after_ms;
    free(close_http());
    return wait_ms;
}

/* libcurl's own reading of it ends at six hours since 8.14. */
TEST(fault_m2_a_wait_is_as_long_as_the_server_said_up_to_a_day)
{
    char date[64];
    time_t later_s = time(NULL) + 72000;
    struct tm utc;
    ck_assert_ptr_nonnull(gmtime_r(&later_s, &utc));
    ck_assert_uint_gt(strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc), 0);
    int64_t wait_ms = retry_after_ms(date);
    ck_assert_msg(wait_ms <= 72000000 && wait_ms > 71000000, "%lld", (long long)wait_ms);
    ck_assert_int_eq(retry_after_ms("86399"), 86399000);
    ck_assert_int_eq(retry_after_ms("86401"), RATE_RETRY_AFTER_MAX_MS);
    /* By the clock of the server that said it, whatever this machine's says. */
    ck_assert_int_eq(retry_after_ms("Mon, 01 Mar 2060 10:00:30 GMT\r\n"
                                    "Date: Mon, 01 Mar 2060 10:00:00 GMT"),
        30000);
    ck_assert_int_eq(retry_after_ms("Mon, 01 Mar 2010 10:00:30 GMT\r\n"
                                    "Date: Mon, 01 Mar 2010 10:00:00 GMT"),
        30000);
    ck_assert_int_eq(retry_after_ms("99999999999999999999999"), RATE_RETRY_AFTER_MAX_MS);
    ck_assert_int_eq(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT"), 0);
    ck_assert_int_eq(retry_after_ms("soon"), 0);
    ck_assert_int_eq(retry_after_ms("-5"), 0);
    ck_assert_int_eq(retry_after_ms(""), 0);
    ck_assert_int_eq(retry_after_ms("0"), 0);
}
