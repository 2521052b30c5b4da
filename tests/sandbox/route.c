/*
 * route.c: the table of paths (dossier of the API, 1.1).
 */
#include "sandbox/route.h"

#include <string.h>

#include "sandbox/api.h"

#define V3_ROOT "/crm/v3/associations/{f}/{t}/"
#define V4_ROOT "/crm/v4/associations/{f}/{t}/"
#define D_ROOT "/crm/associations/{v}/{f}/{t}/"
#define V3_ONE "/crm/v3/objects/{f}/{i}/associations/"
#define V4_ONE "/crm/v4/objects/{f}/{i}/associations/"
#define D_ONE "/crm/objects/{v}/{f}/{i}/associations/"
#define V3_OBJ "/crm/v3/objects/{f}/"
#define D_OBJ "/crm/objects/{v}/{f}/"
#define LABEL_OLD "/crm/associations/v4/{f}/{t}/labels"
#define V4_MAX "/crm/associations/v4/definitions/configurations/"
#define V4_OLD "/crm/v4/associations/definitions/configurations/"
#define D_MAX "/crm/associations/{v}/definitions/configurations/"

enum {
    READ = NEEDS_READ,
    WRITE = NEEDS_WRITE,
    READ_JSON = NEEDS_READ | NEEDS_JSON,
    WRITE_JSON = NEEDS_WRITE | NEEDS_JSON,
    OBJECT = NEEDS_READ | RATED_GENERAL,
    PROPERTY = NEEDS_SCHEMA | RATED_GENERAL,
    COUNTS = NEEDS_ANY | RATED_GENERAL,
    SEARCH = NEEDS_READ | NEEDS_JSON | RATED_SEARCH,
    OBJECT_JSON = NEEDS_READ | NEEDS_JSON | RATED_GENERAL,
};

// clang-format off
static const struct route routes[] = {
    {"GET", V3_ROOT "types", V3, "types", api_types, READ},
    {"POST", V3_ROOT "batch/read", V3, "read", api_read, READ_JSON},
    {"POST", V3_ROOT "batch/create", V3, "create", api_create, WRITE_JSON},
    {"POST", V3_ROOT "batch/archive", V3, "archive", api_archive_types, WRITE_JSON},
    {"GET", V3_ONE "{t}", V3, "read_record", api_read_record, READ},
    {"PUT", V3_ONE "{t}/{j}/{n}", V3, "put", api_put_name, WRITE},
    {"DELETE", V3_ONE "{t}/{j}/{n}", V3, "delete", api_delete_name, WRITE},

    {"GET", V4_ROOT "labels", V4, "labels", api_labels, READ},
    {"POST", V4_ROOT "labels", V4, "label_create", api_label_create, WRITE_JSON},
    {"PUT", V4_ROOT "labels", V4, "label_rename", api_label_rename, WRITE_JSON},
    {"DELETE", V4_ROOT "labels/{n}", V4, "label_delete", api_label_delete, WRITE},
    {"GET", LABEL_OLD, V4, "labels", api_labels, READ},
    {"POST", LABEL_OLD, V4, "label_create", api_label_create, WRITE_JSON},
    {"PUT", LABEL_OLD, V4, "label_rename", api_label_rename, WRITE_JSON},
    {"DELETE", LABEL_OLD "/{n}", V4, "label_delete", api_label_delete, WRITE},
    {"POST", V4_ROOT "batch/read", V4, "read", api_read, READ_JSON},
    {"POST", V4_ROOT "batch/create", V4, "create", api_create, WRITE_JSON},
    {"POST", V4_ROOT "batch/associate/default", V4, "default", api_associate_default, WRITE_JSON},
    {"POST", V4_ROOT "batch/archive", V4, "archive", api_archive, WRITE_JSON},
    {"POST", V4_ROOT "batch/labels/archive", V4, "labels_archive", api_archive_types, WRITE_JSON},
    {"PUT", V4_ONE "default/{t}/{j}", V4, "put_default", api_put_default, WRITE},
    {"GET", V4_ONE "{t}", V4, "read_record", api_read_record, READ},
    {"PUT", V4_ONE "{t}/{j}", V4, "put", api_put_pair, WRITE_JSON},
    {"DELETE", V4_ONE "{t}/{j}", V4, "delete", api_delete_pair, WRITE},

    {"GET", D_ROOT "labels", DATED, "labels", api_labels, READ},
    {"POST", D_ROOT "labels", DATED, "label_create", api_label_create, WRITE_JSON},
    {"PUT", D_ROOT "labels", DATED, "label_rename", api_label_rename, WRITE_JSON},
    {"DELETE", D_ROOT "labels/{n}", DATED, "label_delete", api_label_delete, WRITE},
    {"POST", D_ROOT "batch/read", DATED, "read", api_read, READ_JSON},
    {"POST", D_ROOT "batch/create", DATED, "create", api_create, WRITE_JSON},
    {"POST", D_ROOT "batch/associate/default", DATED, "default", api_associate_default, WRITE_JSON},
    {"POST", D_ROOT "batch/archive", DATED, "archive", api_archive, WRITE_JSON},
    {"POST", D_ROOT "batch/labels/archive", DATED, "labels_archive", api_archive_types, WRITE_JSON},
    {"PUT", D_ONE "default/{t}/{j}", DATED, "put_default", api_put_default, WRITE},
    {"GET", D_ONE "{t}", DATED, "read_record", api_read_record, READ},
    {"PUT", D_ONE "{t}/{j}", DATED, "put", api_put_pair, WRITE_JSON},
    {"DELETE", D_ONE "{t}/{j}", DATED, "delete", api_delete_pair, WRITE},

    {"GET", V4_MAX "all", V4, "maximums", api_maximums_all, NEEDS_NOTHING},
    {"GET", V4_MAX "{f}/{t}", V4, "maximums", api_maximums, READ},
    {"POST", V4_MAX "{f}/{t}/batch/create", V4, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", V4_MAX "{f}/{t}/batch/update", V4, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", V4_MAX "{f}/{t}/batch/purge", V4, "maximums_purge", api_maximums_purge, WRITE_JSON},
    {"GET", V4_OLD "all", V4, "maximums", api_maximums_all, NEEDS_NOTHING},
    {"GET", V4_OLD "{f}/{t}", V4, "maximums", api_maximums, READ},
    {"POST", V4_OLD "{f}/{t}/batch/create", V4, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", V4_OLD "{f}/{t}/batch/update", V4, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", V4_OLD "{f}/{t}/batch/purge", V4, "maximums_purge", api_maximums_purge, WRITE_JSON},
    {"GET", D_MAX "all", DATED, "maximums", api_maximums_all, NEEDS_NOTHING},
    {"GET", D_MAX "{f}/{t}", DATED, "maximums", api_maximums, READ},
    {"POST", D_MAX "{f}/{t}/batch/create", DATED, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", D_MAX "{f}/{t}/batch/update", DATED, "maximums_set", api_maximums_set, WRITE_JSON},
    {"POST", D_MAX "{f}/{t}/batch/purge", DATED, "maximums_purge", api_maximums_purge, WRITE_JSON},

    {"GET", "/crm/v3/limits/associations/records/{f}/{t}", V3, "limits", api_limits, READ},
    {"GET", "/crm/limits/{v}/associations/records/{f}/{t}", DATED, "limits", api_limits, READ},
    {"GET", "/crm-object-schemas/v3/schemas/{f}", V3, "schema", api_schema, NEEDS_NOTHING},
    {"GET", "/crm-object-schemas/{v}/schemas/{f}", DATED, "schema", api_schema, NEEDS_NOTHING},
    {"POST", V3_OBJ "batch/read", V3, "records", api_records, OBJECT_JSON},
    {"POST", D_OBJ "batch/read", DATED, "records", api_records, OBJECT_JSON},
    {"POST", V3_OBJ "search", V3, "search", api_search, SEARCH},
    {"POST", D_OBJ "search", DATED, "search", api_search, SEARCH},
    {"POST", V3_OBJ "merge", V3, "merge", api_merge, WRITE_JSON | RATED_GENERAL},
    {"POST", D_OBJ "merge", DATED, "merge", api_merge, WRITE_JSON | RATED_GENERAL},
    {"GET", V3_OBJ "{n}", V3, "record", api_record, OBJECT},
    {"GET", D_OBJ "{n}", DATED, "record", api_record, OBJECT},
    {"GET", "/crm/v3/objects/{f}", V3, "list", api_list, OBJECT},
    {"GET", "/crm/objects/{v}/{f}", DATED, "list", api_list, OBJECT},
    {"GET", "/crm/v3/properties/{f}/{n}", V3, "property", api_property, PROPERTY},
    {"GET", "/crm/properties/{v}/{f}/{n}", DATED, "property", api_property, PROPERTY},
    {"GET", "/crm/v3/properties/{f}", V3, "properties", api_properties, PROPERTY},
    {"GET", "/crm/properties/{v}/{f}", DATED, "properties", api_properties, PROPERTY},
    {"GET", "/crm/v3/limits/records", V3, "counts", api_counts, COUNTS},
    {"GET", "/crm/limits/{v}/records", DATED, "counts", api_counts, COUNTS},

    {"POST", "/crm/v4/associations/usage/high-usage-report/{n}", V4, "report", api_report, 0},
    {"POST", "/crm/associations/{v}/usage/high-usage-report/{n}", DATED, "report", api_report, 0},

    {"GET", "/account-info/v3/details", V3, "account", api_account, NEEDS_NOTHING},
    {"GET", "/account-info/{v}/details", DATED, "account", api_account, NEEDS_NOTHING},
    {"GET", "/account-info/v3/api-usage/daily/private-apps", V3, "usage", api_usage, 0},
    {"GET", "/account-info/{v}/api-usage/daily/private-apps", DATED, "usage", api_usage, 0},
    {"POST", "/oauth/v2/private-apps/get/access-token-info", V3, "token_info", api_token_info,
        NO_TOKEN | NEEDS_JSON},
    {"POST", "/oauth/v1/token", V3, "oauth", api_oauth, NO_TOKEN},
    {"POST", "/oauth/v3/token", V3, "oauth", api_oauth, NO_TOKEN},
    {"POST", "/oauth/{v}/token", DATED, "oauth", api_oauth, NO_TOKEN},
};
// clang-format on

static const char *const versions[] = {"2025-09", "2026-03", "2026-09"};

/* Cuts a path at its slashes. */
static size_t split(char *path, char *segments[SEGMENTS_MAX])
{
    size_t count = 0;
    for (char *at = path; at != NULL && *at != '\0' && count < SEGMENTS_MAX;) {
        *at++ = '\0';
        segments[count++] = at;
        at = strchr(at, '/');
    }
    return count;
}

static bool is_version(const char *text)
{
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++)
        if (strcmp(text, versions[i]) == 0)
            return true;
    return false;
}

/* Compares one segment with one of the pattern. */
static bool fits(const char *pattern, size_t width, const char *segment)
{
    if (strncmp(pattern, "{v}", 3) == 0)
        return is_version(segment);
    if (pattern[0] == '{')
        return segment[0] != '\0';
    return strlen(segment) == width && strncmp(pattern, segment, width) == 0;
}

static bool path_fits(const struct route *route, char *segments[SEGMENTS_MAX], size_t count)
{
    const char *at = route->path + 1;
    for (size_t i = 0; i < count; i++) {
        size_t width = strcspn(at, "/");
        if (width == 0 || !fits(at, width, segments[i]))
            return false;
        at += width;
        if (*at == '\0')
            return i + 1 == count;
        at++;
    }
    return false;
}

static const char *fill_object(struct call *call, const char *segment, int *object)
{
    uint64_t portal_id = (uint64_t)call->portal->settings.values[SET_PORTAL_ID];
    *object = object_find(&call->portal->objects, segment, portal_id);
    return *object < 0 ? segment : NULL;
}

/* Fills what the path says; returns the object type that is not known, NULL if all are. */
static const char *fill(struct call *call, const struct route *route, char *segments[SEGMENTS_MAX])
{
    const char *unknown = NULL;
    const char *at = route->path + 1;
    for (size_t i = 0;; i++) {
        if (strncmp(at, "{v}", 3) == 0)
            (void)snprintf(call->version, sizeof call->version, "%s", segments[i]);
        else if (strncmp(at, "{f}", 3) == 0)
            unknown = fill_object(call, segments[i], &call->from);
        else if (strncmp(at, "{t}", 3) == 0 && unknown == NULL)
            unknown = fill_object(call, segments[i], &call->to);
        else if (strncmp(at, "{i}", 3) == 0)
            call->from_text = segments[i];
        else if (strncmp(at, "{j}", 3) == 0)
            call->to_text = segments[i];
        else if (strncmp(at, "{n}", 3) == 0)
            call->name = segments[i];
        at += strcspn(at, "/");
        if (*at++ == '\0')
            return unknown;
    }
}

const struct route *route_find(
    struct call *call, char *path, const char **unknown_object, const char **allowed)
{
    char *segments[SEGMENTS_MAX] = {0};
    size_t count = split(path, segments);
    *unknown_object = NULL;
    *allowed = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(routes); i++) {
        const struct route *route = &routes[i];
        if (!path_fits(route, segments, count))
            continue;
        *allowed = route->method;
        if (strcmp(route->method, call->request->method) != 0)
            continue;
        *unknown_object = fill(call, route, segments);
        call->dialect = route->dialect;
        return route;
    }
    return NULL;
}
