"""How many examples a law was tried on, by their number of units, and how many were refused."""

from __future__ import annotations

from collections import Counter

import attrs

from govindex.testing.subject import Refused

__all__ = ["Tally"]

_FEW = 3


@attrs.define
class Tally:
    """The examples that a law met, by their number of units; `who` refused first, and why."""

    tried: Counter[int] = attrs.field(factory=Counter)
    refused: Counter[int] = attrs.field(factory=Counter)
    idle: int = 0
    who: str = ""

    def refuse(self, refused: Refused, units: int) -> None:
        """Count an example that a part refused."""
        self.refused[units] += 1
        self.who = self.who or refused.refusal.who

    def is_enough(self, examples: int) -> bool:
        """Tell whether a fifth of the examples wanted, and one at least, was tried."""
        return 5 * self.tried.total() >= max(examples, 1)

    @property
    def too_large(self) -> str:
        """Say so if every table is refused that has more units than some number, "" if not."""
        largest = max(self.tried, default=0)
        beyond = sum(count for units, count in self.refused.items() if units > largest)
        if not largest or beyond < _FEW:
            return ""
        return (
            f"every table of more than {largest} unit{'s' * (largest > 1)} is refused "
            f"({beyond} were drawn): {self.who}"
        )

    @property
    def said(self) -> str:
        """What became of the examples, in words."""
        found = [f"{self.tried.total()} could be tried"]
        if self.refused:
            found.append(f"{self.refused.total()} were refused ({self.who})")
        if self.idle:
            found.append(f"{self.idle} hold nothing to try it on")
        return ", ".join(found)
