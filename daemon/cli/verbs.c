/*
 * verbs.c: the table of verbs, help, and the way from argv to one of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/stop.h"
#include "model/near.h"
#include "cli/cli.h"
#include "cli/output.h"

const struct verb verbs[] = {
    {"init", "[--sql] [--roles] [--watch | --unwatch [SYNC...]]",
        "create or upgrade the assocd schema",
        "  --watch    put triggers on the tables of syncs with watch: true (or of those named)\n"
        "  --unwatch  take them away\n"
        "  --roles    roles assocd_daemon, assocd_operator, assocd_reader with what each needs\n"
        "  --sql      print the SQL instead of running it\n"
        "example: assocd -c assocd.yaml init --watch contact-company\n",
        verb_init},
    {"check", "[-v]", "check configuration, database, sources, token, account, types",
        "Prints one line for each thing checked; what failed comes last.\n"
        "  -v, --verbose  the effective settings, too (secrets masked)\n"
        "example: assocd -c assocd.yaml check\n",
        verb_check},
    {"types", "FROM TO [--portal NAME]", "list the account's association types of a pair",
        "  --portal NAME  which portal, if the configuration has several\n"
        "example: assocd types contacts companies\n",
        verb_types},
    {"plan", "[SYNC] [--detailed-exitcode]",
        "compute changes, check guards, estimate cost; save and print the plan",
        "Writes nothing to HubSpot. Without a name: the only sync of the file.\n"
        "  --detailed-exitcode  2 if changes are pending\n"
        "example: assocd plan deal-contact\n",
        verb_plan},
    {"apply", "PLAN", "apply a stored plan; pairs changed since are skipped",
        "example: assocd apply 18\n", verb_apply},
    {"run", "[SYNC...] [--touched] [--max-duration D] [--max-requests N] [--until TIME]",
        "plan, check guards, apply, verify (default: all syncs)",
        "  --touched         only the from-records whose rows changed in watched tables\n"
        "  --max-duration D  stop after 90s, 30m, 2h\n"
        "  --max-requests N  stop after N requests to HubSpot\n"
        "  --until TIME      stop at 06:00, or at 2026-09-21T06:00:00+02:00\n"
        "At a limit the run stops cleanly: in-flight requests are finished, the exit code is 6, "
        "and\n"
        "the next run continues from the actual state.\n"
        "example: assocd run deal-contact --until 06:00\n",
        verb_run},
    {"daemon", "[--log-format plain|json|journal]", "the service: runs every sync by its schedule",
        "SIGTERM stops it cleanly, SIGHUP reloads the configuration.\n"
        "  --log-format  journal if stderr goes there, else plain\n"
        "example: assocd -c assocd.yaml daemon\n",
        verb_daemon},
    {"status", "", "daemons, runs under way, what is due, what waits for a decision",
        "example: assocd status --json\n", verb_status},
    {"trigger", "SYNC [--reason TEXT]", "have a daemon run a sync now",
        "The request is a row in assocd.signal; it is queued until a daemon takes it up.\n"
        "  --reason TEXT  why; kept in assocd.signal\n"
        "example: assocd trigger deal-contact\n",
        verb_trigger},
    {"pause", "SYNC [--reason TEXT]", "stop scheduling a sync",
        "Daemons do not start it any more; assocd run, typed, still does. A run that has started\n"
        "continues; to stop it: assocd cancel RUN\n"
        "  --reason TEXT  why; kept in assocd.signal and shown by assocd status\n"
        "example: assocd pause deal-contact --reason \"migration until Monday\"\n",
        verb_pause},
    {"resume", "SYNC [--reason TEXT]", "resume scheduling a sync",
        "  --reason TEXT  why; kept in assocd.signal\n"
        "example: assocd resume deal-contact\n",
        verb_resume},
    {"cancel", "RUN [--reason TEXT]", "stop a run cleanly",
        "In-flight requests are finished; the sync's next run continues from the actual state.\n"
        "  --reason TEXT  why; kept in assocd.signal\n"
        "example: assocd cancel 18\n",
        verb_cancel},
    {"history", "[SYNC] [--limit N]", "the job log, newest first",
        "  --limit N  at most N runs (20)\n"
        "example: assocd history deal-contact --limit 5\n",
        verb_history},
    {"show", "RUN [--changes N]", "one run or plan: counts, batches, changes",
        "  --changes N  print up to N changes (10)\n"
        "example: assocd show 18\n",
        verb_show},
    {"approve", "PLAN [--reason TEXT] [--minutes N]",
        "approve a plan that a guard has withheld or refused",
        "The approval is bound to the plan's digest, used once, and expires.\n"
        "  --reason TEXT  why; kept in assocd.plan_approval\n"
        "  --minutes N    how long it is valid (60)\n"
        "example: assocd approve 18 --reason \"sales region closed\" && assocd apply 18\n",
        verb_approve},
    {"explain", "FROM:ID TO:ID [--sync NAME]", "everything known about one pair",
        "What the source and HubSpot say now, who owns it, what runs did and why (with HubSpot's\n"
        "times and correlation ids), what was refused and when it is retried.\n"
        "  --sync NAME  only this sync\n"
        "example: assocd explain deals:123 contacts:456\n",
        verb_explain},
    {"undo", "RUN [--dry-run]", "revert what a run created and archived",
        "Reverts only pairs that have not changed since the run; all others are skipped and "
        "listed.\n"
        "Guards and approvals apply as usual, and an undo can be undone. HubSpot's own dates of "
        "an\n"
        "association, and what workflows did meanwhile, do not come back.\n"
        "  --dry-run  store and print the plan; apply it with: assocd apply PLAN\n"
        "example: assocd undo 18 --dry-run\n",
        verb_undo},
    {"rejects", "[SYNC] [--limit N] [--retry]", "what was refused, why, and when it is retried",
        "  --limit N  at most N rows (50)\n"
        "  --retry    try quarantined inputs again in the next run\n"
        "example: assocd rejects deal-contact\n",
        verb_rejects},
    {"prune", "", "forget history older than history.retention_days, now",
        "Each run that ends well does this, a portion at a time; after a shorter retention was "
        "set,\n"
        "or a large migration, this does it at once: in short transactions, while runs go on.\n"
        "example: assocd prune\n",
        verb_prune},
    {0},
};

/* What people look for under another name. */
static const struct {
    const char *verb;
    const char *instead;
} elsewhere[] = {
    {"logs", "assocd history, assocd show RUN; the daemon's log is in: journalctl -u assocd"},
    {"log", "assocd history, assocd show RUN; the daemon's log is in: journalctl -u assocd"},
    {"list", "assocd status for syncs and what runs, assocd history for runs"},
    {"ls", "assocd status for syncs and what runs, assocd history for runs"},
    {"syncs", "assocd status"},
    {"runs", "assocd history"},
    {"diff", "assocd plan SYNC, which writes nothing to HubSpot"},
    {"dry-run", "assocd plan SYNC, which writes nothing to HubSpot"},
    {"validate", "assocd check"},
    {"test", "assocd check"},
    {"doctor", "assocd check"},
    {"config", "assocd check -v"},
    {"start",
        "systemctl start assocd, or assocd daemon in a terminal; one sync: assocd trigger SYNC"},
    {"stop", "systemctl stop assocd; one sync: assocd pause SYNC; one run: assocd cancel RUN"},
    {"restart", "systemctl restart assocd"},
    {"reload", "systemctl reload assocd"},
    {"sync", "assocd run SYNC"},
    {"rollback", "assocd undo RUN"},
    {"revert", "assocd undo RUN"},
    {"retry", "assocd rejects SYNC --retry"},
    {"migrate", "assocd init, which creates or upgrades the schema"},
    {"upgrade", "assocd init, which creates or upgrades the schema"},
    {"unpause", "assocd resume SYNC"},
};

static const struct verb *find_verb(const char *name)
{
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

static void print_exit_codes(FILE *out)
{
    fputs("exit codes\n", out);
    for (const struct exit_code *row = exit_codes; row->meaning != NULL; row++)
        output_to(out, "  %2d  %s\n", row->code, row->meaning);
}

static void print_usage(FILE *out)
{
    fputs("assocd keeps the associations in a HubSpot account equal to a table in PostgreSQL.\n\n"
          "usage: assocd VERB [-c FILE] ...    (-c, --config: default /etc/assocd/assocd.yaml)\n\n",
        out);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        output_to(out, "  %-8s %s\n", verb->name, verb->summary);
    fputs(
        "  help     [VERB]: this, or more about a verb (also: VERB --help)\n"
        "  version  print the version\n\n"
        "Every verb that prints takes --json. stdout is data, stderr is messages and progress.\n\n",
        out);
    print_exit_codes(out);
}

static int no_such_verb(const char *name)
{
    struct near near = {.wanted = name};
    for (size_t i = 0; i < ARRAY_COUNT(elsewhere); i++) {
        if (strcmp(elsewhere[i].verb, name) != 0)
            continue;
        output_tell("assocd: unknown verb \"%s\"; try: %s\n", name, elsewhere[i].instead);
        return EXIT_USAGE;
    }
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        near_offer(&near, verb->name);
    output_tell("assocd: unknown verb \"%s\"", name);
    if (near.best != NULL)
        output_tell(" (did you mean \"%s\"?)", near.best);
    fputs("; see assocd help\n", stderr);
    return EXIT_USAGE;
}

static int print_help(const char *name)
{
    if (name == NULL) {
        print_usage(stdout);
        return 0;
    }
    const struct verb *verb = find_verb(name);
    if (verb == NULL)
        return no_such_verb(name);
    output_print("usage: assocd %s %s%s[-c FILE]\n%s\n\n", verb->name, verb->arguments,
        verb->arguments[0] != '\0' ? " " : "", verb->summary);
    output_lines(verb->help);
    return 0;
}

static int report_error(const struct error *err)
{
    output_error(NULL, err);
    return error_exit_code(err->kind);
}

/* What could not be written is no success. */
static int told(int code)
{
    struct error err;
    if (fflush(stdout) == 0 || errno == EPIPE) /* who reads has seen enough (head) */
        return code;
    (void)error_set(&err, ERROR_INTERNAL, "cannot write to stdout");
    return report_error(&err);
}

static int run_verb(struct cli *cli, const struct verb *verb, int argc, char **argv)
{
    struct error err = {0};
    int code = 0;
    cli->verb = verb;
    bool ok = verb->run(cli, argc, argv, &code, &err);
    output_progress_end();
    if (!ok && cli->help)
        return told(print_help(verb->name));
    return ok ? told(code) : report_error(&err);
}

/* The options before the verb. True: go on with argv[*at]; false: *code is the end. */
static bool read_head(struct cli *cli, int argc, char **argv, int *at, int *code)
{
    for (; *at < argc && argv[*at][0] == '-'; (*at)++) {
        const char *word = argv[*at];
        bool takes_file = strcmp(word, "-c") == 0 || strcmp(word, "--config") == 0;
        if (takes_file && *at + 1 < argc) {
            cli->config_path = argv[++*at];
        } else if (strncmp(word, "--config=", 9) == 0) {
            cli->config_path = word + 9;
        } else if (strncmp(word, "-c", 2) == 0 && word[2] != '\0') {
            cli->config_path = word + 2;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *code =
                told(print_help(*at + 1 < argc && find_verb(argv[*at + 1]) ? argv[*at + 1] : NULL));
            return false;
        } else if (strcmp(word, "--version") == 0) {
            argv[*at] = "version";
            return true;
        } else {
            output_tell(takes_file ? "assocd: option %s needs a file; see assocd help\n"
                                   : "assocd: unknown option %s before the verb; see assocd help\n",
                word);
            *code = EXIT_USAGE;
            return false;
        }
    }
    return true;
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.config_path = "/etc/assocd/assocd.yaml"};
    int at = 1, code = 0;
    if (!read_head(&cli, argc, argv, &at, &code))
        return code;
    if (at == argc) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[at], "help") == 0)
        return told(print_help(argv[at + 1]));
    if (strcmp(argv[at], "version") == 0) {
        puts("assocd " ASSOCD_VERSION);
        return told(0);
    }
    const struct verb *verb = find_verb(argv[at]);
    if (verb == NULL)
        return no_such_verb(argv[at]);
    struct error err = {0};
    if (!files_allow(FILES_BASE, "assocd", &err))
        return report_error(&err);
    stop_open();
    code = run_verb(&cli, verb, argc - at, argv + at);
    cli_clear(&cli);
    return code;
}
