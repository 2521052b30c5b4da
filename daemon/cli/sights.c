/*
 * sights.c: one read-only transaction a database. One that cannot be reached is told with every
 * sync that needs it, and fails nothing.
 */
#include "cli/sights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pg/pg.h"
#include "source/source.h"
#include "source/watch.h"
#include "source/watch_site.h"

struct sight {
    const char *url; /* borrowed from the definitions */
    struct pg *pg; /* NULL: not asked yet, or err says why */
    bool own; /* it is closed with the sights */
    struct error err;
};

void sights_open(struct sights *sights, struct cli *cli)
{
    size_t syncs = cli->definitions.syncs_count;
    const char **urls = mem_new(syncs + 1, sizeof *urls);
    *sights = (struct sights){.cli = cli, .count = watch_databases(&cli->definitions, urls)};
    sights->databases = mem_new(sights->count + 1, sizeof *sights->databases);
    for (size_t i = 0; i < sights->count; i++)
        sights->databases[i] = (struct sight){.url = urls[i]};
    free(urls);
}

void sights_close(struct sights *sights)
{
    for (size_t i = 0; i < sights->count; i++)
        if (sights->databases[i].own)
            pg_close(sights->databases[i].pg);
    free(sights->databases);
    *sights = (struct sights){0};
}

static struct pg *connect_to(struct sights *sights, struct sight *sight)
{
    if (sight->pg != NULL || sight->err.kind != ERROR_NONE)
        return sight->pg;
    sight->own = strcmp(sight->url, sights->cli->definitions.database_url) != 0;
    if (!sight->own) {
        sight->pg = sights->cli->state;
    } else if (!pg_open_plain(&sight->pg, sight->url, "assocd status", ERROR_SOURCE, &sight->err) ||
        !pg_begin(sight->pg, "read only", &sight->err)) {
        pg_close(sight->pg);
        sight->pg = NULL;
    }
    return sight->pg;
}

void sights_add(struct sights *sights, const struct sync_definition *sync, struct buf *text)
{
    struct sight *sight = sights->databases;
    const char *url = watch_database(&sights->cli->definitions, sync);
    CLEANUP(buf_clear) struct buf found = {0};
    enum watch_state state;
    struct error err;
    if (!sync->watch)
        return;
    while (strcmp(sight->url, url) != 0)
        sight++;
    if (connect_to(sights, sight) == NULL)
        err = sight->err;
    else if (watch_look_in(sight->pg, sync, &state, &found, &err)) {
        if (state == WATCH_MISSING)
            buf_add_text(text, buf_text(&found));
        return;
    }
    buf_addf(
        text, "it cannot be said whether changes of %s are seen: %s", source_name(sync), err.text);
}
