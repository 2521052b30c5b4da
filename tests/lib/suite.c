/*
 * suite.c: Check runs a suite; one place says how.
 */
#include "lib/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 64, TIMEOUT_S = 600 };

static const struct suite_settings usual;

struct suite_file {
    const char *path;
    char name[64];
    const struct suite_settings *settings;
    struct suite_test *first, **last;
};

static struct suite_file files[FILES_MAX];
static size_t files_count;

/* "tests/unit/test_diff.c" -> "diff". */
static void name_file(struct suite_file *file)
{
    const char *name = strrchr(file->path, '/');
    name = name != NULL ? name + 1 : file->path;
    if (strncmp(name, "test_", 5) == 0)
        name += 5;
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    file->name[strcspn(file->name, ".")] = '\0';
    char *cases = strstr(file->name, "_cases");
    if (cases != NULL)
        *cases = '\0';
}

static struct suite_file *file_of(const char *path)
{
    for (size_t i = 0; i < files_count; i++)
        if (strcmp(files[i].path, path) == 0)
            return &files[i];
    if (files_count == FILES_MAX)
        abort();
    struct suite_file *file = &files[files_count++];
    *file = (struct suite_file){.path = path, .settings = &usual, .last = &file->first};
    name_file(file);
    return file;
}

void suite_add(const char *path, struct suite_test *test)
{
    struct suite_file *file = file_of(path);
    *file->last = test;
    file->last = &test->next;
}

void suite_set(const char *path, const struct suite_settings *settings)
{
    file_of(path)->settings = settings;
}

static bool is_left_out(const struct suite_file *file)
{
    const char *needs = file->settings->needs;
    const char *value = needs != NULL ? getenv(needs) : "given";
    return value == NULL || value[0] == '\0';
}

static TCase *case_of(const struct suite_file *file)
{
    const struct suite_settings *settings = file->settings;
    TCase *tcase = tcase_create(file->name);
    tcase_set_timeout(tcase, settings->timeout > 0 ? settings->timeout : TIMEOUT_S);
    tcase_add_unchecked_fixture(tcase, settings->open, settings->close);
    tcase_add_checked_fixture(tcase, settings->before, settings->after);
    for (const struct suite_test *test = file->first; test != NULL; test = test->next)
        _tcase_add_test(tcase, test->test, test->signal, 0, 0, test->times);
    return tcase;
}

static int run(Suite *suite, const char *only, enum fork_status fork, enum print_output print)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, fork);
    srunner_run(runner, NULL, only, print);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

int suite_run_all(const char *name, const char *only)
{
    Suite *suite = suite_create(name);
    bool in_one = false;
    for (size_t i = 0; i < files_count; i++) {
        if (is_left_out(&files[i]))
            continue;
        suite_add_tcase(suite, case_of(&files[i]));
        in_one = in_one || files[i].settings->in_one;
    }
    return run(suite, only, in_one ? CK_NOFORK : CK_FORK_GETENV, CK_ENV);
}

int suite_run_in_one(Suite *suite)
{
    return run(suite, NULL, CK_NOFORK, CK_ENV);
}
