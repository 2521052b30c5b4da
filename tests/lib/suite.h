/*
 * suite.h: a file of tests is a list of TEST()s and, where they need one, a SUITE(). Each registers
 * itself: there is no second list that could forget one. main() stands in suite_main.c.
 *
 *   TEST(splits_a_pair) { … }                    one test
 *   TEST_LOOP(allows, ARRAY_COUNT(rows)) { … }   one for each number _i below the count
 *   TEST_SIGNAL(dies_of_it, SIGABRT) { … }       passes if the signal ends it
 *   SUITE(.before = set_up, .after = tear_down);
 *
 * A file is a test case of Check's, called like the file without "test_" or "_cases".
 */
#ifndef LIB_SUITE_H
#define LIB_SUITE_H

#include <check.h>
#include <stdbool.h>

#define TEST(name) TEST_LOOP(name, 1)
#define TEST_LOOP(name, times) SUITE_TEST(name, (int)(times), 0)
#define TEST_SIGNAL(name, signal) SUITE_TEST(name, 1, signal)

#define SUITE(...) \
    __attribute__((constructor)) static void suite_settings_of_this_file(void) \
    { \
        static const struct suite_settings settings = {__VA_ARGS__}; \
        suite_set(__FILE__, &settings); \
    } \
    struct suite_settings

#define SUITE_TEST(name, times, signal) \
    static void name(int _i); \
    __attribute__((constructor)) static void name##_add(void) \
    { \
        static const TTest test = {#name, name, __FILE__, __LINE__}; \
        static struct suite_test entry; \
        entry = (struct suite_test){&test, times, signal, NULL}; \
        suite_add(__FILE__, &entry); \
    } \
    static void name(int _i __attribute__((unused)))

struct suite_test {
    const TTest *test;
    int times; /* runs it with _i from 0 */
    int signal; /* that must end it; 0: none */
    struct suite_test *next;
};

struct suite_settings {
    void (*open)(void), (*close)(void); /* once, in the process that forks the tests */
    void (*before)(void), (*after)(void); /* around each test */
    double timeout; /* seconds; 0: 600 */
    bool in_one; /* all tests in this process, which share what .open has set up */
    const char *needs; /* a variable of the environment; where it is unset, the file is left out */
};

/* For the macros. What is given must live as long as the process. */
void suite_add(const char *file, struct suite_test *test);
void suite_set(const char *file, const struct suite_settings *settings);

/* Runs everything that was registered as a suite of this name, every test in a process of its own
 * unless CK_FORK or .in_one says otherwise; `only`: this file's tests alone; NULL: all. Returns
 * what main() returns: 0, or 1 if a test failed. */
int suite_run_all(const char *name, const char *only);

/* For a suite that was made otherwise: all tests in this process. Frees it. */
int suite_run_in_one(Suite *suite);

#endif
