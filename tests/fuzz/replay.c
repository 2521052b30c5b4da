/*
 * replay.c: feeds every file of a target's corpus to it, each in a process of its own, so that one
 * that fails neither hides the others nor loses its name. Closes with "N passed, N failed, N
 * skipped".
 *   TARGET [FILE…]     without files: those in tests/fuzz/corpus/TARGET
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"

/* A target takes milliseconds; this ends one that does not end. */
enum { LIMIT_S = 60 };

static int read_file(const char *path, struct buf *bytes)
{
    char part[4096];
    size_t count;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -1;
    while ((count = fread(part, 1, sizeof part, file)) > 0)
        buf_add(bytes, part, count);
    return fclose(file);
}

/* The child's part: what a sanitizer finds, leaks included, becomes its exit code. */
static _Noreturn void feed(const char *path)
{
    struct buf bytes = {0};
    (void)alarm(LIMIT_S);
    if (read_file(path, &bytes) != 0)
        exit(2);
    uint8_t *exact = mem_new(bytes.length > 0 ? bytes.length : 1, 1);
    memcpy(exact, buf_text(&bytes), bytes.length);
    (void)LLVMFuzzerTestOneInput(exact, bytes.length);
    free(exact);
    buf_clear(&bytes);
    exit(0);
}

static bool replay(const char *program, const char *path)
{
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        feed(path);
    bool good = child > 0 && waitpid(child, &status, 0) == child && status == 0;
    if (!good)
        printf("failed: %s %s\n", program, path);
    return good;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    char folder[256];
    struct dirent **entries = NULL;
    const char *name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
    int passed = 0, failed = 0;
    for (int i = 1; i < argc; i++)
        *(replay(argv[0], argv[i]) ? &passed : &failed) += 1;
    (void)snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    int count = argc > 1 ? 0 : scandir(folder, &entries, is_file, alphasort);
    for (int i = 0; i < count; i++) {
        struct buf path = {0};
        buf_addf(&path, "%s/%s", folder, entries[i]->d_name);
        *(replay(argv[0], buf_text(&path)) ? &passed : &failed) += 1;
        buf_clear(&path);
        free(entries[i]);
    }
    free(entries);
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
