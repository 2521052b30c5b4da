/*
 * sqlstate.c: the table of SQLSTATEs.
 */
#include "pg/sqlstate.h"

#include <string.h>

#include "pg/pg.h"

static const char *const codes[] = {
    [SQLSTATE_OTHER] = "",
    [SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE] = "22021",
    [SQLSTATE_INVALID_PARAMETER_VALUE] = "22023",
    [SQLSTATE_UNIQUE_VIOLATION] = "23505",
    [SQLSTATE_READ_ONLY_TRANSACTION] = "25006",
    [SQLSTATE_INVALID_SCHEMA_NAME] = "3F000",
    [SQLSTATE_SERIALIZATION_FAILURE] = "40001",
    [SQLSTATE_DEADLOCK_DETECTED] = "40P01",
    [SQLSTATE_INSUFFICIENT_PRIVILEGE] = "42501",
    [SQLSTATE_UNDEFINED_COLUMN] = "42703",
    [SQLSTATE_UNDEFINED_FUNCTION] = "42883",
    [SQLSTATE_UNDEFINED_TABLE] = "42P01",
    [SQLSTATE_DUPLICATE_SCHEMA] = "42P06",
    [SQLSTATE_DUPLICATE_TABLE] = "42P07",
    [SQLSTATE_LOCK_NOT_AVAILABLE] = "55P03",
};

const char sqlstate_connection_failure[] = "08006";
const char sqlstate_internal_error[] = "XX000";

enum sqlstate sqlstate_of(const char *code)
{
    for (size_t i = SQLSTATE_OTHER + 1; i < ARRAY_COUNT(codes); i++)
        if (strcmp(codes[i], code) == 0)
            return (enum sqlstate)i;
    return SQLSTATE_OTHER;
}

enum sqlstate pg_failure(const struct pg *pg)
{
    return sqlstate_of(pg_sqlstate(pg));
}

bool sqlstate_is_missing(enum sqlstate state)
{
    return state == SQLSTATE_UNDEFINED_TABLE || state == SQLSTATE_INVALID_SCHEMA_NAME;
}

bool sqlstate_is_about_input(const char *code)
{
    return strncmp(code, "22", 2) == 0 || strncmp(code, "42", 2) == 0;
}
