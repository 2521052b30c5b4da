/*
 * main.c: daemons, real ones, on a real PostgreSQL and the sandbox. SERVICE_CASE=NAME in the
 * environment: only the test case of that name (schedule, control, stop, several, restart, systemd,
 * journal, watch, touched, tls, host, secret, token, cli, pooler, quiet).
 */
#include <check.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "service/cases.h"

int main(void)
{
    (void)cluster_url();
    const char *standby = getenv("ASSOCD_TEST_STANDBY"); /* tests/service/standby sees to it */
    Suite *suite = suite_create("service");
    suite_add_tcase(suite, schedule_cases());
    suite_add_tcase(suite, control_cases());
    suite_add_tcase(suite, stop_cases());
    suite_add_tcase(suite, several_cases());
    suite_add_tcase(suite, restart_cases());
    suite_add_tcase(suite, systemd_cases());
    suite_add_tcase(suite, journal_cases());
    suite_add_tcase(suite, watch_cases());
    suite_add_tcase(suite, touched_cases());
    suite_add_tcase(suite, tls_cases());
    suite_add_tcase(suite, host_cases());
    suite_add_tcase(suite, secret_cases());
    suite_add_tcase(suite, token_cases());
    suite_add_tcase(suite, cli_cases());
    suite_add_tcase(suite, pooler_cases());
    suite_add_tcase(suite, quiet_cases());
    if (standby != NULL && standby[0] != '\0')
        suite_add_tcase(suite, standby_cases());
    SRunner *runner = srunner_create(suite);
    srunner_run(runner, NULL, getenv("SERVICE_CASE"), CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
