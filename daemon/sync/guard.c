/*
 * guard.c: the guards, each a few lines of arithmetic and one sentence.
 */
#include "sync/guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sync/mapping.h"

/* A tiny registry must not make a percentage forbid everything (DESIGN 4). */
enum { ARCHIVES_ALWAYS_ALLOWED = 5 };

static struct verdict trip(enum verdict_kind kind, const char *guard, const char *format, ...)
    PRINTF(3, 4);

static struct verdict trip(enum verdict_kind kind, const char *guard, const char *format, ...)
{
    struct verdict verdict = {.kind = kind};
    (void)snprintf(verdict.guard, sizeof verdict.guard, "%s", guard);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(verdict.text, sizeof verdict.text, format, args);
    va_end(args);
    text_trim(verdict.text);
    return verdict;
}

uint64_t guard_archive_limit(const struct guards *guards, uint64_t managed)
{
    double share = (double)managed * guards->max_archive_percent / 100.0;
    if (share < (double)ARCHIVES_ALWAYS_ALLOWED)
        share = ARCHIVES_ALWAYS_ALLOWED;
    return share < (double)guards->max_archive ? (uint64_t)share : (uint64_t)guards->max_archive;
}

struct verdict guard_source(const struct guards *guards, const struct guard_facts *facts)
{
    if (facts->source_rows == 0 && facts->invalid == 0 && !guards->allow_empty_source)
        return trip(VERDICT_REFUSE, "empty_source",
            "the source has no rows at all; a load that failed or a wrong table is likelier than "
            "the wish "
            "to have no associations; if it is the wish, set guards.allow_empty_source: true");
    return (struct verdict){.kind = VERDICT_PASS};
}

struct verdict guard_mapping(const struct guard_facts *facts)
{
    if (facts->good_fingerprint != NULL &&
        !mapping_same(facts->good_fingerprint, facts->fingerprint, facts->sync))
        return trip(VERDICT_REFUSE, "changed_mapping",
            "the sync means something else than in its last good run: then %s; now %s",
            facts->good_fingerprint, facts->fingerprint);
    return (struct verdict){.kind = VERDICT_PASS};
}

/* What one plan cannot see by itself, or what must not be decided without a person. */
static struct verdict guard_slow(const struct guards *guards, const struct guard_facts *facts)
{
    if (facts->replica)
        return trip(VERDICT_WITHHOLD, "replica",
            "the source is a standby server and may lag behind: an association that it does not "
            "name yet looks like one to archive (%llu); read the primary server, or set "
            "source.allow_replica: true",
            (unsigned long long)facts->to_archive);
    if (facts->create_only)
        return trip(VERDICT_WITHHOLD, "create_only",
            "%llu archives, and the sync's policy is create_only; an undo asks for it",
            (unsigned long long)facts->to_archive);
    if (guards->max_archive_per_record > 0 &&
        facts->record_archives > (uint64_t)guards->max_archive_per_record)
        return trip(VERDICT_WITHHOLD, "max_archive_per_record",
            "record %llu would lose %llu associations in this plan, more than the %lld allowed; a "
            "merged or mistyped record in the source looks like this",
            (unsigned long long)facts->record_id, (unsigned long long)facts->record_archives,
            (long long)guards->max_archive_per_record);
    if (guards->max_archive_day > 0 &&
        facts->to_archive + facts->archived_day > (uint64_t)guards->max_archive_day)
        return trip(VERDICT_WITHHOLD, "max_archive_day",
            "%llu archives after %llu in the last 24 hours are more than the %lld allowed in a "
            "day; a source that loses rows little by little looks like this",
            (unsigned long long)facts->to_archive, (unsigned long long)facts->archived_day,
            (long long)guards->max_archive_day);
    return (struct verdict){.kind = VERDICT_PASS};
}

static struct verdict guard_volume(const struct guards *guards, const struct guard_facts *facts)
{
    if (facts->invalid > 0)
        return trip(VERDICT_WITHHOLD, "invalid_rows",
            "%llu rows of the source cannot be meant, and a row that is left out looks like one to "
            "archive; "
            "repair them (table assocd.reject names them)",
            (unsigned long long)facts->invalid);
    /* No division: whole percentages are compared exactly. */
    double lost = (double)facts->good_desired - (double)facts->desired;
    if (facts->good_known &&
        lost * 100.0 > (double)facts->good_desired * guards->max_source_shrink_percent)
        return trip(VERDICT_WITHHOLD, "max_source_shrink_percent",
            "the source shrank from %llu to %llu associations since the last good run (%.1f %%, "
            "limit %g %%); "
            "a half loaded table looks like this",
            (unsigned long long)facts->good_desired, (unsigned long long)facts->desired,
            100.0 * lost / (double)facts->good_desired, guards->max_source_shrink_percent);
    uint64_t limit = guard_archive_limit(guards, facts->managed);
    uint64_t lately = facts->archived_lately;
    if (facts->to_archive + lately > limit && lately > 0)
        return trip(VERDICT_WITHHOLD, "max_archive",
            "%llu archives after %llu by other runs of changes since the last good full run, in "
            "the "
            "last hour, are more than the %llu allowed (max_archive %lld, max_archive_percent %g)",
            (unsigned long long)facts->to_archive, (unsigned long long)lately,
            (unsigned long long)limit, (long long)guards->max_archive, guards->max_archive_percent);
    if (facts->to_archive > limit)
        return trip(VERDICT_WITHHOLD, "max_archive",
            "%llu archives are more than the %llu allowed (max_archive %lld, max_archive_percent "
            "%g of %llu managed); a wrong table or filter, or a deletion in bulk, looks like this",
            (unsigned long long)facts->to_archive, (unsigned long long)limit,
            (long long)guards->max_archive, guards->max_archive_percent,
            (unsigned long long)facts->managed);
    return (struct verdict){.kind = VERDICT_PASS};
}

struct verdict guard_plan(const struct guards *guards, const struct guard_facts *facts)
{
    struct verdict verdict = guard_source(guards, facts);
    if (verdict.kind == VERDICT_PASS)
        verdict = guard_mapping(facts);
    if (verdict.kind == VERDICT_PASS && facts->to_archive > 0)
        verdict = guard_volume(guards, facts);
    if (verdict.kind == VERDICT_PASS && facts->to_archive > 0)
        verdict = guard_slow(guards, facts);
    return verdict;
}
