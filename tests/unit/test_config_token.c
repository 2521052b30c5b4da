/*
 * test_config_token.c: which files and variables a token is taken from, and that no message shows
 * a byte of it.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "lib/suite.h"
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
    {"pat-na1-canary-0123456789\n\n", 0600,
        "file: does not hold a token: byte 26 of 26 is a line feed (is there a second line?)"},
    {"pat-na1-canary-0123456789\r\n", 0600,
        "file: does not hold a token: byte 26 of 26 is a carriage return (a file with Windows line "
        "ends?); expected one line with the token alone"},
    {"pat na1-canary-0123456789", 0600, "byte 4 of 25 is a space"},
    {" pat-na1-canary-0123456789", 0600, "byte 1 of 26 is a space"},
    {"pat-na1-canary-0123456789\t", 0600, "byte 26 of 26 is a tab"},
    {"\"pat-na1-canary-0123456789\"\n", 0600, "byte 1 of 27 is a double quotation mark"},
    {"'pat-na1-canary-0123456789'", 0600, "byte 1 of 27 is a single quotation mark"},
    {"HUBSPOT_TOKEN=pat-na1-canary-0123456789", 0600, "byte 14 of 39 is an equals sign"},
    {"pat-na1-canary-01234\xC2\xA0"
     "56789",
        0600, "byte 21 of 27 is a character that is not ASCII"},
    {"Bearer pat-na1-canary-0123456789", 0600,
        "begins with \"Bearer \" (bytes 1 to 7), expected the token alone"},
    {"\xEF\xBB\xBFpat-na1-canary-0123456789", 0600,
        "begins with a UTF-8 byte-order mark (bytes 1 to 3), expected the token alone"},
    {"\xFF\xFEp", 0600, "begins with a UTF-16 byte-order mark"},
    {"canary", 0600, "does not hold a token: it has 6 characters, expected 16 to 512"},
    {"", 0600, "is empty, expected the token"},
    {"\n", 0600, "is empty, expected the token"},
    {"pat-na1-canary-0123456789", 0640, "(mode 0640), expected its owner alone: chmod 400 /tmp/"},
    {"pat-na1-canary-0123456789", 0604, "(mode 0604), expected its owner alone: chmod 400 /tmp/"},
};

TEST_LOOP(a_token_comes_out_of_a_private_file, ARRAY_COUNT(tokens))
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

/* The text names a byte that no token has, and none that one could have. */
TEST(fault_h12_a_secret_is_never_shown_with_what_is_wrong_beside_it)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char text[64], *token = NULL;
    for (int byte = 1; byte < 256; byte++) {
        (void)snprintf(text, sizeof text, "pat-na1-canary%c0123456789", byte);
        (void)unlink(file_path);
        write_file(text, 0600);
        if (config_token(&portal, &token, &err)) {
            free(token);
            continue;
        }
        ck_assert_msg(strstr(err.text, "byte 15 of 25 is ") != NULL, "%d: %s", byte, err.text);
        ck_assert_ptr_null(strstr(err.text, "canary"));
        ck_assert_ptr_null(strstr(err.text, "0123456789"));
    }
}

TEST(the_password_of_a_proxy_comes_out_of_a_private_file)
{
    struct portal_definition portal = {.name = (char[]){"main"}};
    struct error err = {0};
    char *password = NULL;
    ck_assert(config_proxy_password(&portal, &password, &err));
    ck_assert_ptr_null(password);
    portal.proxy_password_file = file_path;
    write_file("ca:n ary\"=\n", 0600);
    ck_assert_msg(config_proxy_password(&portal, &password, &err), "%s", err.text);
    ck_assert_str_eq(password, "ca:n ary\"=");
    free(password);
    ck_assert_int_eq(chmod(file_path, 0644), 0);
    ck_assert(!config_proxy_password(&portal, &password, &err));
    ck_assert_msg(
        strncmp(err.text, "portal main: proxy: password file /tmp/", 39) == 0, "%s", err.text);
    ck_assert_int_eq(chmod(file_path, 0600), 0);
    write_file("canary\r\n", 0600);
    ck_assert(!config_proxy_password(&portal, &password, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "byte 7 of 7 is a carriage return"));
}

TEST(a_token_of_513_bytes_is_none_and_one_of_512_is)
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

TEST(a_token_file_that_is_a_folder_or_missing_is_refused)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "does not exist"));
    ck_assert_int_eq(mkdir(file_path, 0700), 0);
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
}

TEST(a_credential_of_systemd_may_be_readable_by_its_group)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    write_file("pat-na1-canary-0123456789", 0440);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    free(token);
    ck_assert_int_eq(chmod(file_path, 0644), 0); /* its group, and nobody else */
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_int_eq(chmod(file_path, 0440), 0);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/tmp/assocd-tes", 1), 0);
    ck_assert(!config_token(&portal, &token, &err));
}

TEST(a_token_out_of_the_environment_is_gone_afterwards)
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

SUITE(.before = make_folder, .after = remove_folder);
