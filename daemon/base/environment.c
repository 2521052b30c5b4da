/*
 * environment.c: the variables that environment.h is about. Of a proxy only the variable's name is
 * kept, in a variable of our own, so that workers know it too.
 */
#include "base/environment.h"

#include <stdlib.h>

static const char note[] = "ASSOCD_IGNORED_PROXY";

/* The first of them that has a value is the one to be told. */
static const char *const proxies[] = {
    "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"};

void environment_clean(void)
{
    static const char *const unsafe[] = {
        "SSLKEYLOGFILE", "NO_PROXY", "no_proxy", "OPENSSL_CONF", "OPENSSL_MODULES"};
    const char *found = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(proxies); i++) {
        const char *value = getenv(proxies[i]);
        if (value != NULL && value[0] != '\0' && found == NULL)
            found = proxies[i];
        (void)unsetenv(proxies[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(unsafe); i++)
        (void)unsetenv(unsafe[i]);
    if (found != NULL)
        (void)setenv(note, found, 1);
}

const char *environment_proxy(void)
{
    return getenv(note);
}
