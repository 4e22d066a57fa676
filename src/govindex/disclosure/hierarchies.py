"""The codes of a table's dimensions and the totals over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import mapping_of, shown
from govindex.contracts import Index
from govindex.errors import Problems, SettingError, listing
from govindex.mappings import FrozenMap
from govindex.names import as_code

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Axis", "Totals"]


def _parents(parents: Mapping[str, str]) -> FrozenMap[str, str]:
    given = mapping_of(parents, "parents", "a mapping of codes to the codes that they add up to")
    for code in [*given, *given.values()]:
        if not isinstance(code, str) or not code.strip():
            raise SettingError(f"Totals(parents=…) maps texts to texts, not {shown(code)}")
    return FrozenMap({as_code(code): as_code(parent) for code, parent in given.items()})


def _total(total: str | None) -> str | None:
    if total is None:
        return None
    if not isinstance(total, str) or not total.strip():
        raise SettingError(f"Totals(total=…) is a text, or None, not {shown(total)}")
    return str(as_code(total))


@attrs.frozen(kw_only=True)
class Totals:
    """The totals over the codes of a dimension that are published.

    Parameters
    ----------
    parents : mapping of str to str
        What a code adds up to: a unit to its league, a league to a region.
    total : str, optional
        The code of the total over all; None if no such total is published or it has no meaning.

    Raises
    ------
    SettingError
        If parents form a cycle, or the total has a parent.

    Examples
    --------
    >>> Totals(parents={"A": "North", "B": "North", "C": "South"}).total
    'total'
    """

    parents: FrozenMap[str, str] = attrs.field(factory=FrozenMap, converter=_parents)
    total: str | None = attrs.field(default="total", converter=_total)

    def __attrs_post_init__(self) -> None:
        if self.total in self.parents:
            raise SettingError(f"the total '{self.total}' has a parent: give it another code")
        for code in self.parents:
            passed = [code]
            while (parent := self.parents.get(passed[-1])) is not None:
                if parent in passed:
                    cycle = listing([*passed, parent])
                    raise SettingError(f"the parents of totals form a cycle: {cycle}")
                passed.append(parent)


@attrs.frozen(eq=False)
class Axis:
    """A dimension of a table: its codes in their order, children before their parents.

    Parameters
    ----------
    name : str
    codes : tuple of str
    parent : array of int, shape (codes,)
        The row of each code's parent, -1 at the top.
    """

    name: str
    codes: tuple[str, ...]
    parent: Index

    @classmethod
    def of(cls, name: str, found: Iterable[str], published: Totals, problems: Problems) -> Axis:
        """Return the axis of the codes that a column holds."""
        above = {code: published.parents[code] for code in published.parents}
        totals = {*above.values(), *([] if published.total is None else [published.total])}
        # In the order of codes, so that the order of rows does not matter.
        leaves = sorted({*found, *(code for code in above if code not in totals)})
        for code in leaves:
            if code in totals:
                problems.add(
                    f"'{code}' in column '{name}' is a total: totals are computed",
                    code="disclosure.total",
                    cure="leave its rows out, or call the total otherwise in Totals(…)",
                )
        if published.total is not None:
            tops = [code for code in [*leaves, *totals] if code not in above]
            above |= {code: published.total for code in tops if code != published.total}
        codes = [*leaves, *sorted(totals - set(leaves), key=lambda code: _height(code, above))]
        row = {code: number for number, code in enumerate(codes)}
        parent = np.array([row[above[c]] if c in above else -1 for c in codes], dtype=np.intp)
        return cls(name, tuple(codes), parent)

    @property
    def is_leaf(self) -> Any:
        """Whether each code has no children, shape (codes,)."""
        leaf = np.ones(len(self.codes), dtype=bool)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf

    @property
    def depth(self) -> int:
        """How many levels of totals there are."""
        return max((len(list(self.above(row))) for row in range(len(self.codes))), default=0)

    def above(self, row: int) -> Iterator[int]:
        """Yield the parent of a code, its parent, and so on."""
        while (row := int(self.parent[row])) >= 0:
            yield row

    @property
    def relations(self) -> sparse.csr_array:
        """A row for each total: 1 at its children, -1 at the total, shape (totals, codes)."""
        from scipy import sparse

        children = np.flatnonzero(self.parent >= 0)
        totals, number = np.unique(self.parent[children], return_inverse=True)
        rows = np.concatenate([number, np.arange(len(totals))])
        columns = np.concatenate([children, totals])
        signs = np.concatenate([np.ones(len(children)), -np.ones(len(totals))])
        return sparse.csr_array((signs, (rows, columns)), shape=(len(totals), len(self.codes)))

    def around(self, row: int) -> Index:
        """Return the codes that a change of one can be made up by, with all below it.

        Those on the way to the top, their siblings without children, and everything below: a set
        in which every code with children has all of them.
        """
        leaf = self.is_leaf
        near = {row}
        for top in [row, *self.above(row)]:
            near.add(top)
            siblings = np.flatnonzero((self.parent == self.parent[top]) & leaf)
            near |= set(siblings.tolist()) if self.parent[top] >= 0 else set()
        below = [row]
        while below:
            children = np.flatnonzero(np.isin(self.parent, below)).tolist()
            near |= set(children)
            below = children
        return np.array(sorted(near), dtype=np.intp)


def _height(code: str, above: Mapping[str, str]) -> tuple[int, str]:
    """Return a key that puts children before their parents."""
    steps, top = 0, code
    while top in above:
        top, steps = above[top], steps + 1
    return -steps, code
