/*
 * http_server.c: checks of what a client is opened with, and of what it stands on.
 */
#include "hubspot/http_server.h"

#include <ctype.h>
#include <string.h>

#include "base/files.h"
#include "base/trust.h"
#include "hubspot/http_easy.h"

enum { TOKEN_MAX = 4096, URL_MAX = 512 };

/* The host of what stands behind "://", and whether it is followed by nothing but a port. */
static bool split_host(const char *rest, char host[static URL_MAX])
{
    size_t length = rest[0] == '[' ? strcspn(rest, "]") + 1 : strcspn(rest, ":/");
    if (length == 0 || length >= URL_MAX || strspn(rest, "[") > 1)
        return false;
    memcpy(host, rest, length);
    host[length] = '\0';
    for (const char *at = host; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr(".-[:]", *at) == NULL)
            return false;
    rest += length;
    if (*rest == ':') {
        size_t digits = strspn(rest + 1, "0123456789");
        if (digits == 0 || digits > 5)
            return false;
        rest += 1 + digits;
    }
    return strcmp(rest, "") == 0 || strcmp(rest, "/") == 0;
}

static bool is_loopback(const char *host)
{
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host);
}

bool http_server_check(const char *base_url, struct error *err)
{
    bool https = strncmp(base_url, "https://", 8) == 0;
    bool http = strncmp(base_url, "http://", 7) == 0;
    char host[URL_MAX];
    if (!https && !http)
        return error_set(err, ERROR_CONFIG,
            "base_url \"%s\" does not begin with https:// (http:// is for loopback addresses only)",
            base_url);
    if (strlen(base_url) >= URL_MAX || !split_host(base_url + (https ? 8 : 7), host))
        return error_set(err, ERROR_CONFIG,
            "base_url is not https://host or https://host:port without a path, user or query");
    if (http && !is_loopback(host))
        return error_set(err, ERROR_CONFIG,
            "base_url \"%s\" would send the token unencrypted; http:// is for loopback addresses "
            "only",
            base_url);
    return true;
}

static bool check_ca(const char *ca_file, struct error *err)
{
    return ca_file == NULL || trust_check(ca_file, TRUST_SETTING, err) ||
        error_set(err, err->kind, "ca_file %s", err->text);
}

bool http_token_check(const char *token, struct error *err)
{
    size_t length = strlen(token);
    if (length == 0)
        return error_set(err, ERROR_CONFIG, "the HubSpot token is empty");
    if (length > TOKEN_MAX)
        return error_set(err, ERROR_CONFIG, "the HubSpot token is longer than %d bytes", TOKEN_MAX);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)token[i]) && strchr("-._~+/=", token[i]) == NULL)
            return error_set(err, ERROR_CONFIG,
                "the HubSpot token contains an invalid character at position %zu of %zu (trailing "
                "space or newline in the file?)",
                i + 1, length);
    return true;
}

/* A connection in use and an idle one for each slot. */
static bool check_files(uint32_t slots, struct error *err)
{
    char what[48];
    (void)snprintf(what, sizeof what, "limits.in_flight %u", slots - 1);
    return files_allow(FILES_BASE + 2 * (uint64_t)slots, what, err);
}

bool http_settings_check(const struct http_settings *settings, struct error *err)
{
    return http_server_check(settings->base_url, err) && check_ca(settings->ca_file, err) &&
        http_token_check(settings->token, err) && http_easy_check(err) &&
        check_files(settings->slots, err);
}
