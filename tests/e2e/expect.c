/*
 * expect.c: compares what happened with what the case says.
 */
#include "e2e/expect.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "e2e/steps.h"
#include "lib/control.h"

static void expect_column(struct play *play, const char *column, const char *wanted)
{
    struct buf sql = {0};
    buf_addf(&sql, "select %s from assocd.run order by run_id desc limit 1", column);
    char *found = stage_value(play->stage, buf_text(&sql));
    char *why = stage_value(
        play->stage, "select concat_ws('; ', guard, error) from assocd.run order by run_id desc");
    play_check(play, strcmp(found, wanted) == 0, "%s is %s, expected %s (%s)\n%s%s", column, found,
        wanted, why, buf_text(&play->command.out), buf_text(&play->command.err));
    free(why);
    free(found);
    buf_clear(&sql);
}

void expect_outcome(struct play *play, const struct process *process, const char *text)
{
    char *words = mem_text(text);
    char *rest = words;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(word, '=');
        if (word[0] == '\0')
            continue;
        play_check(play, value != NULL, "expected NAME=VALUE and not %s", word);
        *value++ = '\0';
        if (strcmp(word, "exit") == 0)
            play_check(play, process->status == (int)strtol(value, NULL, 10),
                "exit code %d, expected %s\n%s%s", process->status, value, buf_text(&process->out),
                buf_text(&process->err));
        else
            expect_column(play, word, value);
    }
    free(words);
}

/* The plain types of the pairs that cases use: a word without a type. */
static bool is_plain(const char *category, const char *type_id)
{
    static const char *const ids[] = {"3", "4", "279", "280", "341", "342", "449"};
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        if (strcmp(category, "HUBSPOT_DEFINED") == 0 && strcmp(type_id, ids[i]) == 0)
            return true;
    return false;
}

char *expect_dump(struct play *play)
{
    CLEANUP(buf_clear) struct buf dump = {0};
    struct buf words = {0};
    char path[128];
    char last[64] = "";
    (void)snprintf(path, sizeof path, "dump?from=%s&to=%s",
        settings_get(&play->stage->settings, "from"), settings_get(&play->stage->settings, "to"));
    control_get(play->stage->base_url, path, &dump);
    char *rest = dump.bytes;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && line[0] != '\0';) {
        char *field[5] = {0};
        for (size_t i = 0; i < 5; i++)
            field[i] = strsep(&line, "\t");
        ck_assert_ptr_nonnull(field[4]);
        char pair[64];
        (void)snprintf(pair, sizeof pair, "%s:%s", field[0], field[1]);
        if (strcmp(pair, last) != 0)
            buf_addf(&words, "%s%s", words.length > 0 ? " " : "", pair);
        if (!is_plain(field[2], field[3]))
            buf_addf(&words, "/%s", field[play->scenario->names ? 4 : 3]);
        (void)snprintf(last, sizeof last, "%s", pair);
    }
    char *text = mem_text(buf_text(&words));
    buf_clear(&words);
    return text;
}

void expect_after(struct play *play, const char *text)
{
    char *found = expect_dump(play);
    play_check(play, strcmp(found, text) == 0, "HubSpot has\n  %s\nexpected\n  %s\n%s%s", found,
        text, buf_text(&play->command.out), buf_text(&play->command.err));
    free(found);
}

void expect_query(struct play *play, const char *text)
{
    const char *arrow = strstr(text, " => ");
    play_check(play, arrow != NULL, "expected SELECT … => TEXT: %s", text);
    char *sql = mem_text_part(text, (size_t)(arrow - text));
    if (strstr(sql, "e2e.") != NULL)
        stage_load_log(play->stage);
    char *found = stage_value(play->stage, sql);
    play_check(play, strcmp(found, arrow + 4) == 0, "%s: %s, expected %s\n%s%s", sql, found,
        arrow + 4, buf_text(&play->command.out), buf_text(&play->command.err));
    free(found);
    free(sql);
}

static void expect_part(struct play *play, const char *what, const char *whole, const char *part)
{
    play_check(play, strstr(whole, part) != NULL, "%s does not hold \"%s\": %s", what, part, whole);
}

void expect_guard(struct play *play, const char *text)
{
    char *whole = stage_value(play->stage, "select guard from assocd.run order by run_id desc");
    expect_part(play, "run.guard", whole, text);
    free(whole);
}

void expect_error(struct play *play, const char *text)
{
    char *whole = stage_value(play->stage, "select error from assocd.run order by run_id desc");
    expect_part(play, "run.error", whole, text);
    free(whole);
}

void expect_out(struct play *play, const char *text)
{
    expect_part(play, "stdout", buf_text(&play->command.out), text);
}

void expect_lacks(struct play *play, const char *text)
{
    const char *whole = buf_text(&play->command.out);
    play_check(play, strstr(whole, text) == NULL, "stdout holds \"%s\": %s", text, whole);
}

void expect_err(struct play *play, const char *text)
{
    expect_part(play, "stderr", buf_text(&play->command.err), text);
}

void expect_requests(struct play *play, const char *text)
{
    uint64_t count = play_requests(play) - play->requests_before;
    bool exact = text[0] == '=';
    uint64_t want = strtoull(text + exact, NULL, 10);
    play_check(play, exact ? count == want : count <= want,
        "%llu requests, at most (=: just) %s expected", (unsigned long long)count, text);
}

void expect_writes(struct play *play, const char *text)
{
    struct buf sql = {0};
    stage_load_log(play->stage);
    buf_addf(&sql, "select count(*) from e2e.writing where seq > %llu",
        (unsigned long long)play->requests_before);
    char *count = stage_value(play->stage, buf_text(&sql));
    play_check(play, strcmp(count, text) == 0, "%s writing requests, expected %s\n%s%s", count,
        text, buf_text(&play->command.out), buf_text(&play->command.err));
    free(count);
    buf_clear(&sql);
}

void expect_secret(struct play *play, const char *text)
{
    const char *const argv[] = {"pg_dump", play->stage->database_url, NULL};
    struct process dump = {0};
    (void)text;
    ck_assert_msg(process_run(&dump, argv, NULL, 60000) == 0, "pg_dump: %s", buf_text(&dump.err));
    play_check(play, strstr(buf_text(&dump.out), STAGE_TOKEN) == NULL, "%s",
        "the token is in the database");
    process_clear(&dump);
}
