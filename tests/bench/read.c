/*
 * read.c: CPU and memory of the client while it reads associations from a server that has them, all
 * of HTTP included. Build and run from the top folder, with the sandbox loaded with `records`
 * deals (ids from 1) and their contacts:
 *
 *   make build/libassocd.a && cc -O2 -D_GNU_SOURCE -Idaemon tests/bench/read.c build/libassocd.a \
 *     $(pkg-config --cflags --libs libcurl json-c) -o build/read && build/read URL DIALECT RECORDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "hubspot/client.h"

enum { IN_FLIGHT = 8, CHUNK = 1000 };

static struct client *open_client(const char *url, enum dialect dialect, struct types *types)
{
    struct client *client = NULL;
    struct error err = {0};
    struct client_settings settings = {.base_url = url,
        .token = "pat-na1-sandbox-0000-0000",
        .dialect = dialect,
        .limits = {.in_flight = IN_FLIGHT},
        .timeout_ms = 60000,
        .stop_fd = -1};
    if (!client_open(&client, &settings, &err) ||
        !client_types(client, "deals", "contacts", types, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    client_bind(client, "deals", "contacts", types);
    return client;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 64;
    size_t records = strtoul(argv[3], NULL, 10);
    struct types types = {0};
    struct client *client = open_client(argv[1], (enum dialect)strtoul(argv[2], NULL, 10), &types);
    uint64_t *ids = calloc(records, sizeof *ids);
    struct client_request *requests = calloc(records / CHUNK + 1, sizeof *requests);
    if (ids == NULL || requests == NULL)
        return 70;
    for (size_t i = 0; i < records; i++)
        ids[i] = i + 1;
    size_t next = 0;
    size_t associations = 0;
    const struct client_reply *reply;
    struct error err = {0};
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    double start = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
        1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
    for (;;) {
        while (client_room(client) > 0 && next * CHUNK < records) {
            size_t left = records - next * CHUNK;
            requests[next] = (struct client_request){.call = CLIENT_READ,
                .from_ids = ids + next * CHUNK,
                .from_count = left < CHUNK ? left : CHUNK};
            client_submit(client, &requests[next++]);
        }
        if (!client_next(client, &reply, &err) || reply == NULL)
            break;
        associations += reply->rows_count;
        if (reply->outcome != CLIENT_ANSWERED)
            fprintf(stderr, "%s\n", reply->message);
    }
    (void)getrusage(RUSAGE_SELF, &use);
    double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
        1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) - start;
    printf("%s: %zu associations, %lu requests, %.3f s CPU (user and system), %.0f ns each, peak "
           "%ld KiB\n",
        err.kind == ERROR_NONE ? "ok" : err.text, associations,
        (unsigned long)client_requests(client), cpu, cpu * 1e9 / (double)associations,
        use.ru_maxrss);
    client_close(client);
    types_clear(&types);
    free(requests);
    free(ids);
    return 0;
}
