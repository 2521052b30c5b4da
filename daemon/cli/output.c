/*
 * output.c: tables, numbers, the progress bar.
 */
#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/show.h"
#include "hubspot/client.h"

const char *output_number(uint64_t number, char text[static NUMBER_TEXT_MAX])
{
    return amount_number(number, text);
}

const char *output_count(uint64_t count, const char *plural, char text[static COUNT_TEXT_MAX])
{
    return amount_text(count, plural, text);
}

const char *output_api(enum dialect dialect, char text[static API_TEXT_MAX])
{
    const char *next = dialect_replacement(dialect);
    (void)snprintf(text, API_TEXT_MAX, "%s, supported until %s%s%s", dialect_text(dialect),
        dialect_supported_until(dialect), next != NULL ? ", replaced by " : "",
        next != NULL ? next : "");
    return text;
}

static void write_shown(FILE *out, const char *format, va_list args)
{
    CLEANUP(buf_clear) struct buf text = {0};
    show_vaddf(&text, format, args);
    fputs(buf_text(&text), out);
}

void output_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_shown(stdout, format, args);
    va_end(args);
}

void output_tell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_shown(stderr, format, args);
    va_end(args);
}

void output_to(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_shown(out, format, args);
    va_end(args);
}

static void write_lines(FILE *out, const char *text)
{
    CLEANUP(buf_clear) struct buf shown = {0};
    show_add(&shown, text, "\n");
    fputs(buf_text(&shown), out);
}

void output_lines(const char *text)
{
    write_lines(stdout, text);
}

void output_tell_lines(const char *text)
{
    write_lines(stderr, text);
}

void output_json(const char *json)
{
    CLEANUP(buf_clear) struct buf shown = {0};
    show_add_json(&shown, json);
    puts(buf_text(&shown));
}

void output_error(const char *sync, const struct error *err)
{
    output_tell("assocd: %s%s", sync != NULL ? sync : "", sync != NULL ? ": " : "");
    for (const char *line = err->text;;) {
        size_t length = strcspn(line, "\n");
        output_tell("%.*s\n", (int)length, line);
        if (line[length] == '\0')
            return;
        line += length + 1;
        output_tell("    ");
    }
}

/* Characters, not bytes, as far as UTF-8 tells. */
static int width_of(const char *text)
{
    CLEANUP(buf_clear) struct buf shown = {0};
    int width = 0;
    show_add(&shown, text, "");
    for (const char *at = buf_text(&shown); *at != '\0'; at++)
        width += ((unsigned char)*at & 0xC0) != 0x80;
    return width;
}

static void print_cell(const char *text, int width, bool right, bool last)
{
    output_print("%*s", right ? width : last ? 0 : -width, text);
    fputs(last ? "\n" : "  ", stdout);
}

const char *output_cell(
    const struct pg_rows *rows, int row, int column, char space[static CELL_TEXT_MAX])
{
    enum { TO_THE_SECOND = 19 };
    const char *text = pg_rows_text(rows, row, column);
    if (!pg_rows_time(rows, column) || strcspn(text, ".+") != TO_THE_SECOND)
        return text; /* "infinity" */
    (void)snprintf(space, CELL_TEXT_MAX, "%.*sZ", TO_THE_SECOND, text);
    return space;
}

void output_table(const struct pg_rows *rows, uint64_t right_columns, const char *nothing)
{
    enum { COLUMNS_MAX = 32 };
    char space[CELL_TEXT_MAX];
    int widths[COLUMNS_MAX];
    int columns = pg_rows_columns(rows);
    if (columns > COLUMNS_MAX)
        columns = COLUMNS_MAX;
    if (rows->count == 0) {
        puts(nothing);
        return;
    }
    for (int c = 0; c < columns; c++) {
        widths[c] = width_of(pg_rows_name(rows, c));
        for (int r = 0; r < rows->count; r++) {
            int width = width_of(output_cell(rows, r, c, space));
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (int r = -1; r < rows->count; r++)
        for (int c = 0; c < columns; c++)
            print_cell(r < 0 ? pg_rows_name(rows, c) : output_cell(rows, r, c, space), widths[c],
                (right_columns >> c & 1) != 0, c == columns - 1);
}

static struct {
    const char *stage;
    int64_t began_ms;
    int64_t drawn_ms;
    bool on_screen;
} bar;

static void draw_bar(const struct progress *progress, int64_t elapsed_ms)
{
    enum { CELLS = 30 };
    char done[NUMBER_TEXT_MAX], total[NUMBER_TEXT_MAX];
    double share = progress->total > 0 ? (double)progress->done / (double)progress->total : 0;
    int filled = share > 1 ? CELLS : (int)(share * (double)CELLS);
    fprintf(stderr, "\r\033[K%-8s", progress->stage);
    if (progress->total > 0) {
        fputs(" [", stderr);
        for (int i = 0; i < CELLS; i++)
            fputc(i < filled ? '#' : '.', stderr);
        fprintf(stderr, "] %s of %s", output_number(progress->done, done),
            output_number(progress->total, total));
        if (share > 0.02 && share < 1)
            fprintf(stderr, ", %.0f s left", (double)elapsed_ms / 1000.0 * (1.0 / share - 1.0));
    } else {
        fprintf(stderr, " %s rows", output_number(progress->done, done));
    }
    fflush(stderr);
    bar.on_screen = true;
}

void output_progress(const struct progress *progress)
{
    static int terminal = -1;
    if (terminal < 0)
        terminal = isatty(STDERR_FILENO);
    int64_t now = clock_now_ms();
    bool new_stage = bar.stage == NULL || strcmp(bar.stage, progress->stage) != 0;
    if (new_stage) {
        bar.stage = progress->stage;
        bar.began_ms = now;
        bar.drawn_ms = terminal ? 0 : now;
    }
    bool finished = progress->total > 0 && progress->done >= progress->total;
    if (terminal && (new_stage || finished || now - bar.drawn_ms >= 100)) {
        draw_bar(progress, now - bar.began_ms);
        bar.drawn_ms = now;
    } else if (!terminal && now - bar.drawn_ms >= 10000) {
        fprintf(stderr, "%s: %llu of %llu\n", progress->stage, (unsigned long long)progress->done,
            (unsigned long long)progress->total);
        bar.drawn_ms = now;
    }
}

void output_progress_end(void)
{
    if (bar.on_screen)
        fputs("\r\033[K", stderr);
    bar.on_screen = false;
    bar.stage = NULL;
}
