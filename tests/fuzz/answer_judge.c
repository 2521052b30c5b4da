/*
 * answer_judge.c: gathers from successful answers who is linked with whom (each entry of results)
 * and who is named in errors, and holds a reply against it.
 */
#include "fuzz/answer_judge.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"

enum { CLAIMS_MAX = 400, KIND_MAX = 96 };

/* One thing an answer says. */
struct claim {
    uint64_t from_id;
    uint64_t to_id; /* 0: that there is such a record, or that it has nothing */
    char kind[KIND_MAX]; /* of the association: its name, or CATEGORY:id */
};

struct claims {
    struct claim items[CLAIMS_MAX];
    size_t count;
    bool vague; /* too many, or texts that cannot be told apart here */
};

static struct json_object *member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    return json_object_is_type(object, json_type_object) &&
            json_object_object_get_ex(object, name, &value)
        ? value
        : NULL;
}

static struct json_object *element(struct json_object *list, size_t i)
{
    bool has = json_object_is_type(list, json_type_array) && i < json_object_array_length(list);
    return has ? json_object_array_get_idx(list, i) : NULL;
}

static uint64_t id_of(struct json_object *value)
{
    return value != NULL ? strtoull(json_object_get_string(value), NULL, 10) : 0;
}

static bool same(const struct claim *a, const struct claim *b)
{
    return a->from_id == b->from_id && a->to_id == b->to_id && strcmp(a->kind, b->kind) == 0;
}

static void add(struct claims *claims, const struct claim *claim)
{
    for (size_t i = 0; i < claims->count; i++)
        if (same(&claims->items[i], claim))
            return;
    if (claims->count == CLAIMS_MAX || strlen(claim->kind) == KIND_MAX - 1)
        claims->vague = true;
    else
        claims->items[claims->count++] = *claim;
}

/* Writes "a" or "a:b". */
static void set_kind(
    struct claims *claims, struct claim *claim, struct json_object *a, struct json_object *b)
{
    const char *text = a != NULL ? json_object_get_string(a) : "";
    const char *number = b != NULL ? json_object_get_string(b) : "";
    if (a != NULL && (int)strlen(text) != json_object_get_string_len(a))
        claims->vague = claims->vague || json_object_is_type(a, json_type_string);
    if (strstr(text, "\xEF\xBF\xBD") != NULL)
        claims->vague = true;
    unsigned long long value = strtoull(number, NULL, 10);
    if (b == NULL)
        (void)snprintf(claim->kind, sizeof claim->kind, "%s", text);
    else
        (void)snprintf(claim->kind, sizeof claim->kind, "%s:%llu", text, value);
}

/* One element of `to`, in either family. */
static void gather_target(struct claims *claims, struct claim claim, struct json_object *target)
{
    struct json_object *types = member(target, "associationTypes");
    if (types == NULL) {
        claim.to_id = id_of(member(target, "id"));
        set_kind(claims, &claim, member(target, "type"), NULL);
        add(claims, &claim);
        return;
    }
    claim.to_id = id_of(member(target, "toObjectId"));
    struct json_object *type;
    for (size_t i = 0; (type = element(types, i)) != NULL; i++) {
        set_kind(claims, &claim, member(type, "category"), member(type, "typeId"));
        add(claims, &claim);
    }
}

/* An entry of results: of a read, of a write in either family, of the objects API. */
static void gather_result(struct claims *claims, struct json_object *entry)
{
    struct json_object *to = member(entry, "to");
    struct claim claim = {.from_id = id_of(member(member(entry, "from"), "id"))};
    if (member(entry, "from") == NULL)
        claim.from_id = id_of(member(entry, "fromObjectId"));
    if (member(entry, "id") != NULL)
        claim.from_id = id_of(member(entry, "id"));
    add(claims, &claim);
    if (!json_object_is_type(to, json_type_array)) {
        claim.to_id = id_of(to != NULL ? member(to, "id") : member(entry, "toObjectId"));
        add(claims, &claim);
        return;
    }
    struct json_object *target;
    for (size_t i = 0; (target = element(to, i)) != NULL; i++)
        gather_target(claims, claim, target);
}

/* Ids may stand in lists or alone, and in details. */
static void gather_error(struct claims *claims, struct json_object *entry)
{
    struct json_object *ids = member(member(entry, "context"), "fromObjectId");
    struct json_object *details = member(entry, "errors");
    struct json_object *one;
    struct claim claim = {.from_id = id_of(ids)};
    if (json_object_is_type(ids, json_type_string))
        add(claims, &claim);
    for (size_t i = 0; (one = element(ids, i)) != NULL; i++) {
        claim.from_id = id_of(one);
        add(claims, &claim);
    }
    for (size_t i = 0; (one = element(details, i)) != NULL && one != entry; i++)
        gather_error(claims, one);
}

static void gather(struct claims *claims, const struct answer *answers, size_t count)
{
    *claims = (struct claims){.count = 0};
    for (size_t i = 0; i < count; i++) {
        if (answers[i].end != HTTP_ANSWERED || answers[i].status < 200 || answers[i].status > 299)
            continue;
        char *text = mem_text_part(answers[i].body, answers[i].length);
        struct json_object *tree = json_tokener_parse(text);
        struct json_object *entry;
        for (size_t j = 0; (entry = element(member(tree, "results"), j)) != NULL; j++)
            gather_result(claims, entry);
        for (size_t j = 0; (entry = element(member(tree, "errors"), j)) != NULL; j++)
            gather_error(claims, entry);
        json_object_put(tree);
        free(text);
    }
}

/* to_id 0: anything about the record. */
static size_t count_claims(const struct claims *claims, uint64_t from_id, uint64_t to_id)
{
    size_t count = 0;
    for (size_t i = 0; i < claims->count; i++)
        count +=
            claims->items[i].from_id == from_id && (to_id == 0 || claims->items[i].to_id == to_id);
    return count;
}

static size_t count_links(const struct claims *claims, uint64_t from_id)
{
    size_t count = 0;
    for (size_t i = 0; i < claims->count; i++)
        count += claims->items[i].from_id == from_id && claims->items[i].to_id != 0;
    return count;
}

static void judge_read(const struct client_reply *reply, const struct claims *claims, bool single)
{
    const struct client_request *request = reply->request;
    for (size_t i = 0; i < reply->rows_count; i++)
        fuzz_require(count_claims(claims, reply->rows[i].from_id, reply->rows[i].to_id) > 0,
            "no answer links %llu and %llu", (unsigned long long)reply->rows[i].from_id,
            (unsigned long long)reply->rows[i].to_id);
    for (size_t i = 0; i < request->from_count; i++) {
        uint64_t id = request->from_ids[i];
        size_t rows = 0;
        if (reply->records[i] != RECORD_COMPLETE)
            continue;
        fuzz_require(count_claims(claims, id, 0) > 0, "no answer names %llu, and it is complete",
            (unsigned long long)id);
        for (size_t j = 0; j < reply->rows_count; j++)
            rows += reply->rows[j].from_id == id;
        fuzz_require(!single || rows == count_links(claims, id),
            "%llu has %zu associations, the answer names %zu", (unsigned long long)id, rows,
            count_links(claims, id));
    }
}

static void judge_create(const struct client_reply *reply, const struct claims *claims)
{
    for (size_t i = 0; i < reply->request->row_count; i++) {
        const struct assoc *row = &reply->request->rows[i];
        fuzz_require(
            reply->outcomes[i] != ROW_DONE || count_claims(claims, row->from_id, row->to_id) > 0,
            "no answer says that %llu and %llu are linked", (unsigned long long)row->from_id,
            (unsigned long long)row->to_id);
    }
}

void answer_judge(const struct client_reply *reply, const struct answer *answers, size_t count)
{
    static struct claims claims;
    gather(&claims, answers, count);
    if (claims.vague)
        return;
    if (reply->call == CLIENT_READ)
        judge_read(reply, &claims, count == 1);
    else if (reply->call == CLIENT_CREATE)
        judge_create(reply, &claims);
}

bool answer_judge_has_record(uint64_t id, const struct answer *answers, size_t count)
{
    static struct claims claims;
    gather(&claims, answers, count);
    return claims.vague || count_claims(&claims, id, 0) > 0;
}
