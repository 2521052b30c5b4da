/*
 * options.c: the words of a command line: options anywhere behind the verb, with texts that name
 * the verb, what is wrong, and what was probably meant.
 *
 * getopt_long is not used: it takes any beginning of a name that is unambiguous today (--dry for
 * --dry-run, even the hidden ones') and cannot be told not to, so that an option that is added
 * later breaks a script, and a misspelling that happens to be a beginning is never asked about. To
 * refuse those, its words would have to be compared by hand as they are here. It also leaves the
 * order of words to the environment (POSIXLY_CORRECT).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/near.h"
#include "cli/cli.h"

/* What people type who know another program. */
static const struct {
    const char *verb; /* NULL: any */
    const char *option;
    const char *instead;
} elsewhere[] = {
    {"run", "dry-run", "a dry run is: assocd plan SYNC"},
    {"apply", "dry-run", "look at a plan with: assocd show PLAN"},
    {"apply", "force", "a plan that a guard stopped needs: assocd approve PLAN"},
    {"run", "force", "a plan that a guard stopped needs: assocd approve PLAN"},
    {"run", "yes", "nothing is asked; guards decide"},
    {"run", "all", "without names every sync runs: assocd run"},
    {"init", "dry-run", "print the SQL instead with: assocd init --sql"},
    {NULL, "version", "the version is told by: assocd version"},
};

static bool is_long(const char *word, const struct option_row *option)
{
    size_t length = strcspn(word, "=");
    return strlen(option->name) == length && strncmp(option->name, word, length) == 0;
}

/* "--name", "--name=value" or "-n". */
static const struct option_row *find_option(const struct option_row *options, const char *word)
{
    for (; options->name != NULL; options++) {
        if (word[1] == '-' && is_long(word + 2, options))
            return options;
        if (word[1] != '-' && options->letter == word[1] &&
            (word[2] == '\0' || options->flag == NULL))
            return options;
    }
    return NULL;
}

static bool unknown(
    const char *verb, const char *word, const struct option_row *options, struct error *err)
{
    char name[64];
    struct near near = {.wanted = name};
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    for (size_t i = 0; word[1] == '-' && i < ARRAY_COUNT(elsewhere); i++) {
        bool here = elsewhere[i].verb == NULL || strcmp(elsewhere[i].verb, verb) == 0;
        if (here && strcmp(elsewhere[i].option, name) == 0)
            return error_set(
                err, ERROR_USAGE, "%s: unknown option --%s; %s", verb, name, elsewhere[i].instead);
    }
    for (; word[1] == '-' && options->name != NULL; options++)
        if (!options->hidden)
            near_offer(&near, options->name);
    if (near.best != NULL)
        return error_set(err, ERROR_USAGE,
            "%s: unknown option %s (did you mean --%s?); see assocd help %s", verb, word, near.best,
            verb);
    return error_set(
        err, ERROR_USAGE, "%s: unknown option %s; see assocd help %s", verb, word, verb);
}

/* Takes one option; returns how many words it used, 0 on error. */
static int read_option(
    const char *verb, char **argv, const struct option_row *option, struct error *err)
{
    const char *value = argv[0][1] == '-' ? strchr(argv[0], '=') : NULL;
    int used = 1;
    if (option->flag != NULL) {
        *option->flag = true;
        if (value == NULL)
            return 1;
        (void)error_set(err, ERROR_USAGE, "%s: option --%s takes no value; leave out \"%s\"", verb,
            option->name, value);
        return 0;
    }
    if (value != NULL) {
        value++;
    } else if (argv[0][1] != '-' && argv[0][2] != '\0') {
        value = argv[0] + 2;
    } else {
        value = argv[1];
        used = 2;
    }
    if (value == NULL) {
        (void)error_set(err, ERROR_USAGE, "%s: option --%s needs a value; see assocd help %s", verb,
            option->name, verb);
        return 0;
    }
    if (option->text != NULL)
        *option->text = value;
    else if (!cli_number(value, option->name, option->number, err))
        return 0;
    return used;
}

bool cli_options(struct cli *cli, char **argv, const struct option_row *options,
    struct words *words, struct error *err)
{
    const struct option_row common[] = {{.name = "json", .flag = &cli->json},
        {.name = "config", .letter = 'c', .text = &cli->config_path},
        {.name = "help", .letter = 'h', .flag = &cli->help}, {0}};
    const char *verb = argv[0];
    words->items = argv + 1;
    words->count = 0;
    words->usage = cli->verb->arguments;
    bool only_words = false;
    for (char **at = argv + 1; *at != NULL;) {
        if (only_words || (*at)[0] != '-' || (*at)[1] == '\0') {
            words->items[words->count++] = *at++;
        } else if (strcmp(*at, "--") == 0) {
            only_words = true;
            at++;
        } else {
            const struct option_row *option = find_option(common, *at);
            option = option != NULL ? option : find_option(options, *at);
            int used = option != NULL ? read_option(verb, at, option, err) : 0;
            if (option == NULL)
                return unknown(verb, *at, options, err);
            if (used == 0)
                return false;
            at += used;
        }
    }
    return !cli->help || error_set(err, ERROR_NONE, "help");
}

/* The word of the usage line at this place: "TO" of "FROM TO [--portal NAME]". */
static const char *argument_name(const char *usage, int place, char name[static 32])
{
    const char *at = usage;
    for (int i = 0; i < place; i++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    (void)snprintf(name, 32, "%.*s", (int)strcspn(at, " "), at);
    return name[0] != '\0' ? name : "an argument";
}

bool cli_words(const struct words *words, const char *verb, int min, int max, struct error *err)
{
    char name[32];
    if (words->count < min)
        return error_set(err, ERROR_USAGE, "%s: %s is missing; see assocd help %s", verb,
            argument_name(words->usage, words->count, name), verb);
    if (words->count > max)
        return error_set(err, ERROR_USAGE, "%s: unexpected argument \"%s\"; see assocd help %s",
            verb, words->items[max], verb);
    return true;
}

bool cli_number(const char *word, const char *what, int64_t *number, struct error *err)
{
    errno = 0;
    long long value = strtoll(word, NULL, 10);
    if (word[0] == '\0' || word[strspn(word, "0123456789")] != '\0' || errno != 0 || value < 1)
        return error_set(
            err, ERROR_USAGE, "invalid %s number \"%s\" (expected 1, 2, ...)", what, word);
    *number = value;
    return true;
}
