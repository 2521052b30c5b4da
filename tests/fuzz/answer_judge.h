/*
 * answer_judge.h: what the answers really said, as json-c reads them: the client may believe less
 * of it, and never anything else.
 */
#ifndef FUZZ_ANSWER_JUDGE_H
#define FUZZ_ANSWER_JUDGE_H

#include "fuzz/answer_http.h"
#include "hubspot/client.h"

/* Judges a reply by all answers that were taken for it. */
void answer_judge(const struct client_reply *reply, const struct answer *answers, size_t count);

/* True if an entry of results has this id. */
bool answer_judge_has_record(uint64_t id, const struct answer *answers, size_t count);

#endif
