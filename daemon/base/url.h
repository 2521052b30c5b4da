/*
 * url.h: SCHEME://HOST[:PORT], the only form of URL that assocd sends anything to: no user, no
 * path, no query. The one place that decides which hosts are this machine's own.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/attr.h"

enum { URL_HOST_MAX = 255 };

enum url_fault {
    URL_GOOD,
    URL_SCHEME, /* neither https:// nor http:// */
    URL_USER, /* has a user or password */
    URL_HOST, /* has no valid host */
    URL_PATH, /* has a path or query; a single slash at the end is fine */
    URL_PORT, /* has no valid port */
};

struct url {
    bool secure; /* https */
    bool has_port;
    char host[URL_HOST_MAX + 1]; /* without the brackets of an IPv6 address */
};

enum url_fault url_parse(const char *text, struct url *url);

/* "has no valid host", … for a message; "" for URL_GOOD and URL_SCHEME, which is said by naming
 * what was expected. */
const char *url_fault_text(enum url_fault fault);

/* True for localhost, 127.0.0.0/8 and ::1 (without brackets). */
bool url_host_is_loopback(const char *host);

#endif
