/*
 * credentials.c: checks of what a client is opened with, and of what it stands on.
 */
#include "hubspot/credentials.h"

#include <ctype.h>
#include <string.h>

#include "base/files.h"
#include "base/trust.h"
#include "base/url.h"
#include "hubspot/http_easy.h"

enum { TOKEN_MAX = 4096 };

bool credentials_check_server(const char *base_url, struct error *err)
{
    struct url url;
    enum url_fault fault = url_parse(base_url, &url);
    if (fault == URL_SCHEME)
        return error_set(err, ERROR_CONFIG,
            "base_url \"%s\" does not begin with https:// (http:// is for loopback addresses only)",
            base_url);
    if (fault != URL_GOOD)
        return error_set(err, ERROR_CONFIG,
            "base_url %s, expected https://HOST or https://HOST:PORT", url_fault_text(fault));
    return url.secure || url_host_is_loopback(url.host) ||
        error_set(err, ERROR_CONFIG,
            "base_url \"%s\" would send the token unencrypted; http:// is for loopback addresses "
            "only",
            base_url);
}

static bool check_ca(const char *ca_file, struct error *err)
{
    return ca_file == NULL || trust_check(ca_file, TRUST_SETTING, err) ||
        error_set(err, err->kind, "ca_file %s", err->text);
}

bool credentials_check_token(const char *token, struct error *err)
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

bool credentials_check(const struct http_settings *settings, struct error *err)
{
    return credentials_check_server(settings->base_url, err) && check_ca(settings->ca_file, err) &&
        credentials_check_token(settings->token, err) && http_easy_check(err) &&
        check_files(settings->slots, err);
}
