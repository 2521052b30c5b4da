/*
 * guard.c: the guards, each a few lines of arithmetic and one sentence.
 */
#include "plan/guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/text.h"

/* Owning little must not make a percentage forbid everything. */
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
            "the source is empty. This usually means a failed load or the wrong table. If you do "
            "want no associations, set guards.allow_empty_source: true");
    return (struct verdict){.kind = VERDICT_PASS};
}

struct verdict guard_mapping(const struct guard_facts *facts)
{
    char was[MAPPING_PART_MAX], is[MAPPING_PART_MAX];
    if (facts->good_mapping == NULL ||
        mapping_same(facts->good_mapping, facts->mapping, facts->sync))
        return (struct verdict){.kind = VERDICT_PASS};
    mapping_difference(facts->good_mapping, facts->mapping, was, is);
    return trip(VERDICT_REFUSE, "changed_mapping",
        "the sync's mapping changed since the last good run (was: %s; now: %s)", was, is);
}

/* What one plan cannot see by itself, or what must not be decided without a person. */
static struct verdict guard_slow(const struct guards *guards, const struct guard_facts *facts)
{
    char archives[AMOUNT_TEXT_MAX], others[AMOUNT_TEXT_MAX];
    (void)amount_text(facts->to_archive, "archives", archives);
    if (facts->replica)
        return trip(VERDICT_WITHHOLD, "replica",
            "the source is a standby server, which may lag behind: a row that it has not received "
            "yet would look like a deletion (%s). Read the primary server, or set "
            "source.allow_replica: true",
            archives);
    if (facts->create_only)
        return trip(VERDICT_WITHHOLD, "create_only",
            "%s planned by an undo, but the sync's policy is create_only", archives);
    if (guards->max_archive_per_record > 0 &&
        facts->record_archives > (uint64_t)guards->max_archive_per_record)
        return trip(VERDICT_WITHHOLD, "max_archive_per_record",
            "record %llu would lose %s in this plan, more than the limit of %lld; this is typical "
            "of a merged or mistyped record in the source",
            (unsigned long long)facts->record_id,
            amount_text(facts->record_archives, "associations", others),
            (long long)guards->max_archive_per_record);
    if (guards->max_archive_day > 0 &&
        facts->to_archive + facts->archived_day > (uint64_t)guards->max_archive_day)
        return trip(VERDICT_WITHHOLD, "max_archive_day",
            "%s, after %s in the last 24 hours, more than the limit of %lld a day; this is typical "
            "of a source that loses rows little by little",
            archives, amount_number(facts->archived_day, others),
            (long long)guards->max_archive_day);
    return (struct verdict){.kind = VERDICT_PASS};
}

static struct verdict guard_volume(const struct guards *guards, const struct guard_facts *facts)
{
    char archives[AMOUNT_TEXT_MAX], number[AMOUNT_NUMBER_MAX];
    if (facts->invalid > 0)
        return trip(VERDICT_WITHHOLD, "invalid_rows",
            "%s %s invalid. Archiving is withheld, because a skipped row would look like a "
            "deletion. Fix them and run again; list them with: assocd rejects",
            amount_text(facts->invalid, "source rows", archives),
            facts->invalid == 1 ? "is" : "are");
    if ((double)facts->pending * 100.0 > (double)facts->pending_of * guards->max_pending_percent)
        return trip(VERDICT_WITHHOLD, "max_pending_percent",
            "%s of %s wait for keys that HubSpot does not resolve (limit %g %%); a changed format "
            "of the keys, the wrong property or a missing scope looks like this. List them with: "
            "assocd rejects",
            amount_number(facts->pending, number),
            amount_text(facts->pending_of, "source rows", archives), guards->max_pending_percent);
    /* No division: whole percentages are compared exactly. */
    double lost = (double)facts->good_desired - (double)facts->desired;
    if (facts->good_known &&
        lost * 100.0 > (double)facts->good_desired * guards->max_source_shrink_percent)
        return trip(VERDICT_WITHHOLD, "max_source_shrink_percent",
            "the source shrank from %llu to %llu associations since the last good run (%.1f %%, "
            "limit %g %%); this is typical of a table that is still being loaded",
            (unsigned long long)facts->good_desired, (unsigned long long)facts->desired,
            100.0 * lost / (double)facts->good_desired, guards->max_source_shrink_percent);
    uint64_t limit = guard_archive_limit(guards, facts->managed);
    uint64_t lately = facts->archived_lately;
    if (facts->to_archive + lately > limit && lately > 0)
        return trip(VERDICT_WITHHOLD, "max_archive",
            "%s, after %s by other runs of changes in the last hour (since the last good full "
            "run), more than the limit of %llu (max_archive %lld, max_archive_percent %g)",
            amount_text(facts->to_archive, "archives", archives), amount_number(lately, number),
            (unsigned long long)limit, (long long)guards->max_archive, guards->max_archive_percent);
    if (facts->to_archive > limit)
        return trip(VERDICT_WITHHOLD, "max_archive",
            "%s, more than the limit of %llu (max_archive %lld, max_archive_percent %g of %s "
            "owned); this is typical of a wrong table or filter, or of a deletion in bulk",
            amount_text(facts->to_archive, "archives", archives), (unsigned long long)limit,
            (long long)guards->max_archive, guards->max_archive_percent,
            amount_number(facts->managed, number));
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
