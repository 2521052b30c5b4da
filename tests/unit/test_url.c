/*
 * test_url.c: which server a URL names, and which hosts are this machine's own.
 */
#include <check.h>
#include <string.h>

#include "base/url.h"
#include "lib/suite.h"

static const struct {
    const char *text;
    enum url_fault fault;
    const char *host;
    bool has_port;
} urls[] = {
    {"https://api.hubapi.com", URL_GOOD, "api.hubapi.com", false},
    {"https://api.hubapi.com/", URL_GOOD, "api.hubapi.com", false},
    {"http://[::1]:80", URL_GOOD, "::1", true},
    {"http://h:65535/", URL_GOOD, "h", true},
    {"ftp://h", URL_SCHEME, "", false},
    {"", URL_SCHEME, "", false},
    {"https://u:p@h", URL_USER, "", false},
    {"https://h/@", URL_USER, "", false},
    {"https://", URL_HOST, "", false},
    {"https://[::1", URL_HOST, "", false},
    {"https://[]", URL_HOST, "", false},
    {"https://h//", URL_PATH, "h", false},
    {"https://h/x", URL_PATH, "h", false},
    {"https://h?x", URL_PATH, "h", false},
    {"https://h#x", URL_PATH, "h", false},
    {"https://h:0", URL_PORT, "h", true},
    {"https://h:65536", URL_PORT, "h", true},
    {"https://h:", URL_PORT, "h", true},
    {"https://h:8x", URL_PORT, "h", true},
    {"https://h:80/x", URL_PORT, "h", true},
    {"https://h\r\nx", URL_PORT, "h", true},
};

TEST_LOOP(names_host_and_port_and_no_more, ARRAY_COUNT(urls))
{
    struct url url;
    ck_assert_int_eq(url_parse(urls[_i].text, &url), urls[_i].fault);
    ck_assert_str_eq(url.host, urls[_i].host);
    ck_assert(url.has_port == urls[_i].has_port);
    bool silent = urls[_i].fault == URL_GOOD || urls[_i].fault == URL_SCHEME;
    ck_assert((url_fault_text(urls[_i].fault)[0] == '\0') == silent);
}

TEST(no_host_is_longer_than_its_room)
{
    char text[400] = "https://";
    struct url url;
    memset(text + 8, 'a', URL_HOST_MAX);
    ck_assert_int_eq(url_parse(text, &url), URL_GOOD);
    text[8 + URL_HOST_MAX] = 'a';
    ck_assert_int_eq(url_parse(text, &url), URL_HOST);
}

static const struct {
    const char *host;
    bool loopback;
} hosts[] = {
    {"localhost", true},
    {"127.0.0.1", true},
    {"127.9.9.9", true},
    {"::1", true},
    {"0:0:0:0:0:0:0:1", true},
    {"::2", false},
    {"0.0.0.0", false},
    {"128.0.0.1", false},
    {"127.1", false}, /* which libraries read differently */
    {"127.0.0.1.example.com", false},
    {"localhost.example.com", false},
    {"", false},
};

TEST_LOOP(loopback_is_an_address_of_this_machine_alone, ARRAY_COUNT(hosts))
{
    ck_assert_msg(url_host_is_loopback(hosts[_i].host) == hosts[_i].loopback, "%s", hosts[_i].host);
}
