/* cases.h: the test cases, one file each; Check owns what they return. */
#ifndef SECURITY_CASES_H
#define SECURITY_CASES_H

#include <check.h>

TCase *grants_cases(void);
TCase *login_cases(void);
TCase *approval_cases(void);
TCase *touch_cases(void);
TCase *hostile_cases(void);
TCase *bounds_cases(void);
TCase *source_cases(void);

#endif
