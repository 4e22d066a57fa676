"""Excuses: the reasons why a methodology does not promise a law."""

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
    """The declaration that a law needs, and why a methodology lacks it, "" if it does not."""

    declaration: str
    why: Callable[[Subject], str]

    def __call__(self, subject: Subject) -> str:
        """Return why a methodology does not promise the law, "" if it does."""
        return self.why(subject)


def declared(declaration: str) -> Callable[[Callable[[Subject], str]], Excuse]:
    """Make an excuse of a function; the declaration is in a few words."""
    return lambda why: Excuse(declaration, why)


@declared("parts that can be seen")
def not_declarative(subject: Subject) -> str:
    """Opaque methodologies show no parts."""
    return "" if subject.declarative else "it is opaque: its parts cannot be varied"


@declared("no part is `peer_dependent`")
def not_absolute(subject: Subject) -> str:
    """Peer-dependent methodologies move with their peers."""
    if subject.peer_dependent is None:
        return "it does not declare peer_dependent"
    if not subject.peer_dependent:
        return ""
    if not subject.declarative:
        return "it declares that it looks at peers"
    parts = dict.fromkeys(part.name for part in subject.method.peer_dependent_parts())
    named = ", ".join(list(parts)[:3]) + (" …" if len(parts) > 3 else "")
    return f"it looks at peers: {named}"


@declared("a part is `peer_dependent`")
def not_relative(subject: Subject) -> str:
    """Absolute methodologies need no anchor."""
    return "" if subject.peer_dependent else "nothing in it looks at peers"


@declared("no rule has `named_units`")
def naming_nobody(subject: Subject) -> str:
    """Rules that name a unit depend on its name."""
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
    """Without a monotone way to the total, no figure is known to be the better one."""
    if any(way.sign and way.peers <= 1 for way in subject.ways):
        return ""
    return "no indicator's way to the total is declared monotone"


@declared("a `curve` with `slope` and `jump`")
def without_steep(subject: Subject) -> str:
    """Without a slope no limit on changes is known."""
    if not subject.declarative:
        return not_declarative(subject)
    if any(way.is_steady for way in subject.ways):
        return ""
    return "no rule declares a finite slope and jump"


def without(what: str, has: Callable[[Subject], bool]) -> Excuse:
    """Return the excuse that a methodology has nothing of a kind."""
    return Excuse(what, lambda subject: "" if has(subject) else f"it has no {what}")
