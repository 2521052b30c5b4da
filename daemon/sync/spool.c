/*
 * spool.c: a temporary file of 24-byte rows. The pair being written is held back until the next one
 * begins, so that its types can be sorted and repeated rows dropped.
 */
#include "sync/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { BLOCK_ROWS = 4096 };

struct spool {
    const char *name;
    enum spool_order order;
    int file;
    bool reading;
    struct assoc_list pair; /* rows of the last (from_id, to_id), not written yet */
    struct assoc last;
    uint64_t count, records, duplicates;
    struct assoc block[BLOCK_ROWS];
    size_t block_count, block_at;
};

bool spool_open(struct spool **spool, const char *name, enum spool_order order, struct error *err)
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || folder[0] == '\0')
        folder = "/var/tmp";
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(err, ERROR_INTERNAL, "cannot make a temporary file in %s for %s: %s",
            folder, name, strerror(errno));
    *spool = mem_new(1, sizeof **spool);
    (*spool)->name = name;
    (*spool)->order = order;
    (*spool)->file = file;
    return true;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    assoc_list_clear(&spool->pair);
    (void)close(spool->file);
    free(spool);
}

static bool write_block(struct spool *spool, struct error *err)
{
    const char *at = (const char *)spool->block;
    size_t left = spool->block_count * sizeof spool->block[0];
    while (left > 0) {
        ssize_t done = write(spool->file, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set(err, ERROR_INTERNAL, "cannot write the temporary file of %s: %s",
                spool->name, strerror(errno));
        at += done;
        left -= (size_t)done;
    }
    spool->block_count = 0;
    return true;
}

static bool put(struct spool *spool, struct assoc row, struct error *err)
{
    if (spool->block_count == BLOCK_ROWS && !write_block(spool, err))
        return false;
    spool->block[spool->block_count++] = row;
    if (row.to_id != 0)
        spool->count++;
    return true;
}

static bool put_pair(struct spool *spool, struct error *err)
{
    size_t kept = assoc_sort_unique(spool->pair.rows, spool->pair.count);
    spool->duplicates += spool->pair.count - kept;
    for (size_t i = 0; i < kept; i++)
        if (!put(spool, spool->pair.rows[i], err))
            return false;
    spool->pair.count = 0;
    return true;
}

bool spool_add(struct spool *spool, struct assoc row, struct error *err)
{
    assert(!spool->reading);
    if (spool->order == SPOOL_AS_IS)
        return put(spool, row, err);
    const struct assoc *last = &spool->last;
    if (row.from_id < last->from_id || (row.from_id == last->from_id && row.to_id < last->to_id))
        return error_set(err, ERROR_SOURCE,
            "%s do not come in order: %llu -> %llu after %llu -> %llu; nothing was compared",
            spool->name, (unsigned long long)row.from_id, (unsigned long long)row.to_id,
            (unsigned long long)last->from_id, (unsigned long long)last->to_id);
    if (row.from_id != last->from_id)
        spool->records++;
    if (!assoc_same_pair(&row, last) && !put_pair(spool, err))
        return false;
    /* Exact repeats of the last row are common and must not pile up. */
    if (spool->pair.count > 0 &&
        assoc_compare(&row, &spool->pair.rows[spool->pair.count - 1]) == 0) {
        spool->duplicates++;
        return true;
    }
    assoc_list_add(&spool->pair, row);
    spool->last = row;
    return true;
}

bool spool_rewind(struct spool *spool, struct error *err)
{
    if (!spool->reading && (!put_pair(spool, err) || !write_block(spool, err)))
        return false;
    spool->reading = true;
    spool->block_count = 0;
    spool->block_at = 0;
    if (lseek(spool->file, 0, SEEK_SET) != 0)
        return error_set(err, ERROR_INTERNAL, "cannot rewind the temporary file of %s: %s",
            spool->name, strerror(errno));
    return true;
}

static bool read_block(struct spool *spool, struct error *err)
{
    char *at = (char *)spool->block;
    size_t got = 0;
    while (got < sizeof spool->block) {
        ssize_t done = read(spool->file, at + got, sizeof spool->block - got);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set(err, ERROR_INTERNAL, "cannot read the temporary file of %s: %s",
                spool->name, strerror(errno));
        if (done == 0)
            break;
        got += (size_t)done;
    }
    assert(got % sizeof spool->block[0] == 0);
    spool->block_count = got / sizeof spool->block[0];
    spool->block_at = 0;
    return true;
}

bool spool_peek(struct spool *spool, const struct assoc **row, struct error *err)
{
    assert(spool->reading);
    if (spool->block_at == spool->block_count && !read_block(spool, err))
        return false;
    *row = spool->block_at < spool->block_count ? &spool->block[spool->block_at] : NULL;
    return true;
}

void spool_take(struct spool *spool)
{
    assert(spool->block_at < spool->block_count);
    spool->block_at++;
}

uint64_t spool_count(const struct spool *spool)
{
    return spool->count;
}

uint64_t spool_records(const struct spool *spool)
{
    return spool->records;
}

uint64_t spool_duplicates(const struct spool *spool)
{
    return spool->duplicates;
}
