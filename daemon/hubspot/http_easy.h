/*
 * http_easy.h: what every request has in common: the settings of a curl handle and its headers.
 * Belongs to http.c and credentials.c; nobody else includes it.
 */
#ifndef HUBSPOT_HTTP_EASY_H
#define HUBSPOT_HTTP_EASY_H

#include <curl/curl.h>

#include "hubspot/http.h"

/* Is the libcurl that is loaded new enough, and has it TLS? ERROR_INTERNAL. */
MUST_CHECK bool http_easy_check(struct error *err);

/* Sets everything on a new handle but what belongs to one slot (URL, headers, callbacks). *left
 * says whether the request has left; it must live as long as the transfer. */
void http_easy_set(CURL *easy, const struct http_settings *settings,
    const struct http_request *request, bool *left);

/* What the answer's Retry-After asks for, as seconds or as a date; at most RATE_RETRY_AFTER_MAX_MS;
 * 0: not said, or not understood. */
int64_t http_easy_retry_after_ms(CURL *easy);

/* What a transfer's end means. */
enum http_end http_easy_end(CURL *easy, CURLcode code);

/* Why it was no answer, in words: curl's own if it left some in why. */
enum { HTTP_WHY_MAX = 2 * CURL_ERROR_SIZE };
void http_easy_why(
    CURL *easy, const struct http_settings *settings, CURLcode code, char why[static HTTP_WHY_MAX]);

/* Wipes and frees a text; NULL is fine. */
void http_easy_wipe(char *text);

/* The header lines; freeing them wipes the token. */
struct curl_slist *http_easy_headers(const char *token);
void http_easy_free_headers(struct curl_slist *headers);

#endif
