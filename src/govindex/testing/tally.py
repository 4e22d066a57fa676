"""Counts of the examples that a law was tried on, or that were refused."""

from __future__ import annotations

from collections import Counter

import attrs

from govindex.testing.subject import Refused

__all__ = ["Tally"]

_FEW = 3


@attrs.define
class Tally:
    """Examples by their number of units; `who` is the first part that refused, with its message."""

    tried: Counter[int] = attrs.field(factory=Counter)
    refused: Counter[int] = attrs.field(factory=Counter)
    idle: int = 0
    who: str = ""

    def refuse(self, refused: Refused, units: int) -> None:
        """Count an example that a part refused."""
        self.refused[units] += 1
        self.who = self.who or refused.refusal.who

    def is_enough(self, examples: int) -> bool:
        """Return whether at least a fifth of the examples, and at least one, was tried."""
        return 5 * self.tried.total() >= max(examples, 1)

    @property
    def too_large(self) -> str:
        """A message if every table of more than some number of units is refused, or ""."""
        largest = max(self.tried, default=0)
        beyond = sum(count for units, count in self.refused.items() if units > largest)
        if not largest or beyond < _FEW:
            return ""
        return (
            f"every table of more than {largest} unit{'s' * (largest > 1)} is refused "
            f"({beyond} were drawn): {self.who}"
        )

    @property
    def summary(self) -> str:
        """The counts in words."""
        counts = [f"{self.tried.total()} could be tried"]
        if self.refused:
            counts.append(f"{self.refused.total()} were refused ({self.who})")
        if self.idle:
            counts.append(f"the law does not apply to {self.idle}")
        return ", ".join(counts)
