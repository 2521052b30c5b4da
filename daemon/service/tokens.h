/*
 * tokens.h: the tokens that came in the daemon's environment (token_env). They are taken out of it
 * as soon as the configuration names the variables, because an environment is shown to others and
 * inherited by everything; a worker gets the one of its own portal, and takes it out in turn.
 */
#ifndef SERVICE_TOKENS_H
#define SERVICE_TOKENS_H

#include "base/attr.h"
#include "model/definition.h"

struct tokens {
    char **entries; /* NAME=TOKEN */
    size_t count;
    size_t room;
};

/* Takes the variables that the portals name out of the environment, wiping their bytes there. What
 * was taken before stays, for a configuration that names it again. */
void tokens_consume(struct tokens *tokens, const struct definitions *definitions);

/* NAME=TOKEN for a worker of this portal; NULL if it has no such token. Borrowed. */
const char *tokens_entry(const struct tokens *tokens, const struct portal_definition *portal);

/* Wipes and frees them. */
void tokens_clear(struct tokens *tokens);

#endif
