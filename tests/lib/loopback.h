/*
 * loopback.h: what servers on 127.0.0.1 share.
 */
#ifndef LIB_LOOPBACK_H
#define LIB_LOOPBACK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr_in loopback(uint16_t port);

/* Writes all bytes to a blocking descriptor; false if the other side is gone. */
bool write_all(int fd, const char *bytes, size_t count);

#endif
