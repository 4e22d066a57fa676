"""Estimates of items → those of the variables that the leaves of an index measure."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Bool, CellStatus, Float, Index, Status
from govindex.errors import DataError, Problems, listing
from govindex.measures import Ratio
from govindex.measures.variables import Value
from govindex.model.framework import Framework
from govindex.model.tree import Indicator

__all__ = ["Variables", "variables_of"]


@attrs.frozen(eq=False)
class Variables:
    """The variables of an index, by the items that they follow from.

    Parameters
    ----------
    names : tuple of str
    items : array of int, shape (variables,)
        The item of each variable.
    are_wholes : array of bool, shape (variables,)
        Whether the variable is what the item is a part of: a number without an error.
    """

    names: tuple[str, ...]
    items: Index
    are_wholes: Bool

    def values(self, values: Float, whole: float) -> Float:
        """Return values of variables; `values` have items on the last axis."""
        return np.where(self.are_wholes, whole, values[..., self.items])

    def errors(self, errors: Float) -> Float:
        """Return standard errors, 0 for a whole."""
        return np.where(self.are_wholes, 0.0, errors[..., self.items])

    def status(self, status: Status) -> Status:
        """Return the status of every variable."""
        reported = np.uint8(CellStatus.REPORTED)
        return np.where(self.are_wholes, reported, status[:, self.items])

    def covariances(self, covariances: Float) -> Float:
        """Return the covariances of every domain."""
        chosen = covariances[:, self.items][:, :, self.items]
        return np.where(self.are_wholes[:, None] | self.are_wholes, 0.0, chosen)


def variables_of(framework: Framework, items: tuple[str, ...]) -> Variables:
    """Return the variables of leaves that have the code of an item.

    Raises
    ------
    DataError
        If no leaf has the code of an item, or with every leaf whose measure takes anything else
        than a variable or a part of a whole.
    """
    problems = Problems()
    found: dict[str, tuple[str, bool]] = {}
    for leaf in framework.leaves:
        if leaf.code not in items:
            continue
        for name, is_whole in _parts(leaf, problems).items():
            source = (leaf.code, is_whole)
            if not (is_whole and found.get(name, source)[1]) and name in found:
                problems.add(
                    f"'{found[name][0]}' and '{leaf.code}' both measure variable '{name}'",
                    code="survey.measure",
                    variable=name,
                    cure="take observations(items=[…]), and give their variables yourself",
                )
            found.setdefault(name, source)
    problems.raise_any(DataError, "The estimates are no data of the index")
    if not found:
        leaves = listing([leaf.code for leaf in framework.leaves], shown=5)
        raise DataError(
            f"no leaf of the index has the code of an item: leaves are {leaves}, items "
            f"{listing(items, shown=5)}; give them the same codes"
        )
    rows = np.array([items.index(item) for item, _ in found.values()], dtype=np.intp)
    return Variables(tuple(found), rows, np.array([is_whole for _, is_whole in found.values()]))


def _parts(leaf: Indicator, problems: Problems) -> dict[str, bool]:
    """Return the variables of a leaf, and whether each is what the other one is a part of."""
    measure = leaf.measure
    if isinstance(measure, Value):
        return {measure.variable: False}
    if isinstance(measure, Ratio):
        parts = measure.numerator, measure.denominator
        if isinstance(parts[0], Value) and isinstance(parts[1], Value):
            return {parts[0].variable: False, parts[1].variable: True}
    problems.add(
        f"'{leaf.code}' measures {measure!r}, neither a variable nor a part of a whole",
        code="survey.measure",
        variable=leaf.code,
        cure="take observations(items=[…]), and give its variables yourself",
    )
    return {}
