/*
 * main.c: the sandbox's command line; README.md lists it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sandbox/json_get.h"
#include "sandbox/server.h"

static const char default_token[] = "pat-na1-sandbox-0000-0000";

static int usage(const char *what)
{
    (void)fprintf(stderr,
        "sandbox: %s\n"
        "usage: sandbox [--port N] [--token TOKEN[=SCOPE SCOPE…]]… [--die-with-parent]\n"
        "               [--tls FILE [--tls-priorities TEXT]] [--SWITCH VALUE]…      (the switches "
        "stand in tests/sandbox/README.md)\n",
        what);
    return 64;
}

static bool parse_port(const char *text, uint16_t *port)
{
    uint64_t number = 0;
    if (strcmp(text, "0") == 0) {
        *port = 0;
        return true;
    }
    if (!parse_id(text, &number) || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

static bool add_token(struct sandbox *sandbox, const char *text)
{
    size_t room = sizeof sandbox->tokens[0];
    if (sandbox->tokens_count == TOKENS_MAX || strlen(text) >= room)
        return false;
    (void)snprintf(sandbox->tokens[sandbox->tokens_count++], room, "%s", text);
    return true;
}

static bool take_switch(struct sandbox *sandbox, const char *option, const char *value)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s", option);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '-')
            *at = '_';
    return settings_set(&sandbox->start, name, value);
}

/* The certificate and its key, kept until the end. */
static bool read_pem(const char *path, struct server_tls *tls)
{
    static char pem[65536];
    FILE *file = fopen(path, "r");
    size_t length = file != NULL ? fread(pem, 1, sizeof pem - 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    pem[length] = '\0';
    tls->pem = pem;
    return length > 0;
}

struct arguments {
    uint16_t port;
    struct server_tls tls;
};

/* Reads the command line; returns 0, or the exit code. */
static int read_arguments(
    int argc, char **argv, struct sandbox *sandbox, struct arguments *arguments)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--die-with-parent") == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0 || value == NULL)
            return usage(argv[i]);
        i++;
        bool good = false;
        if (strcmp(argv[i - 1], "--port") == 0)
            good = parse_port(value, &arguments->port);
        else if (strcmp(argv[i - 1], "--tls") == 0)
            good = read_pem(value, &arguments->tls);
        else if (strcmp(argv[i - 1], "--tls-priorities") == 0)
            good = (arguments->tls.priorities = value) != NULL;
        else if (strcmp(argv[i - 1], "--token") == 0)
            good = add_token(sandbox, value);
        else
            good = take_switch(sandbox, argv[i - 1] + 2, value);
        if (!good)
            return usage(argv[i - 1]);
    }
    if (sandbox->tokens_count == 0)
        (void)add_token(sandbox, default_token);
    return 0;
}

static int open_signals(void)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    static struct sandbox sandbox;
    struct error err = {0};
    struct arguments arguments = {.tls = {.priorities = "NORMAL"}};
    settings_init(&sandbox.start);
    int code = read_arguments(argc, argv, &sandbox, &arguments);
    if (code != 0)
        return code;
    int signal_fd = open_signals();
    sandbox_open(&sandbox);
    struct server *server = server_open(&sandbox, arguments.port, &arguments.tls, &err);
    if (server == NULL) {
        (void)fprintf(stderr, "sandbox: %s\n", err.text);
        sandbox_close(&sandbox);
        return 70;
    }
    (void)printf("%s\n", sandbox.base_url);
    if (arguments.tls.pem != NULL)
        (void)printf("%s\n", arguments.tls.base_url);
    (void)fflush(stdout);
    server_run(server, signal_fd);
    server_close(server);
    sandbox_close(&sandbox);
    (void)close(signal_fd);
    return 0;
}
