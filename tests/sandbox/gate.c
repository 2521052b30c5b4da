/*
 * gate.c: tokens and rolling windows.
 */
#include "sandbox/gate.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { SECOND_US = 1000 * 1000 };

void gate_clear(struct gate *gate)
{
    for (int i = 0; i < gate->count; i++) {
        free(gate->tokens[i].text);
        free(gate->tokens[i].scopes);
        for (int k = 0; k < RATE_SEARCH; k++)
            free(gate->tokens[i].windows[k].times);
    }
    free(gate->search.times);
    *gate = (struct gate){0};
}

bool gate_add(struct gate *gate, const char *text, const char *scopes, int64_t expires_ms)
{
    int at = 0;
    while (at < gate->count && strcmp(gate->tokens[at].text, text) != 0)
        at++;
    if (at == TOKENS_MAX)
        return false;
    struct token *token = &gate->tokens[at];
    if (at == gate->count) {
        token->text = mem_text(text);
        gate->count++;
    }
    free(token->scopes);
    token->scopes = mem_text(scopes);
    token->expires_ms = expires_ms;
    return true;
}

void gate_blind(struct gate *gate, const char *text, uint64_t every)
{
    for (int i = 0; i < gate->count; i++)
        if (strcmp(gate->tokens[i].text, text) == 0)
            gate->tokens[i].sees_every = every;
}

int gate_find(const struct gate *gate, const char *authorization)
{
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return -1;
    for (int i = 0; i < gate->count; i++)
        if (strcmp(gate->tokens[i].text, authorization + 7) == 0)
            return i;
    return -1;
}

static bool has_scope(const char *scopes, const char *scope)
{
    size_t length = strlen(scope);
    for (const char *at = scopes; (at = strstr(at, scope)) != NULL; at += length) {
        bool starts = at == scopes || at[-1] == ' ';
        if (starts && (at[length] == '\0' || at[length] == ' '))
            return true;
    }
    return false;
}

/* "crm.objects.contacts.read" */
static bool has_object_scope(
    const struct token *token, const char *group, const struct object *object, const char *verb)
{
    char scope[128];
    const char *name = object_is_custom(object) ? "custom" : object->plural;
    (void)snprintf(scope, sizeof scope, "crm.%s.%s.%s", group, name, verb);
    return has_scope(token->scopes, scope);
}

bool gate_allows(const struct token *token, const struct object *object, bool write)
{
    if (token->scopes == NULL)
        return true;
    if (strcmp(object->id, "0-5") == 0 && has_scope(token->scopes, "tickets"))
        return true;
    return has_object_scope(token, "objects", object, write ? "write" : "read");
}

bool gate_allows_schema(const struct token *token, const struct object *object)
{
    return gate_allows(token, object, false) || gate_allows(token, object, true) ||
        has_object_scope(token, "schemas", object, "read");
}

bool gate_allows_any(const struct token *token)
{
    return token->scopes == NULL || strstr(token->scopes, "crm.objects.") != NULL ||
        has_scope(token->scopes, "tickets");
}

static struct window *window_of(const struct pass *pass)
{
    return pass->rate == RATE_SEARCH ? &pass->gate->search : &pass->token->windows[pass->rate];
}

/* Requests of the last `window_us`; moves the window's head. */
static int64_t inside(struct window *window, size_t *head, int64_t window_us, int64_t now_us)
{
    while (*head < window->count && window->times[*head] <= now_us - window_us)
        (*head)++;
    return (int64_t)(window->count - *head);
}

int64_t gate_limit(const struct pass *pass, const struct settings *settings)
{
    static const enum setting limits[] = {
        [RATE_USUAL] = SET_RATE_PER_10S, [RATE_GENERAL] = SET_GENERAL_PER_10S};
    return pass->rate == RATE_SEARCH ? 0 : settings->values[limits[pass->rate]];
}

/* The limit of a second. */
static int64_t limit_1s(const struct pass *pass, const struct settings *settings)
{
    static const enum setting limits[] = {
        [RATE_USUAL] = SET_RATE_PER_1S, [RATE_SEARCH] = SET_SEARCH_PER_1S};
    return pass->rate == RATE_GENERAL ? 0 : settings->values[limits[pass->rate]];
}

const char *gate_take(const struct pass *pass, struct settings *settings)
{
    struct window *window = window_of(pass);
    const int64_t *set = settings->values;
    if (set[SET_DAILY] > 0 && set[SET_DAILY_USED] >= set[SET_DAILY])
        return "DAILY";
    int64_t in_1s = inside(window, &window->head_1s, SECOND_US, pass->now_us);
    if (limit_1s(pass, settings) > 0 && in_1s >= limit_1s(pass, settings))
        return "SECONDLY";
    int64_t in_10s = inside(window, &window->head_10s, 10 * SECOND_US, pass->now_us);
    if (gate_limit(pass, settings) > 0 && in_10s >= gate_limit(pass, settings))
        return "TEN_SECONDLY_ROLLING";
    mem_grow(&window->times, &window->room, window->count + 1, sizeof *window->times);
    window->times[window->count++] = pass->now_us;
    settings->values[SET_DAILY_USED]++;
    return NULL;
}

int64_t gate_remaining(const struct pass *pass, const struct settings *settings)
{
    const struct window *window = window_of(pass);
    int64_t rest = gate_limit(pass, settings) - (int64_t)(window->count - window->head_10s);
    return rest > 0 ? rest : 0;
}

int64_t gate_wait_ms(const struct pass *pass, const struct settings *settings)
{
    const struct window *window = window_of(pass);
    if (gate_remaining(pass, settings) > 0 || window->head_10s >= window->count)
        return 0;
    return (window->times[window->head_10s] + 10 * SECOND_US - pass->now_us) / 1000 + 1;
}
