/*
 * steps.h: the steps that do something; text is the rest of their line. README.md tells how each is
 * written.
 */
#ifndef E2E_STEPS_H
#define E2E_STEPS_H

#include "e2e/play.h"

void step_set(struct play *play, const char *text);
void step_want(struct play *play, const char *text);
void step_want_sql(struct play *play, const char *text);
void step_have(struct play *play, const char *text);
void step_have_sql(struct play *play, const char *text);
void step_lose(struct play *play, const char *text);
void step_seed(struct play *play, const char *text);
void step_account(struct play *play, const char *text);
void step_switch(struct play *play, const char *text);
void step_fault(struct play *play, const char *text);
void step_edit(struct play *play, const char *text);
void step_token(struct play *play, const char *text);
void step_elsewhere(struct play *play, const char *text);
void step_sql(struct play *play, const char *text);
void step_calm(struct play *play, const char *text);
void step_run(struct play *play, const char *text);
void step_assocd(struct play *play, const char *text);
void step_typed(struct play *play, const char *text);
void step_start(struct play *play, const char *text);
void step_await(struct play *play, const char *text);
void step_release(struct play *play, const char *text);
void step_signal(struct play *play, const char *text);
void step_finish(struct play *play, const char *text);

#endif
