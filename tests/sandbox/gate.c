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
        free(gate->tokens[i].times);
    }
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

bool gate_allows(const struct token *token, const struct object *object, bool write)
{
    if (token->scopes == NULL)
        return true;
    if (strcmp(object->id, "0-5") == 0 && has_scope(token->scopes, "tickets"))
        return true;
    char scope[128];
    const char *name = object_is_custom(object) ? "custom" : object->plural;
    (void)snprintf(scope, sizeof scope, "crm.objects.%s.%s", name, write ? "write" : "read");
    return has_scope(token->scopes, scope);
}

/* Requests of the last `window_us`; moves the window's head. */
static int64_t inside(struct token *token, size_t *head, int64_t window_us, int64_t now_us)
{
    while (*head < token->count && token->times[*head] <= now_us - window_us)
        (*head)++;
    return (int64_t)(token->count - *head);
}

const char *gate_take(struct token *token, struct settings *settings, int64_t now_us)
{
    const int64_t *set = settings->values;
    if (set[SET_DAILY] > 0 && set[SET_DAILY_USED] >= set[SET_DAILY])
        return "DAILY";
    int64_t in_1s = inside(token, &token->head_1s, SECOND_US, now_us);
    if (set[SET_RATE_PER_1S] > 0 && in_1s >= set[SET_RATE_PER_1S])
        return "SECONDLY";
    int64_t in_10s = inside(token, &token->head_10s, 10 * SECOND_US, now_us);
    if (set[SET_RATE_PER_10S] > 0 && in_10s >= set[SET_RATE_PER_10S])
        return "TEN_SECONDLY_ROLLING";
    mem_grow(&token->times, &token->room, token->count + 1, sizeof *token->times);
    token->times[token->count++] = now_us;
    settings->values[SET_DAILY_USED]++;
    return NULL;
}

int64_t gate_remaining(const struct token *token, const struct settings *settings)
{
    int64_t rest = settings->values[SET_RATE_PER_10S] - (int64_t)(token->count - token->head_10s);
    return rest > 0 ? rest : 0;
}

int64_t gate_wait_ms(const struct token *token, const struct settings *settings, int64_t now_us)
{
    if (gate_remaining(token, settings) > 0 || token->head_10s >= token->count)
        return 0;
    return (token->times[token->head_10s] + 10 * SECOND_US - now_us) / 1000 + 1;
}
