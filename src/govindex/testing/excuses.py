"""Why a methodology does not promise a law: what its parts declare, or do not say."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from govindex.errors import listing
from govindex.testing.subject import Subject

__all__ = [
    "Excuse",
    "all_ranked_by_score",
    "declared",
    "naming_nobody",
    "not_absolute",
    "not_declarative",
    "not_relative",
    "without",
    "without_monotone",
    "without_steep",
]


@attrs.frozen
class Excuse:
    """What must be declared for a law to be promised, and why it is not: "" if it is."""

    declaration: str
    why: Callable[[Subject], str]

    def __call__(self, subject: Subject) -> str:
        """Say why a methodology does not promise the law, "" if it does."""
        return self.why(subject)


def declared(declaration: str) -> Callable[[Callable[[Subject], str]], Excuse]:
    """Make an excuse of a function: what must be declared, in a few words."""
    return lambda why: Excuse(declaration, why)


@declared("parts that can be seen")
def not_declarative(subject: Subject) -> str:
    """Opaque methodologies show no parts."""
    return "" if subject.declarative else "it is opaque: its parts cannot be varied"


@declared("no part is `peer_dependent`")
def not_absolute(subject: Subject) -> str:
    """Peer-dependent methodologies move with their peers."""
    if subject.peer_dependent is None:
        return "it does not say whether it is peer_dependent"
    if not subject.peer_dependent:
        return ""
    if not subject.declarative:
        return "it says that it looks at peers"
    parts = dict.fromkeys(part.name for part in subject.method.peer_dependent_parts())
    named = ", ".join(list(parts)[:3]) + (" …" if len(parts) > 3 else "")
    return f"it looks at peers: {named}"


@declared("a part is `peer_dependent`")
def not_relative(subject: Subject) -> str:
    """Absolute methodologies need no anchor."""
    return "" if subject.peer_dependent else "nothing in it looks at peers"


@declared("no rule has `named_units`")
def naming_nobody(subject: Subject) -> str:
    """Rules that look at a unit by its name mind what it is called."""
    return f"a rule looks at {listing(subject.named_units)}" if subject.named_units else ""


@declared("no `tie_break`")
def all_ranked_by_score(subject: Subject) -> str:
    """Tie-breaks look at other nodes than the total."""
    every = [getattr(subject.method, "ranking", None)]
    every += [framework.ranking for _, framework in subject.frameworks]
    broken = any(getattr(ranking, "tie_break", ()) for ranking in every)
    return "its ties are broken by other nodes" if broken else ""


@declared("the parts on the way are `monotone` or `falling`")
def without_monotone(subject: Subject) -> str:
    """Say so if no part of the way is known to be monotone."""
    if any(way.sign and way.peers <= 1 for way in subject.ways):
        return ""
    return "no indicator's way to the total is declared monotone"


@declared("a `curve` with `slope` and `jump`")
def without_steep(subject: Subject) -> str:
    """Say so if no rule says how steep it is."""
    if not subject.declarative:
        return not_declarative(subject)
    if any(way.is_steady for way in subject.ways):
        return ""
    return "no rule says how steep it is, or each is steep without limit"


def without(what: str, found: Callable[[Subject], bool]) -> Excuse:
    """Return an excuse: there is nothing of the kind that the law is about."""
    return Excuse(what, lambda subject: "" if found(subject) else f"it has no {what}")
