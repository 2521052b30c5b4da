"""The rules of config/README.md as they can be executed; each function states the sentence it is.

Written apart from daemon/: nobody has looked there. A change is (from, to, letter) in the direction
of the sync; a fact is the same whichever of two records of one object type it is seen from.
"""

from dataclasses import dataclass, field

from hubspot import PLAIN, PRIMARY

PLANNED, REFUSED, WITHHELD = "planned", "refused", "withheld"
SUCCEEDED, NO_CHANGE, PARTIAL = "succeeded", "no_change", "partial"
EXIT = {PLANNED: 0, SUCCEEDED: 0, NO_CHANGE: 0, PARTIAL: 3, REFUSED: 4, WITHHELD: 4}
BAD = "?"  # a cell that is no record id, or no type of the sync


@dataclass
class Sync:
    """What the configuration says of the sync."""

    types: tuple
    policy: str = "mirror"
    on_drift: str = "restore"
    api: str = "2026-09"
    typed: bool = True  # source.columns.type is set
    view: bool = False  # source.table is a view of the same table
    max_archive: int = 500
    percent: int = 50
    shrink: int = 50
    allow_empty: bool = True
    spelling: int = 0  # which of the names that mean the same are written

    def meaning(self):
        """README: "a mapping that changed since the last good run (object types,
        account, types, table or query, its database, policy)"; how it is spelled is none of
        it."""
        return (frozenset(self.types), self.policy, self.typed, self.view)


@dataclass
class Plan:
    create: dict = field(default_factory=dict)  # change -> reason
    archive: dict = field(default_factory=dict)
    reported: dict = field(default_factory=dict)
    blocked: set = field(default_factory=set)
    skipped: set = field(default_factory=set)
    unchanged: set = field(default_factory=set)
    desired: int = 0
    invalid: int = 0
    duplicates: int = 0
    rows: int = 0
    drift_view: set = field(default_factory=set)

    def records(self):
        """The from-records that it changes."""
        return {c[0] for c in self.create | self.archive}


def read_table(table, sync):
    """README: "Any table with from_id, to_id and a type. to_id NULL means: this record should
    have none." Duplicates collapse; a row that cannot be meant is counted and left out."""
    desired, scope, invalid, seen = set(), set(), 0, []
    for f, t, x in table:
        letter = type_of(x, t, sync)
        if f in (None, BAD) or t == BAD or letter == BAD:
            invalid += 1
            continue
        scope.add(f)
        seen.append((f, t, letter))
        if t is not None:
            desired.add((f, t, letter))
    return desired, scope, invalid, len(seen) - len(set(seen))


def type_of(cell, to, sync):
    """README: "if the sync manages several types, a type"; an empty cell is the plain type where
    that is managed, else no type at all. Without the column the sole type is meant. Without a
    to_id it means nothing, "but what is written there must be a type of the sync, too"."""
    if to is None and (cell is None or not sync.typed or cell in sync.types):
        return None
    if not sync.typed:
        return sync.types[0]
    if cell is None:
        return PLAIN if PLAIN in sync.types else BAD
    return cell if cell in sync.types else BAD


class World:
    """What assocd is to know between two runs, and the account."""

    def __init__(self, account, sync):
        self.account, self.kind, self.sync = account, account.kind, sync
        self.table = []
        self.owned = {}  # the owned set: change -> created or adopted
        self.accepted = None  # the mapping of the last good run, or of an approval
        self.good = None  # desired associations of the last good run
        self.runs = {}
        self.approved = set()

    # --- records of one object type ---

    def fact(self, change):
        """README: "Between records of one object type a link is seen from both records"."""
        f, t, x = change
        return min(change, (t, f, self.kind.inverse[x])) if self.kind.same else change

    def facts(self, changes):
        return {self.fact(c) for c in changes}

    # --- comparing ---

    def compare(self, records=None):
        """`records`: those of a saved plan; nothing else is looked at."""
        plan = Plan()
        desired, scope, plan.invalid, plan.duplicates = read_table(self.table, self.sync)
        plan.desired, plan.rows = len(desired), len(self.table)
        if self.refusal(plan) == "empty_source":
            return plan  # HubSpot is not read
        scope |= {f for f, _, _ in self.owned}
        scope &= scope if records is None else records
        wishes = self.facts(desired)
        pairs = {(f, t) for f in scope for t in self.account.to_of(f)}
        pairs |= {c[:2] for c in desired if c[0] in scope}
        for pair in sorted(pairs):
            self.compare_pair(plan, pair, desired, wishes)
        for pair in sorted(pairs):
            self.keep_together(plan, pair, wishes)
        return plan

    def compare_pair(self, plan, pair, desired, wishes):
        """README: "A sync touches only the association types in its `types`, and only records
        that the table names or that it owns associations of"."""
        have = {(*pair, x) for x in self.account.at(*pair)}
        want = {c for c in desired if c[:2] == pair}
        plan.unchanged |= want & have
        if want and PLAIN in self.sync.types:
            # The plain type comes with any other, and is not asked for where that is only reported.
            restores = self.sync.on_drift == "restore" or not (want - have) <= self.owned.keys()
            want |= {(*pair, PLAIN)} if have or restores else set()
        for change in want - have:
            self.sort(plan, plan.create, change, "removed" if change in self.owned else "added")
        for change in have - want:
            if change[2] not in self.sync.types or not self.may_archive(change):
                continue
            if self.fact(change) in wishes or change[2] == PLAIN and self.linked(pair, wishes):
                plan.skipped.add(change)
            else:
                self.sort(
                    plan, plan.archive, change, "removed" if change in self.owned else "added"
                )

    def linked(self, pair, wishes):
        """The plain type is there with any other: it is wished where any other is."""
        return any(c[:2] == pair or self.kind.same and c[1::-1] == pair for c in wishes)

    def may_archive(self, change):
        """The table of policies: nothing; what assocd created or the table once named; every
        association of its types that the table does not name."""
        policy = self.sync.policy
        return policy == "mirror" or policy == "mirror_owned" and change in self.owned

    def sort(self, plan, into, change, what):
        """README: "`on_drift: restore` undoes what somebody changed in HubSpot; `report` only
        counts it": somebody has removed what is owned, or added what is not."""
        drift = what == ("removed" if into is plan.create else "added")
        if drift:
            plan.drift_view.add(change)
        if drift and self.sync.on_drift == "report":
            plan.reported[change] = what
        else:
            into[change] = ("drift_" if drift else "source_") + what

    def keep_together(self, plan, pair, wishes):
        """README: "Labels that the sync does not manage survive: the plain type, whose removal
        would take them along, is then kept and reported as `blocked`". The primary mark of a
        pair goes with it."""
        plain = (*pair, PLAIN)
        if plain not in plan.archive:
            return
        going = self.facts(plan.archive)
        for x in self.account.at(*pair) - {PLAIN}:
            change = (*pair, x)
            if x == PRIMARY and change not in plan.reported:
                continue
            if self.fact(change) not in going:
                del plan.archive[plain]
                plan.blocked.add(plain)
                return

    # --- guards ---

    def refusal(self, plan):
        """README: "Others refuse the whole plan: an empty source, a mapping that means something
        else than in the last good run"."""
        if plan.rows == 0 and not self.sync.allow_empty:
            return "empty_source"
        if self.accepted is not None and self.accepted != self.sync.meaning():
            return "changed_mapping"
        return None

    def withheld(self, plan):
        """README: "Some guards withhold the archives only; creates go on"."""
        if plan.invalid:
            return "invalid_rows"
        if self.good and (self.good - plan.desired) * 100 > self.sync.shrink * self.good:
            return "max_source_shrink_percent"
        return "max_archive" if len(plan.archive) > self.allowed() else None

    def allowed(self):
        """README: "more than the 5 allowed (max_archive 500, max_archive_percent 5 of 0
        managed)"."""
        return max(5, min(self.sync.max_archive, len(self.owned) * self.sync.percent // 100))

    # --- verbs ---

    def plan(self):
        """README: "writes nothing to HubSpot"."""
        plan = self.compare()
        out = self.outcome(plan)
        refusal, held = self.refusal(plan), self.withheld(plan)
        status = REFUSED if refusal else WITHHELD if held and plan.archive else PLANNED
        self.note(plan, status)["refusal"] = refusal
        # "finished with rejects …; a plan that leaves such out"
        code = EXIT[PARTIAL if status == PLANNED and plan.invalid else status]
        out.update(status=status, exit=code, created=0, archived=0)
        return out

    def run(self):
        plan = self.compare()
        out = self.outcome(plan)
        out.update(drift_view=plan.drift_view)
        refusal, held = self.refusal(plan), self.withheld(plan)
        if refusal:
            self.note(plan, REFUSED)["refusal"] = refusal
            out.update(status=REFUSED, exit=4, created=0, archived=0)
            return out
        archive = {} if held else plan.archive
        if self.accepted is None:
            self.accepted = self.sync.meaning()
        run = self.note(plan, None)
        self.carry_out(run, plan.create, archive)
        self.own(plan, plan.create, archive)
        if held and plan.archive:
            status = WITHHELD
        elif plan.invalid:
            status = PARTIAL
        else:
            status = SUCCEEDED if plan.create or archive else NO_CHANGE
        if not held:
            self.accepted, self.good = self.sync.meaning(), plan.desired
        run["status"] = status
        out.update(
            status=status,
            exit=EXIT[status],
            created=len(plan.create),
            archived=len(archive),
            withheld=len(plan.archive) if status == WITHHELD else 0,
        )
        return out

    def outcome(self, plan):
        return dict(
            invalid=plan.invalid,
            duplicates=plan.duplicates,
            desired=plan.desired,
            blocked=len(plan.blocked),
            skipped=len(plan.skipped),
            reported=len(plan.reported),
        )

    def note(self, plan, status):
        run = dict(
            plan=plan,
            status=status,
            used=False,
            before=None,
            after=None,
            refusal=None,
            undoes=None,
            way_on=None,
            create={},
            archive={},
            owned=dict(self.owned),
        )
        self.runs[len(self.runs) + 1] = run
        return run

    def carry_out(self, run, create, archive):
        """Creates first, then archives, each in the order of the ids; a create takes nothing
        away."""
        run["before"], run["create"], run["archive"] = self.account.copy(), create, archive
        for pair in sorted({c[:2] for c in create}):
            self.account.create(*pair, {x for f, t, x in create if (f, t) == pair})
        for pair in sorted({c[:2] for c in archive}):
            self.account.archive(*pair, {x for f, t, x in archive if (f, t) == pair})
        run["after"] = self.account.copy()

    def own(self, plan, create, archive, records=None):
        """The owned set: "what assocd created, or what the table once named". `records`: those that
        were looked at, where it was not all."""
        for change in create:
            self.owned.setdefault(change, "created")
        named = read_table(self.table, self.sync)[0]
        for change in plan.unchanged & named:
            if records is None or change[0] in records:
                self.owned.setdefault(change, "adopted")
        for change in archive:
            self.owned.pop(change, None)

    def apply(self, number):
        """README: "exactly that plan"; pairs changed since are left out. An approval is used once.
        "Guards check a plan again when it is applied: once the reason is gone, it needs no
        approval; if a guard stops archives only then, the creates are applied and the archives
        wait under the number of the new run"."""
        stored, approved = self.runs[number], number in self.approved
        if stored["undoes"] and approved:
            return self.undo(stored["undoes"], approved)
        if stored["used"] or not (approved or stored["plan"].create or stored["plan"].archive):
            return dict(exit=7)
        old = stored["plan"]
        plan = self.compare(old.records())
        new = (plan.create.keys() - old.create.keys()) | (plan.archive.keys() - old.archive.keys())
        left_out = {c[:2] for c in new}
        create, wanted = (
            {c: r for c, r in then.items() if c in now and c[:2] not in left_out}
            for then, now in ((old.create, plan.create), (old.archive, plan.archive))
        )
        if not approved and (refusal := self.refusal(plan)):
            self.note(plan, REFUSED).update(refusal=refusal, way_on=number)
            return dict(status=REFUSED, exit=4 if refusal == "empty_source" else 7)
        plan.archive = wanted
        held = None if approved else self.withheld(plan)
        if held and wanted and (not create or stored["status"] != PLANNED):
            self.note(plan, REFUSED)["way_on"] = number
            return dict(exit=7)
        archive = {} if held else wanted
        stored["used"] = True
        run = self.note(plan, None)
        self.carry_out(run, create, archive)
        self.own(
            plan, create, archive, {c[0] for c in stored["plan"].create | stored["plan"].archive}
        )
        if approved or self.accepted is None or not held:
            self.accepted = self.sync.meaning()
        if held is None and not plan.invalid:
            self.good = stored["plan"].desired
        left = plan.invalid
        status = WITHHELD if held and wanted else PARTIAL if left else None
        return self.ended(run, status, create, archive)

    def ended(self, run, status, create, archive):
        run["status"] = status or (SUCCEEDED if create or archive else NO_CHANGE)
        return dict(
            status=run["status"],
            exit=EXIT[run["status"]],
            created=len(create),
            archived=len(archive),
        )

    # --- undo ---

    def undo(self, number, approved=False):
        """README: "takes back what the run did as far as nobody has changed it since"; "judged
        and applied"."""
        run = self.runs.get(number)
        if run is None:
            return dict(exit=64)
        if run["before"] is None or not self.changed(run):
            return dict(exit=7)
        back = self.taken_back(run)
        archive = {(*p, x) for p, types in back.items() for x in self.account.at(*p) - types}
        create = {(*p, x) for p, types in back.items() for x in types - self.account.at(*p)}
        new = self.note(Plan(), None)
        new["undoes"] = number
        create_only = self.sync.policy == "create_only"
        asked = self.facts(archive) & self.facts(run["create"])  # the others go along
        if not approved and asked and (create_only or len(asked) > self.allowed()):
            new["status"] = WITHHELD
            return dict(status=WITHHELD, exit=4)
        self.carry_out(new, create, archive)
        gone, back = self.facts(archive), self.facts(create)
        self.owned = {c: o for c, o in self.owned.items() if self.fact(c) not in gone}
        self.owned.update({c: o for c, o in run["owned"].items() if self.fact(c) in back})
        new["status"] = SUCCEEDED if create or archive else NO_CHANGE
        return dict(status=new["status"], exit=0)

    def changed(self, run):
        before, after = run["before"].links, run["after"].links
        return [
            pair
            for pair in sorted(before.keys() | after.keys())
            if before.get(pair) != after.get(pair)
        ]

    def taken_back(self, run):
        """What each pair is to carry again. README: "Every record that the run changed is again
        as it was before, except what others have changed since"."""
        back = {}
        for pair in self.changed(run):
            before, after, now = (a.at(*pair) for a in (run["before"], run["after"], self.account))
            if after and not now:
                continue  # others have unlinked it
            types = (now - (after - before)) | (before - after)
            alone = not self.kind.there and not run["before"].to_of(pair[0])
            if alone and PLAIN in after - before:
                # "on a record that had no company before the run, a mark on what the run linked is
                # taken for HubSpot's own; where a sync goes from companies, a mark that the run saw"
                types.discard(PRIMARY)
            self.leave_out(run, pair, types)
            if types:
                types.add(PLAIN)  # "so does a link on which somebody has built"
                # with the mark that HubSpot gave it, as it would have for them
                if (*pair, PRIMARY) not in run["create"]:
                    types |= now & (after - before) & {PRIMARY}
            back[pair] = types
        for (f, t), types in back.items():
            if PRIMARY in types - self.account.at(f, t) and self.marked(f, t, back):
                types.discard(PRIMARY)
        return back

    def leave_out(self, run, pair, types):
        """README: "Types that the sync no longer manages are left out": what the run gave stays,
        what it took away does not come back, nor what went along with a link."""
        now = self.account.at(*pair)
        made, lost = (
            {
                x
                for f, t, x in self.facts(c for c in changes if c[2] not in self.sync.types)
                if (f, t) == pair
            }
            for changes in (run["create"], run["archive"])
        )
        types |= made & now
        if PLAIN in lost - now:
            types -= {PRIMARY} - now
        types -= lost - now

    def marked(self, f, t, back):
        """README: "A mark that somebody has given to another company since stays there"."""
        others = (o for o in self.account.companies_of(f, t) if o != (f, t))
        return any(PRIMARY in back.get(o, self.account.at(*o)) for o in others)
