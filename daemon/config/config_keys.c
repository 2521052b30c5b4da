/*
 * config_keys.c: the one table of keys. Everything else about a key is derived from its row here.
 * The order is that of config/assocd.yaml and of what `assocd check` prints.
 */
#include "config/config_key.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/record_key.h"
#include "config/config.h"

#define OF_FILE(member) offsetof(struct definitions, member)
#define OF_PORTAL(member) offsetof(struct portal_definition, member)
#define OF_SYNC(member) offsetof(struct sync_definition, member)

enum {
    SECOND_MS = 1000,
    HOUR_MS = 3600 * SECOND_MS,
    TEXT_MOST = 4096,
    COLUMN_MOST = 63, /* PostgreSQL cuts longer names off */
    QUERY_MOST = 64 * 1024,
};

/* clang-format off */
const struct key keys[] = {
    {"version", KEY_INTEGER, true, NULL, 1, 1, NULL, KEY_NO_OFFSET,
        "version of this file's format"},
    {"database.url", KEY_URL, false, "postgresql:///assocd", 0, TEXT_MOST, NULL,
        OF_FILE(database_url),
        "the database of assocd's own schema; URI or keywords; empty: the PG* environment"},
    {"history.retention_days", KEY_INTEGER, false, "90", 1, 3650, NULL, OF_FILE(retention_days),
        "days that the changes and batches of finished runs are kept"},
    {"history.run_retention_days", KEY_INTEGER, false, "730", 1, 3650, NULL,
        OF_FILE(run_retention_days),
        "days that the job log (runs with their counts, and approvals) is kept; no shorter than "
        "history.retention_days"},
    {"daemon.max_workers", KEY_INTEGER, false, "4", 1, 64, NULL, OF_FILE(max_workers),
        "full runs the daemon has going at once; runs of changed records come on top"},
    {"daemon.poll", KEY_DURATION, false, NULL, SECOND_MS, 5 * 60 * SECOND_MS, NULL,
        OF_FILE(poll_ms),
        "how often an idle daemon looks for what no notification told it; none: 1s where a sync is "
        "watched, otherwise 30s"},
    {"daemon.stop_timeout", KEY_DURATION, false, "60s", SECOND_MS, HOUR_MS, NULL,
        OF_FILE(stop_timeout_ms),
        "how long a stopping daemon waits for its workers to finish requests in flight"},

    {"portals.*.base_url", KEY_TEXT, false, "https://api.hubapi.com", 1, 255, NULL,
        OF_PORTAL(base_url), "where the API is; http:// for loopback addresses only"},
    {"portals.*.ca_file", KEY_TEXT, false, NULL, 1, TEXT_MOST, NULL, OF_PORTAL(ca_file),
        "absolute path of the authorities (PEM) to trust for base_url; none: the system's"},
    {"portals.*.proxy", KEY_TEXT, false, NULL, 1, 255, NULL, OF_PORTAL(proxy),
        "proxy on the way to base_url: http://HOST:PORT; must know CONNECT"},
    {"portals.*.proxy_user", KEY_TEXT, false, NULL, 1, 255, NULL, OF_PORTAL(proxy_user),
        "user name that the proxy wants"},
    {"portals.*.proxy_password_file", KEY_TEXT, false, NULL, 1, TEXT_MOST, NULL,
        OF_PORTAL(proxy_password_file),
        "absolute path of the file with the password for proxy_user"},
    {"portals.*.token_file", KEY_TEXT, false, NULL, 1, TEXT_MOST, NULL, OF_PORTAL(token_file),
        "absolute path of the file with the access token; this or token_env"},
    {"portals.*.token_env", KEY_TEXT, false, NULL, 1, 255, NULL, OF_PORTAL(token_env),
        "name of the environment variable with the access token; this or token_file"},
    {"portals.*.api", KEY_WORD, false, "v3", 0, 0, dialect_words, OF_PORTAL(api),
        "version of HubSpot's associations API"},
    {"portals.*.portal_id", KEY_ID, false, NULL, 1, INT64_MAX, NULL, OF_PORTAL(portal_id),
        "refuse any other account than this one; none: any account"},
    {"portals.*.timeout", KEY_DURATION, false, "60s", SECOND_MS, 600 * SECOND_MS, NULL,
        OF_PORTAL(timeout_ms), "for one request, from sending to the last byte"},
    {"portals.*.limits.requests_per_10s", KEY_INTEGER, false, "100", 0, 1000, NULL,
        OF_PORTAL(limits.requests_per_10s), "ceiling in any rolling 10 seconds; 0: none"},
    {"portals.*.limits.requests_per_day", KEY_INTEGER, false, "250000", 0, 10000000, NULL,
        OF_PORTAL(limits.requests_per_day), "ceiling for the account's day; 0: none"},
    {"portals.*.limits.in_flight", KEY_INTEGER, false, "8", 1, 64, NULL,
        OF_PORTAL(limits.in_flight), "requests on the wire at once, per run"},
    {"portals.*.limits.read_inputs", KEY_INTEGER, false, "1000", 1, 1000, NULL,
        OF_PORTAL(limits.read_inputs), "records in one batch/read"},
    {"portals.*.limits.create_inputs", KEY_INTEGER, false, "1000", 1, 2000, NULL,
        OF_PORTAL(limits.create_inputs), "pairs in one batch/create"},
    {"portals.*.limits.archive_inputs", KEY_INTEGER, false, "1000", 1, 1000, NULL,
        OF_PORTAL(limits.archive_inputs), "pairs in one archive call"},
    {"portals.*.limits.archive_from_ids", KEY_INTEGER, false, "100", 1, 100, NULL,
        OF_PORTAL(limits.archive_from_ids), "different from-records in one archive call"},

    {"syncs.*.portal", KEY_PORTAL, true, NULL, 1, 63, NULL, OF_SYNC(portal),
        "name of the portal"},
    {"syncs.*.from", KEY_TEXT, true, NULL, 1, 100, NULL, OF_SYNC(from),
        "object type of from_id: contacts, 0-1, 2-1234567, p_name"},
    {"syncs.*.to", KEY_TEXT, true, NULL, 1, 100, NULL, OF_SYNC(to), "object type of to_id"},
    {"syncs.*.types", KEY_TYPES, true, NULL, 1, TYPES_MAX, NULL, OF_SYNC(types),
        "managed association types: v3 names, \"labels\", plain, primary, {category, id}"},
    {"syncs.*.source.table", KEY_TEXT, false, NULL, 1, 255, NULL, OF_SYNC(source_table),
        "table or view with the desired associations; this or query"},
    {"syncs.*.source.query", KEY_QUERY, false, NULL, 1, QUERY_MOST, NULL, OF_SYNC(source_query),
        "query for the desired associations; this or table"},
    {"syncs.*.source.database_url", KEY_URL, false, NULL, 1, TEXT_MOST, NULL,
        OF_SYNC(source_database_url), "when the source lives in another database"},
    {"syncs.*.source.allow_replica", KEY_BOOLEAN, false, "false", 0, 0, NULL,
        OF_SYNC(source_allow_replica),
        "archive, too, on the word of a standby server, which may lag behind"},
    {"syncs.*.source.columns.from_id", KEY_TEXT, false, "from_id", 1, COLUMN_MOST, NULL,
        OF_SYNC(column_from), "column with the from-record's id"},
    {"syncs.*.source.columns.to_id", KEY_TEXT, false, "to_id", 1, COLUMN_MOST, NULL,
        OF_SYNC(column_to), "column with the to-record's id; NULL: the record should have none"},
    {"syncs.*.source.columns.from_key", KEY_TEXT, false, NULL, 1, COLUMN_MOST, NULL,
        OF_SYNC(key_from.column),
        "column with a business key of the from-record, instead of from_id"},
    {"syncs.*.source.columns.to_key", KEY_TEXT, false, NULL, 1, COLUMN_MOST, NULL,
        OF_SYNC(key_to.column), "column with a business key of the to-record, instead of to_id"},
    {"syncs.*.source.columns.type", KEY_TEXT, false, NULL, 1, COLUMN_MOST, NULL,
        OF_SYNC(column_type), "column with the type; empty cell: the plain type; "
        "no column: every row means the sync's only type"},
    {"syncs.*.source.columns.type_id", KEY_TEXT, false, NULL, 1, COLUMN_MOST, NULL,
        OF_SYNC(column_type_id), "column with the type's id, instead of type"},
    {"syncs.*.source.columns.category", KEY_TEXT, false, NULL, 1, COLUMN_MOST, NULL,
        OF_SYNC(column_category),
        "column with the category of type_id; none: all are HUBSPOT_DEFINED"},
    {"syncs.*.keys.from.property", KEY_TEXT, false, NULL, 1, 100, NULL,
        OF_SYNC(key_from.property), "property of the from-record that from_key holds"},
    {"syncs.*.keys.from.search", KEY_BOOLEAN, false, "false", 0, 0, NULL, OF_SYNC(key_from.search),
        "several records may have one value of the property: HubSpot's search is asked"},
    {"syncs.*.keys.from.on_many", KEY_WORD, false, "reject", 0, 0, on_many_words,
        OF_SYNC(key_from.on_many), "what a key means that several records have, beside search"},
    {"syncs.*.keys.from.ignore", KEY_TEXTS, false, NULL, 1, RECORD_KEY_MAX, NULL,
        OF_SYNC(key_from.ignore), "keys that name no record, such as the domains of free mail"},
    {"syncs.*.keys.to.property", KEY_TEXT, false, NULL, 1, 100, NULL, OF_SYNC(key_to.property),
        "property of the to-record that to_key holds"},
    {"syncs.*.keys.to.search", KEY_BOOLEAN, false, "false", 0, 0, NULL, OF_SYNC(key_to.search),
        "several records may have one value of the property: HubSpot's search is asked"},
    {"syncs.*.keys.to.on_many", KEY_WORD, false, "reject", 0, 0, on_many_words,
        OF_SYNC(key_to.on_many), "what a key means that several records have, beside search"},
    {"syncs.*.keys.to.ignore", KEY_TEXTS, false, NULL, 1, RECORD_KEY_MAX, NULL,
        OF_SYNC(key_to.ignore), "keys that name no record, such as the domains of free mail"},
    {"syncs.*.keys.refresh", KEY_DURATION, false, "1d", 60 * SECOND_MS, 30 * 24LL * HOUR_MS, NULL,
        OF_SYNC(key_refresh_ms), "how old the answer may be that says which record a key means"},
    {"syncs.*.keys.max_pending_percent", KEY_NUMBER, false, "20", 0, 100, NULL,
        OF_SYNC(guards.max_pending_percent),
        "rows whose keys HubSpot does not resolve, in percent; more withhold all archives"},
    {"syncs.*.policy", KEY_WORD, true, NULL, 0, 0, policy_words, OF_SYNC(policy),
        "what may be archived: nothing, what assocd manages, everything of the managed types"},
    {"syncs.*.on_drift", KEY_WORD, false, "restore", 0, 0, on_drift_words, OF_SYNC(on_drift),
        "what to do about changes made in HubSpot"},
    {"syncs.*.schedule", KEY_SCHEDULE, false, "every 15m", 1, 255, NULL, OF_SYNC(schedule_text),
        "when the daemon runs it: every 30s|15m|2h|1d, cron M H D M W [ZONE], manual"},
    {"syncs.*.watch", KEY_BOOLEAN, false, "false", 0, 0, NULL, OF_SYNC(watch),
        "a change of the source table starts a run of just the changed from-records"},
    {"syncs.*.guards.max_archive", KEY_INTEGER, false, "500", 0, 100000, NULL,
        OF_SYNC(guards.max_archive), "associations one plan may archive without approval"},
    {"syncs.*.guards.max_archive_percent", KEY_NUMBER, false, "5", 0, 50, NULL,
        OF_SYNC(guards.max_archive_percent), "the same in percent of the managed ones; "
        "at least 5 associations are always allowed"},
    {"syncs.*.guards.max_source_shrink_percent", KEY_NUMBER, false, "10", 0, 50, NULL,
        OF_SYNC(guards.max_source_shrink_percent),
        "how much smaller than at the last good run the source may be, in percent"},
    {"syncs.*.guards.allow_empty_source", KEY_BOOLEAN, false, "false", 0, 0, NULL,
        OF_SYNC(guards.allow_empty_source), "an empty source means: no associations"},
    {"syncs.*.guards.max_archive_day", KEY_INTEGER, false, "2000", 0, 1000000, NULL,
        OF_SYNC(guards.max_archive_day),
        "associations the sync may archive in any 24 hours, approved ones aside; 0: any"},
    {"syncs.*.guards.max_archive_per_record", KEY_INTEGER, false, "100", 0, 100000, NULL,
        OF_SYNC(guards.max_archive_per_record),
        "associations that one plan may take from one record without approval; 0: any"},
    {"syncs.*.guards.max_plan_age", KEY_DURATION, false, "1m", 0, 24 * HOUR_MS, NULL,
        OF_SYNC(guards.max_plan_age_ms),
        "pairs read longer ago are read again before they are archived; 0s: always"},
    {"syncs.*.guards.max_saved_plan_age", KEY_DURATION, false, "7d", 60 * SECOND_MS,
        90 * 24LL * HOUR_MS, NULL, OF_SYNC(guards.max_saved_plan_age_ms),
        "an older saved plan is not applied any more"},
    {"syncs.*.verify", KEY_WORD, false, "all", 0, 0, verify_words, OF_SYNC(verify),
        "read changed records again"},
    {"syncs.*.verify_delays", KEY_DURATIONS, false, "2s, 10s, 60s", 1, HOUR_MS, NULL,
        OF_SYNC(verify_delays_ms), "when to look again at what did not show at once; at most 8"},
};
/* clang-format on */

const size_t keys_count = ARRAY_COUNT(keys);
_Static_assert(ARRAY_COUNT(keys) <= KEYS_MAX, "config_object.key_lines has room for every key");

static const char *const type_texts[] = {[KEY_TEXT] = "a text",
    [KEY_QUERY] = "a query",
    [KEY_URL] = "a database URL",
    [KEY_INTEGER] = "an integer",
    [KEY_ID] = "an id",
    [KEY_NUMBER] = "a number",
    [KEY_BOOLEAN] = "true or false",
    [KEY_DURATION] = "a duration",
    [KEY_DURATIONS] = "a list of durations",
    [KEY_TEXTS] = "a list of texts",
    [KEY_WORD] = "a word",
    [KEY_TYPES] = "a list of types",
    [KEY_SCHEDULE] = "a schedule",
    [KEY_PORTAL] = "a portal's name"};

const char *key_type_text(enum key_type type)
{
    return type_texts[type];
}

enum key_scope key_scope(const struct key *key)
{
    if (strncmp(key->path, "portals.", 8) == 0)
        return KEY_OF_PORTAL;
    return strncmp(key->path, "syncs.", 6) == 0 ? KEY_OF_SYNC : KEY_OF_FILE;
}

const char *key_tail(const struct key *key)
{
    const char *star = strstr(key->path, "*.");
    return star != NULL ? star + 2 : key->path;
}

/* Compares path with the pattern; returns what is left of the pattern, or NULL. */
static const char *match(const char *pattern, const char *path)
{
    while (*path != '\0') {
        if (*pattern == '*') {
            pattern++;
            path += strcspn(path, ".");
        } else if (*pattern == *path) {
            pattern++;
            path++;
        } else {
            return NULL;
        }
    }
    return pattern;
}

const struct key *key_find(const char *path)
{
    for (size_t i = 0; i < keys_count; i++) {
        const char *rest = match(keys[i].path, path);
        if (rest != NULL && *rest == '\0')
            return &keys[i];
    }
    return NULL;
}

bool key_is_section(const char *path)
{
    if (path[0] == '\0')
        return true;
    for (size_t i = 0; i < keys_count; i++) {
        const char *rest = match(keys[i].path, path);
        if (rest != NULL && *rest == '.')
            return true;
    }
    return false;
}

static void add_limit(const struct key *key, int64_t limit, struct buf *out)
{
    char space[32];
    if (key->type == KEY_DURATION || key->type == KEY_DURATIONS)
        buf_add_text(out, schedule_duration_text(limit, space));
    else
        buf_addf(out, "%lld", (long long)limit);
}

void key_range(const struct key *key, struct buf *out)
{
    for (size_t i = 0; key->words != NULL && key->words[i] != NULL; i++)
        buf_addf(out, "%s%s", i > 0 ? " | " : "", key->words[i]);
    if (key->type == KEY_BOOLEAN)
        buf_add_text(out, "true | false");
    bool has_range = key->type == KEY_INTEGER || key->type == KEY_ID || key->type == KEY_NUMBER ||
        key->type == KEY_DURATION || key->type == KEY_DURATIONS;
    if (!has_range)
        return;
    add_limit(key, key->least, out);
    if (key->most == key->least)
        return;
    buf_add_text(out, " … ");
    add_limit(key, key->most, out);
}

bool config_keys(size_t index, struct config_key_text *key)
{
    static struct buf range;
    if (index >= keys_count) {
        buf_clear(&range);
        return false;
    }
    const struct key *row = &keys[index];
    buf_reset(&range);
    key_range(row, &range);
    *key = (struct config_key_text){.path = row->path,
        .type = key_type_text(row->type),
        .preset = row->preset,
        .required = row->required,
        .range = buf_text(&range),
        .help = row->help};
    return true;
}
