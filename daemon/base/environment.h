/*
 * environment.h: what the environment must not decide. Proxies, key logs and configurations of TLS
 * libraries are taken out of it before anything reads them (hubspot-api 4.7); of a proxy it is
 * remembered that there was one, because where nothing can be reached that is the reason.
 */
#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

#include "base/attr.h"

/* To be called once, before any library is used. Processes started later inherit what it did. */
void environment_clean(void);

/* The name of a variable with a proxy that was ignored; NULL if there was none. Borrowed. */
const char *environment_proxy(void);

#endif
