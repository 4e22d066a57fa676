"""Rules that a publisher may have followed, and the rows that each of them explains."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Bool, Float

__all__ = [
    "AGREES",
    "CONTRADICTION",
    "KINDS",
    "OTHER_RULE",
    "PRINTING",
    "UNKNOWN",
    "TableCheck",
    "TriedRule",
]

AGREES, PRINTING, OTHER_RULE = "agrees", "printing error", "other rule"
CONTRADICTION, UNKNOWN = "contradiction", "unknown"
KINDS = (AGREES, PRINTING, OTHER_RULE, CONTRADICTION, UNKNOWN)


@attrs.frozen(eq=False)
class TriedRule:
    """A rule that may have made a column, and the rows that it explains.

    Parameters
    ----------
    base : str
        What the column was made from: "printed", "full", "rounded", "sum", "recomputed",
        "declared" …
    explains : array of bool, shape (rows,)
    decimals : int, optional
        Of what it was made from, if that was rounded first.
    mode : str, optional
        How the column was rounded.
    ties : str, optional
        How ranks were shared; for classes, the end that belongs to a class.
    tiers : tuple of str
        The tiers of an index that were rounded, of "leaf", "node" and "total".
    """

    base: str
    explains: Bool
    decimals: int | None = None
    mode: str | None = None
    ties: str | None = None
    tiers: tuple[str, ...] = ()

    @property
    def settings(self) -> tuple[Any, ...]:
        """What it says, without the rows."""
        return self.base, self.decimals, self.mode, self.ties, ", ".join(self.tiers)


@attrs.frozen(eq=False, slots=False)
class TableCheck:
    """A column of a published table against what it should be made of.

    Parameters
    ----------
    name : str
        Such as "total = a + b".
    column : str
        The column that is checked.
    quantity : str
        "sum", "mean", "percent", "rank", "class" or "recomputed".
    parts : tuple of str
        The columns that it is made of.
    stated, computed : tuple of float, str or None
        Row by row; None if unknown.
    bounds : array, shape (rows,)
        How far apart the two may be in print; NaN where nothing is rounded.
    agrees, within, known : array of bool, shape (rows,)
        Whether the two are equal in print, no further apart than the bound, and both known.
    rules : tuple of TriedRule
        The simplest first.
    """

    name: str
    column: str
    quantity: str
    parts: tuple[str, ...]
    stated: tuple[Any, ...]
    computed: tuple[Any, ...]
    bounds: Float
    agrees: Bool
    within: Bool
    known: Bool
    rules: tuple[TriedRule, ...]

    @cached_property
    def counts(self) -> list[int]:
        """How many of the known rows each rule explains."""
        return [int((rule.explains & self.known).sum()) for rule in self.rules]

    @cached_property
    def best(self) -> tuple[TriedRule, ...]:
        """The rules that explain most rows, the simplest first.

        Coarser rounding fits some rows by chance: unless it explains all of them, it must explain a
        tenth more than any other rule.
        """
        known = int(self.known.sum())
        credit = [
            count - max(1, known // 10) if rule.base == "rounded" and count < known else count
            for rule, count in zip(self.rules, self.counts, strict=True)
        ]
        most = max(credit, default=0)
        return tuple(r for r, count in zip(self.rules, credit, strict=True) if count == most)

    @cached_property
    def kinds(self) -> list[str]:
        """What each row is; see :class:`~govindex.Reconciliation`."""
        by_rule = np.zeros(len(self.known), dtype=bool)
        for rule in self.rules:
            by_rule |= rule.explains
        levels = (~self.known, self.agrees, self.within, by_rule)
        names = (UNKNOWN, AGREES, PRINTING, OTHER_RULE)
        return [str(kind) for kind in np.select(levels, names, CONTRADICTION)]

    @cached_property
    def ordered(self) -> tuple[TriedRule, ...]:
        """The rules, those that explain most rows first."""
        order = np.argsort([-count for count in self.counts], kind="stable").tolist()
        return tuple(self.rules[i] for i in order)

    def rule_of(self, row: int) -> TriedRule | None:
        """Return the rule that explains a row: of several the one that explains most rows."""
        return next((rule for rule in self.ordered if rule.explains[row]), None)
