/*
 * banned.h: functions nobody here may call, force-included in every file of ours. Each has a
 * safe twin: snprintf, buf_addf, clock_utc_text, assoc_parse_id, posix_spawn. The system headers
 * that declare them come first, so that only calls are caught.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros under clang with _FORTIFY_SOURCE. */
#undef sprintf
#undef vsprintf

#pragma GCC poison sprintf strcpy strcat strncpy strtok gmtime localtime atoi system vsprintf

#endif
