/*
 * settings.h: the sandbox's switches, a row each in one table: name, default, choices. The same
 * names stand on the command line (--page-size 3), in POST /_sandbox/switch and in README.md.
 */
#ifndef SANDBOX_SETTINGS_H
#define SANDBOX_SETTINGS_H

#include "base/attr.h"

enum setting {
    SET_PORTAL_ID,
    SET_PAGE_SIZE,
    SET_V3_PAGE_SIZE,
    SET_V3_AFTER,
    SET_V3_ALL_COMPANIES,
    SET_SHUFFLE,
    SET_NO_ASSOCIATIONS_207,
    SET_UNKNOWN_INPUT,
    SET_NAME_CULPRITS,
    SET_UNKNOWN_READ,
    SET_CHECK_RECORDS,
    SET_CREATE,
    SET_MERGE,
    SET_MERGED_RECORDS,
    SET_MERGED_READ,
    SET_MERGED_CREATE,
    SET_DUPLICATES,
    SET_MISSING,
    SET_MISSING_TEXT,
    SET_SAME_RECORD,
    SET_KEY_CASE,
    SET_EMAIL_KEY,
    SET_EXTRA_PROPERTY,
    SET_MAX_RECORD_INPUTS,
    SET_SEARCH_LAG_MS,
    SET_SEARCH_PER_1S,
    SET_SEARCH_BODY,
    SET_SEARCH_VALUES,
    SET_SEARCH_TOTAL,
    SET_LIST_OVER,
    SET_LIST_PAGE,
    SET_LIST_SKIPS,
    SET_COUNT_LAG_MS,
    SET_COUNT_BIN,
    SET_COUNT_MORE,
    SET_COUNT_LESS,
    SET_URL_MAX,
    SET_FIRST_PRIMARY,
    SET_DEMOTE,
    SET_IDS,
    SET_CODES,
    SET_CODE_READ,
    SET_CODE_CREATE,
    SET_CODE_ARCHIVE,
    SET_MAX_READ_INPUTS,
    SET_MAX_CREATE_INPUTS,
    SET_MAX_ARCHIVE_INPUTS,
    SET_MAX_ARCHIVE_FROM_IDS,
    SET_MAX_BODY,
    SET_MAX_LABELS,
    SET_RECORD_MAX,
    SET_RATE_PER_10S,
    SET_RATE_PER_1S,
    SET_GENERAL_PER_10S,
    SET_DAILY,
    SET_DAILY_USED,
    SET_RATE_HEADERS,
    SET_RETRY_AFTER,
    SET_CHUNKED,
    SET_LATENCY_MS,
    SET_VISIBLE_AFTER_MS,
    SET_TOKEN_LIFE_S,
    SETTING_COUNT
};

enum { UNKNOWN_400, UNKNOWN_207, UNKNOWN_200 };
enum { CREATE_ADD, CREATE_REPLACE };
enum { MERGE_NEW_ID, MERGE_KEEP_PRIMARY };
enum { MERGED_SURVIVOR, MERGED_OMIT, MERGED_ERROR };
enum { MERGED_SURVIVOR_ID, MERGED_OLD_ID, MERGED_NONE };
enum { MERGED_ACCEPT, MERGED_400 };
enum { MISSING_ONE, MISSING_EACH, MISSING_SOME, MISSING_NONE, MISSING_404 };
enum { MISSING_TEXT_SENT, MISSING_TEXT_NORMAL };
enum { SAME_RECORD_ONE, SAME_RECORD_TWO, SAME_RECORD_400 };
enum { KEY_CASE_EXACT, KEY_CASE_IGNORE };
enum { LIST_OVER_400, LIST_OVER_CLAMP };
enum { IDS_NUMBER, IDS_STRING };
enum { CODES_LINEAGE, CODES_STALE, CODES_LEGACY200, CODES_DATED204 };

struct settings {
    int64_t values[SETTING_COUNT];
};

void settings_init(struct settings *settings);

/* Sets a switch by its name: digits, true, false or one of its choices. False when there is no such
 * switch or choice. */
bool settings_set(struct settings *settings, const char *name, const char *value);

#endif
