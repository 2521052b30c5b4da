/*
 * judge.h: between planning and writing: may this plan be applied?
 */
#ifndef SYNC_JUDGE_H
#define SYNC_JUDGE_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

/* Takes out what is quarantined or not in the saved plan being applied, fixes the digest, asks the
 * guards, uses an approval if there is one. ERROR_REFUSED: an integrity guard stopped everything;
 * ERROR_STALE: the saved plan lacks its approval; true with run->verdict WITHHOLD: no archives. */
MUST_CHECK bool judge_plan(struct run *run, struct error *err);

#endif
