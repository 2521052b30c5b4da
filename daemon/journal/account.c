/*
 * account.c: asks HubSpot (or PostgreSQL, if it was asked lately) who and what the account is.
 */
#include "journal/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/stop.h"
#include "model/association_types.h"
#include "model/object_type.h"
#include "model/reciprocal.h"
#include "config/config.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/text.h"
#include "hubspot/client.h"
#include "source/source.h"
#include "journal/account_types.h"
#include "journal/known_reciprocals.h"
#include "journal/object_types.h"
#include "journal/overlap.h"
#include "journal/session.h"

struct known_account {
    bool known; /* PostgreSQL knows the account behind this portal name … */
    bool fresh; /* … and that it is this very token's, asked lately */
    uint64_t portal_id;
    char zone[64];
};

static bool account_known(struct pg *state, const struct account_access *access,
    struct known_account *account, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, access->portal->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *account = (struct known_account){.zone = "UTC"};
    if (!pg_run(state, STATEMENT_PORTAL_GET, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    account->known = true;
    account->portal_id = (uint64_t)pg_rows_int(&rows, 0, 0);
    (void)snprintf(account->zone, sizeof account->zone, "%s", pg_rows_text(&rows, 0, 1));
    account->fresh = access->token_stamp != NULL && !pg_rows_null(&rows, 0, 3) &&
        strcmp(access->token_stamp, pg_rows_text(&rows, 0, 3)) == 0 &&
        pg_rows_int(&rows, 0, 2) < ACCOUNT_ANSWER_MAX_AGE_S;
    return true;
}

/* The time zone is HubSpot's word and goes into every permit: PostgreSQL must know it. */
static bool zone_or_utc(struct pg *state, char zone[64], struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, zone);
    if (pg_run(state, STATEMENT_ZONE_KNOWN, &args, NULL, err))
        return true;
    if (pg_failure(state) != SQLSTATE_INVALID_PARAMETER_VALUE)
        return false;
    (void)snprintf(zone, 64, "UTC");
    return true;
}

static bool account_remember(struct pg *state, const struct account_access *access,
    const struct known_account *account, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, access->portal->name);
    pg_arg_int(&args, (int64_t)account->portal_id);
    pg_arg_text(&args, account->zone);
    pg_arg_text(&args, access->token_stamp);
    return pg_run(state, STATEMENT_PORTAL_SET, &args, NULL, err);
}

static void name_permits(
    struct account_access *access, struct pg *state, const struct known_account *account)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%llu", (unsigned long long)account->portal_id);
    rate_budget_init(&access->permits, state, account->known ? name : access->portal->name,
        account->zone, &access->portal->limits);
}

static bool account_ask(struct client *client, struct pg *state,
    const struct account_access *access, struct known_account *account, struct error *err)
{
    struct account answer;
    if (!client_account(client, &answer, err))
        return error_prefix(err, "portal %s", access->portal->name);
    account->portal_id = answer.portal_id;
    account->known = true;
    (void)snprintf(account->zone, sizeof account->zone, "%s", answer.time_zone);
    return zone_or_utc(state, account->zone, err) && account_remember(state, access, account, err);
}

/* The first question was asked before the account was known, under the portal's name; it counts for
 * the account, too, or its ceiling would be passed by one. */
static bool count_question(struct rate_budget *permits, struct error *err)
{
    int64_t wait_ms;
    do {
        if (!rate_budget_take(permits, &wait_ms, err))
            return false;
        if (!stop_wait(wait_ms))
            return error_set(
                err, ERROR_STOPPED, "stopped (%s) before anything was read", stop_reason());
    } while (wait_ms > 0);
    return true;
}

static bool open_client(struct client **client, struct account_access *access, struct error *err)
{
    const struct portal_definition *portal = access->portal;
    char *password;
    if (!config_proxy_password(portal, &password, err))
        return false;
    struct client_settings settings = {
        .base_url = portal->base_url,
        .ca_file = portal->ca_file,
        .proxy = portal->proxy,
        .proxy_user = portal->proxy_user,
        .proxy_password = password,
        .token = access->token,
        .token_from = portal->token_file != NULL ? portal->token_file : portal->token_env,
        .portal = portal->name,
        .dialect = portal->api,
        .limits = portal->limits,
        .timeout_ms = portal->timeout_ms,
        .stop_fd = stop_fd(),
        .permits = rate_budget_for_client(&access->permits),
    };
    bool opened = client_open(client, &settings, err);
    if (password != NULL)
        explicit_bzero(password, strlen(password));
    free(password);
    return opened;
}

bool account_client(
    struct client **client, struct pg *state, struct account_access *access, struct error *err)
{
    const struct portal_definition *portal = access->portal;
    struct known_account account;
    if (!account_known(state, access, &account, err))
        return false;
    name_permits(access, state, &account);
    bool counted = account.known;
    if (!open_client(client, access, err))
        return false;
    if (!account.fresh && !account_ask(*client, state, access, &account, err))
        return false;
    access->asked = !account.fresh;
    name_permits(access, state, &account);
    if (!counted && !count_question(&access->permits, err))
        return false;
    access->portal_id = account.portal_id;
    if (portal->portal_id != 0 && portal->portal_id != account.portal_id)
        return error_set(err, ERROR_REFUSED,
            "portal %s: the token belongs to account %llu, the configuration allows only %llu; "
            "nothing was "
            "read or written",
            portal->name, (unsigned long long)account.portal_id,
            (unsigned long long)portal->portal_id);
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct type *const *x = a, *const *y = b;
    int order = strcmp((*x)->category, (*y)->category);
    return order != 0 ? order : (*x)->type_id < (*y)->type_id ? -1 : 1;
}

static void note_types(const struct types *types, struct mapping *mapping)
{
    CLEANUP(buf_clear) struct buf text = {0};
    const struct type *managed[TYPES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].managed)
            managed[count++] = &types->items[i];
    qsort(managed, count, sizeof managed[0], by_key);
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s%s:%u", i > 0 ? ", " : "", managed[i]->category, managed[i]->type_id);
    mapping_set(mapping, MAPPING_TYPES, buf_text(&text));
}

/* What a key of the side is and, if that is not the usual, which of several records it means. */
static void add_key(const struct key_side *side, struct buf *text)
{
    if (side->column == NULL)
        return;
    buf_addf(text, " by %s", side->property);
    if (side->on_many != MANY_REJECT)
        buf_addf(text, " of %s", side->on_many == MANY_ALL ? "all records" : "the oldest record");
}

/* The table, or the query and a number that shows a change of it; and the columns. */
static void note_relation(const struct sync_definition *sync, struct mapping *mapping)
{
    CLEANUP(buf_clear) struct buf text = {0};
    buf_addf(&text, "%s (%s", sync->source_table != NULL ? sync->source_table : "a query",
        sync_from_column(sync));
    add_key(&sync->key_from, &text);
    buf_addf(&text, ", %s", sync_to_column(sync));
    add_key(&sync->key_to, &text);
    const char *const type_columns[] = {
        sync->column_type, sync->column_type_id, sync->column_category};
    for (size_t i = 0; i < ARRAY_COUNT(type_columns); i++)
        if (type_columns[i] != NULL)
            buf_addf(&text, ", %s", type_columns[i]);
    buf_add_char(&text, ')');
    if (sync->source_query != NULL) {
        uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a: enough to see a change */
        for (const char *at = sync->source_query; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
        buf_addf(&text, " #%016llx", (unsigned long long)hash);
    }
    mapping_set(mapping, MAPPING_SOURCE, buf_text(&text));
}

/* What is known before the source is open. */
static void note_mapping(struct session *session)
{
    struct mapping *mapping = &session->mapping;
    char account[24];
    (void)snprintf(account, sizeof account, "%llu", (unsigned long long)session->access.portal_id);
    mapping_set(mapping, MAPPING_FROM, object_type_name(session->from_type));
    mapping_set(mapping, MAPPING_TO, object_type_name(session->to_type));
    mapping_set(mapping, MAPPING_ACCOUNT, account);
    note_types(&session->types, mapping);
    note_relation(session->sync, mapping);
    mapping_set(mapping, MAPPING_POLICY, policy_words[session->sync->policy]);
}

/* v3 speaks of types by name alone. One without would read as somebody else's: never seen, never
 * archived, and nobody told. */
static bool is_nameable(const struct session *session, uint32_t index, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    char space[64];
    return client_dialect(session->client) != DIALECT_V3 ||
        session->types.items[index].name != NULL ||
        error_set(err, ERROR_CONFIG,
            "sync %s: association type %s has no name of its own in API v3 (a new one has it after "
            "some minutes); portals.%s.api: 2026-09 needs none",
            sync->name, types_text(&session->types, index, space), sync->portal->name);
}

/* The two directions of links between records of one object type, if it is one. */
static bool open_reciprocals(struct session *session, struct error *err)
{
    if (strcmp(session->from_type, session->to_type) != 0)
        return true;
    session->reciprocals = mem_new(1, sizeof *session->reciprocals);
    reciprocal_init(session->reciprocals, &session->types, session->from_type);
    return known_reciprocals_load(
        session->state, session->access.portal_id, &session->types, session->reciprocals, err);
}

static bool resolve_types(struct session *session, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    if (!object_types_resolve(session, err))
        return error_prefix(err, "sync %s", sync->name);
    const struct account_pair pair = {sync->portal, session->from_type, session->to_type};
    if (!account_types(session->client, session->state, &pair, &session->types, err))
        return error_prefix(err, "sync %s", sync->name);
    if (!open_reciprocals(session, err))
        return false;
    client_bind(session->client, session->from_type, session->to_type, &session->types);
    for (size_t i = 0; i < sync->types_count; i++) {
        uint32_t index;
        if (!types_resolve(&session->types, &sync->types[i], &index, ERROR_CONFIG, err))
            return error_prefix(err, "sync %s: %s to %s", sync->name, sync->from, sync->to);
        if (!is_nameable(session, index, err))
            return false;
        session->types.items[index].managed = true;
    }
    note_mapping(session);
    return overlap_refuse(session, err);
}

bool account_open(struct session *session, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    session->access = (struct account_access){
        .portal = sync->portal,
        .token = session->token,
        .token_stamp = session->token_stamp,
    };
    return account_client(&session->client, session->state, &session->access, err) &&
        resolve_types(session, err);
}

void account_note_source(struct session *session, const struct source *source)
{
    mapping_set(&session->mapping, MAPPING_SHAPE, source_shape(source));
    mapping_set(&session->mapping, MAPPING_DATABASE, source_database(source));
}

bool account_confirm(struct session *session, const struct scope *scope, struct error *err)
{
    struct account answer;
    const char *portal = session->sync->portal->name;
    /* A run of just the changes has no time for it: the answer is minutes old at most. */
    if (session->access.asked || scope->mode == RUN_CHANGED)
        return true;
    if (!client_account(session->client, &answer, err))
        return error_prefix(err, "portal %s", portal);
    session->access.asked = true;
    if (answer.portal_id == session->access.portal_id)
        return true;
    return error_set(err, ERROR_REFUSED,
        "portal %s: the plan is about account %llu, and the token now belongs to account %llu; "
        "nothing was written",
        portal, (unsigned long long)session->access.portal_id,
        (unsigned long long)answer.portal_id);
}
