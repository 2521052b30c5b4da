/*
 * trust.h: opens a file whose content decides where a token goes, or is a token: the configuration,
 * tokens, passwords, authorities. As ssh does, a file that somebody else could have written is
 * refused, and so is one that is not a regular file: a pipe or a device may never end.
 */
#ifndef BASE_TRUST_H
#define BASE_TRUST_H

#include "base/attr.h"
#include "base/error.h"

enum trust {
    TRUST_SETTING, /* others may read it */
    TRUST_SECRET, /* nobody else may read it */
    TRUST_CREDENTIAL, /* its group may read it: systemd sets the rights of its credentials so */
};

/* Opens the file for reading, close-on-exec. It, the link that leads to it, and the folder of
 * either belong to root or to the user who runs this; nobody else may write to the file but an
 * ordinary user's private group, and not everybody to the folder, unless it is one like /tmp
 * (sticky), where only owners can replace a file. ERROR_CONFIG names the path, what is wrong and
 * the command that mends it; it never shows a byte of the content. */
MUST_CHECK bool trust_open(int *file, const char *path, enum trust trust, struct error *err);

/* The same check of a file that a library opens by itself. */
MUST_CHECK bool trust_check(const char *path, enum trust trust, struct error *err);

#endif
