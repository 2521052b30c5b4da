/*
 * suite.h: how a test program ends: its suite is run and Check's summary printed.
 */
#ifndef LIB_SUITE_H
#define LIB_SUITE_H

#include <check.h>

/* Runs the suite, every test in a process of its own unless CK_FORK says otherwise, and frees it.
 * Returns what main() returns: 0, or 1 if a test failed. */
int suite_run(Suite *suite);

/* The same with all tests in this process, which share what an unchecked fixture has set up. */
int suite_run_in_one(Suite *suite);

#endif
