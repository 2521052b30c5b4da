/*
 * test_config_token.c: which files and variables a token is taken from, and that no message shows
 * a byte of it.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "unit/config_case.h"

/* A temporary folder; files are made in it and removed with it. */
static char folder[] = "/tmp/assocd-test-XXXXXX";
static char file_path[64];

static void make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(file_path, sizeof file_path, "%s/file", folder);
}

static void remove_folder(void)
{
    (void)unlink(file_path);
    (void)rmdir(file_path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const char *text, mode_t mode)
{
    FILE *file = fopen(file_path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(file_path, mode), 0);
}

static const struct {
    const char *text;
    mode_t mode;
    const char *error; /* in it; NULL: good */
} tokens[] = {
    {"pat-na1-canary-0123456789", 0400, NULL},
    {"pat-na1-canary-0123456789\n", 0600, NULL},
    {"pat-na1-canary-0123456789\n\n", 0600, "does not hold a token, expected one line of 16"},
    {"pat-na1-canary-0123456789\r\n", 0600, "does not hold a token"},
    {"pat na1-canary-0123456789", 0600, "does not hold a token"},
    {"canary", 0600, "does not hold a token"},
    {"", 0600, "does not hold a token"},
    {"pat-na1-canary-0123456789", 0640, "(mode 0640), expected its owner alone: chmod 400 /tmp/"},
    {"pat-na1-canary-0123456789", 0604, "(mode 0604), expected its owner alone: chmod 400 /tmp/"},
};

START_TEST(a_token_comes_out_of_a_private_file)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    write_file(tokens[_i].text, tokens[_i].mode);
    bool read = config_token(&portal, &token, &err);
    if (tokens[_i].error == NULL) {
        ck_assert_msg(read, "%s", err.text);
        ck_assert_str_eq(token, "pat-na1-canary-0123456789");
        free(token);
        return;
    }
    ck_assert(!read);
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_msg(strstr(err.text, tokens[_i].error) != NULL, "%s", err.text);
    ck_assert_msg(strncmp(err.text, "portal main: token file /tmp/", 29) == 0, "%s", err.text);
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(token);
}
END_TEST

START_TEST(a_token_of_513_bytes_is_none_and_one_of_512_is)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    char text[600] = "";
    memset(text, 'a', 513);
    write_file(text, 0400);
    ck_assert(!config_token(&portal, &token, &err));
    memcpy(text + 512, "\n", 2);
    ck_assert_int_eq(unlink(file_path), 0);
    write_file(text, 0400);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    ck_assert_uint_eq(strlen(token), 512);
    free(token);
}
END_TEST

START_TEST(a_token_file_that_is_a_folder_or_missing_is_refused)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be opened: No such file"));
    ck_assert_int_eq(mkdir(file_path, 0700), 0);
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
}
END_TEST

START_TEST(a_credential_of_systemd_may_be_readable_by_its_group)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    write_file("pat-na1-canary-0123456789", 0440);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    free(token);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/tmp/assocd-tes", 1), 0);
    ck_assert(!config_token(&portal, &token, &err));
}
END_TEST

START_TEST(a_token_out_of_the_environment_is_gone_afterwards)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_env = (char[]){"T_E"}};
    struct error err = {0};
    char *token = NULL;
    ck_assert_int_eq(setenv("T_E", "pat-na1-canary-0123456789", 1), 0);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    ck_assert_str_eq(token, "pat-na1-canary-0123456789");
    free(token);
    ck_assert_ptr_null(getenv("T_E"));
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_str_eq(
        err.text, "portal main: environment variable T_E: not set, expected the access token");
    ck_assert_int_eq(setenv("T_E", "canary", 1), 0);
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(getenv("T_E"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("config_token");
    tcase_set_timeout(tcase, 120); /* under valgrind */
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_loop_test(tcase, a_token_comes_out_of_a_private_file, 0, (int)ARRAY_COUNT(tokens));
    tcase_add_test(tcase, a_token_of_513_bytes_is_none_and_one_of_512_is);
    tcase_add_test(tcase, a_token_file_that_is_a_folder_or_missing_is_refused);
    tcase_add_test(tcase, a_credential_of_systemd_may_be_readable_by_its_group);
    tcase_add_test(tcase, a_token_out_of_the_environment_is_gone_afterwards);
    return run_case("config_token", tcase);
}
