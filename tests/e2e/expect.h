/*
 * expect.h: the steps that say what must be true; text is the rest of their line.
 */
#ifndef E2E_EXPECT_H
#define E2E_EXPECT_H

#include "e2e/play.h"

/* "exit=0 status=succeeded created=2": the exit code and columns of the newest run's row. */
void expect_outcome(struct play *play, const struct process *process, const char *text);

/* HubSpot's associations: exactly these words, in order of ids. */
void expect_after(struct play *play, const char *text);

/* "SELECT … => TEXT" */
void expect_query(struct play *play, const char *text);

/* Parts of the newest run's texts and of the last command's output. */
void expect_guard(struct play *play, const char *text);
void expect_error(struct play *play, const char *text);
void expect_out(struct play *play, const char *text);
void expect_lacks(struct play *play, const char *text);
void expect_err(struct play *play, const char *text);

/* At most so many requests (exactly so many writing ones) of the last command. */
void expect_requests(struct play *play, const char *text);
void expect_writes(struct play *play, const char *text);

/* The token is in no byte of a dump of the database. */
void expect_secret(struct play *play, const char *text);

/* What HubSpot has, as the words of `after`; owned by the caller. */
char *expect_dump(struct play *play);

#endif
