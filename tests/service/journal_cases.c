/*
 * journal_cases.c: the journal's native protocol, as a journald would hear it. Its socket has a
 * fixed path, so the test lives in a mount namespace with a /run of its own.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/suite.h"
#include "base/clock.h"
#include "service/bed.h"

static struct bed bed;
static int journal = -1;

static bool write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    bool written = file != NULL && fputs(text, file) >= 0;
    return file != NULL && fclose(file) == 0 && written;
}

/* Root needs no user namespace; others become the root of one that knows nobody but them. */
static bool enter_namespace(void)
{
    char uids[64], gids[64];
    (void)snprintf(uids, sizeof uids, "%d %d 1", (int)getuid(), (int)getuid());
    (void)snprintf(gids, sizeof gids, "%d %d 1", (int)getgid(), (int)getgid());
    if (unshare(CLONE_NEWNS) == 0)
        return true;
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
        write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", uids) &&
        write_text("/proc/self/gid_map", gids);
}

static bool open_journal(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};
    journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return enter_namespace() && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("run", "/run", "tmpfs", 0, NULL) == 0 && mkdir("/run/systemd", 0755) == 0 &&
        mkdir("/run/systemd/journal", 0755) == 0 &&
        bind(journal, (struct sockaddr *)&address, sizeof address) == 0;
}

static void open_hourly(void)
{
    bed_open(&bed, "every 1h");
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* The next entry that has this text, with its NUL bytes as blanks; false: none came in time. */
static bool next_entry(const char *text, char entry[static 4096])
{
    int64_t until_ms = clock_now_ms() + BED_MS;
    while (clock_now_ms() < until_ms) {
        struct pollfd more = {.fd = journal, .events = POLLIN};
        ssize_t length = poll(&more, 1, 100) > 0 ? recv(journal, entry, 4095, 0) : -1;
        if (length < 0)
            continue;
        entry[length] = '\0';
        for (ssize_t i = 0; i < length; i++)
            entry[i] = (char)(entry[i] == '\0' ? ' ' : entry[i]);
        if (strstr(entry, text) != NULL)
            return true;
    }
    return false;
}

static void check_fields(const char *entry, const char *const fields[])
{
    for (; *fields != NULL; fields++)
        ck_assert_msg(strstr(entry, *fields) != NULL, "no %s in:\n%s", *fields, entry);
}

TEST(the_journal_gets_fields_of_its_own)
{
    static const char *const of_run[] = {"MESSAGE=run 1 of links: succeeded, 20 created",
        "\nPRIORITY=6\n", "\nSYSLOG_IDENTIFIER=assocd\n", "\nSYNC=links\n", "\nRUN_ID=1\n",
        "\nRUN_STATUS=succeeded\n", "\nWORKER_PID=", NULL};
    static const char *const of_signal[] = {
        "\nPRIORITY=5\n", "\nSYNC=links\n", "\nSIGNAL_ID=1\n", NULL};
    /* Two problems are one event, and its text is one line. */
    static const char *const of_reload[] = {
        "\nPRIORITY=3\n", "syncs.links.policy: ", "\\n", "syncs.links.schedule: ", NULL};
    char entry[4096];
    if (!open_journal()) {
        printf("SKIPPED journal: no /run of its own here: %s\n", strerror(errno));
        return;
    }
    bed_start_logging(&bed, "journal");
    ck_assert(next_entry("MESSAGE=run 1 ", entry));
    check_fields(entry, of_run);
    bed_trigger(&bed);
    ck_assert(next_entry("MESSAGE=request 1 ", entry));
    check_fields(entry, of_signal);
    bed_configure(&bed, "",
        "  links: {portal: main, from: deals, to: contacts, types: [plain], "
        "source: {table: crm.link}, policy: everything, schedule: never}\n");
    (void)kill(bed.daemons[0].pid, SIGHUP);
    ck_assert(next_entry("syncs.links.policy: ", entry));
    check_fields(entry, of_reload);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_str_eq(buf_text(&bed.daemons[0].err), "");
}

SUITE(.before = open_hourly, .after = close_bed);
