/*
 * process.h: programs run by tests. A started program dies with the test (SIGKILL by the kernel),
 * its stdout and stderr are kept, and every wait has a limit. Failures of the machinery itself
 * (no such program, no more pipes) abort the test.
 */
#ifndef LIB_PROCESS_H
#define LIB_PROCESS_H

#include <sys/types.h>

#include "base/buf.h"

/* `struct process x = {0};` is valid and not running. */
struct process {
    pid_t pid; /* 0 once it was waited for */
    int status; /* exit code; 128 + signal if killed; valid once waited for */
    bool timed_out; /* the limit was reached; it was killed */
    struct buf out; /* stdout so far */
    struct buf err; /* stderr so far */
    int out_fd, err_fd; /* private */
    size_t out_taken; /* private: lines given by process_line */
};

/* The path of a program that was built into the same folder as this one; owned by the caller. */
char *process_beside(const char *name);

/* argv: ends with NULL; argv[0] is looked up in PATH. env: NULL, or "NAME=value" texts ending with
 * NULL that are added to this process's environment ("NAME" alone removes). stdin is /dev/null. */
void process_start(struct process *process, const char *const argv[], const char *const env[]);

/* The next whole line of stdout without its newline, owned by the caller; NULL when stdout ended or
 * the limit was reached first. For programs that print where they listen. */
char *process_line(struct process *process, int timeout_ms);

/* Waits until text stands in stdout or stderr; false if both ended or the limit was reached. */
bool process_expect(struct process *process, const char *text, int timeout_ms);

/* Waits for the end, collecting output; kills at the limit. Returns status. */
int process_wait(struct process *process, int timeout_ms);

/* Sends a signal, then process_wait. Does nothing to a process that was waited for already. */
int process_stop(struct process *process, int signal, int timeout_ms);

/* Kills it and waits for its end alone: children of it that hold its pipes go on, and what they
 * write from then on is lost. Does nothing to a process that was waited for already. */
void process_kill(struct process *process);

/* Start and wait. */
int process_run(
    struct process *process, const char *const argv[], const char *const env[], int timeout_ms);

/* Kills what still runs and frees the output. */
void process_clear(struct process *process);

#endif
