/*
 * test_sqlstate.c: the names of the server's failures are those that the server's own codes have.
 */
#include <check.h>

#include "lib/suite.h"
#include "pg/sqlstate.h"

static const struct {
    const char *code;
    enum sqlstate state;
    bool missing;
    bool input;
} codes[] = {
    {"", SQLSTATE_OTHER, false, false},
    {"22012", SQLSTATE_OTHER, false, true},
    {"22023", SQLSTATE_INVALID_PARAMETER_VALUE, false, true},
    {"23505", SQLSTATE_UNIQUE_VIOLATION, false, false},
    {"25006", SQLSTATE_READ_ONLY_TRANSACTION, false, false},
    {"3F000", SQLSTATE_INVALID_SCHEMA_NAME, true, false},
    {"40001", SQLSTATE_SERIALIZATION_FAILURE, false, false},
    {"40P01", SQLSTATE_DEADLOCK_DETECTED, false, false},
    {"42501", SQLSTATE_INSUFFICIENT_PRIVILEGE, false, true},
    {"42703", SQLSTATE_UNDEFINED_COLUMN, false, true},
    {"42883", SQLSTATE_UNDEFINED_FUNCTION, false, true},
    {"42P01", SQLSTATE_UNDEFINED_TABLE, true, true},
    {"42P06", SQLSTATE_DUPLICATE_SCHEMA, false, true},
    {"42P07", SQLSTATE_DUPLICATE_TABLE, false, true},
    {"55P03", SQLSTATE_LOCK_NOT_AVAILABLE, false, false},
    {"08006", SQLSTATE_OTHER, false, false},
};

TEST_LOOP(every_code_has_its_name, ARRAY_COUNT(codes))
{
    ck_assert_int_eq(sqlstate_of(codes[_i].code), codes[_i].state);
    ck_assert(sqlstate_is_missing(codes[_i].state) == codes[_i].missing);
    ck_assert(sqlstate_is_about_input(codes[_i].code) == codes[_i].input);
}
