/*
 * sqlstate.h: the server's failures that anything here reacts to, by the names that PostgreSQL's
 * manual gives them. The only file that knows the five characters (sqlstate.c).
 */
#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include "base/attr.h"

struct pg;

enum sqlstate {
    SQLSTATE_OTHER, /* no failure, or one that nobody reacts to */
    SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE, /* bytes that are no text of the encoding */
    SQLSTATE_INVALID_PARAMETER_VALUE,
    SQLSTATE_UNIQUE_VIOLATION,
    SQLSTATE_READ_ONLY_TRANSACTION,
    SQLSTATE_INVALID_SCHEMA_NAME,
    SQLSTATE_SERIALIZATION_FAILURE,
    SQLSTATE_DEADLOCK_DETECTED,
    SQLSTATE_INSUFFICIENT_PRIVILEGE,
    SQLSTATE_UNDEFINED_COLUMN,
    SQLSTATE_UNDEFINED_FUNCTION,
    SQLSTATE_UNDEFINED_TABLE,
    SQLSTATE_DUPLICATE_SCHEMA,
    SQLSTATE_DUPLICATE_TABLE,
    SQLSTATE_LOCK_NOT_AVAILABLE,
};

enum sqlstate sqlstate_of(const char *code);

/* Of the last call on this connection. */
enum sqlstate pg_failure(const struct pg *pg);

/* A table, or the whole schema that it was looked for in, is not there. */
bool sqlstate_is_missing(enum sqlstate state);

/* The server refuses a value or the definition of a thing (classes 22 and 42): what it says is
 * about what was asked for, not about the connection or the server. */
bool sqlstate_is_about_input(const char *code);

/* libpq's own failures have none: what stands for them. */
extern const char sqlstate_connection_failure[];
extern const char sqlstate_internal_error[];

#endif
