/*
 * sim_main.c: plays seeds until one breaks an invariant.
 *   torture_sim [--seeds N] [--from N]     N worlds, from seed N on
 *   torture_sim --seed N [--quiet]         one world, told step by step
 */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "torture/sim.h"

struct sim sim;

static void say_replay(void)
{
    (void)fflush(stdout);
    fprintf(stderr, "replay: build/torture_sim --seed %llu\n", (unsigned long long)sim.seed);
}

void sim_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fflush(stdout);
    fprintf(stderr, "seed %llu: ", (unsigned long long)sim.seed);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    say_replay();
    exit(1);
}

void sim_tell(const char *format, ...)
{
    va_list args;
    if (!sim.verbose)
        return;
    va_start(args, format);
    printf("%*s%9.3f s  run %lld: ", 2 * sim.depth, "", (double)(sim.now_us % 1000000000000) / 1e6,
        sim.top != NULL ? (long long)sim.top->run_id : 0);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

const char *sim_fault_text(enum sim_fault_kind kind)
{
    static const char *const texts[FAULT_KINDS] = {"none", "dies before a statement",
        "dies after a commit", "session lost before a statement", "session lost after a commit",
        "statement fails", "lock lost, another run overtakes", "another run tries",
        "commits lost in a failover", "session swapped", "no answer, done", "no answer, not done",
        "no answer, done later", "answered, and an earlier attempt done later",
        "answer leaves inputs out", "inputs left out and not done",
        "dies with a request on the wire", "request too large", "request refused",
        "every request refused", "request never let in", "read not answered",
        "read answered in part", "read is stale", "read too large", "read has more pages",
        "account says no", "stopped", "records not told", "source breaks off",
        "temporary file fails", "answer about keys breaks off", "answer about keys leaves some out",
        "answer about keys is old"};
    return texts[kind];
}

/* An assertion of the product: its last words stand above. */
static void on_abort(int number)
{
    (void)number;
    say_replay();
    _exit(1);
}

static void print_hits(void)
{
    for (int kind = 1; kind < FAULT_KINDS; kind++)
        printf("%10llu  %s\n", (unsigned long long)sim.hits[kind],
            sim_fault_text((enum sim_fault_kind)kind));
}

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = strtoull(text != NULL ? text : "", &end, 10);
    if (text == NULL || *end != '\0' || end == text) {
        fprintf(stderr, "usage: torture_sim [--seeds N] [--from N] | --seed N [--quiet]\n");
        exit(64);
    }
    return number;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 20000, from = 1;
    sim.tables = mem_new(1, sizeof *sim.tables);
    sim.backup = mem_new(1, sizeof *sim.backup);
    (void)signal(SIGABRT, on_abort);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0) {
            sim.verbose = false;
            continue;
        }
        bool one = strcmp(argv[i], "--seed") == 0, count = strcmp(argv[i], "--seeds") == 0;
        uint64_t number =
            number_of(one || count || strcmp(argv[i], "--from") == 0 ? argv[i + 1] : NULL);
        sim.verbose = sim.verbose || one;
        seeds = one ? 1 : count ? number : seeds;
        from = count ? from : number;
        i++;
    }
    clock_t began = clock();
    for (uint64_t seed = from; seed < from + seeds; seed++)
        sim_play(seed);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    print_hits();
    printf("%llu seeds, %llu runs, %llu statements, %llu requests, %.1f s of CPU (%.0f seeds/s)\n",
        (unsigned long long)seeds, (unsigned long long)sim.runs, (unsigned long long)sim.statements,
        (unsigned long long)sim.requests, seconds, seconds > 0 ? (double)seeds / seconds : 0);
    free(sim.tables);
    free(sim.backup);
    return 0;
}
