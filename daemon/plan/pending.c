/*
 * pending.c: two sorted lists of records, and what of a record's changes they leave.
 */
#include "plan/pending.h"

#include <string.h>

#include "pg/pg.h"
#include "journal/record_key.h"

/* "0\t17": from-record 17; 1: to-record; 2: everything. */
static bool add_line(struct pending *pending, char *line, struct error *err)
{
    char *cells[2];
    uint64_t id = 0;
    bool two = pg_copy_split(line, cells, 2) == 2;
    if (two && strcmp(cells[0], "2") == 0) {
        pending->everything = true;
        return true;
    }
    if (!two || !assoc_parse_id(cells[1], strlen(cells[1]), &id))
        return record_keys_bad_row(err);
    id_list_add(strcmp(cells[0], "0") == 0 ? &pending->from : &pending->to, id);
    return true;
}

bool pending_load(struct pending *pending, struct session *session, struct error *err)
{
    struct pg *state = session->state;
    pending_clear(pending);
    pending->one_type = strcmp(session->from_type, session->to_type) == 0;
    if (!pg_copy_statement(state, STATEMENT_KEYS_HELD, NULL, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(state, &line, &length, err))
            return false;
        if (line == NULL)
            return true;
        if (!add_line(pending, line, err))
            return false;
    }
}

bool pending_holds(const struct pending *pending, uint64_t from_id, uint64_t to_id)
{
    if (pending->everything || id_list_has(&pending->from, from_id) ||
        id_list_has(&pending->to, to_id))
        return true;
    return pending->one_type &&
        (id_list_has(&pending->from, to_id) || id_list_has(&pending->to, from_id));
}

static bool is_held(const struct pending *pending, const struct change *change)
{
    bool takes = change->operation == CHANGE_ARCHIVE || change->operation == CHANGE_DISOWN ||
        change->operation == CHANGE_MOVED;
    return takes && pending_holds(pending, change->assoc.from_id, change->assoc.to_id);
}

/* Would the create at `at` move a type away from where it has to stay? What moves stands behind all
 * creates (diff.h). */
static bool moves_held(const struct pending *pending, const struct diff_list *changes, size_t at)
{
    const struct change *create = &changes->items[at];
    if (create->operation != CHANGE_CREATE)
        return false;
    for (size_t i = at + 1; i < changes->count; i++)
        if (changes->items[i].operation == CHANGE_MOVED &&
            changes->items[i].assoc.type == create->assoc.type &&
            is_held(pending, &changes->items[i]))
            return true;
    return false;
}

void pending_leave(const struct pending *pending, struct diff_list *changes, size_t first)
{
    size_t kept = first;
    if (!pending->everything && pending->from.count + pending->to.count == 0)
        return;
    for (size_t i = first; i < changes->count; i++) {
        bool left = is_held(pending, &changes->items[i]) || moves_held(pending, changes, i);
        if (!left)
            changes->items[kept++] = changes->items[i];
    }
    changes->count = kept;
}

void pending_clear(struct pending *pending)
{
    id_list_clear(&pending->from);
    id_list_clear(&pending->to);
    *pending = (struct pending){0};
}
