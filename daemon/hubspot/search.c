/*
 * search.c: values -> {"filterGroups": [{"filters": [{"operator": "IN", …}]}], …}
 */
#include "hubspot/search.h"

#include <string.h>

#include "model/record_key.h"

static void add_lower(const char *value, struct buf *body)
{
    char lower[RECORD_KEY_MAX + 1];
    size_t length = strnlen(value, RECORD_KEY_MAX);
    for (size_t i = 0; i < length; i++)
        lower[i] = record_key_lower(value[i]);
    lower[length] = '\0';
    buf_add_json(body, lower);
}

static bool is_repeated(const struct search *search, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (record_key_same_letters(search->values[i], search->values[at]))
            return true;
    return false;
}

void search_write(const struct search *search, struct buf *body)
{
    buf_reset(body);
    buf_add_text(body, "{\"filterGroups\":[{\"filters\":[{\"propertyName\":");
    buf_add_json(body, search->property);
    buf_add_text(body, ",\"operator\":\"IN\",\"values\":[");
    for (size_t i = 0; i < search->count; i++) {
        if (is_repeated(search, i))
            continue;
        buf_add_text(body, i > 0 ? "," : "");
        add_lower(search->values[i], body);
    }
    buf_add_text(body, "]}]}],\"properties\":[");
    buf_add_json(body, search->property);
    buf_addf(body,
        "],\"sorts\":[{\"propertyName\":\"hs_object_id\",\"direction\":\"ASCENDING\"}],"
        "\"limit\":%d",
        SEARCH_PAGE);
    if (search->after > 0)
        buf_addf(body, ",\"after\":\"%u\"", search->after);
    buf_add_char(body, '}');
}

size_t search_fits(const struct search *search)
{
    enum { AFTER = 32 }; /* bytes that a later page's question has more */
    CLEANUP(buf_clear) struct buf body = {0};
    struct search none = *search;
    none.count = 0;
    search_write(&none, &body);
    size_t bytes = body.length + AFTER, count = 0;
    while (count < search->count && count < SEARCH_VALUES_MAX) {
        buf_reset(&body);
        add_lower(search->values[count], &body);
        bytes += body.length + 1;
        if (count > 0 && bytes > SEARCH_BYTES_MAX)
            break;
        count++;
    }
    return count;
}
