/*
 * main.c: logins that have one role and no more, and a server that means no good, against the real
 * program on a real PostgreSQL. SECURITY_CASE=NAME in the environment: only the test case of that
 * name (grants, login, approval, touch, hostile, bounds, source).
 */
#include <check.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "security/cases.h"

int main(void)
{
    (void)cluster_url();
    Suite *suite = suite_create("security");
    suite_add_tcase(suite, grants_cases());
    suite_add_tcase(suite, login_cases());
    suite_add_tcase(suite, approval_cases());
    suite_add_tcase(suite, touch_cases());
    suite_add_tcase(suite, hostile_cases());
    suite_add_tcase(suite, bounds_cases());
    suite_add_tcase(suite, source_cases());
    SRunner *runner = srunner_create(suite);
    srunner_run(runner, NULL, getenv("SECURITY_CASE"), CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
