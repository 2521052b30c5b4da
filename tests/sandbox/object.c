/*
 * object.c: the table of standard objects (dossier of the API, section 2.2) and name look-up.
 */
#include "sandbox/object.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct object standard[] = {
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

void object_init(struct object_list *list)
{
    memcpy(list->items, standard, sizeof standard);
    list->count = (int)ARRAY_COUNT(standard);
}

bool object_is_custom(const struct object *object)
{
    return object->id[0] == '2';
}

/* "p_vendor" or "p345_vendor" for the custom object vendor of portal 345. */
static bool is_qualified(const struct object *object, const char *name, uint64_t portal_id)
{
    char full[128];
    (void)snprintf(full, sizeof full, "p%llu_%s", (unsigned long long)portal_id, object->singular);
    if (strcasecmp(name, full) == 0)
        return true;
    return strncasecmp(name, "p_", 2) == 0 && strcasecmp(name + 2, object->singular) == 0;
}

int object_find(const struct object_list *list, const char *name, uint64_t portal_id)
{
    for (int i = 0; i < list->count; i++) {
        const struct object *object = &list->items[i];
        if (strcmp(name, object->id) == 0)
            return i;
        if (object_is_custom(object) && is_qualified(object, name, portal_id))
            return i;
        if (object_is_custom(object))
            continue;
        if (strcasecmp(name, object->plural) == 0 || strcasecmp(name, object->singular) == 0)
            return i;
    }
    return -1;
}

int object_add(struct object_list *list, const char *id, const char *name)
{
    for (int i = 0; i < list->count; i++)
        if (strcmp(id, list->items[i].id) == 0)
            return i;
    if (list->count == OBJECTS_MAX || strncmp(id, "2-", 2) != 0 || !isdigit((unsigned char)id[2]))
        return -1;
    struct object *object = &list->items[list->count];
    (void)snprintf(object->id, sizeof object->id, "%s", id);
    (void)snprintf(object->plural, sizeof object->plural, "%s", name);
    (void)snprintf(object->singular, sizeof object->singular, "%s", name);
    return list->count++;
}
