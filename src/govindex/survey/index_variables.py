"""Estimates of items → those of the variables that the leaves of an index measure."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index, Status
from govindex.errors import DataError, Problems, listing
from govindex.measures import Ratio
from govindex.measures.variables import Value
from govindex.model.framework import Framework
from govindex.model.tree import Indicator

__all__ = ["Variables", "variables_of"]


@attrs.frozen(eq=False)
class Variables:
    """How variables follow from items: each is a factor times an item, or a number without error.

    Parameters
    ----------
    names : tuple of str
    items : array of int, shape (variables,)
        The item that each variable follows from.
    are_shares : array of bool, shape (variables,)
        Whether the variable counts the positive answers: the share times the valid answers.
    are_counts : array of bool, shape (variables,)
        Whether the variable is the number of valid answers itself.
    """

    names: tuple[str, ...]
    items: Index
    are_shares: Any
    are_counts: Any

    def factors(self, n: Float, scale: float) -> Float:
        """Return what each domain's item is multiplied by, shape (domains, variables)."""
        counts = np.where(self.are_shares, n[:, self.items] / scale, 1.0)
        return np.asarray(np.where(self.are_counts, 0.0, counts))

    def values(self, values: Float, n: Float, scale: float) -> Float:
        """Return the variables of domains, the last two axes of `values` (domains, items)."""
        counts, found = n[:, self.items], values[..., self.items]
        known = np.where(np.isnan(found), np.nan, counts)
        return np.asarray(
            np.where(self.are_counts, known, found * self.factors(n, scale)), dtype=np.float64
        )

    def errors(self, errors: Float, n: Float, scale: float) -> Float:
        """Return standard errors; numbers of valid answers have none here."""
        found = errors[:, self.items] * self.factors(n, scale)
        return np.asarray(np.where(self.are_counts, 0.0, found))

    def covariances(self, covariances: Float, n: Float, scale: float) -> Float:
        """Return the covariances of every domain."""
        factors = self.factors(n, scale)
        chosen = covariances[:, self.items][:, :, self.items]
        found = chosen * factors[:, :, None] * factors[:, None, :]
        exact = self.are_counts[:, None] | self.are_counts[None, :]
        return np.asarray(np.where(exact, 0.0, found))

    def status(self, status: Status) -> Status:
        """Return the status of every variable: that of its item."""
        return status[:, self.items]


def variables_of(framework: Framework, items: tuple[str, ...], formula: str) -> Variables:
    """Return the variables of leaves that have the code of an item.

    A leaf that takes one variable takes the value. One that measures a part of a whole takes the
    number of positive answers, as the share times the number of valid answers, and that number.

    Raises
    ------
    DataError
        If no leaf has the code of an item, or with every leaf whose measure takes something else.
    """
    problems = Problems()
    found: dict[str, tuple[int, str]] = {}
    for leaf in framework.leaves:
        if leaf.code not in items:
            continue
        parts = _parts(leaf, formula, problems)
        for name, kind in parts.items():
            source = (items.index(leaf.code), kind)
            if found.setdefault(name, source) != source:
                problems.add(
                    f"variable '{name}' is measured by several leaves, which have other answers",
                    code="survey.measure",
                    variable=name,
                )
    problems.raise_any(DataError, "The estimates are no data of the index")
    if not found:
        leaves = listing([leaf.code for leaf in framework.leaves], shown=5)
        raise DataError(
            f"no leaf of the index has the code of an item: leaves are {leaves}, items "
            f"{listing(items, shown=5)}; rename one of them, or take items=[…]"
        )
    kinds = np.array([kind for _, kind in found.values()])
    rows = np.array([row for row, _ in found.values()], dtype=np.intp)
    return Variables(tuple(found), rows, kinds == "share", kinds == "count")


def _parts(leaf: Indicator, formula: str, problems: Problems) -> dict[str, str]:
    """Return the variables of a leaf, each as the value, the share or the number of answers."""
    measure = leaf.measure
    if isinstance(measure, Value):
        return {measure.variable: "value"}
    is_part = isinstance(measure, Ratio) and all(
        isinstance(part, Value) for part in (measure.numerator, measure.denominator)
    )
    if not is_part or formula != "top_box":
        takes = "a part of a whole" if is_part else repr(measure)
        problems.add(
            f"'{leaf.code}' measures {takes}, which {formula or 'these values'} cannot give",
            code="survey.measure",
            variable=leaf.code,
            cure="estimate shares with formula='top_box'"
            if is_part
            else "take observations(items=[…]), and give its variables yourself",
        )
        return {}
    top, whole = measure.variables
    return {top: "share", whole: "count"}
