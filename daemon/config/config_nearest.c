/*
 * config_nearest.c: "did you mean". Finds the known key or word nearest to an unknown one by edit
 * distance (model/near); too far away is no suggestion at all.
 */
#include <string.h>

#include "model/near.h"
#include "config/config_key.h"

enum { WORD_MAX = 64 };

const char *key_nearest_word(const char *const *words, const char *text)
{
    struct near near = {.wanted = text};
    for (size_t i = 0; words[i] != NULL; i++)
        near_offer(&near, words[i]);
    return near.best;
}

/* The part of path before its last `.`, as a length. */
static size_t parent_length(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? (size_t)(dot - path) : 0;
}

/* Whether the unknown path and the pattern have the same parent; *name is then the pattern's word
 * in the unknown one's place. */
static bool is_sibling(const char *pattern, const char *path, char name[static WORD_MAX])
{
    size_t parent = parent_length(path);
    size_t at = 0;
    while (at < parent) {
        size_t word = strcspn(path + at, ".");
        size_t want = strcspn(pattern, ".");
        bool same = (want == 1 && *pattern == '*') ||
            (want == word && strncmp(pattern, path + at, word) == 0);
        if (!same || pattern[want] != '.')
            return false;
        pattern += want + 1;
        at += word + 1;
    }
    size_t length = strcspn(pattern, ".");
    if (length > WORD_MAX - 1)
        length = WORD_MAX - 1;
    memcpy(name, pattern, length);
    name[length] = '\0';
    return name[0] != '*';
}

/* A key of the same name elsewhere: `max_archive` written beside `guards` instead of in it. */
static bool find_elsewhere(const char *path, const char *last, struct buf *suggestion)
{
    for (size_t i = 0; i < keys_count; i++) {
        const char *tail = key_tail(&keys[i]);
        const char *word = strrchr(tail, '.');
        if (strcmp(word != NULL ? word + 1 : tail, last) != 0)
            continue;
        const char *star = strchr(keys[i].path, '*');
        size_t prefix = star != NULL ? (size_t)(star - keys[i].path) : 0;
        bool named = prefix > 0 && strncmp(path, keys[i].path, prefix) == 0;
        if (named)
            buf_addf(
                suggestion, "%.*s.%s", (int)(prefix + strcspn(path + prefix, ".")), path, tail);
        else
            buf_add_text(suggestion, keys[i].path);
        return true;
    }
    return false;
}

bool key_nearest(const char *path, struct buf *suggestion)
{
    size_t parent = parent_length(path);
    const char *last = parent > 0 ? path + parent + 1 : path;
    char nearest[WORD_MAX] = "";
    struct near near = {.wanted = last};
    for (size_t i = 0; i < keys_count; i++) {
        char name[WORD_MAX];
        if (!is_sibling(keys[i].path, path, name))
            continue;
        near_offer(&near, name);
        if (near.best == name) {
            memcpy(nearest, name, sizeof nearest);
            near.best = nearest;
        }
    }
    if (nearest[0] == '\0')
        return find_elsewhere(path, last, suggestion);
    buf_addf(suggestion, "%.*s%s%s", (int)parent, path, parent > 0 ? "." : "", nearest);
    return true;
}
