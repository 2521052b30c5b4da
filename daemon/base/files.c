/*
 * files.c: RLIMIT_NOFILE.
 */
#include "base/files.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

bool files_allow(uint64_t count, const char *what, struct error *err)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return error_set(err, ERROR_INTERNAL, "limit of open files: %s", strerror(errno));
    if (limit.rlim_cur >= count)
        return true;
    if (limit.rlim_max >= count) {
        limit.rlim_cur = count;
        if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
            return true;
    }
    return error_set(err, ERROR_CONFIG,
        "%s needs %llu open files and may have %llu (ulimit -n, LimitNOFILE)", what,
        (unsigned long long)count, (unsigned long long)limit.rlim_max);
}
