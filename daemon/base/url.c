/*
 * url.c: what stands in a URL, part by part.
 */
#include "base/url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* The host, without the brackets of an IPv6 address; false if it is none. *at moves behind it. */
static bool read_host(const char **at, char host[static URL_HOST_MAX + 1])
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    const char *text = *at;
    bool bracket = *text == '[';
    text += bracket;
    size_t length = strspn(text, bracket ? "0123456789abcdefABCDEF:." : name);
    if (length == 0 || length > URL_HOST_MAX || (bracket && text[length] != ']'))
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    *at = text + length + bracket;
    return true;
}

/* ":PORT", and at most a slash behind it. */
static bool is_port_end(const char *text)
{
    if (*text != ':')
        return false;
    size_t length = strspn(text + 1, "0123456789");
    const char *rest = text + 1 + length;
    long port = length > 0 && length <= 5 ? strtol(text + 1, NULL, 10) : 0;
    return port >= 1 && port <= 65535 && (rest[0] == '\0' || strcmp(rest, "/") == 0);
}

enum url_fault url_parse(const char *text, struct url *url)
{
    *url = (struct url){.secure = strncmp(text, "https://", 8) == 0};
    if (!url->secure && strncmp(text, "http://", 7) != 0)
        return URL_SCHEME;
    const char *at = text + (url->secure ? 8 : 7);
    if (strchr(at, '@') != NULL)
        return URL_USER;
    if (!read_host(&at, url->host))
        return URL_HOST;
    if (*at == '\0' || strcmp(at, "/") == 0)
        return URL_GOOD;
    if (*at == '/' || *at == '?' || *at == '#')
        return URL_PATH;
    url->has_port = true;
    return is_port_end(at) ? URL_GOOD : URL_PORT;
}

const char *url_fault_text(enum url_fault fault)
{
    static const char *const texts[] = {
        [URL_GOOD] = "",
        [URL_SCHEME] = "",
        [URL_USER] = "has a user or password",
        [URL_HOST] = "has no valid host",
        [URL_PATH] = "has a path or query",
        [URL_PORT] = "has no valid port",
    };
    return texts[fault];
}

bool url_host_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
