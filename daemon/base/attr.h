/* attr.h: the compiler attributes the whole program uses. Knows nothing else. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
/* Calls `clear(&variable)` when the variable leaves its scope. */
#define CLEANUP(clear) __attribute__((cleanup(clear)))
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
