/*
 * expand.h: variables of the environment in the values of the file.
 */
#ifndef CONFIG_EXPAND_H
#define CONFIG_EXPAND_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

/* Replaces ${NAME} by the environment's value, ${NAME:-TEXT} by that or, if it is not set or empty,
 * by TEXT, and $${ by ${. */
MUST_CHECK bool config_expand(const char *written, struct buf *out, struct error *err);

#endif
