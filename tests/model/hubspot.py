"""What HubSpot does with associations, in the words of its documentation. Knows nothing of
assocd.

A pair of records carries a set of association types, each a letter: P is the plain one, R the
primary one, all others are labels. Where both records are of one object type a link is seen from
both of them, each type as its inverse from the other end."""

PLAIN, PRIMARY = "P", "R"


class Kind:
    """One pair of object types and its association types."""

    def __init__(self, name, from_type, to_type, types, inverse=None, hidden=False, there=False):
        self.name, self.from_type, self.to_type = name, from_type, to_type
        self.types = types  # letter -> (category, id, v3 name, label)
        self.inverse = inverse  # letter -> letter, within one object type
        self.hidden = hidden
        self.there = there  # it is the to-record that has one primary company

    @property
    def same(self):
        return self.inverse is not None

    def letter(self, category, type_id):
        return next(x for x, t in self.types.items() if t[:2] == (category, type_id))


def label(number, name, text):
    return ("USER_DEFINED", number, name, text)


KINDS = {
    k.name: k
    for k in (
        Kind(
            "contacts-companies",
            "contacts",
            "companies",
            {
                "P": ("HUBSPOT_DEFINED", 279, "contact_to_company_unlabeled", None),
                "R": ("HUBSPOT_DEFINED", 1, "contact_to_company", None),
                "A": label(101, "alpha", "Alpha"),
                "B": label(102, "beta", "Beta"),
            },
        ),
        Kind(
            "companies-contacts",
            "companies",
            "contacts",
            {
                "P": ("HUBSPOT_DEFINED", 280, "company_to_contact_unlabeled", None),
                "R": ("HUBSPOT_DEFINED", 2, "company_to_contact", None),
                "A": label(101, "alpha", "Alpha"),
                "B": label(102, "beta", "Beta"),
            },
            there=True,
        ),
        Kind(
            "deals-contacts",
            "deals",
            "contacts",
            {
                "P": ("HUBSPOT_DEFINED", 3, "deal_to_contact", None),
                "A": label(101, "alpha", "Alpha"),
                "B": label(102, "beta", "Beta"),
            },
        ),
        Kind(
            "contacts-contacts",
            "contacts",
            "contacts",
            {
                "P": ("HUBSPOT_DEFINED", 449, "contact_to_contact", None),
                "S": label(105, "sibling", "Sibling"),
                "M": label(103, "manager_employee", "Manager"),
                "E": label(104, "manager_employee", "Employee"),
            },
            {"P": "P", "S": "S", "M": "E", "E": "M"},
        ),
        Kind(
            "companies-companies",
            "companies",
            "companies",
            {
                "P": ("HUBSPOT_DEFINED", 450, "company_to_company", None),
                "A": label(105, "alpha", "Alpha"),
                "B": label(106, "beta", "Beta"),
            },
            {"P": "P", "A": "A", "B": "B"},
        ),
    )
}


class Account:
    """The links of one pair of object types. `replaces`: a create takes away the labels it does not
    name; `first`: the first company of a record becomes its primary one by itself."""

    def __init__(self, kind, replaces=False, first=True):
        self.kind, self.replaces, self.first = kind, replaces, first
        self.links = {}  # (from, to) -> set of letters; within one object type the lower id first

    def copy(self):
        twin = Account(self.kind, self.replaces, self.first)
        twin.links = {pair: set(types) for pair, types in self.links.items()}
        return twin

    def turned(self, types):
        return {self.kind.inverse[x] for x in types}

    def at(self, f, t):
        """The types of a pair as its from-record sees them."""
        if self.kind.same and f > t:
            return self.turned(self.links.get((t, f), set()))
        return set(self.links.get((f, t), set()))

    def put(self, f, t, types):
        if self.kind.same and f > t:
            f, t, types = t, f, self.turned(types)
        if types:
            self.links[f, t] = set(types)
        else:
            self.links.pop((f, t), None)

    def to_of(self, f):
        """The records that a from-record is linked to."""
        ends = {b for a, b in self.links if a == f}
        return sorted(ends | {a for a, b in self.links if b == f and self.kind.same})

    def companies_of(self, f, t):
        """The links of the one of two records that has one primary company."""
        if self.kind.there:
            return [(a, b) for a, b in sorted(self.links) if b == t]
        return [(f, o) for o in self.to_of(f)]

    def create(self, f, t, types, replaces=None):
        """Any type brings the plain one; there is one primary company, and it may be moved."""
        have = self.at(f, t)
        alone = not self.companies_of(f, t)
        if self.replaces if replaces is None else replaces:
            have = have & {PLAIN}
        types = have | set(types) | {PLAIN}
        if PRIMARY in self.kind.types and self.first and alone:
            types.add(PRIMARY)
        if PRIMARY in types:
            for other in self.companies_of(f, t):
                if other != (f, t):
                    self.put(*other, self.at(*other) - {PRIMARY})
        self.put(f, t, types)

    def archive(self, f, t, types):
        """Without the plain type nothing of a pair is left; without any other the pair is."""
        self.put(f, t, set() if PLAIN in types else self.at(f, t) - set(types))

    def dump(self):
        """All links as every record sees them, which is what reading them shows."""
        seen = {}
        for (f, t), types in self.links.items():
            seen[f, t] = set(types)
            if self.kind.same:
                seen[t, f] = self.turned(types)
        return seen


def show(links):
    """In the notation of a replay: 1-2:PAR."""
    order = lambda types: "".join(sorted(types, key="PRABSME".index))
    return " ".join(f"{f}-{t}:{order(types)}" for (f, t), types in sorted(links.items())) or "-"
