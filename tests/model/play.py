"""Plays one world on both sides and compares after each step."""

import random
from dataclasses import replace

from hubspot import KINDS, PLAIN, PRIMARY, Account, show
from rules import BAD, Sync, World, read_table

RECORDS = 3


class Differs(Exception):
    pass


def make(seed):
    """A world: its start, and its steps. A step is plain data, so that a world can be shrunk."""
    r = random.Random(seed)
    kind = KINDS[r.choice(sorted(KINDS))]
    letters = sorted(kind.types)
    types = tuple(
        sorted(
            r.sample(letters, r.choice((1, 1, 2, 2, 3, len(letters))) if len(letters) > 2 else 1)
        )
    )
    strict = r.random() < 0.2
    sync = Sync(
        types=types,
        policy=r.choice(("mirror", "mirror_owned", "mirror_owned", "create_only")),
        on_drift=r.choice(("restore", "restore", "report")),
        api=r.choice(("v3", "v4", "2026-03", "2026-09")),
        typed=len(types) > 1 or r.random() < 0.5,
        allow_empty=r.random() < 0.7,
        spelling=r.randrange(6),
        max_archive=r.choice((500, 6)),
        percent=5 if strict else 50,
        shrink=10 if strict else 50,
    )
    start = dict(kind=kind.name, replaces=r.random() < 0.4, first=r.random() < 0.6, sync=sync)
    steps, table = [], []
    for _ in range(r.randrange(5, 11)):
        step, table = choose(r, kind, sync, table, first=not steps)
        steps.append(step)
        if step[0] == "plan":
            between, table = choose(r, kind, sync, table, first=True)
            steps += ([between] if r.random() < 0.5 else []) + [("apply",)]
        if step[0] == "set":
            sync = replace(sync, **step[1])
    return start, steps + [("rest",)]


def choose(r, kind, sync, table, first):
    what = (
        r.choices(
            ("table", "hubspot", "run", "plan", "undo", "set", "spell", "approve"),
            (24, 20, 30, 6, 8, 3, 2, 7),
        )[0]
        if not first
        else r.choice(("table", "hubspot"))
    )
    if what == "table":
        table = edit_table(r, kind, sync, table)
        return ("table", table), table
    if what == "hubspot":
        f, t = pick_pair(r, kind)
        add = "".join(r.sample(sorted(kind.types), r.choice((0, 1, 1, 2))))
        remove = r.choice(sorted(kind.types)) if not add or r.random() < 0.2 else ""
        return ("hubspot", f, t, add, remove), table
    if what == "undo":
        return ("undo", r.randrange(1, 3)), table
    if what == "set":
        change = r.choice(
            (
                dict(policy=r.choice(("mirror", "mirror_owned", "create_only"))),
                dict(on_drift=r.choice(("restore", "report"))),
                dict(view=not sync.view),
                dict(api=r.choice(("v3", "v4", "2026-03", "2026-09"))),
                dict(types=tuple(sorted(r.sample(sorted(kind.types), 2))), typed=True),
            )
        )
        return ("set", change), table
    if what == "spell":
        return ("set", dict(spelling=r.randrange(6))), table
    return (what,), table


def pick_pair(r, kind):
    while True:
        f, t = r.randrange(1, RECORDS + 1), r.randrange(1, RECORDS + 1)
        if f != t or not kind.same:
            return f, t


def edit_table(r, kind, sync, table):
    table = list(table)
    for _ in range(r.choice((1, 1, 2, 3))):
        what = r.random()
        if table and what < 0.4:
            table.pop(r.randrange(len(table)))
        elif what < 0.9:
            f, t = pick_pair(r, kind)
            x = r.choice(sync.types) if sync.typed else None
            if sync.typed and r.random() < 0.04:
                x = None
            # Two primary companies of one record are no wish that could be carried out.
            if (x or sync.types[0]) != PRIMARY or not any(
                row[kind.there] == (t if kind.there else f) and (row[2] or sync.types[0]) == PRIMARY
                for row in table
            ):
                table.append((f, None if r.random() < 0.1 else t, x))
        elif table and what < 0.95:
            table.append(r.choice(table))
        else:
            table.append(r.choice(((BAD, 1, None), (1, BAD, None), (None, 1, None), (1, 1, BAD))))
            if table[-1][2] == BAD and not sync.typed:
                table.pop()
    return table


class Play:
    def __init__(self, bed, start, trace=None):
        self.bed, self.kind = bed, KINDS[start["kind"]]
        self.world = World(Account(self.kind, first=start["first"]), start["sync"])
        bed.begin(self.kind, start["sync"], start["replaces"], start["first"], RECORDS)
        self.trace = trace

    def step(self, step):
        if step[0] == "rest":
            self.rest()
        else:
            getattr(self, "do_" + step[0])(*step[1:])
        self.compare_ends()

    def say(self, *words):
        if self.trace:
            self.trace(*words)

    # --- edits ---

    def do_table(self, table):
        self.world.table = [tuple(row) for row in table]
        self.bed.fill(table, self.world.sync)

    def do_hubspot(self, f, t, add, remove):
        account = self.world.account
        if add:
            account.create(f, t, set(add))
        if remove:
            account.archive(f, t, set(remove))
        self.bed.edit(f, t, add, remove)

    def do_set(self, change):
        self.world.sync = replace(self.world.sync, **change)
        self.bed.configure(self.world.sync)
        self.bed.fill(self.world.table, self.world.sync)

    # --- verbs ---

    def do_run(self):
        self.verb(self.world.run(), "run", "links")

    def do_plan(self):
        self.verb(self.world.plan(), "plan", "links")

    def do_apply(self):
        """The newest plan, held or not."""
        runs = self.world.runs
        if plans := [n for n, run in runs.items() if run["status"] in ("planned", "withheld")]:
            self.verb(self.world.apply(plans[-1]), "apply", str(plans[-1]))

    def do_undo(self, back):
        """The run before which `back` - 1 others have changed something."""
        done = [
            n for n, run in self.world.runs.items() if run["before"] and self.world.changed(run)
        ]
        number = done[-back] if len(done) >= back else len(self.world.runs)
        self.verb(self.world.undo(number), "undo", str(number))

    def do_approve(self):
        """As the guard's text says: assocd approve N && assocd apply N."""
        last = len(self.world.runs)
        run = self.world.runs.get(last)
        if run and run["status"] in ("refused", "withheld") and run["refusal"] != "empty_source":
            number = run["way_on"] or last
            self.world.approved.add(number)
            self.verb(dict(exit=0), "approve", str(number))
            self.verb(self.world.apply(number), "apply", str(number))

    def verb(self, expected, *words):
        before = self.bed.links()
        code, text = self.bed.assocd(*words)
        self.keep(before, self.bed.links(), words)
        row = self.bed.last_run() or {}
        actual = dict(row, exit=code, drift_view=self.bed.drift(row.get("run_id", 0)))
        self.say(*words, "->", {k: actual.get(k) for k in expected}, text.strip())
        wrong = [
            f"{k} {actual.get(k)}, expected {v}" for k, v in expected.items() if actual.get(k) != v
        ]
        if wrong:
            raise Differs(f"assocd {' '.join(words)}: {'; '.join(wrong)}\n{text}")

    def keep(self, before, after, words):
        """What holds whatever the model says: nothing of another type changes but the plain type
        and the primary mark, which come and go with others; what the table names stays."""
        touched = {
            (*pair, x)
            for pair in before.keys() | after.keys()
            for x in before.get(pair, set()) ^ after.get(pair, set())
        }
        gone = {c for c in touched if c[2] in before.get(c[:2], ())}
        types = set(self.world.sync.types)
        if self.kind.same:
            types |= {self.kind.inverse[x] for x in types}
        undo = (
            words[0] == "undo" or words[0] == "apply" and self.world.runs[int(words[1])]["undoes"]
        )
        if not undo and {x for _, _, x in touched} - types - {PLAIN, PRIMARY}:
            raise Differs(
                f"assocd {words[0]}: types that are not managed changed\n"
                f"{show(before)}\n{show(after)}"
            )
        named = self.world.facts(read_table(self.world.table, self.world.sync)[0])
        if not undo and self.world.facts(gone) & named:
            raise Differs(
                f"assocd {words[0]}: archived what the table names\n{show(before)}\n{show(after)}"
            )

    def rest(self):
        """A second run finds nothing to do; a third, where HubSpot has marked a company by
        itself."""
        for _ in range(3 if self.world.account.first and PRIMARY in self.world.sync.types else 2):
            self.do_run()
            self.compare_ends()
        row = self.bed.last_run()
        if row["created"] or row["archived"]:
            raise Differs("assocd run: changes something although nobody else has")

    def compare_ends(self):
        actual, expected = self.bed.links(), self.world.account.dump()
        if actual != expected:
            raise Differs(f"HubSpot has {show(actual)}\nexpected    {show(expected)}")
        actual, expected = self.bed.owned(), self.world.owned
        if actual != expected:
            raise Differs(f"the owned set has {owned(actual)}\nexpected         {owned(expected)}")


def owned(managed):
    return " ".join(f"{f}-{t}:{x}:{o}" for (f, t, x), o in sorted(managed.items())) or "-"
