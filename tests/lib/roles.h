/*
 * roles.h: who runs which verb. Tests that start assocd give each verb the least of sql/roles.sql
 * that it needs: nothing but `init` runs as the owner.
 */
#ifndef LIB_ROLES_H
#define LIB_ROLES_H

#include "pg/pg.h"

/* Makes the roles in the cluster, and lets them at this database, which has a schema crm. */
void roles_make(struct pg *pg);

/* The text (a url, or a file with one) with the role of this verb for its first `user=`; owned by
 * the caller. A verb may be followed by a blank and more. */
char *roles_text(const char *text, const char *verb);

#endif
