#include "cli/cli.h"
bool verb_status(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    (void)cli;
    (void)argc;
    (void)argv;
    (void)code;
    (void)err;
    return true;
}
