/*
 * record_key.c: one spelling for each key (hubspot-api 13.3).
 */
#include "model/record_key.h"

#include <string.h>

#include "base/utf8.h"

static const char blanks[] = " \t\r\n\v\f";

enum record_key_kind record_key_kind(const char *object, const char *property)
{
    if (strcmp(object, "0-1") == 0 && strcmp(property, "email") == 0)
        return RECORD_KEY_EMAIL;
    if (strcmp(object, "0-2") == 0 && strcmp(property, "domain") == 0)
        return RECORD_KEY_DOMAIN;
    return RECORD_KEY_TEXT;
}

const char *record_key_others(enum record_key_kind kind)
{
    return kind == RECORD_KEY_EMAIL ? "hs_additional_emails" : NULL;
}

char record_key_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool record_key_same_letters(const char *a, const char *b)
{
    for (; *a != '\0' && record_key_lower(*a) == record_key_lower(*b); a++)
        b++;
    return record_key_lower(*a) == record_key_lower(*b);
}

static bool starts_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* "https://www.acme.example:443/shop?x#y" and "acme.example." are acme.example. */
static void bare_host(char *key)
{
    const char *host = strstr(key, "://");
    host = host != NULL ? host + 3 : key;
    if (starts_with(host, "www.") && strchr(host + 4, '.') != NULL)
        host += 4;
    size_t length = strcspn(host, "/?#:");
    while (length > 0 && host[length - 1] == '.')
        length--;
    memmove(key, host, length);
    key[length] = '\0';
}

static const char *wrong_email(const char *key)
{
    const char *at = strchr(key, '@');
    if (at == NULL && strspn(key, "0123456789") == strlen(key))
        return "is a number and no e-mail address; if it is a record ID, name its column in "
               "source.columns.from_id or to_id";
    if (at == NULL || at == key || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strpbrk(key, " ,;<>\"") != NULL)
        return "is not an e-mail address";
    return NULL;
}

static const char *wrong_domain(const char *key)
{
    if (strchr(key, '@') != NULL)
        return "is an e-mail address and no domain";
    if (strchr(key, '.') == NULL || key[0] == '.' || strpbrk(key, " ,;\"") != NULL)
        return "is not a domain";
    return NULL;
}

/* Neither can be told from another one when it is shown, and HubSpot stores neither. */
static const char *wrong_bytes(const char *cell, size_t length)
{
    for (size_t at = 0, size; at < length; at += size) {
        size = utf8_length(cell + at, length - at);
        if (size == 0)
            return "is not valid UTF-8";
        if ((unsigned char)cell[at] < 0x20 || cell[at] == 0x7F)
            return "has a control character in it";
    }
    return NULL;
}

const char *record_key_normalize(
    enum record_key_kind kind, const char *cell, char key[static RECORD_KEY_MAX + 1])
{
    cell += strspn(cell, blanks);
    size_t length = strlen(cell);
    while (length > 0 && strchr(blanks, cell[length - 1]) != NULL)
        length--;
    if (length == 0)
        return "is empty";
    if (length > RECORD_KEY_MAX)
        return "is longer than 500 bytes";
    const char *wrong = wrong_bytes(cell, length);
    if (wrong != NULL)
        return wrong;
    for (size_t i = 0; i < length; i++)
        key[i] = kind == RECORD_KEY_TEXT ? cell[i] : record_key_lower(cell[i]);
    key[length] = '\0';
    if (kind == RECORD_KEY_EMAIL)
        return wrong_email(key);
    if (kind == RECORD_KEY_TEXT)
        return NULL;
    bare_host(key);
    return wrong_domain(key);
}
