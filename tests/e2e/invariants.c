/*
 * invariants.c: reads invariants.sql once and asks its blocks one by one.
 */
#include "e2e/invariants.h"

#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* Asking without a pause would take the processor from the sessions that are to end. */
enum { SESSIONS_END_MS = 60000, LOOK_AGAIN_MS = 2 };

/* A dead worker's session ends when its server process notices; nothing may be judged before. */
static void wait_for_sessions(struct play *play)
{
    int64_t until = clock_now_ms() + SESSIONS_END_MS;
    for (;;) {
        char *left = stage_value(play->stage,
            "select string_agg(pid || ' ' || application_name, ', ') from pg_stat_activity"
            " where datname = current_database() and application_name like 'assocd%'");
        bool none = left[0] == '\0';
        bool late = clock_now_ms() > until;
        play_check(play, none || !late, "sessions do not end: %s", left);
        free(left);
        if (none)
            return;
        (void)poll(NULL, 0, LOOK_AGAIN_MS);
    }
}

static void tell_settings(struct play *play)
{
    static const char *const keys[] = {"from", "to", "policy", "types", "verify"};
    struct stage *stage = play->stage;
    struct buf sql = {0};
    buf_addf(&sql,
        "delete from e2e.setting; delete from e2e.managed_type;"
        "insert into e2e.setting values ('other_requests', '%llu')",
        (unsigned long long)play->other_requests);
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        buf_addf(&sql, ", ('%s', $t$%s$t$)", keys[i], settings_get(&stage->settings, keys[i]));
    buf_add_text(&sql,
        "; insert into e2e.managed_type select distinct t.category, t.type_id"
        " from assocd.association_type t, e2e.setting s where s.key = 'types' and exists (select"
        " from regexp_split_to_table(trim(s.value, '[]'), ', *') w"
        " where lower(trim(w, '\"')) in (lower(t.name), lower(t.label), t.kind,"
        " lower(t.category) || ':' || t.type_id))");
    stage_sql(stage, buf_text(&sql), NULL);
    buf_clear(&sql);
}

/* Asks the query between text and its semicolon; name is what stands behind `-- invariant: `. */
static void ask(struct play *play, const char *name, const char *query)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    size_t length = strcspn(name, "\n");
    stage_sql(play->stage, query, &rows);
    play_check(play, rows.count == 0, "%.*s: %d violations, the first: %s", (int)length, name,
        rows.count, pg_rows_text(&rows, 0, 0));
}

void invariants_check(struct play *play)
{
    static const char mark[] = "-- invariant: ";
    wait_for_sessions(play);
    tell_settings(play);
    stage_load_log(play->stage);
    const char *at = strstr(play->stage->invariants, mark);
    ck_assert_ptr_nonnull(at);
    while (at != NULL) {
        const char *name = at + strlen(mark);
        const char *next = strstr(name, mark);
        const char *query = name + strcspn(name, "\n");
        char *text = mem_text_part(query, next != NULL ? (size_t)(next - query) : strlen(query));
        ask(play, name, text);
        free(text);
        at = next;
    }
}
