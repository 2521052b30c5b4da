"""The real things: a database of its own, a sandbox of its own, the binary. A bed serves one world
after another."""

import json
import os
import subprocess
import urllib.request

from hubspot import KINDS

TOKEN = "pat-na1-sandbox-0000-0000"
RUN = (
    "run_id",
    "status",
    "desired",
    "unchanged",
    "duplicates",
    "invalid",
    "created",
    "archived",
    "drift",
    "reported",
    "blocked",
    "skipped",
    "withheld",
    "rejected",
    "unverified",
    "guard",
    "error",
)


class Bed:
    def __init__(self, number):
        self.binary = os.path.abspath(os.environ.get("ASSOCD", "build/assocd"))
        self.dir = os.path.join(os.environ["TMPDIR"], f"model{number}")
        os.mkdir(self.dir)
        self.url = os.environ["ASSOCD_TEST_PG"].replace("/postgres?", f"/model{number}?")
        subprocess.run(
            ["psql", "-qX", os.environ["ASSOCD_TEST_PG"], "-c", f"create database model{number}"],
            check=True,
        )
        self.psql = subprocess.Popen(
            ["psql", "-qXAt", self.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.sandbox = subprocess.Popen(
            [os.environ.get("SANDBOX", "build/sandbox"), "--die-with-parent"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.base = self.sandbox.stdout.readline().strip()
        self.write("token", TOKEN, 0o400)
        self.sql(
            "create schema crm; create table crm.link (from_id text, to_id text, type text);"
            "create view crm.link_view as select * from crm.link;"
        )
        self.kind = None
        self.write("assocd.yaml", self.yaml(KINDS["deals-contacts"], None))
        self.assocd("init")
        tables = self.sql(
            "select string_agg(format('assocd.%I', relname), ', ') from pg_class"
            " where relkind = 'r'"
            " and relnamespace = 'assocd'::regnamespace and relname <> 'schema_version'"
        )
        self.empty = f"truncate {tables}, crm.link restart identity cascade;"

    def close(self):
        for process in (self.psql, self.sandbox):
            process.stdin and process.stdin.close()
            process.terminate()
            process.wait()

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.dir, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        return path

    # --- PostgreSQL ---

    def sql(self, text):
        self.psql.stdin.write(text.rstrip(";") + ";\n\\echo =done=\n")
        self.psql.stdin.flush()
        lines = []
        while (line := self.psql.stdout.readline().rstrip("\n")) != "=done=":
            if line.startswith("ERROR:") or not self.psql.poll() is None:
                raise RuntimeError(line)
            lines.append(line)
        return "\n".join(lines)

    def rows(self, query):
        return json.loads(self.sql(f"select coalesce(json_agg(q), '[]') from ({query}) q"))

    # --- HubSpot ---

    def http(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.base + "/_sandbox/" + path, data, timeout=30) as answer:
            return answer.read().decode()

    def links(self):
        seen = {}
        for line in self.http(
            f"dump?from={self.kind.from_type}&to={self.kind.to_type}"
        ).splitlines():
            f, t, category, number, _ = line.split("\t")
            seen.setdefault((int(f), int(t)), set()).add(self.kind.letter(category, int(number)))
        return seen

    def named(self, letter):
        category, number, _, _ = self.kind.types[letter]
        return {"category": category, "typeId": number}

    def edit(self, f, t, add, remove):
        """Somebody else."""
        way = {"from": self.kind.from_type, "to": self.kind.to_type, "pairs": [[f, t]]}
        for verb, letters in (("add", add), ("remove", remove)):
            if letters:
                self.http("edit", {verb: [{**way, "types": [self.named(x) for x in letters]}]})

    # --- a world ---

    def begin(self, kind, sync, replaces, first, records):
        self.kind = kind
        self.sql(self.empty)
        self.http("reset", {})
        self.http("switch", {"create": "replace" if replaces else "add", "first_primary": first})
        types = []
        for letter, (category, number, name, text) in kind.types.items():
            back = kind.inverse and kind.inverse[letter]
            if category == "USER_DEFINED" and not (back and back < letter):
                other = kind.types[back] if back else (category, number + 100, name, text + " of")
                types.append(
                    {
                        "from": kind.from_type,
                        "to": kind.to_type,
                        "category": category,
                        "typeId": number,
                        "name": name,
                        "label": text,
                        "inverse": {"typeId": other[1], "name": other[2], "label": other[3]},
                    }
                )
        ids = list(range(1, records + 1))
        self.http("seed", {"types": types, "records": {kind.from_type: ids, kind.to_type: ids}})
        self.configure(sync)

    def configure(self, sync):
        self.sync = sync
        self.write("assocd.yaml", self.yaml(self.kind, sync))

    def spelled(self, letter, sync):
        """A type as `types` and the table may name it."""
        category, number, name, text = self.kind.types[letter]
        forms = [f"{category}:{number}"]
        if letter in "PR":
            forms += [{"P": "plain", "R": "primary"}[letter], name]
        else:
            forms += [text]
            if sum(t[2] == name for t in self.kind.types.values()) == 1:
                forms += [name]
        return forms[sync.spelling % len(forms)]

    def yaml(self, kind, sync):
        text = [
            "version: 1",
            "database:",
            f"  url: {self.url}",
            "portals:",
            "  main:",
            f"    base_url: {self.base}",
            f"    token_file: {self.dir}/token",
        ]
        if sync is None:
            return "\n".join(text + ["syncs: {}"]) + "\n"
        types = []
        for letter in sync.types:
            form = self.spelled(letter, sync)
            category, number = self.kind.types[letter][:2]
            label = form == self.kind.types[letter][3]
            types.append(
                f"{{category: {category}, id: {number}}}"
                if ":" in form
                else f'"{form}"'
                if label
                else form
            )
        text += [
            f"    api: {sync.api}",
            "    limits: {requests_per_10s: 0}",
            "syncs:",
            "  links:",
            "    portal: main",
            f"    from: {(kind.from_type, self.singular(kind.from_type))[sync.spelling % 2]}",
            f"    to: {kind.to_type}",
            f"    types: [{', '.join(types)}]",
            "    source:",
            f"      table: {'crm.link_view' if sync.view else 'crm.link'}",
        ]
        if sync.typed:
            text.append("      columns: {type: type}")
        text += [
            f"    policy: {sync.policy}",
            f"    on_drift: {sync.on_drift}",
            "    schedule: manual",
            f"    guards: {{max_archive: {sync.max_archive}, max_archive_percent: {sync.percent}, "
            f"max_source_shrink_percent: {sync.shrink}, "
            f"allow_empty_source: {str(sync.allow_empty).lower()}}}",
            "    verify_delays: [1ms]",
        ]
        return "\n".join(text) + "\n"

    @staticmethod
    def singular(name):
        return {"contacts": "contact", "companies": "company", "deals": "deal"}[name]

    def fill(self, table, sync):
        """The source; a letter is written as some spelling of the type."""
        cell = lambda v: "null" if v is None else "'" + str(v).replace("?", "x") + "'"
        rows = []
        for f, t, x in table:
            if x is not None and x != "?":
                x = self.spelled(x, sync)
            rows.append(f"({cell(f)}, {cell(t)}, {cell(x)})")
        self.sql(
            "truncate crm.link"
            + ("; insert into crm.link values " + ", ".join(rows) if rows else "")
        )

    def assocd(self, *words):
        done = subprocess.run(
            [self.binary, "-c", os.path.join(self.dir, "assocd.yaml"), *words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def last_run(self):
        rows = self.rows(f"select {', '.join(RUN)} from assocd.run order by run_id desc limit 1")
        return rows[0] if rows else None

    def owned(self):
        return {
            (r["from_id"], r["to_id"], self.kind.letter(r["category"], r["type_id"])): r["origin"]
            for r in self.rows(
                "select from_id, to_id, category, type_id, origin from assocd.managed"
                " where released_at is null"
            )
        }

    def drift(self, number):
        """What somebody else did, as that run found it."""
        return {
            (r["from_id"], r["to_id"], self.kind.letter(r["category"], r["type_id"]))
            for r in self.rows(
                f"select c.* from assocd.drift d join assocd.change c using (run_id, operation,"
                f" from_id, to_id, reason, state) where run_id = {number}"
            )
        }
