/* test_chunk.c: chunks hold whole records, each exactly once, from both spools, in order. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "lib/suite.h"
#include "plan/chunk.h"

enum { IDS = 40, TO_MAX = 5 };

static struct error err;

/* Which records and how many rows of each: a model of a spool. */
struct side {
    unsigned rows[IDS + 1];
    struct spool *spool;
};

static void side_open(struct side *side, struct random *random, unsigned rows_max)
{
    ck_assert(spool_open(&side->spool, "rows", SPOOL_SORTED, &err));
    for (uint64_t id = 1; id <= IDS; id++) {
        side->rows[id] = (unsigned)random_below(random, rows_max + 1);
        for (uint64_t to = 1; to <= side->rows[id]; to++)
            ck_assert(spool_add(side->spool, (struct assoc){.from_id = id, .to_id = to}, &err));
    }
    ck_assert(spool_rewind(side->spool, &err));
}

/* The rows of one record at *at are as many as the model says, and its own. */
static void expect_rows(
    const struct assoc_list *list, size_t *at, uint64_t from_id, const struct side *side)
{
    for (uint64_t to = 1; to <= side->rows[from_id]; to++, ++*at) {
        ck_assert_uint_lt(*at, list->count);
        ck_assert(list->rows[*at].from_id == from_id && list->rows[*at].to_id == to);
    }
}

struct sides {
    struct side desired, owned, only;
    bool restricted;
};

static bool in_scope(const struct sides *sides, uint64_t id)
{
    return sides->desired.rows[id] + sides->owned.rows[id] > 0 &&
        (!sides->restricted || sides->only.rows[id] > 0);
}

/* Walks all chunks beside the model; *id is the last record seen. */
static void expect_chunk(const struct chunk *chunk, const struct sides *sides, uint64_t *id)
{
    size_t desired = 0, owned = 0;
    ck_assert_uint_le(chunk->from_count, chunk->ids_max);
    for (size_t i = 0; i < chunk->from_count; i++) {
        for (++*id; *id <= IDS && !in_scope(sides, *id);)
            ++*id;
        ck_assert_uint_eq(chunk->from_ids[i], *id);
        expect_rows(&chunk->desired, &desired, *id, &sides->desired);
        expect_rows(&chunk->owned, &owned, *id, &sides->owned);
    }
    ck_assert_uint_eq(desired, chunk->desired.count);
    ck_assert_uint_eq(owned, chunk->owned.count);
}

static void walk(struct sides *sides, size_t ids_max, bool split)
{
    struct chunk chunk, rest;
    uint64_t id = 0;
    chunk_init(&chunk, ids_max);
    chunk_init(&rest, ids_max);
    struct spool *only = sides->restricted ? sides->only.spool : NULL;
    for (;;) {
        ck_assert(chunk_next(&chunk, sides->desired.spool, sides->owned.spool, only, &err));
        if (chunk.from_count == 0)
            break;
        rest.from_count = rest.desired.count = rest.owned.count = 0;
        if (split && chunk.from_count > 1) {
            chunk_split(&chunk, chunk.from_count / 2, &rest);
            ck_assert(chunk.from_count > 0 && rest.from_count > 0);
        }
        expect_chunk(&chunk, sides, &id);
        expect_chunk(&rest, sides, &id);
    }
    for (++id; id <= IDS; id++)
        ck_assert_msg(!in_scope(sides, id), "record %llu is in no chunk", (unsigned long long)id);
    chunk_clear(&chunk);
    chunk_clear(&rest);
}

TEST_LOOP(holds_every_record_of_either_side_once, 4)
{
    struct random random;
    random_init(&random, 7);
    for (int round = 0; round < 150; round++) {
        struct sides sides = {.restricted = _i % 2 == 1};
        side_open(&sides.desired, &random, (unsigned)random_below(&random, TO_MAX));
        side_open(&sides.owned, &random, (unsigned)random_below(&random, TO_MAX));
        side_open(&sides.only, &random, 1);
        walk(&sides, 1 + (size_t)random_below(&random, 12), _i >= 2);
        spool_close(sides.desired.spool);
        spool_close(sides.owned.spool);
        spool_close(sides.only.spool);
    }
}

TEST(ends_a_chunk_early_where_records_are_crowded_but_cuts_none)
{
    enum { CROWD = 15000 };
    struct side desired = {0}, owned = {0};
    ck_assert(spool_open(&desired.spool, "rows", SPOOL_SORTED, &err));
    ck_assert(spool_open(&owned.spool, "rows", SPOOL_SORTED, &err));
    for (uint64_t id = 1; id <= 3; id++)
        for (uint64_t to = 1; to <= CROWD; to++)
            if (!spool_add(desired.spool, (struct assoc){.from_id = id, .to_id = to}, &err))
                ck_abort_msg("%s", err.text);
    ck_assert(spool_rewind(desired.spool, &err) && spool_rewind(owned.spool, &err));
    struct chunk chunk;
    chunk_init(&chunk, 1000);
    ck_assert(chunk_next(&chunk, desired.spool, owned.spool, NULL, &err));
    ck_assert_uint_eq(chunk.from_count, 2);
    ck_assert_uint_eq(chunk.desired.count, 2 * CROWD);
    ck_assert(chunk_next(&chunk, desired.spool, owned.spool, NULL, &err));
    ck_assert_uint_eq(chunk.from_count, 1);
    ck_assert_uint_eq(chunk.desired.count, CROWD);
    chunk_clear(&chunk);
    spool_close(desired.spool);
    spool_close(owned.spool);
}
