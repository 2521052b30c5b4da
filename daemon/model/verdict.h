/*
 * verdict.h: what the guards say of a plan (plan/guard.h).
 */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

enum verdict_kind { VERDICT_PASS, VERDICT_WITHHOLD, VERDICT_REFUSE };

enum { VERDICT_TEXT_MAX = 900 };

struct verdict {
    enum verdict_kind kind;
    char guard[32]; /* its name: max_archive, source_shrink, … ; "" for PASS */
    char text[VERDICT_TEXT_MAX]; /* what tripped, by how much, the likely cause */
};

#endif
