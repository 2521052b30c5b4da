/*
 * fuzz.h: what every target has in common. A target is one function over any bytes; it links with
 * libFuzzer (`make fuzz`) or with replay.c, which feeds it the files of its corpus (`make check`).
 * Same bytes, same doings: no clock, no randomness, nothing kept from one call to the next.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/attr.h"

/* libFuzzer's name for it. The bytes stand in memory of exactly that size. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the program with that text unless it is so. */
void fuzz_require(bool so, const char *format, ...) PRINTF(2, 3);

#endif
