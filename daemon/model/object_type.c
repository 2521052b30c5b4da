/*
 * object_type.c: HubSpot's object types: ids, the names people write, and the singular form that
 * v3 type names are built from (hubspot-api 2.2). Ids are what goes into paths; nothing that could
 * change a path gets through here.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/attr.h"
#include "model/near.h"
#include "model/object_type.h"

static const struct {
    const char *id;
    const char *plural;
    const char *singular;
} object_types[] = {
    {"0-1", "contacts", "contact"},
    {"0-2", "companies", "company"},
    {"0-3", "deals", "deal"},
    {"0-5", "tickets", "ticket"},
    {"0-7", "products", "product"},
    {"0-8", "line_items", "line_item"},
    {"0-14", "quotes", "quote"},
    {"0-18", "communications", "communication"},
    {"0-19", "feedback_submissions", "feedback_submission"},
    {"0-27", "tasks", "task"},
    {"0-46", "notes", "note"},
    {"0-47", "meetings", "meeting"},
    {"0-48", "calls", "call"},
    {"0-49", "emails", "email"},
    {"0-53", "invoices", "invoice"},
    {"0-54", "marketing_events", "marketing_event"},
    {"0-69", "subscriptions", "subscription"},
    {"0-74", "goals", "goal"},
    {"0-84", "discounts", "discount"},
    {"0-85", "fees", "fee"},
    {"0-86", "taxes", "tax"},
    {"0-101", "payments", "payment"},
    {"0-115", "users", "user"},
    {"0-116", "postal_mail", "postal_mail"},
    {"0-123", "orders", "order"},
    {"0-136", "leads", "lead"},
    {"0-142", "carts", "cart"},
    {"0-162", "services", "service"},
    {"0-410", "courses", "course"},
    {"0-420", "listings", "listing"},
    {"0-421", "appointments", "appointment"},
    {"0-970", "projects", "project"},
};

/* Equal but for case and for how the words are put together: "Line Items", "line-items". */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, "_- ");
        b += strspn(b, "_- ");
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* 0-N and 2-N: one of HubSpot's own that is newer than the table, or a custom object. */
static bool is_type_id(const char *name)
{
    return (name[0] == '0' || name[0] == '2') && name[1] == '-' && name[2] != '\0' &&
        strspn(name + 2, "0123456789") == strlen(name + 2);
}

/* p_name and p123_name: a custom object by its name. */
static bool is_custom_name(const char *name)
{
    if (name[0] != 'p' && name[0] != 'P')
        return false;
    const char *rest = name + 1 + strspn(name + 1, "0123456789");
    if (rest[0] != '_' || rest[1] == '\0')
        return false;
    for (; *rest != '\0'; rest++)
        if (!isalnum((unsigned char)*rest) && *rest != '_' && *rest != '-')
            return false;
    return true;
}

const char *object_type_id(const char *name, const char **singular)
{
    if (singular != NULL)
        *singular = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(object_types); i++) {
        if (strcmp(object_types[i].id, name) != 0 && !same_name(object_types[i].plural, name) &&
            !same_name(object_types[i].singular, name))
            continue;
        if (singular != NULL)
            *singular = object_types[i].singular;
        return object_types[i].id;
    }
    if (strlen(name) >= OBJECT_TYPE_MAX)
        return NULL;
    return is_type_id(name) || is_custom_name(name) ? name : NULL;
}

const char *object_type_name(const char *id)
{
    for (size_t i = 0; i < ARRAY_COUNT(object_types); i++)
        if (strcmp(object_types[i].id, id) == 0)
            return object_types[i].plural;
    return id;
}

bool object_type_is_name(const char *name)
{
    return object_type_id(name, NULL) == name && !is_type_id(name);
}

const char *object_type_nearest(const char *name)
{
    struct near near = {.wanted = name};
    for (size_t i = 0; i < ARRAY_COUNT(object_types); i++) {
        near_offer(&near, object_types[i].plural);
        near_offer(&near, object_types[i].singular);
    }
    return near.best;
}
