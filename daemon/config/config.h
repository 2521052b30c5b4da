/*
 * config.h: the configuration file as `struct definitions`. One table of keys (config_keys.c)
 * gives each its type, default, range and help; parsing, checking, printing and the documentation
 * follow from it. All errors are ERROR_CONFIG and read `FILE:LINE: key: what is wrong, what was
 * expected`; none shows the value of an environment variable.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/definition.h"

/* Reads and checks the whole file: of at most 4 MiB, and one that nobody but root and the user who
 * runs this can have written (base/trust.h). *out is only touched on success; the caller owns it
 * (definitions_clear). The error has one problem a line, as many as fit, the first ones first. */
MUST_CHECK bool config_load(const char *path, struct definitions *out, struct error *err);

/* The two halves of config_load: the checks of the file and its bytes, added to text … */
MUST_CHECK bool config_read(const char *path, struct buf *text, struct error *err);

/* … and the same from text; `path` is the file's name in errors and in out->path. */
MUST_CHECK bool config_parse(
    const char *path, const char *text, size_t length, struct definitions *out, struct error *err);

/* Adds the effective settings as YAML that config_load reads back to the same definitions, except
 * that passwords in database URLs are `***`. */
void config_print(const struct definitions *definitions, struct buf *out);

/* Adds a database URL (or keywords) with passwords replaced by `***`. */
void config_mask_url(const char *url, struct buf *out);

/* The portal's access token out of token_file (a regular file of root's or ours that nobody else
 * may read, except its group below $CREDENTIALS_DIRECTORY) or out of the environment variable
 * token_env, which is unset then: a worker must get it before it is read. The caller wipes
 * (explicit_bzero) and frees *token. Errors name the file or variable, the byte that no token has
 * and its place, and, where it helps, the command to run; of bytes that a token may have they show
 * none. */
MUST_CHECK bool config_token(
    const struct portal_definition *portal, char **token, struct error *err);

/* The password of the portal's proxy out of proxy_password_file, by the same rules; *password is
 * NULL if the portal names no such file. */
MUST_CHECK bool config_proxy_password(
    const struct portal_definition *portal, char **password, struct error *err);

/* What two syncs of one account may have in common: a text that is equal for what is certainly the
 * same association. from, to: the ids of the sync's object types. Owned by the caller. */
char *config_overlap_key(const char *from, const char *to, const struct type_want *want);

/* What two types of two syncs of one account are to each other. */
enum meeting {
    MEETING_NONE,
    MEETING_SAME, /* one association */
    MEETING_SAME_ONCE, /* likewise, and one of its records can have it only once */
    MEETING_MARK, /* the primary mark of the first sync's links, the plain type of the second's */
    MEETING_UNKNOWN, /* perhaps one association */
};

/* Would the two syncs undo each other's work for ever, if their tables contradict each other? Two
 * that only create never do, unless a record can have it only once: then each takes it from what
 * the other created. The mark keeps no plain link: a mirror archives every one that its table does
 * not name, in every run, with its mark, which the other sync makes again; mirror_owned lets go of
 * a link with its archive. on_drift: report leaves what the other has done alone. */
bool config_overlap_is_refused(enum meeting meeting, const struct sync_definition *first,
    const struct sync_definition *second);

/* What documentation, help and lints need of one key. */
struct config_key_text {
    const char *path; /* `portals.*.limits.in_flight` */
    const char *type; /* "integer", "duration", … */
    const char *preset; /* the default as it is written in YAML; NULL: required or none */
    bool required;
    const char *range; /* "1 … 64", "v3 | v4 | …"; "" if there is none. Valid until the next call */
    const char *help; /* one line */
};

/* The keys in the order of the file. index goes from 0; false when there is none of that index. */
bool config_keys(size_t index, struct config_key_text *key);

#endif
