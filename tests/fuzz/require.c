/* require.c: how a target says that something is not as it has to be. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

void fuzz_require(bool so, const char *format, ...)
{
    if (so)
        return;
    va_list args;
    va_start(args, format);
    (void)fputs("required: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    abort();
}
