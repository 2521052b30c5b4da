/*
 * world.c: the steps that set the world up: configuration, desired rows, HubSpot, faults.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "e2e/steps.h"
#include "e2e/word.h"
#include "lib/cluster.h"
#include "lib/control.h"

/* "KEY VALUE" */
void step_set(struct play *play, const char *text)
{
    char *key = mem_text(text);
    size_t length = strcspn(key, " ");
    const char *value = key[length] != '\0' ? key + length + 1 : "";
    key[length] = '\0';
    settings_set(&play->stage->settings, key, value);
    free(key);
}

static void add_element(struct buf *array, const char *text)
{
    if (array->length > 0)
        buf_add_char(array, ',');
    if (text == NULL || strcmp(text, "-") == 0)
        buf_add_text(array, "NULL");
    else
        buf_addf(array, "\"%s\"", text);
}

/* "1:10 2:- 1:11/label": from, to and type; `-` is NULL, `~` a blank. Nothing: no rows. */
void step_want(struct play *play, const char *text)
{
    struct buf arrays[3] = {0};
    struct buf sql = {0};
    struct word word;
    const char *at = text;
    while (word_next(&at, &word)) {
        add_element(&arrays[0], word.from);
        add_element(&arrays[1], word.to);
        add_element(&arrays[2], word.type[0] != '\0' ? word.type : NULL);
    }
    buf_addf(&sql, "select e2e.want('{%s}', '{%s}', '{%s}')", buf_text(&arrays[0]),
        buf_text(&arrays[1]), buf_text(&arrays[2]));
    stage_sql(play->stage, buf_text(&sql), NULL);
    for (size_t i = 0; i < 3; i++)
        buf_clear(&arrays[i]);
    buf_clear(&sql);
}

/* A query of from_id, to_id and type. */
void step_want_sql(struct play *play, const char *text)
{
    struct buf sql = {0};
    buf_addf(&sql,
        "select e2e.want(array_agg(f::text), array_agg(t::text), array_agg(y::text))"
        " from (%s) as x(f, t, y)",
        text);
    stage_sql(play->stage, buf_text(&sql), NULL);
    buf_clear(&sql);
}

/* {"add": [one element a word]}, by somebody else. */
static void edit_words(struct play *play, const char *operation, const char *text)
{
    struct buf body = {0};
    struct word word;
    const char *at = text;
    const char *comma = "";
    buf_addf(&body, "{\"%s\":[", operation);
    while (word_next(&at, &word)) {
        buf_addf(&body, "%s{\"from\":\"%s\",\"to\":\"%s\",", comma,
            settings_get(&play->stage->settings, "from"),
            settings_get(&play->stage->settings, "to"));
        if (word.type[0] != '\0')
            buf_addf(&body, "\"types\":[\"%s\"],", word.type);
        buf_addf(&body, "\"pairs\":[[%s,%s]]}", word.from, word.to);
        comma = ",";
    }
    buf_add_text(&body, "]}");
    control_post(play->stage->base_url, "edit", buf_text(&body), NULL);
    buf_clear(&body);
}

/* Associations somebody else made: "1:10 1:11/label". */
void step_have(struct play *play, const char *text)
{
    edit_words(play, "add", text);
}

void step_lose(struct play *play, const char *text)
{
    edit_words(play, "remove", text);
}

/* A query of from_id and to_id; the records are made too. */
void step_have_sql(struct play *play, const char *text)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct buf body = {0};
    char path[128];
    stage_sql(play->stage, text, &rows);
    for (int i = 0; i < rows.count; i++)
        buf_addf(&body, "%s\t%s\n", pg_rows_text(&rows, i, 0), pg_rows_text(&rows, i, 1));
    (void)snprintf(path, sizeof path, "load?from=%s&to=%s&type=plain",
        settings_get(&play->stage->settings, "from"), settings_get(&play->stage->settings, "to"));
    control_post(play->stage->base_url, path, buf_text(&body), NULL);
    buf_clear(&body);
}

void step_seed(struct play *play, const char *text)
{
    control_post(play->stage->base_url, "seed", text, NULL);
}

/* main or other */
void step_account(struct play *play, const char *text)
{
    stage_account(play->stage, text);
}

void step_switch(struct play *play, const char *text)
{
    control_post(play->stage->base_url, "switch", text, NULL);
}

void step_fault(struct play *play, const char *text)
{
    control_post(play->stage->base_url, "fault", text, NULL);
}

void step_edit(struct play *play, const char *text)
{
    control_post(play->stage->base_url, "edit", text, NULL);
}

/* The scopes the token has from now on, separated by blanks. */
void step_token(struct play *play, const char *text)
{
    struct buf body = {0};
    const char *comma = "";
    buf_add_text(&body, "{\"token\":\"" STAGE_TOKEN "\",\"scopes\":[");
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        buf_addf(&body, "%s\"%.*s\"", comma, (int)length, text);
        text += length + strspn(text + length, " ");
        comma = ",";
    }
    buf_add_text(&body, "]}");
    control_post(play->stage->base_url, "token", buf_text(&body), NULL);
    buf_clear(&body);
}

void step_sql(struct play *play, const char *text)
{
    stage_sql(play->stage, text, NULL);
}

/* assocd's database is another one of the cluster. */
void step_elsewhere(struct play *play, const char *text)
{
    char *url = cluster_url_of(play->stage->database_url, text);
    settings_set(&play->stage->settings, "database", url);
    free(url);
}

/* No more faults. */
void step_calm(struct play *play, const char *text)
{
    (void)text;
    control_post(play->stage->base_url, "fault/clear", "{}", NULL);
}
