/*
 * suite_main.c: main() of every program of registered tests. SUITE_CASE=NAME in the environment:
 * only the tests of that file ("quiet" of quiet_cases.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"

int main(void)
{
    const char *name = program_invocation_short_name;
    if (strncmp(name, "test_", 5) == 0)
        name += 5;
    return suite_run_all(name, getenv("SUITE_CASE"));
}
