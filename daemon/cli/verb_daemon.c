/*
 * verb_daemon.c: assocd daemon.
 */
#include "service/log.h"
#include "service/supervisor.h"
#include "cli/cli.h"

bool verb_daemon(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    const char *log_format = NULL;
    const struct option_row rows[] = {{.name = "log-format", .text = &log_format}, {0}};
    struct words words;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, rows, &words, err) || !cli_words(&words, "daemon", 0, 0, err))
        return false;
    const struct supervisor_options options = {
        .config_path = cli->config_path, .version = ASSOCD_VERSION};
    return log_open(log_format, err) && supervisor_run(&options, err);
}
