/*
 * tokens.c: variables of the environment, moved into memory of our own.
 */
#include "service/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_of(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static void wipe(char *entry)
{
    explicit_bzero(entry, strlen(entry));
    free(entry);
}

static void consume(struct tokens *tokens, const char *name)
{
    char *value = getenv(name);
    if (value == NULL)
        return;
    size_t size = strlen(name) + strlen(value) + 2, at = 0;
    char *entry = mem_new(size, 1);
    (void)snprintf(entry, size, "%s=%s", name, value);
    explicit_bzero(value, strlen(value)); /* /proc/PID/environ shows these very bytes */
    (void)unsetenv(name);
    while (at < tokens->count && !is_of(tokens->entries[at], name))
        at++;
    if (at < tokens->count) {
        wipe(tokens->entries[at]);
    } else {
        mem_grow(&tokens->entries, &tokens->room, at + 1, sizeof *tokens->entries);
        tokens->count++;
    }
    tokens->entries[at] = entry;
}

void tokens_consume(struct tokens *tokens, const struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->portals_count; i++)
        if (definitions->portals[i]->token_env != NULL)
            consume(tokens, definitions->portals[i]->token_env);
}

const char *tokens_entry(const struct tokens *tokens, const struct portal_definition *portal)
{
    for (size_t i = 0; portal->token_env != NULL && i < tokens->count; i++)
        if (is_of(tokens->entries[i], portal->token_env))
            return tokens->entries[i];
    return NULL;
}

void tokens_clear(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        wipe(tokens->entries[i]);
    free(tokens->entries);
    *tokens = (struct tokens){0};
}
