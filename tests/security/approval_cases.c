/*
 * approval_cases.c: a plan that a guard has withheld, and who gets around the guard: nobody but who
 * may approve, in his own name.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/roles.h"
#include "service/bed.h"

static struct bed bed;

static void open_withheld(void)
{
    struct process process = {0};
    bed_open(&bed, "manual");
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"run", "links", NULL}), 0);
    process_clear(&process);
    bed_sql(&bed, "delete from crm.link where from_id > 5");
    (void)bed_command(&bed, &process, (const char *const[]){"plan", "links", NULL});
    process_clear(&process);
    ck_assert_int_eq(
        bed_int(&bed, "select count(*) from assocd.change where run_id = 2 and state = 'withheld'"),
        15);
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* assocd VERB 2 with the login of another verb. */
static int as_other(const char *verb, const char *login, struct process *process)
{
    char *path = process_beside("assocd");
    char config[200], command[600];
    (void)snprintf(config, sizeof config, "%s/token.yaml", bed.folder);
    char text[16384];
    FILE *file = fopen(bed.config_path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    char *changed = roles_text(text, login);
    file = fopen(config, "w");
    ck_assert_ptr_nonnull(file);
    (void)fputs(changed, file);
    (void)fclose(file);
    (void)snprintf(command, sizeof command, "exec '%s' -c '%s' %s 2", path, config, verb);
    (void)process_run(process, (const char *const[]){"sh", "-c", command, NULL}, NULL, BED_MS);
    (void)remove(config);
    free(changed);
    free(path);
    return process->status;
}

TEST(fault_h1_the_daemons_role_cannot_approve_its_own_plan)
{
    struct process process = {0};
    ck_assert_int_ne(as_other("approve", "daemon", &process), 0);
    ck_assert_msg(strstr(buf_text(&process.err), "needs role assocd_operator") != NULL, "%s",
        buf_text(&process.err));
    process_clear(&process);
    ck_assert_int_eq(as_other("apply", "daemon", &process), 7);
    process_clear(&process);
    ck_assert_int_ne(as_other("approve", "status", &process), 0);
    process_clear(&process);
    ck_assert_int_eq(bed_logged(&bed, "batch/archive"), 0);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.plan_approval"), 0);
}

TEST(fault_h1_an_operator_approves_in_his_own_name)
{
    struct process process = {0};
    ck_assert_int_eq(bed_command(&bed, &process,
                         (const char *const[]){"approve", "2", "--reason", "meant", NULL}),
        0);
    ck_assert_ptr_nonnull(strstr(buf_text(&process.out), "approved by test_operator until "));
    process_clear(&process);
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.plan_approval where approved_by = "
                         "'test_operator' and reason = 'meant'"),
        1);
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"apply", "2", NULL}), 0);
    process_clear(&process);
    ck_assert_int_eq(bed_differences(&bed), 0);
}

TEST(fault_h1_a_request_is_approved_in_the_name_of_who_asked)
{
    char *url = roles_text(bed.database_url, "approve");
    struct error err = {0};
    struct pg *login = NULL;
    bed_start(&bed, 0, NULL);
    ck_assert_msg(pg_open(&login, url, "test", ERROR_STATE, &err), "%s", err.text);
    ck_assert_msg(
        pg_exec(login,
            "insert into assocd.signal (verb, run_id, reason) values ('approve', 2, 'meant')", NULL,
            &err),
        "%s", err.text);
    bed_until(
        &bed, "select count(*) = 1 from assocd.run where cause = 'apply' and status = 'succeeded'");
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.plan_approval where approved_by = "
                         "'test_operator' and signal_id = 1 and used_at is not null"),
        1);
    ck_assert_int_eq(bed_differences(&bed), 0);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    pg_close(login);
    free(url);
}

SUITE(.before = open_withheld, .after = close_bed);
