/*
 * row.c: one line of a COPY as PostgreSQL sends it, split into cells, and the ids in them. Cells
 * written out and split again are the same cells; an id is taken exactly if it is a number from 1
 * to 2^63-1 in digits, and what is written of it is read back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "model/assoc.h"
#include "model/types.h"
#include "pg/pg.h"
#include "pg/text.h"

enum { CELLS_MAX = 8 };

static void judge_id(const char *cell)
{
    struct buf text = {0};
    uint64_t id = 0, again = 0;
    uint64_t value = 0;
    size_t length = strlen(cell);
    bool good = length > 0 && strspn(cell, "0123456789") == length;
    for (size_t i = 0; good && i < length; i++)
        good = !__builtin_mul_overflow(value, 10, &value) &&
            !__builtin_add_overflow(value, (uint64_t)(cell[i] - '0'), &value);
    good = good && value > 0 && value <= INT64_MAX;
    bool read = assoc_parse_id(cell, length, &id);
    fuzz_require(read == good, "\"%s\" is %s", cell, read ? "taken" : "refused");
    fuzz_require(!read || id == value, "\"%s\" is %llu", cell, (unsigned long long)id);
    if (read) {
        buf_add_u64(&text, id);
        read = assoc_parse_id(buf_text(&text), text.length, &again);
        fuzz_require(read && again == id, "%s is not read back", buf_text(&text));
    }
    buf_clear(&text);
}

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void judge_round_trip(char **cells, int count)
{
    struct buf line = {0};
    char *again[CELLS_MAX + 1];
    for (int i = 0; i < count; i++)
        pg_copy_text(&line, cells[i]);
    char *copy = mem_text(buf_text(&line));
    int split = pg_copy_split(copy, again, CELLS_MAX + 1);
    fuzz_require(split == count, "%d cells are written, %d read: %s", count, split, copy);
    for (int i = 0; i < count; i++)
        fuzz_require(same(cells[i], again[i]), "cell %d: \"%s\" is read as \"%s\"", i,
            cells[i] != NULL ? cells[i] : "NULL", again[i] != NULL ? again[i] : "NULL");
    free(copy);
    buf_clear(&line);
}

/* A cell as the name of a type: whatever it says, at most one of those there are. */
static void judge_type(const char *cell)
{
    char plain[] = "HUBSPOT_DEFINED", own[] = "USER_DEFINED", label[] = "Decision maker";
    char name[] = "contact_to_company_unlabeled";
    struct type items[] = {{.category = plain, .type_id = 279, .name = name, .kind = TYPE_PLAIN},
        {.category = own, .type_id = 36, .label = label}};
    struct types types = {.items = items, .count = ARRAY_COUNT(items)};
    uint32_t index = types_match_text(&types, cell);
    fuzz_require(index == TYPE_NONE || index < types.count, "\"%s\" is type %u", cell, index);
    const char *near = types_nearest(&types, cell);
    fuzz_require(near == NULL || near == label || near == name, "\"%s\" is near %s", cell, near);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *line = mem_text_part((const char *)bytes, size);
    char *cells[CELLS_MAX];
    line[strcspn(line, "\n")] = '\0';
    int count = pg_copy_split(line, cells, CELLS_MAX);
    fuzz_require(count == -1 || (count >= 1 && count <= CELLS_MAX), "%d cells", count);
    for (int i = 0; i < count; i++) {
        if (cells[i] == NULL)
            continue;
        judge_id(cells[i]);
        judge_type(cells[i]);
    }
    if (count > 0 && (cells[0] == NULL || cells[0][0] != '\0'))
        judge_round_trip(cells, count);
    free(line);
    return 0;
}
