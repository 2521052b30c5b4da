/*
 * matrix.h: a case ends the same in every dialect: HubSpot's associations and the job log.
 */
#ifndef E2E_MATRIX_H
#define E2E_MATRIX_H

#include "e2e/play.h"

/* Compares how the case ended with how it ended in the dialect it was played in before. What is
 * compared are the columns of the job log that do not count requests, and all associations. */
void matrix_check(struct play *play);

#endif
