/*
 * cli.h: what the verbs share: the loaded configuration, the assocd database, a portal's token, and
 * the way results are printed. stdout is data, stderr is messages and progress.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "pg/pg.h"

struct verb;

struct cli {
    const struct verb *verb; /* under way */
    const char *config_path;
    bool json;
    bool help; /* was asked for among the verb's options */
    struct definitions definitions; /* cli_load */
    bool loaded;
    struct pg *state; /* cli_state */
    char **tokens; /* cli_token: one a portal, read once; wiped at the end */
    const char *token; /* cli_token: the one asked for last */
    char token_stamp[96];
};

/* One row of the table of verbs. */
struct verb {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *summary; /* one line */
    const char *help; /* options and an example */
    /* argv[0] is the verb. *code is the exit code, 0 unless set; false: err decides. */
    bool (*run)(struct cli *cli, int argc, char **argv, int *code, struct error *err);
};
extern const struct verb verbs[];

/* Frees what the functions below have loaded. */
void cli_clear(struct cli *cli);

/* Parses argv, runs the verb, prints the error if there is one; returns the exit code. */
int cli_main(int argc, char **argv);

/* The verbs, one file each. */
bool verb_init(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_check(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_types(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_plan(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_apply(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_run(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_history(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_show(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_rejects(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_prune(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_daemon(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_status(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_trigger(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_pause(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_resume(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_cancel(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_explain(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_undo(struct cli *cli, int argc, char **argv, int *code, struct error *err);
bool verb_approve(struct cli *cli, int argc, char **argv, int *code, struct error *err);

/* One option of a verb: a flag, a text or a positive number. */
struct option_row {
    const char *name; /* without -- */
    char letter; /* of its short form; 0: none */
    bool hidden; /* between daemon and worker: not proposed */
    bool *flag;
    const char **text;
    int64_t *number;
};

struct words {
    char **items;
    int count;
    const char *usage; /* the verb's usage line, for what is missing */
};

/* Takes options out of argv wherever they stand, the verb's own (ending with a NULL name) and those
 * of all verbs: --json, -c or --config FILE, -h or --help. What remains after the verb goes into
 * *words and is borrowed from argv. ERROR_USAGE names the verb, what is wrong, and what was
 * probably meant; ERROR_NONE: help was asked for, and nothing else is to be done. */
MUST_CHECK bool cli_options(struct cli *cli, char **argv, const struct option_row *options,
    struct words *words, struct error *err);

/* Checks the number of words that remained; ERROR_USAGE says which one of the usage line is
 * missing.
 */
MUST_CHECK bool cli_words(
    const struct words *words, const char *verb, int min, int max, struct error *err);

/* After a statement of a verb that steers has failed: says who may, if a right was missing. Always
 * false. */
bool cli_steers(const struct cli *cli, const char *verb, struct error *err);

/* Loads the configuration; opens the assocd database with our schema. Repeated calls are free. */
MUST_CHECK bool cli_load(struct cli *cli, struct error *err);
MUST_CHECK bool cli_state(struct cli *cli, struct error *err);

/* The sync named so; ERROR_USAGE lists those there are. */
MUST_CHECK bool cli_sync(
    struct cli *cli, const char *name, const struct sync_definition **sync, struct error *err);

/* ERROR_CONFIG if the file defines no syncs. */
MUST_CHECK bool cli_some_sync(struct cli *cli, struct error *err);

/* The sync that the first word names, or, without a word, the only one of the file. */
MUST_CHECK bool cli_chosen_sync(struct cli *cli, const struct words *words,
    const struct sync_definition **sync, struct error *err);

/* For a verb that looks back, of all syncs or of one: opens the database; *name is the word that
 * names a sync, which may be one that only the database knows, or NULL if there is no word. */
MUST_CHECK bool cli_past_sync(
    struct cli *cli, const struct words *words, const char **name, struct error *err);

/* Sets cli->token to the portal's token and cli->token_stamp to its stamp ("" if none). The token
 * is read once: a variable that held it is gone afterwards. */
MUST_CHECK bool cli_token(
    struct cli *cli, const struct portal_definition *portal, struct error *err);

/* The run's row as `show` prints it (STATEMENT_SHOW_RUN); ERROR_USAGE if there is none. */
MUST_CHECK bool cli_run(struct cli *cli, int64_t run_id, struct pg_rows *rows, struct error *err);

/* A number of a run or plan on the command line. */
MUST_CHECK bool cli_number(const char *word, const char *what, int64_t *number, struct error *err);

/* A reason must be no longer than the database keeps it (characters). NULL is fine. */
enum { REASON_MAX = 2000 };
MUST_CHECK bool cli_reason(const char *reason, struct error *err);

/* Prints the first column of a statement's rows, which must be JSON texts: one array of them, or
 * the single one. */
MUST_CHECK bool cli_print_json(struct cli *cli, enum statement_id id, const struct pg_args *args,
    bool array, struct error *err);

#endif
