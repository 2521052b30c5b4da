/*
 * statement.h: the SQL that is embedded in the binary, one name per file of sql/statement/ and
 * sql/schema/. Generated; PostgreSQL judges every text in a test.
 */
#ifndef PG_STATEMENT_H
#define PG_STATEMENT_H

#include "pg/statement_list.h"

struct statement {
    const char *name; /* the file's name without .sql */
    const char *text;
};

/* Indexed by enum statement_id; ends with a NULL name. */
extern const struct statement statements[];

/* The numbered migrations in order; ends with a NULL name. */
extern const struct statement schema_files[];

/* sql/roles.sql: makes the roles for those who do not want to give more. */
extern const char sql_roles[];

/* sql/grants.tsv: gives those of the roles that there are what stands in the table, and takes what
 * does not; run by the owner of the schema. */
extern const char sql_grants[];

#endif
