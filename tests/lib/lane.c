/*
 * lane.c: one direction of a connection that pgproxy stands in.
 */
#include "lib/lane.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

size_t lane_message(const char *bytes, size_t count, bool typed)
{
    size_t head = typed ? 1 : 0;
    uint32_t length = 0;
    if (count < head + sizeof length)
        return 0;
    memcpy(&length, bytes + head, sizeof length);
    size_t whole = head + ntohl(length);
    return count >= whole ? whole : 0;
}

void lane_drop(struct buf *buf, size_t count)
{
    assert(count <= buf->length);
    if (count == 0)
        return;
    buf->length -= count;
    memmove(buf->bytes, buf->bytes + count, buf->length + 1);
}

bool lane_fill(int fd, struct lane *lane)
{
    char bytes[65536];
    ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0)
        buf_add(&lane->in, bytes, (size_t)got);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool lane_flush(int fd, struct lane *lane)
{
    if (lane->out.length == 0)
        return true;
    ssize_t sent = send(fd, lane->out.bytes, lane->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        lane_drop(&lane->out, (size_t)sent);
    return sent >= 0 || errno == EAGAIN || errno == EINTR;
}

void lane_clear(struct lane *lane)
{
    buf_clear(&lane->in);
    buf_clear(&lane->out);
}
