/*
 * config_token.c: the access token, from a file that is really private or from the environment.
 * Neither a message nor a second copy ever holds its bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/config.h"

enum { TOKEN_LEAST = 16, TOKEN_MOST = 512 };

static bool is_token(const char *text, size_t length)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return length >= TOKEN_LEAST && length <= TOKEN_MOST && strspn(text, allowed) == length;
}

/* systemd sets the rights of its credentials itself, and may grant a group's. */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder != NULL ? strlen(folder) : 0;
    return length > 0 && folder[0] == '/' && strncmp(path, folder, length) == 0 &&
        path[length] == '/' && strstr(path, "/..") == NULL;
}

static bool check_file(int file, const char *path, struct error *err)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return error_set(
            err, ERROR_CONFIG, "token file %s: cannot be examined: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(
            err, ERROR_CONFIG, "token file %s: not a regular file, which was expected", path);
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return error_set(err, ERROR_CONFIG,
            "token file %s: owned by user %u, expected root or user %u who runs this: "
            "chown %u %s",
            path, status.st_uid, geteuid(), geteuid(), path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !is_credential(path))
        return error_set(err, ERROR_CONFIG,
            "token file %s: others have rights on it (mode %04o), expected its owner alone: "
            "chmod 400 %s",
            path, status.st_mode & 07777, path);
    return true;
}

static bool read_token(int file, const char *path, char **token, struct error *err)
{
    char text[TOKEN_MOST + 3] = "";
    ssize_t count;
    size_t length = 0;
    do {
        count = read(file, text + length, sizeof text - 1 - length);
        length += count > 0 ? (size_t)count : 0;
    } while (count > 0 || (count < 0 && errno == EINTR));
    if (count == 0 && length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    bool good = count == 0 && is_token(text, length);
    if (good)
        *token = mem_text_part(text, length);
    explicit_bzero(text, sizeof text);
    if (count < 0)
        return error_set(
            err, ERROR_CONFIG, "token file %s: cannot be read: %s", path, strerror(errno));
    return good ||
        error_set(err, ERROR_CONFIG,
            "token file %s: does not hold a token, expected one line of 16 to 512 "
            "letters, digits, \".\", \"_\" and \"-\"",
            path);
}

static bool token_from_file(const char *path, char **token, struct error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return error_set(
            err, ERROR_CONFIG, "token file %s: cannot be opened: %s", path, strerror(errno));
    bool good = check_file(file, path, err) && read_token(file, path, token, err);
    (void)close(file);
    return good;
}

static bool token_from_environment(const char *name, char **token, struct error *err)
{
    char *value = getenv(name);
    if (value == NULL)
        return error_set(
            err, ERROR_CONFIG, "environment variable %s: not set, expected the access token", name);
    bool good = is_token(value, strlen(value));
    if (good)
        *token = mem_text(value);
    explicit_bzero(value, strlen(value)); /* /proc/PID/environ shows these very bytes */
    (void)unsetenv(name);
    return good ||
        error_set(err, ERROR_CONFIG,
            "environment variable %s: does not hold a token, expected 16 to 512 "
            "letters, digits, \".\", \"_\" and \"-\"",
            name);
}

bool config_token(const struct portal_definition *portal, char **token, struct error *err)
{
    bool good = portal->token_file != NULL ? token_from_file(portal->token_file, token, err)
                                           : token_from_environment(portal->token_env, token, err);
    return good || error_prefix(err, "portal %s", portal->name);
}
