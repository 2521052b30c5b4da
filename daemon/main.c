/*
 * main.c: hardens the process and hands argv to the verbs; the only exit.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/environment.h"
#include "cli/cli.h"

/* Whoever starts us with stdin, stdout or stderr closed gets them open for reading nothing: else a
 * connection would have their number, and what is meant for people would be written into it. */
static void fill_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)!open("/dev/null", O_RDONLY);
}

/* No core file, no ptrace by others, and nothing from the environment that makes a library write
 * secrets to files or send the token elsewhere. */
static void harden(void)
{
    struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NAME, "assocd"); /* a worker is started through /proc/self/exe */
    environment_clean();
}

int main(int argc, char **argv)
{
    fill_standard_files();
    harden();
    exit(cli_main(argc, argv));
}
