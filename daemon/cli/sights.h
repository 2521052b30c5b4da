/*
 * sights.h: whether the changes of watched sources are seen, for assocd status: looked up in the
 * sources' databases, each of which is connected to once.
 */
#ifndef CLI_SIGHTS_H
#define CLI_SIGHTS_H

#include "base/buf.h"
#include "cli/cli.h"

struct sights {
    struct cli *cli;
    struct sight *databases; /* private to sights.c */
    size_t count;
};

/* cli->state is open, and stays so until sights_close. */
void sights_open(struct sights *sights, struct cli *cli);
void sights_close(struct sights *sights);

/* Adds why changes of this sync's source are not seen, or cannot be looked for, and what to do;
 * nothing if they are seen, or if the sync is not watched. */
void sights_add(struct sights *sights, const struct sync_definition *sync, struct buf *text);

#endif
