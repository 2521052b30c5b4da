/*
 * amount.c: thousands, and the singular of the plurals that there are.
 */
#include "base/amount.h"

#include <stdio.h>
#include <string.h>

const char *amount_number(uint64_t number, char text[static AMOUNT_NUMBER_MAX])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *at = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

/* How many letters of a plural its singular keeps; *ending is what comes instead of the rest. */
static size_t singular(const char *plural, const char **ending)
{
    static const struct {
        const char *plural, *singular;
    } endings[] = {{"ies", "y"}, {"ches", "ch"}, {"xes", "x"}, {"s", ""}};
    size_t length = strlen(plural);
    *ending = "";
    if (strncmp(plural, "p_", 2) == 0 || (plural[0] >= '0' && plural[0] <= '9'))
        return length;
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++) {
        size_t end = strlen(endings[i].plural);
        if (length > end && strcmp(plural + length - end, endings[i].plural) == 0) {
            *ending = endings[i].singular;
            return length - end;
        }
    }
    return length;
}

const char *amount_text(uint64_t count, const char *plural, char text[static AMOUNT_TEXT_MAX])
{
    char number[AMOUNT_NUMBER_MAX];
    const char *ending = "";
    size_t kept = count == 1 ? singular(plural, &ending) : strlen(plural);
    (void)snprintf(text, AMOUNT_TEXT_MAX, "%s %.*s%s", amount_number(count, number), (int)kept,
        plural, ending);
    return text;
}
