/*
 * suite.c: Check runs a suite; one place says how.
 */
#include "lib/suite.h"

static int run(Suite *suite, enum fork_status fork)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, fork);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

int suite_run(Suite *suite)
{
    return run(suite, CK_FORK_GETENV);
}

int suite_run_in_one(Suite *suite)
{
    return run(suite, CK_NOFORK);
}
