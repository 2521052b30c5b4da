"""Kinds of worlds in which assocd is known not to follow its rules yet. They are left out of the
share of `make check`, which says how many and why; --all plays them too."""

KNOWN = ()


def why(start, steps):
    return next((reason for test, reason in KNOWN if test(start, steps)), None)
