/*
 * json_judge.h: what tests of the JSON readers compare with: json-c as second witness, and an
 * answer's frame written out, however it was cut into pieces.
 */
#ifndef LIB_JSON_JUDGE_H
#define LIB_JSON_JUDGE_H

#include "base/attr.h"
#include "base/buf.h"

/* Whether json-c takes the text when it is strict. It takes more than RFC 8259: NaN, and members
 * that stand there twice. */
bool json_judge_takes(const char *text, size_t length);

/* How to feed a text: in one piece of `cut` bytes and then in pieces of `piece` bytes. */
struct json_feeding {
    size_t cut, piece;
    bool objects; /* those that lie whole in a piece are read where they are */
};

/* Adds what an envelope makes of the text: each item as `KEY= VALUE|`, `KEY[] |` or `KEY[
 * ELEMENT|`, then "end" or the reason of a refusal. Returns whether it was accepted to its end. */
bool json_judge_frame(struct buf *out, const char *text, size_t length, struct json_feeding how);

#endif
