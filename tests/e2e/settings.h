/*
 * settings.h: the configuration file of a case: defaults, overridden by the case's `set` steps.
 * Keys are those of assocd.yaml, without `syncs.links.`; those of the portal begin with `portal.`.
 * `other.base_url`: there is a second portal, `other`.
 */
#ifndef E2E_SETTINGS_H
#define E2E_SETTINGS_H

#include "base/attr.h"

enum { SETTINGS_MAX = 48 };

struct setting {
    char *key; /* "guards.max_archive", "portal.limits.read_inputs" */
    char *value; /* as YAML; "": left out */
};

struct settings {
    struct setting items[SETTINGS_MAX];
    size_t count;
};

/* Back to the defaults. */
void settings_reset(struct settings *settings);
void settings_clear(struct settings *settings);
void settings_set(struct settings *settings, const char *key, const char *value);
const char *settings_get(const struct settings *settings, const char *key); /* "" if unset */

/* Writes the file. */
void settings_write(const struct settings *settings, const char *path);

#endif
