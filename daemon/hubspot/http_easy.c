/*
 * http_easy.c: the settings of every request, as rows. hubspot-api 4.7 has the measurements
 * behind them: what curl does by default follows redirects with the body, obeys proxies of the
 * environment, repeats a request on its own when a used connection dies.
 */
#include "hubspot/http_easy.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/mem.h"
#include "hubspot/rate.h"

static const struct {
    CURLoption option;
    long value;
} always[] = {
    {CURLOPT_FOLLOWLOCATION, 0}, {CURLOPT_UNRESTRICTED_AUTH, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED}, {CURLOPT_SSL_VERIFYPEER, 1}, {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2}, /* or newer */
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1}, /* HTTP/2 has hidden repeats of its own */
    {CURLOPT_HTTP09_ALLOWED, 0}, {CURLOPT_NOSIGNAL, 1}, {CURLOPT_CONNECTTIMEOUT_MS, 10000},
    {CURLOPT_LOW_SPEED_LIMIT, 100}, /* fewer bytes a second … */
    {CURLOPT_LOW_SPEED_TIME, 30}, /* … for so many seconds is a dead answer */
    {CURLOPT_BUFFERSIZE, 128 << 10}, /* an answer of 400 KB in four reads, not thirty */
    {CURLOPT_MAXLIFETIME_CONN, 300}, /* then the certificate is looked at again */
};

/* curl's call before each request that leaves. If the connection it had kept turns out to be dead,
 * it would send the request again on a new one, unasked: without a permit, and uncounted. */
static int let_out(void *left, char *to, char *from, int to_port, int from_port)
{
    bool again = *(bool *)left;
    (void)to, (void)from, (void)to_port, (void)from_port;
    *(bool *)left = true;
    return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* A date in a header of the answer; -1: none that can be read. */
static time_t header_date(CURL *easy, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return -1;
    return curl_getdate(header->value, NULL);
}

/* Not CURLINFO_RETRY_AFTER: since libcurl 8.14 that says six hours for whatever is longer. A date
 * counts from the date of the answer: this machine's clock may be wrong. */
int64_t http_easy_retry_after_ms(CURL *easy)
{
    struct curl_header *header;
    if (curl_easy_header(easy, "retry-after", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    int64_t wait_s;
    if (isdigit((unsigned char)header->value[0])) { /* no date begins with one */
        wait_s = strtoll(header->value, NULL, 10);
    } else {
        time_t at_s = header_date(easy, "retry-after"), sent_s = header_date(easy, "date");
        wait_s = at_s != -1 ? (int64_t)at_s - (sent_s != -1 ? sent_s : clock_wall_s()) : 0;
    }
    if (wait_s > RATE_RETRY_AFTER_MAX_MS / 1000)
        return RATE_RETRY_AFTER_MAX_MS;
    return wait_s > 0 ? wait_s * 1000 : 0;
}

/* An attempt that timed out while connecting never carried the request, nor did one whose proxy did
 * not let it through. */
static bool never_left(CURL *easy)
{
    curl_off_t sent_us = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
    return sent_us == 0;
}

enum http_end http_easy_end(CURL *easy, CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return HTTP_UNREACHED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return HTTP_UNTRUSTED;
    default:
        return never_left(easy) ? HTTP_UNREACHED : HTTP_BROKEN;
    }
}

/* A certificate that is out of its dates looks like that on a machine whose clock is wrong, too.
 * The codes are OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED; with
 * another TLS library nothing is added. */
static void report_clock(CURL *easy, char why[static HTTP_WHY_MAX])
{
    long result = 0;
    char now[CLOCK_TEXT_MAX];
    if (curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result) != CURLE_OK ||
        (result != 9 && result != 10))
        return;
    size_t length = strlen(why);
    clock_utc_text(clock_wall_s() * 1000000, now);
    (void)snprintf(why + length, HTTP_WHY_MAX - length, " (this machine's clock says %.10s)", now);
}

void http_easy_why(
    CURL *easy, const struct http_settings *settings, CURLcode code, char why[static HTTP_WHY_MAX])
{
    long status = 0;
    const char *ignored = environment_proxy();
    if (code == CURLE_ABORTED_BY_CALLBACK)
        (void)snprintf(why, HTTP_WHY_MAX, "the connection was lost before the answer");
    else if (why[0] == '\0')
        (void)snprintf(why, HTTP_WHY_MAX, "%s", curl_easy_strerror(code));
    if (http_easy_end(easy, code) == HTTP_UNTRUSTED)
        report_clock(easy, why);
    if (http_easy_end(easy, code) != HTTP_UNREACHED)
        return;
    size_t length = strlen(why);
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (settings->proxy == NULL && ignored != NULL)
        (void)snprintf(why + length, HTTP_WHY_MAX - length,
            "; %s is set in the environment and ignored: name the proxy in portals.*.proxy",
            ignored);
    else if (settings->proxy != NULL && status == 407)
        (void)snprintf(why + length, HTTP_WHY_MAX - length, "; the proxy %.150s %s",
            settings->proxy,
            settings->proxy_user != NULL
                ? "refuses portals.*.proxy_user or its password"
                : "wants a user: portals.*.proxy_user and proxy_password_file");
    else if (settings->proxy != NULL)
        (void)snprintf(
            why + length, HTTP_WHY_MAX - length, " (through the proxy %.150s)", settings->proxy);
}

/* No proxy but the one of the configuration, and through that one nothing but a tunnel: it sees
 * neither token nor data. */
static bool set_proxy(CURL *easy, const struct http_settings *settings)
{
    bool good = curl_easy_setopt(easy, CURLOPT_PROXY,
                    settings->proxy != NULL ? settings->proxy : "") == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK;
    if (settings->proxy == NULL)
        return good;
    good &= curl_easy_setopt(easy, CURLOPT_PROXYTYPE, (long)CURLPROXY_HTTP) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE) == CURLE_OK;
    if (settings->proxy_user == NULL)
        return good;
    good &= curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, settings->proxy_user) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, settings->proxy_password) == CURLE_OK;
    return good;
}

void http_easy_set(CURL *easy, const struct http_settings *settings,
    const struct http_request *request, bool *left)
{
    bool https = strncmp(settings->base_url, "https:", 6) == 0;
    long changes = request->changes ? 1 : 0;
    bool good = true;
    for (size_t i = 0; i < ARRAY_COUNT(always); i++)
        good &= curl_easy_setopt(easy, always[i].option, always[i].value) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, https ? "https" : "http") == CURLE_OK;
    good &= set_proxy(easy, settings);
    good &= curl_easy_setopt(easy, CURLOPT_USERAGENT, "assocd/" ASSOCD_VERSION) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, changes) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, changes) == CURLE_OK;
    *left = false;
    good &= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, let_out) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PREREQDATA, left) == CURLE_OK;
    if (settings->ca_file != NULL) {
        good &= curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK; /* nobody else */
    }
    if (request->body != NULL) {
        curl_off_t length = (curl_off_t)request->body_length;
        good &= curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, length) == CURLE_OK;
    }
    assert(good); /* fails only for want of memory, or if curl was built without HTTP or TLS */
}

/* What was built against a newer library sets options that an older one does not know. */
bool http_easy_check(struct error *err)
{
    const curl_version_info_data *found = curl_version_info(CURLVERSION_NOW);
    if (found->version_num >= LIBCURL_VERSION_NUM && (found->features & CURL_VERSION_SSL) != 0)
        return true;
    return error_set(err, ERROR_INTERNAL,
        "libcurl %s%s is loaded; expected " LIBCURL_VERSION " or newer, with TLS", found->version,
        (found->features & CURL_VERSION_SSL) != 0 ? "" : " without TLS");
}

struct curl_slist *http_easy_headers(const char *token)
{
    size_t size = strlen(token) + 32;
    char *line = mem_new(size, 1);
    (void)snprintf(line, size, "Authorization: Bearer %s", token);
    /* An empty Expect: curl otherwise waits for 100 Continue before a long body. */
    const char *lines[] = {
        line, "Content-Type: application/json", "Accept: application/json", "Expect:"};
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        headers = curl_slist_append(headers, lines[i]);
        assert(headers != NULL);
    }
    http_easy_wipe(line);
    return headers;
}

void http_easy_wipe(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

void http_easy_free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line != NULL; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}
