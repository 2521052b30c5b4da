/*
 * test_trust.c: which files are believed. Only root can make files of other users: those rows are
 * skipped, and said to be, when somebody else runs this.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trust.h"
#include "lib/suite.h"

static char folder[] = "/tmp/assocd-trust-XXXXXX";
static char path[64], link_path[64];

static void make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
    (void)snprintf(link_path, sizeof link_path, "%s/link", folder);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
}

static void remove_folder(void)
{
    (void)unlink(link_path);
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

enum { SOMEBODY = 4711 };

static const struct {
    mode_t mode, folder_mode;
    uid_t owner, folder_owner, link_owner; /* 0: ours. link_owner 1: a link of ours */
    enum trust trust;
    const char *error; /* in it; NULL: believed */
} rows[] = {
    {0644, 0700, 0, 0, 0, TRUST_SETTING, NULL},
    {0444, 0755, 0, 0, 1, TRUST_SETTING, NULL},
    {0600, 01777, 0, 0, 0, TRUST_SETTING, NULL}, /* like /tmp */
    {0646, 0700, 0, 0, 0, TRUST_SETTING, "/file: is world-writable; run: chmod o-w /tmp/"},
    {0600, 0777, 0, 0, 0, TRUST_SETTING, " is world-writable, so that anybody can replace the"},
    {0600, 0777, 0, 0, 1, TRUST_SECRET, " is world-writable, so that anybody can replace the"},
    {0644, 0700, SOMEBODY, 0, 0, TRUST_SETTING, "/file: owned by user 4711, expected root or user"},
    {0600, 0700, 0, SOMEBODY, 0, TRUST_SETTING, "belongs to user 4711, who could replace the file"},
    {0600, 0700, 0, 0, SOMEBODY, TRUST_SECRET,
        "/link: is a symbolic link that belongs to user 4711, expected root or user"},
    {0400, 0700, SOMEBODY, 0, 0, TRUST_SECRET, "/file: owned by user 4711"},
    {0400, 0700, 0, 0, 0, TRUST_SECRET, NULL},
    {0440, 0700, 0, 0, 0, TRUST_SECRET, "(mode 0440), expected its owner alone: chmod 400 /tmp/"},
    {0440, 0700, 0, 0, 0, TRUST_CREDENTIAL, NULL},
    {0644, 0700, 0, 0, 0, TRUST_CREDENTIAL, "(mode 0644), expected its owner alone: chmod 400"},
    {0420, 0700, 0, 0, 0, TRUST_CREDENTIAL, "(mode 0420)"},
};

static bool needs_root(int row)
{
    return rows[row].owner == SOMEBODY || rows[row].folder_owner == SOMEBODY ||
        rows[row].link_owner == SOMEBODY;
}

TEST_LOOP(fault_h14_only_a_file_that_nobody_else_could_have_written_is_believed, ARRAY_COUNT(rows))
{
    struct error err = {0};
    int file = -1;
    if (needs_root(_i) && geteuid() != 0) {
        printf("SKIPPED row %d: only root can make files of others\n", _i);
        return;
    }
    ck_assert_int_eq(chmod(path, rows[_i].mode), 0);
    ck_assert_int_eq(chmod(folder, rows[_i].folder_mode), 0);
    if (rows[_i].owner != 0)
        ck_assert_int_eq(chown(path, rows[_i].owner, (gid_t)-1), 0);
    if (rows[_i].link_owner != 0)
        ck_assert_int_eq(symlink(path, link_path), 0);
    if (rows[_i].link_owner == SOMEBODY)
        ck_assert_int_eq(lchown(link_path, SOMEBODY, (gid_t)-1), 0);
    if (rows[_i].folder_owner != 0)
        ck_assert_int_eq(chown(folder, rows[_i].folder_owner, (gid_t)-1), 0);
    bool good =
        trust_open(&file, rows[_i].link_owner != 0 ? link_path : path, rows[_i].trust, &err);
    ck_assert_int_eq(good, rows[_i].error == NULL);
    ck_assert_int_eq(file >= 0, good);
    if (good)
        (void)close(file);
    else
        ck_assert_msg(strstr(err.text, rows[_i].error) != NULL, "%s", err.text);
}

TEST(a_group_may_write_only_if_it_is_the_users_own)
{
    struct error err = {0};
    struct stat status;
    ck_assert_int_eq(chmod(path, 0664), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    bool own = geteuid() != 0 && status.st_gid == status.st_uid;
    ck_assert_int_eq(trust_check(path, TRUST_SETTING, &err), own);
    if (!own)
        ck_assert_ptr_nonnull(strstr(err.text, "/file: is group-writable; run: chmod g-w /tmp/"));
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(chmod(folder, 0770), 0);
    ck_assert_int_eq(trust_check(path, TRUST_SETTING, &err), own);
    if (!own)
        ck_assert_ptr_nonnull(strstr(err.text, " is group-writable, so that anybody of its group"));
    ck_assert_int_eq(chmod(folder, 01770), 0); /* as /tmp: nobody replaces another's file */
    ck_assert_msg(trust_check(path, TRUST_SETTING, &err), "%s", err.text);
}

/* A pipe that nobody writes into would never end, nor would its opening. */
TEST(fault_h11_a_pipe_is_refused_at_once)
{
    struct error err = {0};
    int file;
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    for (int trust = TRUST_SETTING; trust <= TRUST_CREDENTIAL; trust++) {
        ck_assert(!trust_open(&file, path, (enum trust)trust, &err));
        ck_assert_ptr_nonnull(strstr(err.text, "/file: not a regular file, which was expected"));
    }
    ck_assert(!trust_check("/dev/zero", TRUST_SETTING, &err));
    ck_assert(!trust_check("/tmp", TRUST_SETTING, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
}

SUITE(.before = make_folder, .after = remove_folder);
