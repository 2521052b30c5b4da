/*
 * spool.c: a temporary file of rows. The pair being written is held back until the next one begins,
 * so that its types can be sorted and repeated rows dropped. Writing 24 bytes a row would cost more
 * than reading the row from PostgreSQL: a row is written as what it differs by from the one before
 * it, in numbers of as few bytes as they need, which makes about six.
 */
#include "source/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    BLOCK_BYTES = 64 << 10,
    ROW_BYTES_MAX = 10 + 10 + 5, /* two numbers of 64 bits and one of 33, seven bits a byte */
};

struct spool {
    const char *name;
    enum spool_order order;
    int file;
    bool reading;
    struct assoc_list pair; /* rows of the last (from_id, to_id), not written yet */
    struct assoc last;
    uint64_t count, records, duplicates;
    struct assoc before; /* the row that the next one is told by */
    bool peeked; /* `before` was handed out and not taken */
    bool ended; /* the file has no more than the block */
    unsigned char block[BLOCK_BYTES];
    size_t block_length, block_at;
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
    const unsigned char *at = spool->block;
    size_t left = spool->block_length;
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
    spool->block_length = 0;
    return true;
}

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static unsigned char *put_number(unsigned char *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (unsigned char)(number | 0x80);
    *at++ = (unsigned char)number;
    return at;
}

static const unsigned char *get_number(const unsigned char *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        *number |= (uint64_t)(*at & 0x7F) << shift;
        if ((*at++ & 0x80) == 0)
            break;
    }
    return at;
}

/* How to get from one id, of 63 bits, to another; the sign is the lowest bit, so that a step is
 * small in either direction. */
static inline uint64_t step(uint64_t from, uint64_t to)
{
    return to >= from ? (to - from) << 1 : (from - to) << 1 | 1;
}

static uint64_t make_step(uint64_t from, uint64_t step)
{
    return (step & 1) == 0 ? from + (step >> 1) : from - (step >> 1);
}

static bool put(struct spool *spool, struct assoc row, struct error *err)
{
    if (spool->block_length > BLOCK_BYTES - ROW_BYTES_MAX && !write_block(spool, err))
        return false;
    unsigned char *at = spool->block + spool->block_length;
    at = put_number(at, step(spool->before.from_id, row.from_id));
    at = put_number(at, step(spool->before.to_id, row.to_id));
    at = put_number(at, (uint64_t)row.type << 1 | (row.flags & ASSOC_RELEASED));
    spool->block_length = (size_t)(at - spool->block);
    spool->before = row;
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
    assert(!spool->reading && row.from_id <= ASSOC_ID_MAX && row.to_id <= ASSOC_ID_MAX);
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
    spool->before = (struct assoc){0};
    spool->peeked = false;
    spool->ended = false;
    spool->block_length = 0;
    spool->block_at = 0;
    if (lseek(spool->file, 0, SEEK_SET) != 0)
        return error_set(err, ERROR_INTERNAL, "cannot rewind the temporary file of %s: %s",
            spool->name, strerror(errno));
    return true;
}

/* Moves what is left of the block to its beginning and fills the rest of it. */
static bool read_block(struct spool *spool, struct error *err)
{
    size_t got = spool->block_length - spool->block_at;
    memmove(spool->block, spool->block + spool->block_at, got);
    while (got < sizeof spool->block) {
        ssize_t done = read(spool->file, spool->block + got, sizeof spool->block - got);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set(err, ERROR_INTERNAL, "cannot read the temporary file of %s: %s",
                spool->name, strerror(errno));
        if (done == 0) {
            spool->ended = true;
            break;
        }
        got += (size_t)done;
    }
    spool->block_length = got;
    spool->block_at = 0;
    return true;
}

bool spool_peek(struct spool *spool, const struct assoc **row, struct error *err)
{
    assert(spool->reading);
    *row = &spool->before;
    if (spool->peeked)
        return true;
    bool short_of = spool->block_length - spool->block_at < ROW_BYTES_MAX;
    if (short_of && !spool->ended && !read_block(spool, err))
        return false;
    if (spool->block_at == spool->block_length) {
        *row = NULL;
        return true;
    }
    uint64_t from, to, type;
    const unsigned char *at = spool->block + spool->block_at;
    at = get_number(at, &from);
    at = get_number(at, &to);
    at = get_number(at, &type);
    spool->block_at = (size_t)(at - spool->block);
    assert(spool->block_at <= spool->block_length);
    spool->before.from_id = make_step(spool->before.from_id, from);
    spool->before.to_id = make_step(spool->before.to_id, to);
    spool->before.type = (uint32_t)(type >> 1);
    spool->before.flags = type & ASSOC_RELEASED;
    spool->peeked = true;
    return true;
}

void spool_take(struct spool *spool)
{
    assert(spool->peeked);
    spool->peeked = false;
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
