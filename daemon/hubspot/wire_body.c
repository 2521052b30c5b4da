/*
 * wire_body.c: the frame of every batch body, and the inputs of a read.
 */
#include "hubspot/wire.h"

void wire_begin(struct buf *body)
{
    buf_reset(body);
    buf_add_text(body, "{\"inputs\":[");
}

void wire_add_input(struct buf *body, const struct wire_input *input)
{
    if (body->bytes[body->length - 1] != '[')
        buf_add_char(body, ',');
    buf_add_text(body, "{\"id\":\"");
    buf_add_u64(body, input->id);
    buf_add_char(body, '"');
    if (input->after != NULL) {
        buf_add_text(body, ",\"after\":");
        buf_add_json(body, input->after);
    }
    buf_add_char(body, '}');
}

void wire_end(struct buf *body)
{
    buf_add_text(body, "]}");
}
