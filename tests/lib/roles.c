/*
 * roles.c: login roles that are members of assocd's own.
 */
#include "lib/roles.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "pg/statement.h"

static const struct {
    const char *verb;
    const char *role; /* the url's user in place of the owner */
} roles[] = {
    {"run", "test_daemon"},
    {"plan", "test_daemon"},
    {"apply", "test_daemon"},
    {"undo", "test_daemon"},
    {"check", "test_daemon"},
    {"types", "test_daemon"},
    {"explain", "test_daemon"}, /* asks HubSpot, too */
    {"daemon", "test_daemon"},
    {"operator", "test_operator"},
    {"reader", "test_reader"},
    {"touch", "test_writer"},
    {"approve", "test_operator"},
    {"trigger", "test_operator"},
    {"pause", "test_operator"},
    {"resume", "test_operator"},
    {"cancel", "test_operator"},
    {"rejects", "test_operator"},
    {"status", "test_reader"},
    {"history", "test_reader"},
    {"show", "test_reader"},
};

/* Several programs may share the cluster: who comes second finds the roles. The source is read by
 * its own grants, as its owner would give them. */
static const char logins[] =
    "do $$ declare name text; begin"
    " foreach name in array array['daemon', 'operator', 'reader', 'writer'] loop begin"
    " execute format('create role test_%s login in role assocd_%s', name, name);"
    " exception when duplicate_object or unique_violation then null; end; end loop; end $$;"
    "grant usage on schema crm to assocd_daemon;"
    "grant select on all tables in schema crm to assocd_daemon;"
    "alter default privileges in schema crm grant select on tables to assocd_daemon";

void roles_make(struct pg *pg)
{
    cluster_exec(pg, sql_roles, NULL);
    cluster_exec(pg, sql_grants, NULL);
    cluster_exec(pg, logins, NULL);
}

static const char *role_of(const char *verb)
{
    size_t length = strcspn(verb, " ");
    for (size_t i = 0; i < ARRAY_COUNT(roles); i++)
        if (strlen(roles[i].verb) == length && strncmp(roles[i].verb, verb, length) == 0)
            return roles[i].role;
    return "assocd";
}

char *roles_text(const char *text, const char *verb)
{
    static const char user[] = "user=";
    const char *at = strstr(text, user);
    struct buf made = {0};
    if (at == NULL)
        return mem_text(text);
    at += strlen(user);
    buf_add(&made, text, (size_t)(at - text));
    buf_add_text(&made, role_of(verb));
    buf_add_text(&made, at + strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789"));
    return made.bytes;
}
