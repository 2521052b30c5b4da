/*
 * definition.h: what the configuration defines, as plain values: the account (portal), the syncs,
 * and their settings. Filled by config/, read by everything to its right. All texts are owned by
 * the `struct definitions` and live until definitions_clear.
 */
#ifndef MODEL_DEFINITION_H
#define MODEL_DEFINITION_H

#include "base/attr.h"
#include "model/schedule.h"
#include "model/types.h"

enum dialect { DIALECT_V3, DIALECT_V4, DIALECT_2026_03, DIALECT_2026_09 };

struct limits {
    int64_t requests_per_10s; /* ceiling for the account in any rolling 10 s; 0: none */
    int64_t requests_per_day;
    int64_t in_flight; /* requests on the wire at once, per run */
    int64_t read_inputs; /* per batch request */
    int64_t create_inputs;
    int64_t archive_inputs;
    int64_t archive_from_ids; /* distinct from-ids per archive request */
};

struct portal_definition {
    char *name;
    char *base_url;
    char *ca_file; /* of the authorities to trust; NULL: the system's */
    char *proxy; /* http://HOST:PORT of a proxy that knows CONNECT; NULL: none */
    char *proxy_user; /* NULL: the proxy asks nobody who they are */
    char *proxy_password_file;
    char *token_file; /* NULL if token_env is used */
    char *token_env; /* name of an environment variable */
    enum dialect api;
    uint64_t portal_id; /* 0: any account */
    int64_t timeout_ms; /* of one request */
    struct limits limits;
};

enum policy { POLICY_CREATE_ONLY, POLICY_MIRROR_OWNED, POLICY_MIRROR };
enum on_drift { DRIFT_RESTORE, DRIFT_REPORT };
enum verify { VERIFY_ALL, VERIFY_NONE };

struct guards {
    int64_t max_archive;
    double max_archive_percent; /* of the number owned; 5 archives are never too many by it */
    double max_source_shrink_percent; /* against the last good run */
    double max_pending_percent; /* of the source's rows that may wait for their keys */
    bool allow_empty_source;
    int64_t max_archive_day; /* in any 24 hours, approved ones aside; 0: no limit */
    int64_t max_archive_per_record; /* in one plan; 0: no limit */
    int64_t max_plan_age_ms; /* older: pairs are read again before they are archived */
    int64_t max_saved_plan_age_ms; /* older: a saved plan is not applied */
};

enum { VERIFY_DELAYS_MAX = 8 };

/* What a key means that several records have: none of them, the first that was made, each. */
enum on_many { MANY_REJECT, MANY_OLDEST, MANY_ALL };

struct text_list {
    char **items;
    size_t count;
};

/* Records of one side that the source names by a property instead of by their ids. */
struct key_side {
    char *column; /* of the source, with the keys; NULL: the side is named by ids */
    char *property; /* HubSpot's internal name of it */
    bool search; /* several records may have one value: HubSpot's search is asked */
    enum on_many on_many;
    struct text_list ignore; /* keys that name no record, as written */
};

struct sync_definition {
    char *name;
    const struct portal_definition *portal;
    char *from; /* object type as written: contacts, 0-1, 2-123, p_name */
    char *to;
    struct type_want *types;
    size_t types_count;
    char *source_table; /* one of table and query is set */
    char *source_query;
    char *source_database_url; /* NULL: the assocd database */
    bool source_allow_replica; /* archive on the word of a server in recovery, too */
    char *column_from; /* names of the source's columns */
    char *column_to;
    struct key_side key_from, key_to;
    int64_t key_refresh_ms; /* what a key means is asked again when this is over */
    char *column_type; /* NULL: no such column; not beside column_type_id */
    char *column_type_id; /* NULL: none */
    char *column_category; /* NULL: none; only beside column_type_id */
    enum policy policy;
    enum on_drift on_drift;
    struct schedule schedule;
    char *schedule_text;
    bool watch;
    struct guards guards;
    enum verify verify;
    int64_t verify_delays_ms[VERIFY_DELAYS_MAX]; /* after the reading at once */
    size_t verify_delays_count;
};

struct definitions {
    char *path; /* of the configuration file */
    char *database_url; /* "": the PG* environment */
    int64_t retention_days; /* of finished runs' changes and batches */
    int64_t run_retention_days; /* of the runs themselves; at least retention_days */
    int64_t max_workers; /* full runs the daemon has going at once */
    int64_t poll_ms; /* how often an idle daemon looks around; 0: not said */
    int64_t stop_timeout_ms; /* how long the daemon waits for its workers when it ends */
    struct portal_definition **portals;
    size_t portals_count;
    struct sync_definition **syncs; /* in the order of the file */
    size_t syncs_count;
    struct sync_definition **by_name; /* the same, sorted: definitions_index */
};

void definitions_clear(struct definitions *definitions);

/* Once all syncs are there: makes them found by name. */
void definitions_index(struct definitions *definitions);

/* The sync of this name, or NULL. */
const struct sync_definition *definitions_sync(
    const struct definitions *definitions, const char *name);

/* Whether the rows of its source say their type: an empty cell then means the plain type, while
 * without such a column every row means the sync's only type. */
bool sync_has_type_column(const struct sync_definition *sync);

/* Does the source name a side by keys? The column that it names it in. */
bool sync_has_keys(const struct sync_definition *sync);
const char *sync_from_column(const struct sync_definition *sync);
const char *sync_to_column(const struct sync_definition *sync);

/* Names as they are written in configuration and database. The arrays are indexed by the enum and
 * end with NULL. */
extern const char *const dialect_words[];
extern const char *const policy_words[];
extern const char *const on_many_words[];
extern const char *const on_drift_words[];
extern const char *const verify_words[];
const char *dialect_text(enum dialect dialect);

#endif
