/*
 * object_type.h: the names of HubSpot's object types (hubspot-api 2.2).
 */
#ifndef MODEL_OBJECT_TYPE_H
#define MODEL_OBJECT_TYPE_H

#include "base/attr.h"

/* The canonical spelling ("0-1") of an object type name in any of HubSpot's spellings; NULL if it
 * is none of HubSpot's own. Custom types (2-123, p_name) are returned as they are. *singular, if
 * wanted, is the form v3 names are built from ("contact"). */
const char *object_type_id(const char *name, const char **singular);

enum { OBJECT_TYPE_MAX = 128 }; /* of a name or an id */

/* What people call an object type by its id: "contacts" for 0-1; any other text is returned. */
const char *object_type_name(const char *id);

/* Is it a custom object by its name (p_vendor, p123_vendor)? Only the account knows its id. */
bool object_type_is_name(const char *name);

/* The known object type name nearest to a misspelt one; NULL if none is near. */
const char *object_type_nearest(const char *name);

#endif
