/*
 * change_row.h: how a change's association is read out of a row of assocd.change.
 */
#ifndef JOURNAL_CHANGE_ROW_H
#define JOURNAL_CHANGE_ROW_H

#include "model/assoc.h"

struct pg_rows;
struct types;

/* The columns from_id, to_id, category, type_id, which begin at `column`. Its type is TYPE_NONE if
 * the account does not list it any more. */
struct assoc change_row_assoc(
    const struct types *types, const struct pg_rows *rows, int row, int column);

#endif
