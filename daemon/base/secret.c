/*
 * secret.c: looks for every part of SECRET_PART bytes of every secret. Of a part that was cut off
 * before it came here too little is left to be of use.
 */
#include "base/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SECRETS_MAX = 16 }; /* accounts of one process; of more the newest */

static char *secrets[SECRETS_MAX]; /* in small letters */
static size_t next_secret;

static char small(char c)
{
    return (char)tolower((unsigned char)c);
}

void secret_keep(const char *text)
{
    if (text == NULL || strlen(text) < SECRET_MIN)
        return;
    char *kept = mem_text(text);
    for (char *at = kept; *at != '\0'; at++)
        *at = small(*at);
    for (size_t i = 0; i < SECRETS_MAX; i++)
        if (secrets[i] != NULL && strcmp(secrets[i], kept) == 0) {
            free(kept);
            return;
        }
    free(secrets[next_secret]);
    secrets[next_secret] = kept;
    next_secret = (next_secret + 1) % SECRETS_MAX;
}

/* Bytes at `at` that are bytes of the secret from `from` on. */
static size_t common(const char *at, size_t room, const char *from)
{
    size_t length = 0;
    while (length < room && from[length] != '\0' && small(at[length]) == from[length])
        length++;
    return length;
}

/* The longest part of the secret that begins at `at`; 0: none that counts. */
static size_t part_length(const char *at, size_t room, const char *secret)
{
    size_t whole = strlen(secret);
    size_t least = whole < SECRET_PART ? whole : SECRET_PART;
    size_t longest = 0;
    for (size_t from = 0; from + least <= whole; from++) {
        size_t length = small(*at) == secret[from] ? common(at, room, secret + from) : 0;
        longest = length > longest ? length : longest;
    }
    return longest >= least ? longest : 0;
}

/* The secret is read before the first star is put, so that overlapping parts are found, too. */
static void hide_one(char *text, size_t length, const char *secret)
{
    size_t hidden = 0; /* up to here it is to be stars */
    for (size_t at = 0; at < length; at++) {
        size_t part = part_length(text + at, length - at, secret);
        hidden = at + part > hidden ? at + part : hidden;
        if (at < hidden)
            text[at] = '*';
    }
}

void secret_hide(char *text, size_t length)
{
    for (size_t i = 0; i < SECRETS_MAX && length >= SECRET_MIN; i++)
        if (secrets[i] != NULL)
            hide_one(text, length, secrets[i]);
}
