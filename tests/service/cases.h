/* cases.h: the test cases, one file each; Check owns what they return. */
#ifndef SERVICE_CASES_H
#define SERVICE_CASES_H

#include <check.h>

TCase *schedule_cases(void);
TCase *control_cases(void);
TCase *stop_cases(void);
TCase *several_cases(void);
TCase *restart_cases(void);
TCase *systemd_cases(void);
TCase *journal_cases(void);
TCase *watch_cases(void);
TCase *touched_cases(void);
TCase *tls_cases(void);
TCase *host_cases(void);
TCase *secret_cases(void);
TCase *token_cases(void);
TCase *cli_cases(void);
TCase *pooler_cases(void);
TCase *quiet_cases(void);
TCase *standby_cases(void);

#endif
