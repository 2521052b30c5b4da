/*
 * credentials.h: whom the token may be sent to, and what a token may look like. Checked before any
 * request: a typing error in base_url must not give the account away.
 */
#ifndef HUBSPOT_CREDENTIALS_H
#define HUBSPOT_CREDENTIALS_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/http.h"

/* https://host[:port], or http:// with a loopback host; no path, no user, no query. ERROR_CONFIG.
 */
MUST_CHECK bool credentials_check_server(const char *base_url, struct error *err);

/* Only bytes that can stand in a header line. ERROR_CONFIG; the text never quotes the token. */
MUST_CHECK bool credentials_check_token(const char *token, struct error *err);

/* Both, a ca_file that can be read, enough files for the slots (ERROR_CONFIG), and a libcurl that
 * is not older than the one this was built with (ERROR_INTERNAL). */
MUST_CHECK bool credentials_check(const struct http_settings *settings, struct error *err);

#endif
