/*
 * manual.c: the manual pages, made from the tables of verbs, exit codes and settings while the
 * program is built: what help and messages say, they say.   manual verbs | keys   (troff on stdout)
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "config/config_key.h"

/* One line of text: nothing in it is a request or an escape, and a hyphen can be copied. */
static void put(const char *text, size_t length)
{
    if (length > 0 && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '-')
            fputs("\\-", stdout);
        else
            putchar(text[i]);
    }
}

static void put_text(const char *text)
{
    put(text, strlen(text));
}

static void head(const char *name, const char *section, const char *what)
{
    printf(
        ".TH \"%s\" %s \"\" \"assocd " ASSOCD_VERSION "\" \"assocd\"\n.SH NAME\n", name, section);
    put_text(name);
    fputs(" \\- ", stdout);
    put_text(what);
    putchar('\n');
}

/* "  --watch    put triggers …": a tagged paragraph. */
static void put_option(const char *line, size_t length)
{
    size_t start = strspn(line, " "), end = start;
    while (end + 1 < length && !(line[end] == ' ' && line[end + 1] == ' '))
        end++;
    size_t text = end + strspn(line + end, " ");
    fputs(".TP\n.B ", stdout);
    put(line + start, end - start);
    putchar('\n');
    if (text < length)
        put(line + text, length - text);
    putchar('\n');
}

static void put_help(const char *help)
{
    static const char example[] = "example: ";
    for (const char *line = help; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (line[0] == ' ') {
            put_option(line, length);
        } else if (strncmp(line, example, sizeof example - 1) == 0) {
            fputs(".PP\nExample:\n.PP\n.RS 4\n.B ", stdout);
            put(line + sizeof example - 1, length - (sizeof example - 1));
            fputs("\n.RE\n", stdout);
        } else {
            put(line, length);
            putchar('\n');
        }
        line += length + (line[length] == '\n');
    }
}

static void put_verb(const struct verb *verb)
{
    fputs(".SS ", stdout);
    put_text(verb->name);
    fputs("\n.B assocd ", stdout);
    put_text(verb->name);
    putchar(' ');
    put_text(verb->arguments);
    fputs("\n.PP\n", stdout);
    put_text(verb->summary);
    fputs(".\n", stdout);
    put_help(verb->help);
}

static void print_verbs(void)
{
    head("assocd", "1",
        "keeps the associations in a HubSpot account equal to a table in PostgreSQL");
    fputs(".SH SYNOPSIS\n.B assocd\n.I verb\n[\\fB\\-c\\fR \\fIfile\\fR] [\\fIarguments\\fR]\n",
        stdout);
    fputs(
        ".SH DESCRIPTION\n"
        "assocd reads the associations you want from a table, view or query in PostgreSQL, reads "
        "the\n"
        "same records from HubSpot, compares, and creates and archives the difference in batches.\n"
        "Everything is first a plan in PostgreSQL; guards check the whole plan before anything is\n"
        "written; a job log keeps every run and every API batch.\n"
        ".PP\n"
        "Every verb that prints takes \\fB\\-\\-json\\fR. Standard output is data, standard error "
        "is\n"
        "messages and progress. \\fB\\-c\\fR \\fIfile\\fR (\\fB\\-\\-config\\fR) and \\fB\\-h\\fR\n"
        "(\\fB\\-\\-help\\fR) may stand anywhere.\n"
        ".SH VERBS\n",
        stdout);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        put_verb(verb);
    fputs(".SH EXIT STATUS\n", stdout);
    for (const struct exit_code *row = exit_codes; row->meaning != NULL; row++) {
        printf(".TP\n.B %d\n", row->code);
        put_text(row->meaning);
        putchar('\n');
    }
    fputs(".SH FILES\n"
          ".TP\n.I /etc/assocd/assocd.yaml\nthe configuration, unless \\fB\\-c\\fR names another\n"
          ".TP\n.I /etc/assocd/credentials/hubspot\\-token\nthe access token, where the "
          "configuration says so\n"
          ".SH SEE ALSO\n.BR assocd.yaml (5),\nand the papers in share/doc/assocd: README.md, "
          "config/README.md (what a sync\nmeans), systemd/README.md (operating it, runbook), "
          "sql/README.md (the job log)\n",
        stdout);
}

static void put_key(const struct key *key)
{
    CLEANUP(buf_clear) struct buf range = {0};
    key_range(key, &range);
    fputs(".TP\n.B ", stdout);
    put_text(key->path);
    putchar('\n');
    put_text(key->help);
    fputs(".\n.br\n", stdout);
    put_text(key_type_text(key->type));
    if (range.length > 0) {
        fputs(": ", stdout);
        put_text(buf_text(&range));
    }
    if (key->required)
        fputs("; required", stdout);
    else if (key->preset != NULL) {
        fputs("; default: ", stdout);
        put_text(key->preset);
    } else
        fputs("; optional", stdout);
    putchar('\n');
}

static void print_keys(void)
{
    static const char *const titles[] = {
        [KEY_OF_FILE] = "THE FILE", [KEY_OF_PORTAL] = "PORTALS", [KEY_OF_SYNC] = "SYNCS"};
    enum key_scope scope = KEY_OF_FILE;
    head("assocd.yaml", "5", "configuration of assocd");
    fputs(
        ".SH DESCRIPTION\n"
        "A YAML file, by default /etc/assocd/assocd.yaml. A * in the name of a setting stands for "
        "a\n"
        "name that you choose: of a HubSpot account below \\fBportals\\fR, of a sync below\n"
        "\\fBsyncs\\fR. \\fBassocd check\\fR says what is wrong with a file, \\fBassocd check "
        "\\-v\\fR\n"
        "prints the settings in effect.\n"
        ".PP\n"
        "${NAME} in a value is replaced by the environment variable NAME, which must be set;\n"
        "${NAME:\\-TEXT} by TEXT if it is not; $${ stands for ${. Durations: 500ms, 30s, 15m, 2h,\n"
        "1d. Booleans: true, false. Numbers: digits, without quotation marks.\n"
        ".PP\n"
        "Nobody but root and the user who runs assocd may own or write to the file, nor everybody\n"
        "to its folder.\n",
        stdout);
    for (size_t i = 0; i < keys_count; i++) {
        if (i == 0 || key_scope(&keys[i]) != scope) {
            scope = key_scope(&keys[i]);
            printf(".SH %s\n", titles[scope]);
        }
        put_key(&keys[i]);
    }
    fputs(".SH EXAMPLE\n.PP\n.nf\n.RS 4\n"
          "version: 1\n"
          "portals:\n"
          "  main:\n"
          "    token_file: /etc/assocd/credentials/hubspot\\-token\n"
          "syncs:\n"
          "  contact\\-company:\n"
          "    portal: main\n"
          "    from: contacts\n"
          "    to: companies\n"
          "    types: [contact_to_company_unlabeled]\n"
          "    source: {table: crm.contact_company}\n"
          "    policy: mirror_owned\n"
          ".RE\n.fi\n"
          ".SH SEE ALSO\n.BR assocd (1),\nand in share/doc/assocd: assocd.yaml (every setting with "
          "comments),\nconfig/README.md (what a sync means)\n",
        stdout);
}

int main(int argc, char **argv)
{
    bool of_verbs = argc == 2 && strcmp(argv[1], "verbs") == 0;
    if (!of_verbs && (argc != 2 || strcmp(argv[1], "keys") != 0)) {
        fputs("usage: manual verbs | keys\n", stderr);
        return 64;
    }
    if (of_verbs)
        print_verbs();
    else
        print_keys();
    return fflush(stdout) == 0 ? 0 : 1;
}
