/*
 * tls_cases.c: whom assocd believes to be HubSpot. The sandbox's door with TLS shows certificates
 * that are good or wrong in one way each; what reached it tells whether the token was given away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/suite.h"
#include "lib/connect_proxy.h"
#include "service/bed.h"

static struct bed bed;
static char certificates[96];

static void run_script(const char *const argv[])
{
    struct process process = {0};
    ck_assert_msg(
        process_run(&process, argv, NULL, BED_MS) == 0, "%s: %s", argv[0], buf_text(&process.err));
    process_clear(&process);
}

static void open_certificates(void)
{
    char script[512];
    const char *top = getenv("ASSOCD_TOP");
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(
        certificates, sizeof certificates, "%.40s/tls.XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(certificates));
    (void)snprintf(script, sizeof script, "%s/tests/lib/certificates.sh", top != NULL ? top : ".");
    run_script((const char *const[]){script, certificates, NULL});
    bed_open(&bed, "manual");
}

static void close_certificates(void)
{
    bed_close(&bed);
    run_script((const char *const[]){"rm", "-r", certificates, NULL});
}

static const struct {
    const char *certificate; /* that the server shows */
    const char *host; /* that the configuration names */
    const char *trusted; /* ca_file; NULL: none */
    const char *priorities; /* of the server */
    int status;
    const char *error; /* part of what is said */
} doors[] = {
    {"good", "127.0.0.1", "ca", "NORMAL", 0, ""},
    {"good", "localhost", "ca", "NORMAL:-VERS-ALL:+VERS-TLS1.2", 0, ""},
    {"good", "127.0.0.1", NULL, "NORMAL", 69,
        "SSL certificate problem: unable to get local issuer"},
    {"host", "127.0.0.1", "ca", "NORMAL", 69, "no alternative certificate subject name matches"},
    {"expired", "127.0.0.1", "ca", "NORMAL", 69,
        "certificate has expired (this machine's clock says 20"},
    {"future", "127.0.0.1", "ca", "NORMAL", 69,
        "certificate is not yet valid (this machine's clock says 20"},
    {"stranger", "127.0.0.1", "ca", "NORMAL", 69, "unable to get local issuer certificate"},
    {"selfsigned", "127.0.0.1", "ca", "NORMAL", 69, "self-signed certificate"},
    {"good", "127.0.0.1", "ca", "NORMAL:-VERS-ALL:+VERS-TLS1.1", 69, "unsupported protocol"},
    {"good", "127.0.0.1", "gone", "NORMAL", 78, "gone.pem: does not exist"},
};

/* The portal is the door with TLS that this row describes; portal is its YAML. */
static void open_door(int number, struct buf *portal)
{
    char pem[160];
    struct buf syncs = {0};
    (void)snprintf(pem, sizeof pem, "%s/%s.pem", certificates, doors[number].certificate);
    char *url = bed_secure(&bed, pem, doors[number].priorities);
    ck_assert_msg(url != NULL, "%s", buf_text(&bed.sandbox.err));
    buf_addf(portal, "    base_url: https://%s%s\n", doors[number].host, strrchr(url, ':'));
    if (doors[number].trusted != NULL)
        buf_addf(portal, "    ca_file: %s/%s.pem\n", certificates, doors[number].trusted);
    bed.portal_yaml = buf_text(portal);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
    free(url);
}

TEST_LOOP(fault_a34_speaks_to_no_server_whose_certificate_is_wrong, ARRAY_COUNT(doors))
{
    static const char *const run[] = {"run", NULL};
    CLEANUP(buf_clear) struct buf portal = {0};
    struct process process = {0};
    char bundle[160];
    bool good = doors[_i].status == 0;
    open_door(_i, &portal);
    /* What the environment says about whom to trust does not count. */
    (void)snprintf(bundle, sizeof bundle, "%s/ca.pem", certificates);
    (void)setenv("SSL_CERT_FILE", bundle, 1);
    (void)setenv("CURL_CA_BUNDLE", bundle, 1);
    (void)bed_command(&bed, &process, run);
    ck_assert_msg(process.status == doors[_i].status, "%s: exit code %d: %s", doors[_i].certificate,
        process.status, buf_text(&process.err));
    ck_assert_msg(
        strstr(buf_text(&process.err), doors[_i].error) != NULL, "%s", buf_text(&process.err));
    ck_assert_int_eq(bed_logged(&bed, "\"seq\":") > 0, good);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.managed"), good ? 20 : 0);
    process_clear(&process);
}

/* "assocd:canary-proxy" */
#define PROXY_CREDENTIALS "YXNzb2NkOmNhbmFyeS1wcm94eQ=="

static const struct {
    const char *title;
    bool asks; /* the proxy wants to know who it is */
    const char *password; /* in the file; NULL: neither user nor file are configured */
    int status;
    const char *error;
} ways[] = {
    {"an open proxy", false, NULL, 0, ""},
    {"a proxy that knows us", true, "canary-proxy", 0, ""},
    {"a proxy that asks who we are", true, NULL, 69,
        "wants a user: portals.*.proxy_user and proxy_password_file"},
    {"a wrong password", true, "canary-wrong", 69, "refuses portals.*.proxy_user or its password"},
};

static void add_proxy(struct buf *portal, const char *url, const char *password)
{
    char path[160];
    buf_addf(portal, "    proxy: %s\n", url);
    if (password == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s/proxy-password", certificates);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    (void)fprintf(file, "%s\n", password);
    (void)fclose(file);
    ck_assert_int_eq(chmod(path, 0400), 0);
    buf_addf(portal, "    proxy_user: assocd\n    proxy_password_file: %s\n", path);
}

static void configure_again(const struct buf *portal)
{
    struct buf syncs = {0};
    bed.portal_yaml = buf_text(portal);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

TEST_LOOP(fault_c11_reaches_hubspot_through_the_configured_proxy, ARRAY_COUNT(ways))
{
    static const char *const run[] = {"run", NULL};
    CLEANUP(buf_clear) struct buf portal = {0};
    struct connect_proxy proxy;
    struct process process = {0};
    bool good = ways[_i].status == 0;
    open_door(0, &portal);
    connect_proxy_open(&proxy, ways[_i].asks ? PROXY_CREDENTIALS : NULL, BED_TOKEN);
    add_proxy(&portal, proxy.url, ways[_i].password);
    configure_again(&portal);
    (void)setenv("no_proxy", "*", 1); /* the environment does not lead past it either */
    (void)bed_command_within(&bed, &process, run, 2 * BED_MS);
    ck_assert_msg(process.status == ways[_i].status, "%s: exit code %d: %s", ways[_i].title,
        process.status, buf_text(&process.err));
    ck_assert_msg(
        strstr(buf_text(&process.err), ways[_i].error) != NULL, "%s", buf_text(&process.err));
    ck_assert_ptr_null(strstr(buf_text(&process.err), "canary"));
    ck_assert_int_eq(connect_proxy_tunnels(&proxy) > 0, good);
    ck_assert_int_eq(connect_proxy_refusals(&proxy) > 0, !good);
    ck_assert(!connect_proxy_saw_secret(&proxy));
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.managed"), good ? 20 : 0);
    connect_proxy_close(&proxy);
    process_clear(&process);
}

/* Nothing listens at port 1 and no proxy is configured: the reason may be the one in the
 * environment, which is ignored and must be told. */
TEST_LOOP(fault_c11_says_that_the_proxy_of_the_environment_is_ignored, 2)
{
    static const char *const run[] = {"run", NULL};
    CLEANUP(buf_clear) struct buf portal = {0};
    struct connect_proxy proxy;
    struct process process = {0};
    connect_proxy_open(&proxy, NULL, BED_TOKEN);
    buf_add_text(&portal, "    base_url: https://127.0.0.1:1\n");
    configure_again(&portal);
    (void)setenv(_i == 0 ? "HTTPS_PROXY" : "https_proxy", proxy.url, 1);
    (void)bed_command_within(&bed, &process, run, 2 * BED_MS);
    ck_assert_msg(process.status == 69, "exit code %d: %s", process.status, buf_text(&process.err));
    ck_assert_msg(strstr(buf_text(&process.err),
                      _i == 0 ? "HTTPS_PROXY is set in the environment and ignored: name the proxy "
                                "in portals.*.proxy"
                              : "https_proxy is set in the environment and ignored") != NULL,
        "%s", buf_text(&process.err));
    ck_assert_int_eq((int)connect_proxy_tunnels(&proxy), 0);
    connect_proxy_close(&proxy);
    process_clear(&process);
}

SUITE(.before = open_certificates, .after = close_certificates);
