/*
 * problem.h: HubSpot's error object ("StandardError"), as the body of a refusal or as an entry
 * among the errors of a batch. Every field is optional and of any type on the wire (hubspot-api 5);
 * what is missing is empty here.
 */
#ifndef HUBSPOT_PROBLEM_H
#define HUBSPOT_PROBLEM_H

#include "base/attr.h"
#include "hubspot/json.h"

struct id_list {
    uint64_t *ids;
    size_t count;
    size_t room;
};

struct problem {
    char category[64];
    char sub_category[96];
    char message[480];
    char correlation_id[80];
    char policy[48]; /* policyName of a 429 */
    char scopes[256]; /* requiredGranularScopes, separated by ", " */
    struct id_list from_ids; /* context.fromObjectId */
    struct id_list to_ids; /* context.toObjectId */
    struct id_list object_ids; /* context.objectId */
};

/* Empties it, keeping the memory. `{0}` is an empty one. */
void problem_reset(struct problem *problem);
void problem_clear(struct problem *problem);

/* Reads one error object into an emptied problem; false if the JSON is malformed. */
bool problem_read(struct problem *problem, struct json *json);

/* Reads the body of a refusal; false (and empty) if it is not a JSON object: a gateway's HTML. */
bool problem_parse(struct problem *problem, const char *body, size_t length);

/* True for the entry that says: this record has no associations (hubspot-api 1.4). */
bool problem_is_no_associations(const struct problem *problem);

/* Keeps a correlation id (a UUID, or much like one); anything else is none and is not kept. */
enum { CORRELATION_ID_MAX = 64 };
void problem_keep_id(char *field, size_t size, const char *id);

/* Copies text into a field of size bytes, cut between characters and before anything that is not
 * UTF-8. */
void problem_copy(char *field, size_t size, const char *text);

#endif
