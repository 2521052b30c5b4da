"""Kinds of worlds in which assocd is known not to follow its rules yet. They are left out of the
share of `make check`, which says how many and why; --all plays them too."""

from hubspot import KINDS


def tables(steps):
    return [step[1] for step in steps if step[0] == "table"]


def empty_cell(start, steps):
    return any(x is None and t is not None for table in tables(steps) for _, t, x in table) and (
        start["sync"].typed or any("typed" in step[1] for step in steps if step[0] == "set")
    )


def spelled_anew(start, steps):
    return any("spelling" in step[1] for step in steps if step[0] == "set")


def one_object_type(start, steps):
    changed = any("types" in step[1] for step in steps if step[0] == "set")
    types = set(start["sync"].types)
    return KINDS[start["kind"]].same and (len(types) > 1 or types & {"M", "E"} or changed)


def names_in_v3(start, steps):
    apis = {start["sync"].api} | {s[1].get("api") for s in steps if s[0] == "set"}
    return KINDS[start["kind"]].same and "v3" in apis


def undone(start, steps):
    return any(step[0] == "undo" for step in steps) and (
        start["kind"] != "deals-contacts" or "P" not in start["sync"].types
    )


def mapping(start, steps):
    return any(set(step[1]) & {"policy", "view", "types"} for step in steps if step[0] == "set")


def marked_by_itself(start, steps):
    types = set(start["sync"].types).union(*(s[1].get("types", ()) for s in steps if s[0] == "set"))
    policies = {start["sync"].policy} | {s[1].get("policy") for s in steps if s[0] == "set"}
    return start["first"] and "R" in types and "mirror" in policies


KNOWN = (
    (
        marked_by_itself,
        "mirror of the primary type where the first company becomes primary by itself",
    ),
    (mapping, "an approved mapping"),
    (undone, "undo of a label, or of a primary company"),
    (empty_cell, "an empty cell of the type column"),
    (spelled_anew, "an object type spelled in another way"),
    (one_object_type, "several types, or paired ones, between records of one object type"),
    (names_in_v3, "v3 names between records of one object type"),
)


def why(start, steps):
    return next((reason for test, reason in KNOWN if test(start, steps)), None)
