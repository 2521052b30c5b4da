/*
 * listen.c: one connection a database with watched sources. The rows there are the truth; a
 * notification only says "look now".
 */
#include "service/listen.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "pg/pg.h"
#include "source/source.h"
#include "source/watch.h"
#include "source/watch_site.h"
#include "service/log.h"

/* Most changes that come while others wait do not notify (assocd.woken_lately): what no
 * notification and no end of a run has told is found by asking. */
enum { ASK_EVERY_MS = 1000 };
enum { LOOK_EVERY_MS = 5000, FORGET_EVERY_MS = 600000 };

/* All watched sources are looked at within a minute; of more than 600 so many at a time. */
enum { LOOKS_A_MINUTE = 60000 / LOOK_EVERY_MS, LOOK_MOST = 50 };

static void close_one(struct listener *listener)
{
    link_close(&listener->link);
    free(listener->url);
    *listener = (struct listener){0};
}

static struct listener *find(struct listener *listeners, size_t count, const char *url)
{
    for (size_t i = 0; i < count; i++)
        if (listeners[i].url != NULL && strcmp(listeners[i].url, url) == 0)
            return &listeners[i];
    return NULL;
}

void listen_open(struct supervisor *supervisor)
{
    struct listener old[LISTENERS_MAX];
    size_t old_count = supervisor->listeners_count;
    const char **urls = mem_new(supervisor->definitions.syncs_count + 1, sizeof *urls);
    size_t count = watch_databases(&supervisor->definitions, urls);
    if (count > LISTENERS_MAX) {
        log_event(LOG_WARNING, NULL,
            "watched sources are in %zu databases, of which %d are listened to; the syncs of the "
            "others run by their schedules",
            count, LISTENERS_MAX);
        count = LISTENERS_MAX;
    }
    memcpy(old, supervisor->listeners, sizeof old);
    for (size_t i = 0; i < count; i++) {
        struct listener *kept = find(old, old_count, urls[i]);
        supervisor->listeners[i] =
            kept != NULL ? *kept : (struct listener){.url = mem_text(urls[i])};
        supervisor->listeners[i].ask = supervisor->listeners[i].look = true;
        if (kept != NULL)
            *kept = (struct listener){0};
    }
    supervisor->listeners_count = count;
    for (size_t i = 0; i < old_count; i++)
        close_one(&old[i]);
    free(urls);
}

void listen_close(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->listeners_count; i++)
        close_one(&supervisor->listeners[i]);
    supervisor->listeners_count = 0;
}

static void lost(struct listener *listener, const struct error *err)
{
    static const struct link_backoff backoff = {.first_ms = 1000, .most_ms = 60000};
    /* Every minute would be noise: it is told when it changes. */
    if (listener->link.failures == 0)
        log_event(LOG_WARNING, NULL, "watched tables: %s", err->text);
    link_lost(&listener->link, &backoff);
}

static void open_one(struct listener *listener)
{
    struct error err;
    if (!link_is_due(&listener->link))
        return;
    if (!watch_open(&listener->link.pg, listener->url, &err)) {
        lost(listener, &err);
        return;
    }
    if (listener->link.failures > 0)
        log_event(LOG_NOTICE, NULL, "watched tables: the database is back");
    listener->link.failures = 0;
    listener->ask = listener->look = true;
}

/* Notifications coalesce: however many came, one question answers them all. */
static void hear(struct listener *listener)
{
    struct error err;
    const char *channel, *payload;
    while (listener->link.pg != NULL) {
        if (!pg_notification(listener->link.pg, &channel, &payload, &err)) {
            lost(listener, &err);
            return;
        }
        if (channel == NULL)
            return;
        listener->ask = true;
    }
}

static bool lives_in(
    const struct supervisor *supervisor, const struct entry *entry, const struct listener *listener)
{
    return entry->sync->watch &&
        strcmp(watch_database(&supervisor->definitions, entry->sync), listener->url) == 0;
}

/* Rows that no sync of this configuration takes: told once, and they do not stay for ever. */
static bool mind_strays(struct supervisor *supervisor, struct listener *listener, struct error *err)
{
    CLEANUP(buf_clear) struct buf text = {0};
    const struct definitions *definitions = &supervisor->definitions;
    if (clock_now_ms() >= listener->forget_ms) {
        listener->forget_ms = clock_now_ms() + FORGET_EVERY_MS;
        if (!watch_forget(listener->link.pg, definitions, listener->url, err))
            return false;
    }
    if (listener->warned)
        return true;
    if (!watch_strays(listener->link.pg, definitions, listener->url, &text, err))
        return false;
    listener->warned = text.length > 0;
    if (listener->warned)
        log_event(LOG_WARNING, NULL, "watched tables: %s", buf_text(&text));
    return true;
}

/* Once per change: what was told last is remembered. */
static void report_sight(
    struct listener *listener, struct entry *entry, enum watch_state state, const char *text)
{
    struct log_about about = {.sync = entry->sync->name};
    bool outdated = state == WATCH_OUTDATED;
    if (outdated && !listener->outdated)
        log_event(LOG_WARNING, &about, "%s", text);
    listener->outdated = state == WATCH_MISSING ? listener->outdated : outdated;
    const char *unseen = state == WATCH_MISSING ? text : "";
    if (strcmp(unseen, entry->unseen != NULL ? entry->unseen : "") == 0)
        return;
    if (unseen[0] != '\0')
        log_event(LOG_WARNING, &about, "%s", unseen);
    else
        log_event(LOG_NOTICE, &about, "changes of %s are seen again", source_name(entry->sync));
    free(entry->unseen);
    entry->unseen = unseen[0] != '\0' ? mem_text(unseen) : NULL;
}

static size_t count_of(const struct supervisor *supervisor, const struct listener *listener)
{
    size_t count = 0;
    for (size_t i = 0; i < supervisor->syncs.count; i++)
        count += lives_in(supervisor, &supervisor->syncs.entries[i], listener);
    return count;
}

/* Somebody may have replaced a watched table, or disabled its triggers: nothing else would say so.
 * A few sources at a time, so that a turn stays short. */
static bool look(struct supervisor *supervisor, struct listener *listener, struct error *err)
{
    const struct sync_table *table = &supervisor->syncs;
    size_t left = count_of(supervisor, listener);
    left = left > 0 ? left / LOOKS_A_MINUTE + 1 : 0;
    left = left < LOOK_MOST ? left : LOOK_MOST;
    for (size_t i = 0; i < table->count && left > 0; i++) {
        listener->looked_at = (listener->looked_at + 1) % table->count;
        struct entry *entry = &table->entries[listener->looked_at];
        CLEANUP(buf_clear) struct buf text = {0};
        enum watch_state state;
        if (!lives_in(supervisor, entry, listener))
            continue;
        if (!watch_look_in(listener->link.pg, entry->sync, &state, &text, err))
            return false;
        report_sight(listener, entry, state, buf_text(&text));
        left--;
    }
    return true;
}

static void mind_sight(struct supervisor *supervisor, struct listener *listener)
{
    struct error err;
    if (listener->link.pg == NULL || !listener->look)
        return;
    listener->look = false;
    if (!look(supervisor, listener, &err))
        lost(listener, &err);
}

static void ask(struct supervisor *supervisor, struct listener *listener)
{
    struct error err;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (listener->link.pg == NULL || !listener->ask)
        return;
    listener->ask = false;
    if (!watch_waiting(listener->link.pg, &supervisor->definitions, listener->url, &rows, &err) ||
        !mind_strays(supervisor, listener, &err)) {
        lost(listener, &err);
        return;
    }
    for (size_t i = 0; i < supervisor->syncs.count; i++)
        if (lives_in(supervisor, &supervisor->syncs.entries[i], listener))
            supervisor->syncs.entries[i].changed = false;
    for (int i = 0; i < rows.count; i++) {
        const char *name = pg_rows_text(&rows, i, WAITING_SYNC);
        struct entry *entry = sync_table_find(&supervisor->syncs, name);
        if (entry != NULL && lives_in(supervisor, entry, listener))
            entry->changed = true;
    }
}

void listen_turn(struct supervisor *supervisor)
{
    bool ask_all = clock_now_ms() >= supervisor->listen_ms;
    bool look_all = clock_now_ms() >= supervisor->sight_ms;
    if (ask_all)
        supervisor->listen_ms = clock_now_ms() + ASK_EVERY_MS;
    if (look_all)
        supervisor->sight_ms = clock_now_ms() + LOOK_EVERY_MS;
    for (size_t i = 0; i < supervisor->listeners_count && !supervisor->stopping; i++) {
        struct listener *listener = &supervisor->listeners[i];
        listener->ask = listener->ask || ask_all;
        listener->look = listener->look || look_all;
        open_one(listener);
        hear(listener);
        ask(supervisor, listener);
        mind_sight(supervisor, listener);
    }
}

int64_t listen_next_ms(const struct supervisor *supervisor)
{
    int64_t next_ms = INT64_MAX;
    if (supervisor->listeners_count > 0 && !supervisor->stopping)
        next_ms = supervisor->listen_ms;
    for (size_t i = 0; i < supervisor->listeners_count; i++) {
        const struct listener *listener = &supervisor->listeners[i];
        int64_t at_ms = listener->link.pg == NULL ? listener->link.open_ms
            : listener->ask                       ? 0
                                                  : INT64_MAX;
        if (at_ms < next_ms && !supervisor->stopping)
            next_ms = at_ms;
    }
    return next_ms;
}
