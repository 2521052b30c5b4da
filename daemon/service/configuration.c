/*
 * configuration.c: reads the file and puts it in the place of the last one. Invariant: workers read
 * the very bytes that were accepted here.
 */
#include "service/configuration.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/config.h"
#include "service/listen.h"

enum { LATE_WORKERS = 4 }; /* for each one that works, so many may wait to verify */

static void put_in_place(struct supervisor *supervisor, struct definitions *definitions)
{
    struct sync_table table;
    sync_table_open(&table, definitions);
    sync_table_inherit(&table, &supervisor->syncs);
    sync_table_close(&supervisor->syncs);
    definitions_clear(&supervisor->definitions);
    supervisor->syncs = table;
    supervisor->definitions = *definitions;
    size_t most = (size_t)definitions->max_workers * LATE_WORKERS;
    supervisor->workers_max = most > supervisor->workers_count ? most : supervisor->workers_count;
    supervisor->workers =
        mem_resize(supervisor->workers, supervisor->workers_max, sizeof(struct worker));
    listen_open(supervisor);
    (void)malloc_trim(0); /* a file of ten thousand syncs leaves more behind than it becomes */
}

/* A copy of the file that nobody changes any more: what a worker reads is what was accepted. */
static bool keep_text(struct supervisor *supervisor, const struct buf *text, struct error *err)
{
    int fd = memfd_create("assocd.yaml", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool kept = fd >= 0 && fchmod(fd, 0600) == 0 &&
        write(fd, buf_text(text), text->length) == (ssize_t)text->length &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) == 0;
    if (!kept) {
        (void)error_set(
            err, ERROR_INTERNAL, "cannot keep a copy of the configuration: %s", strerror(errno));
        (void)close(fd);
        return false;
    }
    if (supervisor->config_fd >= 0)
        (void)close(supervisor->config_fd);
    supervisor->config_fd = fd;
    return true;
}

bool configuration_load(struct supervisor *supervisor, struct error *err)
{
    struct definitions definitions = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    bool ok = config_read(supervisor->config_path, &text, err) &&
        config_parse(supervisor->config_path, buf_text(&text), text.length, &definitions, err);
    if (ok && definitions.syncs_count == 0)
        ok = error_set(err, ERROR_CONFIG, "%s: no syncs configured", supervisor->config_path);
    ok = ok && keep_text(supervisor, &text, err);
    if (ok)
        tokens_consume(&supervisor->tokens, &definitions);
    if (ok)
        put_in_place(supervisor, &definitions);
    else
        definitions_clear(&definitions);
    return ok;
}
