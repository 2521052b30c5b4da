/*
 * settings.c: the table of switches. Defaults are what HubSpot is believed to do.
 */
#include "sandbox/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t preset;
    const char *choices; /* "a|b|c" for 0, 1, 2; NULL: a number or true/false */
} table[SETTING_COUNT] = {
    [SET_PORTAL_ID] = {"portal_id", 7654321, NULL},
    [SET_PAGE_SIZE] = {"page_size", 500, NULL},
    [SET_V3_PAGE_SIZE] = {"v3_page_size", 100, NULL},
    [SET_V3_AFTER] = {"v3_after", 0, NULL},
    [SET_V3_ALL_COMPANIES] = {"v3_all_companies", 0, NULL},
    [SET_SHUFFLE] = {"shuffle", 1, NULL},
    [SET_NO_ASSOCIATIONS_207] = {"no_associations_207", 1, NULL},
    [SET_UNKNOWN_INPUT] = {"unknown_input", UNKNOWN_400, "400|207|200"},
    [SET_NAME_CULPRITS] = {"name_culprits", 1, NULL},
    [SET_UNKNOWN_READ] = {"unknown_read", UNKNOWN_207, "400|207"},
    [SET_CHECK_RECORDS] = {"check_records", 1, NULL},
    [SET_CREATE] = {"create", CREATE_ADD, "add|replace"},
    [SET_MERGE] = {"merge", MERGE_NEW_ID, "new_id|keep_primary"},
    [SET_MERGED_RECORDS] = {"merged_records", MERGED_SURVIVOR, "survivor|omit|error"},
    [SET_MERGED_READ] = {"merged_read", MERGED_SURVIVOR_ID, "survivor_id|old_id|none"},
    [SET_MERGED_CREATE] = {"merged_create", MERGED_ACCEPT, "accept|400"},
    [SET_DUPLICATES] = {"refuse_duplicates", 1, NULL},
    [SET_MISSING] = {"missing", MISSING_ONE, "one|each|some|none|404"},
    [SET_MISSING_TEXT] = {"missing_text", MISSING_TEXT_SENT, "sent|normal"},
    [SET_SAME_RECORD] = {"same_record", SAME_RECORD_ONE, "one|two|400"},
    [SET_KEY_CASE] = {"key_case", KEY_CASE_EXACT, "exact|ignore"},
    [SET_EMAIL_KEY] = {"email_key", 1, NULL},
    [SET_EXTRA_PROPERTY] = {"extra_property", 0, NULL},
    [SET_MAX_RECORD_INPUTS] = {"max_record_inputs", 100, NULL},
    [SET_STRAY_RECORD] = {"stray_record", 0, NULL},
    [SET_KEY_SHOWN] = {"key_shown", 1, NULL},
    [SET_UNREAD_EVERY] = {"unread_every", 0, NULL},
    [SET_STALE_READS] = {"stale_reads", 0, NULL},
    [SET_SEARCH_LAG_MS] = {"search_lag_ms", 5000, NULL},
    [SET_SEARCH_PER_1S] = {"search_per_1s", 5, NULL},
    [SET_SEARCH_BODY] = {"search_body", 3000, NULL},
    [SET_SEARCH_VALUES] = {"search_values", 100, NULL},
    [SET_SEARCH_TOTAL] = {"search_total", 10000, NULL},
    [SET_LIST_OVER] = {"list_over", LIST_OVER_400, "400|clamp"},
    [SET_LIST_PAGE] = {"list_page", 100, NULL},
    [SET_LIST_SKIPS] = {"list_skips", 0, NULL},
    [SET_COUNT_LAG_MS] = {"count_lag_ms", 0, NULL},
    [SET_COUNT_BIN] = {"count_bin", 0, NULL},
    [SET_COUNT_MORE] = {"count_more", 0, NULL},
    [SET_COUNT_LESS] = {"count_less", 0, NULL},
    [SET_URL_MAX] = {"url_max", 16000, NULL},
    [SET_FIRST_PRIMARY] = {"first_primary", 1, NULL},
    [SET_DEMOTE] = {"demote", 1, NULL},
    [SET_IDS] = {"ids", IDS_NUMBER, "number|string"},
    [SET_CODES] = {"codes", CODES_LINEAGE, "lineage|stale|legacy200|dated204"},
    [SET_CODE_READ] = {"code_read", 0, NULL},
    [SET_CODE_CREATE] = {"code_create", 0, NULL},
    [SET_CODE_ARCHIVE] = {"code_archive", 0, NULL},
    [SET_MAX_READ_INPUTS] = {"max_read_inputs", 1000, NULL},
    [SET_MAX_CREATE_INPUTS] = {"max_create_inputs", 2000, NULL},
    [SET_MAX_ARCHIVE_INPUTS] = {"max_archive_inputs", 2000, NULL},
    [SET_MAX_ARCHIVE_FROM_IDS] = {"max_archive_from_ids", 100, NULL},
    [SET_MAX_BODY] = {"max_body", 0, NULL},
    [SET_MAX_LABELS] = {"max_labels", 50, NULL},
    [SET_FIRST_LABEL_ID] = {"first_label_id", 26, NULL},
    [SET_RECORD_MAX] = {"record_max", 0, NULL},
    [SET_RATE_PER_10S] = {"rate_per_10s", 190, NULL},
    [SET_RATE_PER_1S] = {"rate_per_1s", 0, NULL},
    [SET_GENERAL_PER_10S] = {"general_per_10s", 190, NULL},
    [SET_DAILY] = {"daily", 0, NULL},
    [SET_DAILY_USED] = {"daily_used", 0, NULL},
    [SET_RATE_HEADERS] = {"rate_headers", 0, NULL},
    [SET_RETRY_AFTER] = {"retry_after", 0, NULL},
    [SET_CHUNKED] = {"chunked", 0, NULL},
    [SET_LATENCY_MS] = {"latency_ms", 0, NULL},
    [SET_VISIBLE_AFTER_MS] = {"visible_after_ms", 0, NULL},
    [SET_TOKEN_LIFE_S] = {"token_life_s", 1800, NULL},
};

void settings_init(struct settings *settings)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        settings->values[i] = table[i].preset;
}

/* The place of value among "a|b|c", -1 if it is none of them. */
static int64_t find_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (int64_t i = 0; length > 0; i++) {
        size_t width = strcspn(choices, "|");
        if (width == length && strncmp(choices, value, width) == 0)
            return i;
        if (choices[width] == '\0')
            return -1;
        choices += width + 1;
    }
    return -1;
}

static int64_t parse_value(const char *value)
{
    if (strcmp(value, "true") == 0)
        return 1;
    if (strcmp(value, "false") == 0)
        return 0;
    if (!isdigit((unsigned char)value[0]))
        return -1;
    char *end = NULL;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    return *end != '\0' || errno != 0 ? -1 : number;
}

bool settings_set(struct settings *settings, const char *name, const char *value)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        int64_t number =
            table[i].choices != NULL ? find_choice(table[i].choices, value) : parse_value(value);
        if (number < 0)
            return false;
        settings->values[i] = number;
        return true;
    }
    return false;
}
