/*
 * command.c: the steps that run assocd, in the foreground or beside the case.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"
#include "e2e/expect.h"
#include "e2e/steps.h"
#include "lib/control.h"
#include "lib/roles.h"

enum { COMMAND_MS = 120000, WORDS_MAX = 16 };

/* Everything of PostgreSQL's that the caller's environment could bring in. */
static const char *const environment[] = {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD",
    "PGOPTIONS", "PGSERVICE", "NO_COLOR=1", NULL};

/* The worker has stopped itself: arranges its end and lets it run. */
static void let_go(struct play *play, pid_t pid)
{
    siginfo_t stopped;
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &stopped, WSTOPPED), 0);
    play->arm(play, play->arm_owner);
    ck_assert_int_eq(kill(pid, SIGCONT), 0);
}

/* `assocd -c CONFIG` and the words of text up to ` => `. */
static void start(struct play *play, struct process *process, const char *text)
{
    /* A worker that is to be killed stops itself until that is arranged. */
    const char *argv[WORDS_MAX] = {"/bin/sh", "-c", "kill -STOP $$; exec \"$0\" \"$@\"",
        play->stage->assocd, "-c", play->stage->config_path};
    size_t used = 6;
    const char *arrow = strstr(text, "=>");
    char *words = mem_text_part(text, arrow != NULL ? (size_t)(arrow - text) : strlen(text));
    char *rest = words;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        ck_assert_uint_lt(used, WORDS_MAX - 1);
        if (word[0] != '\0')
            argv[used++] = word;
    }
    char *url = roles_text(play->worker_url, text);
    stage_write_config(play->stage, url);
    free(url);
    play->requests_before = play_requests(play);
    process_start(process, argv + (play->arm != NULL ? 0 : 3), environment);
    if (play->arm != NULL)
        let_go(play, process->pid);
    free(words);
}

/* The token must be in nothing that people or logs get to see. */
static void check_output(struct play *play, const struct process *process)
{
    play_check(play, !process->timed_out, "assocd does not end: %s", buf_text(&process->err));
    play_check(play,
        strstr(buf_text(&process->out), STAGE_TOKEN) == NULL &&
            strstr(buf_text(&process->err), STAGE_TOKEN) == NULL,
        "the token is in the output: %s%s", buf_text(&process->out), buf_text(&process->err));
}

static void finish(struct play *play, struct process *process, const char *text)
{
    const char *arrow = strstr(text, "=>");
    (void)process_wait(process, COMMAND_MS);
    check_output(play, process);
    if (arrow != NULL)
        expect_outcome(play, process, arrow + 2);
}

/* "VERB ARGUMENTS => exit=0 status=succeeded created=2" */
void step_assocd(struct play *play, const char *text)
{
    char *before = stage_value(play->stage, "select coalesce(max(run_id), 0) from assocd.run");
    start(play, &play->command, text);
    finish(play, &play->command, text);
    char *after = stage_value(play->stage, "select coalesce(max(run_id), 0) from assocd.run");
    if (strcmp(before, after) == 0)
        play->other_requests += play_requests(play) - play->requests_before;
    free(before);
    free(after);
}

/* "=> exit=0 …": assocd run links. */
void step_run(struct play *play, const char *text)
{
    struct buf line = {0};
    buf_addf(&line, "run links %s", text);
    step_assocd(play, buf_text(&line));
    buf_clear(&line);
}

/* The last `assocd VERB …` of the output, with all that is joined to it by &&; NULL if there is
 * none.
 */
static char *proposed(const char *output, const char *verb)
{
    const char *last = NULL;
    for (const char *at = output; (at = strstr(at, verb)) != NULL; at++)
        last = at;
    return last != NULL ? mem_text_part(last, strcspn(last, ";\n")) : NULL;
}

/* "=> exit=0 …": does what the last command's output says is to be typed, word for word; the
 * outcome is that of the last of these commands, the others end with 0. */
void step_typed(struct play *play, const char *text)
{
    CLEANUP(buf_clear) struct buf output = {0};
    static const char joint[] = " && ", name[] = "assocd ";
    buf_addf(&output, "%s\n%s", buf_text(&play->command.out), buf_text(&play->command.err));
    char *all = proposed(buf_text(&output), "assocd approve ");
    if (all == NULL)
        all = proposed(buf_text(&output), "assocd apply ");
    play_check(play, all != NULL, "nothing is proposed: %s", buf_text(&output));
    for (char *one = all, *next; one != NULL; one = next) {
        CLEANUP(buf_clear) struct buf line = {0};
        next = strstr(one, joint);
        if (next != NULL) {
            *next = '\0';
            next += strlen(joint);
        }
        play_check(play, strncmp(one, name, strlen(name)) == 0, "no command: %s", one);
        buf_addf(&line, "%s %s", one + strlen(name), next != NULL ? "=> exit=0" : text);
        step_assocd(play, buf_text(&line));
    }
    free(all);
}

/* In the background, until `finish`. */
void step_start(struct play *play, const char *text)
{
    start(play, &play->background, text);
}

/* Waits until a request to this path, or a part of one, has reached the sandbox. */
void step_await(struct play *play, const char *text)
{
    CLEANUP(buf_clear) struct buf log = {0};
    int64_t until = clock_now_ms() + COMMAND_MS;
    do {
        play_check(play, clock_now_ms() < until, "no request to %s: %s", text,
            buf_text(&play->background.err));
        control_get(play->stage->base_url, "log", &log);
    } while (strstr(buf_text(&log), text) == NULL);
}

void step_release(struct play *play, const char *text)
{
    (void)text;
    control_post(play->stage->base_url, "release", "{}", NULL);
}

/* "TERM", "INT" or "KILL" to what runs in the background. */
void step_signal(struct play *play, const char *text)
{
    int number = strcmp(text, "TERM") == 0 ? SIGTERM : strcmp(text, "INT") == 0 ? SIGINT : SIGKILL;
    ck_assert_int_ne(play->background.pid, 0);
    (void)kill(play->background.pid, number);
}

/* "=> exit=6 status=canceled": the end of what was started; `status` is of the newest run. */
void step_finish(struct play *play, const char *text)
{
    finish(play, &play->background, text);
}
