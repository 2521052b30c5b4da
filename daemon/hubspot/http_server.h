/*
 * http_server.h: whom the token may be sent to, and what a token may look like. Checked before any
 * request: a typing error in base_url must not give the account away.
 */
#ifndef HUBSPOT_HTTP_SERVER_H
#define HUBSPOT_HTTP_SERVER_H

#include "base/attr.h"
#include "base/error.h"

/* https://host[:port], or http:// with a loopback host; no path, no user, no query. ERROR_CONFIG.
 */
MUST_CHECK bool http_server_check(const char *base_url, struct error *err);

/* A file that can be read; NULL is fine. ERROR_CONFIG. */
MUST_CHECK bool http_ca_check(const char *ca_file, struct error *err);

/* Only bytes that can stand in a header line. ERROR_CONFIG; the text never quotes the token. */
MUST_CHECK bool http_token_check(const char *token, struct error *err);

#endif
