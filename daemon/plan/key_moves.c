/*
 * key_moves.c: a sorted list of pairs, and the archives that are among them.
 */
#include "plan/key_moves.h"

#include <string.h>

#include "pg/pg.h"
#include "journal/record_key.h"

/* "17\t30" */
static bool add_line(struct key_moves *moves, char *line, struct error *err)
{
    char *cells[2];
    struct assoc pair = {0};
    if (pg_copy_split(line, cells, 2) != 2 || cells[0] == NULL || cells[1] == NULL ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &pair.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &pair.to_id))
        return record_keys_bad_row(err);
    assoc_list_add(&moves->pairs, pair);
    return true;
}

bool key_moves_load(struct key_moves *moves, struct session *session, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    struct pg_args args = {0};
    key_moves_clear(moves);
    pg_arg_int(&args, (int64_t)session->access.portal_id);
    pg_arg_text(&args, session->from_type);
    pg_arg_text(&args, sync->key_from.property);
    pg_arg_text(&args, session->to_type);
    pg_arg_text(&args, sync->key_to.property);
    if (!pg_copy_statement(session->state, STATEMENT_KEY_MOVES, &args, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(session->state, &line, &length, err))
            return false;
        if (line == NULL)
            return true;
        if (!add_line(moves, line, err))
            return false;
    }
}

void key_moves_mark(const struct key_moves *moves, struct diff_list *changes, size_t first)
{
    size_t at;
    if (moves->pairs.count == 0)
        return;
    for (size_t i = first; i < changes->count; i++) {
        struct change *change = &changes->items[i];
        if (change->operation == CHANGE_ARCHIVE && change->reason == REASON_SOURCE_REMOVED &&
            assoc_find_pair(moves->pairs.rows, moves->pairs.count, &change->assoc, &at) > 0)
            change->reason = REASON_KEY_MOVED;
    }
}

void key_moves_clear(struct key_moves *moves)
{
    assoc_list_clear(&moves->pairs);
}
