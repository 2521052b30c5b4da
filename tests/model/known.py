"""Kinds of worlds in which assocd is known not to follow its rules yet. They are left out of the
share of `make check`, which says how many and why; --all plays them too."""

from hubspot import KINDS


KNOWN = ()


def other_end(start, steps):
    return KINDS[start["kind"]].same


# Worlds that are played, and in which some of what assocd says is not compared.
LOOSE = (
    (
        other_end,
        {"skipped", "blocked", "reported", "drift_view"},
        "the other end of a link that the table names is counted as drift or as blocked",
    ),
)


def why(start, steps):
    return next((reason for test, reason in KNOWN if test(start, steps)), None)


def loose(start, steps):
    """The fields that are not compared, each with the reason."""
    return {field: text for test, fields, text in LOOSE if test(start, steps) for field in fields}
