/*
 * trust.c: who owns a file, its link and its folder, and who may write to them.
 */
#include "base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ours(uid_t owner)
{
    return owner == 0 || owner == geteuid();
}

/* Whom a group of this number lets in: nobody else, if it is the private group of an ordinary user
 * (the user's number), as Debian makes them. */
static bool is_private_group(const struct stat *status)
{
    return status->st_gid == status->st_uid && status->st_uid != 0;
}

static bool check_writers(const struct stat *status, const char *path, struct error *err)
{
    if ((status->st_mode & S_IWOTH) != 0)
        return error_set(err, ERROR_CONFIG, "is world-writable; run: chmod o-w %s", path);
    if ((status->st_mode & S_IWGRP) != 0 && !is_private_group(status))
        return error_set(err, ERROR_CONFIG, "is group-writable; run: chmod g-w %s", path);
    return true;
}

/* Whoever may write to a folder may put another file in the place of this one, unless it is one
 * like /tmp (sticky). */
static bool check_folder(const char *path, struct error *err)
{
    char space[PATH_MAX];
    struct stat status;
    if (strlen(path) >= sizeof space)
        return error_set(err, ERROR_CONFIG, "has a path that is too long");
    (void)snprintf(space, sizeof space, "%s", path);
    const char *folder = dirname(space);
    if (stat(folder, &status) != 0)
        return error_set(err, ERROR_CONFIG, "its folder %s: %s", folder, strerror(errno));
    if (!is_ours(status.st_uid))
        return error_set(err, ERROR_CONFIG,
            "its folder %s belongs to user %u, who could replace the file; expected root or user "
            "%u, who runs this: chown %u %s",
            folder, status.st_uid, geteuid(), geteuid(), folder);
    if ((status.st_mode & S_ISVTX) != 0)
        return true;
    if ((status.st_mode & S_IWOTH) != 0)
        return error_set(err, ERROR_CONFIG,
            "its folder %s is world-writable, so that anybody can replace the file; run: chmod o-w "
            "%s",
            folder, folder);
    return (status.st_mode & S_IWGRP) == 0 || is_private_group(&status) ||
        error_set(err, ERROR_CONFIG,
            "its folder %s is group-writable, so that anybody of its group can replace the file; "
            "run: chmod g-w %s",
            folder, folder);
}

/* errno, as far as somebody can do something about it. */
static bool cannot_open(struct error *err)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return error_set(err, ERROR_CONFIG, "does not exist");
    return error_set(err, ERROR_CONFIG, "cannot be opened by user %u, who runs this: %s", geteuid(),
        strerror(errno));
}

static bool check_link(const char *path, struct error *err)
{
    char target[PATH_MAX];
    struct stat status;
    if (lstat(path, &status) != 0)
        return cannot_open(err);
    if (S_ISLNK(status.st_mode) && !is_ours(status.st_uid))
        return error_set(err, ERROR_CONFIG,
            "is a symbolic link that belongs to user %u, expected root or user %u, who runs this: "
            "chown -h %u %s",
            status.st_uid, geteuid(), geteuid(), path);
    if (!check_folder(path, err))
        return false;
    /* An open file without a name has no folder. */
    return !S_ISLNK(status.st_mode) || realpath(path, target) == NULL || check_folder(target, err);
}

static bool check_file(
    const struct stat *status, const char *path, enum trust trust, struct error *err)
{
    mode_t others = trust == TRUST_CREDENTIAL ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
    if (!S_ISREG(status->st_mode))
        return error_set(err, ERROR_CONFIG, "not a regular file, which was expected");
    if (!is_ours(status->st_uid))
        return error_set(err, ERROR_CONFIG,
            "owned by user %u, expected root or user %u who runs this: chown %u %s", status->st_uid,
            geteuid(), geteuid(), path);
    if (trust == TRUST_SETTING)
        return check_writers(status, path, err);
    if ((status->st_mode & others) != 0)
        return error_set(err, ERROR_CONFIG,
            "others have rights on it (mode %04o), expected its owner alone: chmod 400 %s",
            status->st_mode & 07777, path);
    return true;
}

static bool open_checked(int *file, const char *path, enum trust trust, struct error *err)
{
    struct stat status;
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*file < 0)
        return cannot_open(err);
    if (fstat(*file, &status) != 0)
        return error_set(err, ERROR_CONFIG, "cannot be examined: %s", strerror(errno));
    return check_file(&status, path, trust, err) && check_link(path, err);
}

bool trust_open(int *file, const char *path, enum trust trust, struct error *err)
{
    if (open_checked(file, path, trust, err))
        return true;
    if (*file >= 0)
        (void)close(*file);
    *file = -1;
    return error_prefix(err, "%s", path);
}

bool trust_check(const char *path, enum trust trust, struct error *err)
{
    int file;
    if (!trust_open(&file, path, trust, err))
        return false;
    (void)close(file);
    return true;
}
