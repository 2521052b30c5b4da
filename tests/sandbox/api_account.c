/*
 * api_account.c: whose token this is, how much of the daily limit is used, OAuth tokens.
 */
#include "sandbox/api.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/json_get.h"
#include "sandbox/sandbox.h"
#include "sandbox/stamp.h"

void api_account(struct call *call)
{
    buf_addf(&call->reply->body,
        "{\"portalId\":%lld,\"accountType\":\"DEVELOPER_TEST\",\"timeZone\":\"Europe/Berlin\","
        "\"companyCurrency\":\"EUR\",\"additionalCurrencies\":[],\"utcOffset\":\"+01:00\","
        "\"utcOffsetMilliseconds\":3600000,\"uiDomain\":\"app.hubspot.com\","
        "\"dataHostingLocation\":\"na1\"}",
        (long long)call->portal->settings.values[SET_PORTAL_ID]);
}

void api_usage(struct call *call)
{
    const int64_t *set = call->portal->settings.values;
    char now[STAMP_ROOM];
    char midnight[STAMP_ROOM];
    const int64_t day_ms = INT64_C(86400000);
    int64_t wall_ms = stamp_wall_ms();
    stamp_iso(wall_ms, now);
    stamp_iso((wall_ms / day_ms + 1) * day_ms, midnight);
    buf_addf(&call->reply->body,
        "{\"results\":[{\"name\":\"private-apps-api-calls-daily\",\"usageLimit\":%lld,"
        "\"currentUsage\":%lld,\"collectedAt\":\"%s\",\"fetchStatus\":\"SUCCESS\","
        "\"resetsAt\":\"%s\"}]}",
        (long long)(set[SET_DAILY] > 0 ? set[SET_DAILY] : 250000), (long long)set[SET_DAILY_USED],
        now, midnight);
}

static void add_scopes(struct buf *out, const char *scopes)
{
    buf_add_char(out, '[');
    for (const char *comma = ""; scopes != NULL && *scopes != '\0'; comma = ",") {
        size_t width = strcspn(scopes, " ");
        buf_addf(out, "%s\"%.*s\"", comma, (int)width, scopes);
        scopes += width + (scopes[width] == ' ');
    }
    buf_add_char(out, ']');
}

void api_token_info(struct call *call)
{
    const char *key = json_text(call->json, "tokenKey", "");
    char bearer[512];
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", key);
    int token = gate_find(&call->sandbox->gate, bearer);
    if (token < 0) {
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
        return;
    }
    buf_addf(&call->reply->body, "{\"userId\":42,\"hubId\":%lld,\"appId\":1234567,\"scopes\":",
        (long long)call->portal->settings.values[SET_PORTAL_ID]);
    add_scopes(&call->reply->body, call->sandbox->gate.tokens[token].scopes);
    buf_add_char(&call->reply->body, '}');
}

/* The value of a key in an application/x-www-form-urlencoded body; plain characters only. */
static bool form_value(const char *body, const char *key, char value[256])
{
    size_t length = strlen(key);
    for (const char *at = body; at != NULL; at = strchr(at, '&')) {
        at += *at == '&';
        if (strncmp(at, key, length) != 0 || at[length] != '=')
            continue;
        (void)snprintf(value, 256, "%.*s", (int)strcspn(at + length + 1, "&"), at + length + 1);
        return true;
    }
    return false;
}

/* Any refresh token but one that begins with "bad" is good. */
void api_oauth(struct call *call)
{
    char grant[256] = "";
    char refresh[256] = "";
    char uuid[UUID_ROOM];
    char access[64];
    (void)form_value(call->request->body, "grant_type", grant);
    bool given = form_value(call->request->body, "refresh_token", refresh);
    if (strcmp(grant, "refresh_token") != 0 || !given || strncmp(refresh, "bad", 3) == 0) {
        call->reply->status = 400;
        buf_add_text(&call->reply->body,
            "{\"status\":\"BAD_REFRESH_TOKEN\",\"error\":\"invalid_grant\","
            "\"error_description\":\"missing or invalid refresh token\","
            "\"message\":\"missing or invalid refresh token\"}");
        return;
    }
    stamp_uuid(&call->portal->random, uuid);
    (void)snprintf(access, sizeof access, "CJ%s", uuid);
    int64_t life_s = call->portal->settings.values[SET_TOKEN_LIFE_S];
    if (!gate_add(&call->sandbox->gate, access, NULL, stamp_wall_ms() + life_s * 1000)) {
        call_fail(call, 500, NULL, "internal error");
        return;
    }
    buf_addf(&call->reply->body, "{\"access_token\":\"%s\",\"refresh_token\":", access);
    buf_add_json(&call->reply->body, refresh);
    buf_addf(&call->reply->body,
        ",\"expires_in\":%lld,\"token_type\":\"bearer\",\"token_use\":\"access_token\","
        "\"hub_id\":%lld,\"user_id\":42,\"scopes\":[]}",
        (long long)life_s, (long long)call->portal->settings.values[SET_PORTAL_ID]);
}
