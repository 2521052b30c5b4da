/*
 * config_token.c: the access token, from a file that is really private or from the environment.
 * Neither a message nor a second copy ever holds its bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/trust.h"
#include "config/config.h"

enum { TOKEN_LEAST = 16, TOKEN_MOST = 512 };

/* What a secret must look like. */
struct secret_form {
    const char *what; /* "token" */
    size_t least, most;
    bool (*allows)(unsigned char c);
};

static bool token_allows(unsigned char c)
{
    static const char marks[] = "._-";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
        (c != '\0' && strchr(marks, c) != NULL);
}

static bool password_allows(unsigned char c)
{
    return c >= 0x20 && c != 0x7F;
}

static const struct secret_form token_form = {"token", TOKEN_LEAST, TOKEN_MOST, token_allows};
static const struct secret_form password_form = {"password", 1, TOKEN_MOST, password_allows};

/* Bytes that people put beside a secret without seeing them. None of them is part of one. */
static const char *byte_name(unsigned char c)
{
    static const struct {
        unsigned char byte;
        const char *name;
    } names[] = {{'\r', "a carriage return (a file with Windows line ends?)"},
        {'\n', "a line feed (is there a second line?)"}, {' ', "a space"}, {'\t', "a tab"},
        {'"', "a double quotation mark"}, {'\'', "a single quotation mark"}, {'\0', "a NUL byte"},
        {'=', "an equals sign (a line NAME=TOKEN?)"}, {':', "a colon"},
        {0xC2, "a character that is not ASCII (a no-break space?)"},
        {0xE2, "a character that is not ASCII (a typographic quotation mark or space?)"}};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (names[i].byte == c)
            return names[i].name;
    return c >= 0x80 ? "a character that is not ASCII" : "a character that no token has";
}

static bool begins(const char *text, size_t length, const char *with)
{
    return length >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* Says what is wrong with the form of a secret, without showing any of it. */
static bool check_form(
    const struct secret_form *form, const char *text, size_t length, struct error *err)
{
    if (length == 0)
        return error_set(err, ERROR_CONFIG, "is empty, expected the %s", form->what);
    if (begins(text, length, "\xEF\xBB\xBF"))
        return error_set(err, ERROR_CONFIG,
            "begins with a UTF-8 byte-order mark (bytes 1 to 3), expected the %s alone",
            form->what);
    if (begins(text, length, "\xFF\xFE") || begins(text, length, "\xFE\xFF"))
        return error_set(err, ERROR_CONFIG,
            "begins with a UTF-16 byte-order mark (bytes 1 and 2), expected plain ASCII");
    if (form->allows == token_allows && length > 7 && strncasecmp(text, "Bearer ", 7) == 0)
        return error_set(
            err, ERROR_CONFIG, "begins with \"Bearer \" (bytes 1 to 7), expected the token alone");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!form->allows(c))
            return error_set(err, ERROR_CONFIG,
                "does not hold a %s: byte %zu of %zu is %s; expected one line with the %s alone",
                form->what, i + 1, length, byte_name(c), form->what);
    }
    if (length >= form->least && length <= form->most)
        return true;
    return error_set(err, ERROR_CONFIG,
        "does not hold a %s: it has %zu%s characters, expected %zu to %zu", form->what, length,
        length > form->most ? " or more" : "", form->least, form->most);
}

/* systemd sets the rights of its credentials itself, and may grant a group's. */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder != NULL ? strlen(folder) : 0;
    return length > 0 && folder[0] == '/' && strncmp(path, folder, length) == 0 &&
        path[length] == '/' && strstr(path, "/..") == NULL;
}

static bool read_secret(int file, const struct secret_form *form, char **secret, struct error *err)
{
    char text[TOKEN_MOST + 3] = "";
    ssize_t count;
    size_t length = 0;
    do {
        count = read(file, text + length, sizeof text - 1 - length);
        length += count > 0 ? (size_t)count : 0;
    } while (count > 0 || (count < 0 && errno == EINTR));
    bool read_all = count == 0;
    if (read_all && length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    bool good = read_all && check_form(form, text, length, err);
    if (good)
        *secret = mem_text_part(text, length);
    explicit_bzero(text, sizeof text);
    return read_all ? good : error_set(err, ERROR_CONFIG, "cannot be read: %s", strerror(errno));
}

/* Beside the service the file is there, and root's alone. */
static bool no_secret(const char *path, const struct secret_form *form, struct error *err)
{
    bool locked = access(path, R_OK) != 0 && errno == EACCES;
    return error_set(err, err->kind, "%s file %s%s", form->what, err->text,
        locked ? "; where the service is installed the file is root's, and a command that needs it "
                 "runs "
                 "as the service does (sudo systemd-run …, see \"People beside the service\")"
               : "");
}

static bool secret_from_file(
    const char *path, const struct secret_form *form, char **secret, struct error *err)
{
    int file;
    if (!trust_open(&file, path, is_credential(path) ? TRUST_CREDENTIAL : TRUST_SECRET, err))
        return no_secret(path, form, err);
    bool good = read_secret(file, form, secret, err);
    (void)close(file);
    return good || error_prefix(err, "%s file %s", form->what, path);
}

static bool token_from_environment(const char *name, char **token, struct error *err)
{
    char *value = getenv(name);
    if (value == NULL)
        return error_set(
            err, ERROR_CONFIG, "environment variable %s: not set, expected the access token", name);
    bool good = check_form(&token_form, value, strlen(value), err);
    if (good)
        *token = mem_text(value);
    explicit_bzero(value, strlen(value)); /* /proc/PID/environ shows these very bytes */
    (void)unsetenv(name);
    return good || error_prefix(err, "environment variable %s", name);
}

bool config_token(const struct portal_definition *portal, char **token, struct error *err)
{
    bool good = portal->token_file != NULL
        ? secret_from_file(portal->token_file, &token_form, token, err)
        : token_from_environment(portal->token_env, token, err);
    return good || error_prefix(err, "portal %s", portal->name);
}

bool config_proxy_password(
    const struct portal_definition *portal, char **password, struct error *err)
{
    *password = NULL;
    return portal->proxy_password_file == NULL ||
        secret_from_file(portal->proxy_password_file, &password_form, password, err) ||
        error_prefix(err, "portal %s: proxy", portal->name);
}
