/*
 * tls_cases.c: whom assocd believes to be HubSpot. The sandbox's door with TLS shows certificates
 * that are good or wrong in one way each; what reached it tells whether the token was given away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/bed.h"
#include "service/cases.h"

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
    {"expired", "127.0.0.1", "ca", "NORMAL", 69, "certificate has expired"},
    {"stranger", "127.0.0.1", "ca", "NORMAL", 69, "unable to get local issuer certificate"},
    {"selfsigned", "127.0.0.1", "ca", "NORMAL", 69, "self-signed certificate"},
    {"good", "127.0.0.1", "ca", "NORMAL:-VERS-ALL:+VERS-TLS1.1", 69, "unsupported protocol"},
    {"good", "127.0.0.1", "gone", "NORMAL", 78, "gone.pem: No such file or directory"},
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

START_TEST(fault_a34_speaks_to_no_server_whose_certificate_is_wrong)
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
END_TEST

TCase *tls_cases(void)
{
    TCase *cases = tcase_create("tls");
    tcase_add_checked_fixture(cases, open_certificates, close_certificates);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, fault_a34_speaks_to_no_server_whose_certificate_is_wrong, 0,
        (int)ARRAY_COUNT(doors));
    return cases;
}
