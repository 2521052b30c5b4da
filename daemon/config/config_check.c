/*
 * config_check.c: the rules that the table cannot say, because they need two keys or a closer
 * look. Runs on a complete configuration without other problems.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/url.h"
#include "model/object_type.h"
#include "model/record_key.h"
#include "config/config_key.h"
#include "config/problem.h"

static const char word_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/* What is wrong with the server that a URL names; form: what was expected. */
static bool check_url(const char *text, const char *form, struct url *url, struct error *err)
{
    enum url_fault fault = url_parse(text, url);
    if (fault == URL_SCHEME)
        return error_set(err, ERROR_CONFIG, "expected %s", form);
    return fault == URL_GOOD ||
        error_set(err, ERROR_CONFIG, "%s, expected %s%s", url_fault_text(fault), form,
            fault == URL_PATH ? " and no more" : "");
}

bool config_check_base_url(const char *text, struct error *err)
{
    struct url url;
    if (!check_url(text, "https://HOST[:PORT]", &url, err))
        return false;
    return url.secure || url_host_is_loopback(url.host) ||
        error_set(err, ERROR_CONFIG,
            "http:// is for loopback addresses only (127.0.0.0/8, ::1, localhost), "
            "expected https://");
}

/* Without a port libraries disagree on which one is meant: 80, 1080 or 3128. */
static bool check_proxy_url(const char *text, struct error *err)
{
    static const char form[] = "http://HOST:PORT";
    struct url url;
    if (strncmp(text, "http://", 7) != 0)
        return error_set(err, ERROR_CONFIG, "expected %s", form);
    if (strchr(text, '@') != NULL)
        return error_set(err, ERROR_CONFIG,
            "has a user or password, expected %s; they stand in proxy_user and "
            "proxy_password_file",
            form);
    if (!check_url(text, form, &url, err))
        return false;
    return url.has_port || error_set(err, ERROR_CONFIG, "has no valid port, expected %s", form);
}

static void check_proxy(struct loader *loader, const struct config_object *object)
{
    const struct portal_definition *portal = object->target;
    struct error err = {0};
    if (portal->proxy != NULL && !check_proxy_url(portal->proxy, &err))
        config_rule(loader, object, "proxy", "%s", err.text);
    if (portal->proxy != NULL && strncmp(portal->base_url, "https://", 8) != 0)
        config_rule(loader, object, "proxy",
            "would get the token unencrypted, because base_url is not https://; leave it out");
    if (portal->proxy == NULL && portal->proxy_user != NULL)
        config_rule(loader, object, "proxy_user", "there is no proxy, expected one beside it");
    if ((portal->proxy_user != NULL) != (portal->proxy_password_file != NULL))
        config_rule(loader, object,
            portal->proxy_user != NULL ? "proxy_user" : "proxy_password_file",
            "expected both proxy_user and proxy_password_file, or neither");
    if (portal->proxy_password_file != NULL && portal->proxy_password_file[0] != '/')
        config_rule(loader, object, "proxy_password_file", "expected an absolute path");
}

static void check_portal(struct loader *loader, const struct config_object *object)
{
    const struct portal_definition *portal = object->target;
    struct error err = {0};
    if (!config_check_base_url(portal->base_url, &err))
        config_rule(loader, object, "base_url", "%s", err.text);
    check_proxy(loader, object);
    if (portal->ca_file != NULL && portal->ca_file[0] != '/')
        config_rule(loader, object, "ca_file", "expected an absolute path");
    if (portal->token_file != NULL && portal->token_env != NULL)
        config_rule(loader, object, "token_env",
            "token_file is set as well, expected exactly one of the two");
    if (portal->token_file == NULL && portal->token_env == NULL)
        config_rule(
            loader, object, "token_file", "is missing, expected exactly one of it and token_env");
    if (portal->token_file != NULL && portal->token_file[0] != '/')
        config_rule(loader, object, "token_file", "expected an absolute path");
    if (portal->token_env != NULL &&
        (strspn(portal->token_env, word_characters) != strlen(portal->token_env) ||
            strchr(portal->token_env, '-') != NULL || portal->token_env[0] <= '9'))
        config_rule(loader, object, "token_env",
            "expected the name of an environment variable (letters, digits and \"_\"), "
            "not its value");
}

static void resolve_portal(struct loader *loader, const struct config_object *object)
{
    struct sync_definition *sync = object->target;
    const struct definitions *all = &loader->definitions;
    const char **names = calloc(all->portals_count + 1, sizeof *names);
    if (names == NULL)
        abort();
    for (size_t i = 0; i < all->portals_count; i++) {
        names[i] = all->portals[i]->name;
        if (strcmp(names[i], object->portal) == 0)
            sync->portal = all->portals[i];
    }
    const char *near = key_nearest_word(names, object->portal);
    const char *written = config_written(loader, object, "portal");
    if (sync->portal == NULL && near != NULL)
        config_rule(loader, object, "portal", "no portal \"%s\" is defined (did you mean \"%s\"?)",
            written, near);
    else if (sync->portal == NULL)
        config_rule(loader, object, "portal",
            "no portal \"%s\" is defined, expected one of those under portals", written);
    free(names);
}

static void check_object_type(
    struct loader *loader, const struct config_object *object, const char *tail, const char *text)
{
    if (strspn(text, word_characters) != strlen(text))
        config_rule(loader, object, tail,
            "expected an object type: contacts, 0-1, 2-1234567 or p_name (letters, digits, "
            "\"_\" and \"-\")");
}

static void check_source(struct loader *loader, const struct config_object *object)
{
    const struct sync_definition *sync = object->target;
    if (sync->source_table != NULL && sync->source_query != NULL)
        config_rule(loader, object, "source.query",
            "source.table is set as well, expected exactly one of the two");
    if (sync->source_table == NULL && sync->source_query == NULL)
        config_rule(loader, object, "source.table",
            "is missing, expected exactly one of it and source.query");
}

static void check_columns(struct loader *loader, const struct config_object *object)
{
    const struct sync_definition *sync = object->target;
    const char *const tails[] = {
        sync->key_from.column != NULL ? "source.columns.from_key" : "source.columns.from_id",
        sync->key_to.column != NULL ? "source.columns.to_key" : "source.columns.to_id",
        "source.columns.type", "source.columns.type_id", "source.columns.category"};
    const char *const names[] = {sync_from_column(sync), sync_to_column(sync), sync->column_type,
        sync->column_type_id, sync->column_category};
    for (size_t i = 1; i < ARRAY_COUNT(names); i++)
        for (size_t j = 0; names[i] != NULL && j < i; j++)
            if (names[j] != NULL && strcmp(names[i], names[j]) == 0)
                config_rule(loader, object, tails[i], "must differ from %s", tails[j]);
    if (sync->column_type != NULL && sync->column_type_id != NULL)
        config_rule(loader, object, "source.columns.type_id",
            "source.columns.type is set as well, expected one of the two");
    if (sync->column_category != NULL && sync->column_type_id == NULL)
        config_rule(
            loader, object, "source.columns.category", "expected source.columns.type_id beside it");
    if (sync->column_category != NULL && sync->watch)
        config_rule(loader, object, "watch",
            "does not see changes of source.columns.category alone; use a column of type with "
            "CATEGORY:id in it, or watch: false");
    if (!sync_has_type_column(sync) && sync->types_count > 1)
        config_rule(loader, object, "types",
            "%zu types without source.columns.type: nothing says which one a row means, "
            "expected that column or one type",
            sync->types_count);
}

/* Properties that HubSpot has for everybody, and that several records may share. */
static bool is_shared(const char *object, const char *property)
{
    static const struct {
        const char *object, *property;
    } shared[] = {{"0-2", "domain"}, {"0-2", "name"}, {"0-2", "website"}, {"0-2", "phone"},
        {"0-1", "firstname"}, {"0-1", "lastname"}, {"0-1", "phone"}, {"0-3", "dealname"},
        {"0-5", "subject"}};
    const char *id = object_type_id(object, NULL);
    for (size_t i = 0; id != NULL && i < ARRAY_COUNT(shared); i++)
        if (strcmp(shared[i].object, id) == 0 && strcmp(shared[i].property, property) == 0)
            return true;
    return false;
}

static void check_property(struct loader *loader, const struct config_object *object,
    const char *tail, const char *type, const struct key_side *side)
{
    const char *property = side->property;
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (strspn(property, characters) != strlen(property))
        config_rule(loader, object, tail,
            "expected the property's internal name (a-z, 0-9 and \"_\"), not its label");
    else if (strcmp(property, "hs_object_id") == 0)
        config_rule(loader, object, tail,
            "is the record ID: name its column in source.columns.from_id or to_id, without keys");
    else if (!side->search && is_shared(type, property))
        config_rule(loader, object, tail,
            "several %s may share %s: expected %s, or search: true beside it", type, property,
            strcmp(type, "contacts") == 0 ? "email, or a property made with unique values"
                                          : "a property made with unique values");
}

/* What stands beside the property of a side. */
static void check_search(struct loader *loader, const struct config_object *object, bool from)
{
    const struct sync_definition *sync = object->target;
    const struct key_side *side = from ? &sync->key_from : &sync->key_to;
    const char *on_many = from ? "keys.from.on_many" : "keys.to.on_many";
    const char *ignore = from ? "keys.from.ignore" : "keys.to.ignore";
    const char *type = object_type_id(from ? sync->from : sync->to, NULL);
    char space[RECORD_KEY_MAX + 1];
    enum record_key_kind kind = record_key_kind(type != NULL ? type : "", side->property);
    if (side->search && kind == RECORD_KEY_EMAIL)
        config_rule(loader, object, from ? "keys.from.search" : "keys.to.search",
            "is not for email of contacts, which is unique: expected false");
    if (side->on_many != MANY_REJECT && !side->search)
        config_rule(loader, object, on_many, "expected search: true beside it");
    if (side->on_many == MANY_ALL && sync->policy != POLICY_CREATE_ONLY)
        config_rule(loader, object, on_many,
            "a key of several records may be about any of them: all is for policy: create_only, "
            "expected reject or oldest");
    for (size_t i = 0; i < side->ignore.count; i++) {
        const char *wrong = record_key_normalize(kind, side->ignore.items[i], space);
        if (wrong != NULL)
            config_rule(loader, object, ignore, "\"%s\" %s", side->ignore.items[i], wrong);
    }
}

/* One side: ids or keys, and what the keys are. */
static void check_side(struct loader *loader, const struct config_object *object, bool from)
{
    struct sync_definition *sync = object->target;
    const struct key_side *side = from ? &sync->key_from : &sync->key_to;
    char **ids = from ? &sync->column_from : &sync->column_to;
    const char *key = from ? "source.columns.from_key" : "source.columns.to_key";
    const char *id = from ? "source.columns.from_id" : "source.columns.to_id";
    const char *property = from ? "keys.from.property" : "keys.to.property";
    if (side->column != NULL && config_written(loader, object, id) != NULL)
        config_rule(loader, object, key, "%s is set as well, expected one of the two", id);
    if (side->column != NULL && side->property == NULL)
        config_rule(loader, object, key, "expected %s beside it", property);
    if (side->column == NULL && side->property != NULL)
        config_rule(loader, object, property, "expected %s beside it", key);
    if (side->property != NULL) {
        check_property(loader, object, property, from ? sync->from : sync->to, side);
        check_search(loader, object, from);
    } else if (side->search || side->on_many != MANY_REJECT || side->ignore.count > 0) {
        config_rule(
            loader, object, property, "is missing, expected it beside search, on_many and ignore");
    }
    if (side->column != NULL) { /* the default of the other one is not said of this sync */
        free(*ids);
        *ids = NULL;
    }
}

static void check_keys(struct loader *loader, const struct config_object *object)
{
    check_side(loader, object, true);
    check_side(loader, object, false);
}

void config_check(struct loader *loader)
{
    if (loader->definitions.portals_count == 0)
        (void)config_problem(loader, 1, "portals", "is missing, expected at least one portal");
    for (size_t i = 0; i < loader->objects_count; i++) {
        const struct config_object *object = &loader->objects[i];
        const struct sync_definition *sync = object->target;
        if (object->scope == KEY_OF_PORTAL)
            check_portal(loader, object);
        if (object->scope != KEY_OF_SYNC)
            continue;
        resolve_portal(loader, object);
        check_object_type(loader, object, "from", sync->from);
        check_object_type(loader, object, "to", sync->to);
        check_source(loader, object);
        check_columns(loader, object);
        check_keys(loader, object);
    }
    if (loader->problems_count == 0)
        config_check_overlap(loader);
}
