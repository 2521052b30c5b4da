/*
 * output.h: how things look for people: numbers with thousands, tables, a progress bar.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdio.h>

#include "base/amount.h"
#include "base/attr.h"
#include "pg/pg.h"
#include "run/run.h"

enum {
    NUMBER_TEXT_MAX = AMOUNT_NUMBER_MAX,
    API_TEXT_MAX = 80,
    COUNT_TEXT_MAX = AMOUNT_TEXT_MAX,
    CELL_TEXT_MAX = 24
};

/* See base/amount.h. */
const char *output_number(uint64_t number, char text[static NUMBER_TEXT_MAX]);
const char *output_count(uint64_t count, const char *plural, char text[static COUNT_TEXT_MAX]);

/* A version of the API, how long it lives and what to move to: "v3, supported until 2027-09,
 * replaced by 2026-09"; into text; returns text. */
const char *output_api(enum dialect dialect, char text[static API_TEXT_MAX]);

/* A cell as people read it: a time to the second and with its zone ("2026-11-23 20:31:26Z", in
 * space), anything else as it is. */
const char *output_cell(
    const struct pg_rows *rows, int row, int column, char space[static CELL_TEXT_MAX]);

/* Columns of rows under their names, as wide as needed; numbers (by right_columns, a bit for each
 * column) flush right. "Nothing yet" text for no rows. */
void output_table(const struct pg_rows *rows, uint64_t right_columns, const char *nothing);

/* printf to stdout (tell: stderr, to: whichever) with every text argument made visible:
 * base/show.h. In cli/ nothing else prints what is not written in the program. */
void output_print(const char *format, ...) PRINTF(1, 2);
void output_tell(const char *format, ...) PRINTF(1, 2);
void output_to(FILE *out, const char *format, ...) PRINTF(2, 3);

/* Text of several lines, of which every other control character is made visible. */
void output_lines(const char *text);
void output_tell_lines(const char *text);

/* JSON and a line end. */
void output_json(const char *json);

/* "assocd: SYNC: what went wrong" on stderr (sync NULL: without). Further lines of the text are
 * indented: none can be taken for a message of its own. */
void output_error(const char *sync, const struct error *err);

/* Draws progress on stderr: a bar on a terminal, a line every 10 s otherwise. */
void output_progress(const struct progress *progress);

/* Takes the bar away before other output. */
void output_progress_end(void);

#endif
