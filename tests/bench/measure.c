/*
 * measure.c: runs a command and writes what it cost into a file: wall, user and system seconds,
 * peak resident KiB, as shell assignments. Its exit code is the command's.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct timespec before, after;
    struct rusage usage;
    int status;
    if (argc < 3) {
        fputs("usage: measure FILE COMMAND…\n", stderr);
        return 64;
    }
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        perror("measure");
        return 70;
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    FILE *file = fopen(argv[1], "w");
    if (file == NULL) {
        perror(argv[1]);
        return 70;
    }
    fprintf(file, "wall=%.3f user=%.3f sys=%.3f cpu=%.3f rss=%ld\n",
        (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
        seconds(&usage.ru_utime), seconds(&usage.ru_stime),
        seconds(&usage.ru_utime) + seconds(&usage.ru_stime), usage.ru_maxrss);
    if (fclose(file) != 0) {
        perror(argv[1]);
        return 70;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
