"""Cases of units that come or go, the pairs that change order, and the parts that caused it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.errors import GovIndexError, SettingError
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.opaque import AnyMethodology
from govindex.results import IndexResult
from govindex.robustness.reversal.frozen_parts import FrozenPart, with_frozen

__all__ = ["CaseResult", "Judge", "UnitChange", "cases_of"]

What = Literal["without", "with", "copy of"]


@attrs.frozen
class UnitChange:
    """A change of the assessed units: one of them goes, comes or is copied."""

    what: What
    unit: str
    data: Observations


@attrs.frozen(eq=False)
class CaseResult:
    """The flips of one case.

    Parameters
    ----------
    what : {"without", "with", "copy of"}
    unit : str
        The unit that went, came or was copied.
    pairs : array of int, shape (flips, 2)
        Rows of the units in the nominal result; the first was ahead of the second, or shared its
        rank.
    before, after : array, shape (flips, 2)
        Their ranks without and with the change.
    causes : tuple of (tuple of int), one for each flip
        The numbers of the parts that made it possible.
    alone : array of bool, shape (flips,)
        Whether each of these parts alone, if frozen, undoes the flip.
    left : int
        Pairs that still change order if all parts that can be frozen are.
    unranked : int
        Units that lose or gain a rank, and so are in no pair.
    problem : str
        Why the case cannot be computed, "" if it can.
    """

    what: What
    unit: str
    pairs: Index
    before: Float
    after: Float
    causes: tuple[tuple[int, ...], ...] = ()
    alone: Bool = attrs.field(factory=lambda: np.zeros(0, dtype=bool))
    left: int = 0
    unranked: int = 0
    problem: str = ""


def cases_of(
    data: Observations, remove: Iterable[str] | None, newcomers: Iterable[str], *, copies: bool
) -> tuple[Observations, Iterator[UnitChange], int]:
    """Return the nominal data, an iterator over the cases, and how many there are."""
    bodies = data.units.bodies
    new = _named(data, newcomers)
    nominal = [body for body in dict.fromkeys(bodies) if body not in set(new)]
    removed = nominal if remove is None else _named(data, remove)
    if not (removed or new or copies):
        raise SettingError("name units to remove or newcomers, or ask for copies")
    both = [body for body in removed if body in new]
    if both:
        raise SettingError(f"'{both[0]}' is a newcomer: it cannot be removed too")
    if len(nominal) == 1 and not (new or copies):
        raise SettingError(f"'{nominal[0]}' is the only unit: without it there is no unit to rank")
    if not nominal:
        raise SettingError("every unit is a newcomer: leave units in the nominal ranking")

    def of(chosen: Sequence[str]) -> Observations:
        known = set(chosen)
        return data.take([c for c, b in zip(data.units.codes, bodies, strict=True) if b in known])

    base = of(nominal) if new else data

    def made() -> Iterator[UnitChange]:
        for body in removed:
            others = [other for other in nominal if other != body]
            if others:
                yield UnitChange("without", body, of(others))
        for body in new:
            yield UnitChange("with", body, of([*nominal, body]))
        if copies:
            for index, body in enumerate(base.units.codes):
                yield UnitChange("copy of", body, _with_copy(base, index))

    count = len(new) + (len(removed) if len(nominal) > 1 else 0)
    return base, made(), count + (len(base.units) if copies else 0)


def _named(data: Observations, units: Iterable[str]) -> list[str]:
    """Return the bodies of units that go or come."""
    if not isinstance(units, Iterable):
        raise SettingError(
            f"units to remove or newcomers are codes of units of the data, not {units!r}"
        )
    codes = [units] if isinstance(units, str) else units
    return list(dict.fromkeys(data.units.bodies[data.units.locate_all(u)[0]] for u in codes))


def _with_copy(data: Observations, index: int) -> Observations:
    known = set(data.units.codes)
    code = data.units.codes[index] + "'"
    while code in known:
        code += "'"
    copy = attrs.evolve(data.units[index], code=code, name=None)
    rows = np.append(np.arange(len(data.units)), index)
    return data._rows_as(rows, Units.of([*data.units, copy]))


class Judge:
    """Comparison of cases with the nominal result, and of their causes."""

    def __init__(
        self, method: AnyMethodology, nominal: IndexResult, node: str, parts: tuple[FrozenPart, ...]
    ) -> None:
        self.method, self.nominal, self.node, self.parts = method, nominal, node, parts
        self.row_of = {code: index for index, code in enumerate(nominal.units.codes)}
        self.before = nominal.ranks_at(node)
        self.shares, self.values = nominal.shares, nominal.values
        self.steps_move = any(one.part.kind == "step" for one in parts)
        self._variants: dict[int, Methodology] = {}
        self.freezable = [number for number, part in enumerate(parts) if part.frozen]
        self.stuck = tuple(number for number, part in enumerate(parts) if not part.frozen)
        self.anchored = self._frozen(self.freezable) if self.freezable else None

    def _frozen(self, numbers: Iterable[int]) -> Methodology:
        assert isinstance(self.method, Methodology)
        return with_frozen(self.method, [self.parts[number] for number in numbers])

    def _variant(self, number: int) -> Methodology:
        if number not in self._variants:
            self._variants[number] = self._frozen([number])
        return self._variants[number]

    def __call__(self, case: UnitChange) -> CaseResult:
        """Return the flips of a case, or why it cannot be computed."""
        try:
            result = self.method.compute(case.data)
            after = self._ranks(result)
            pairs = self._flips(self.before, after)
            still = pairs
            if self.anchored is not None:
                still = self._flips(self.before, self._ranks(self.anchored.compute(case.data)))
            causes, alone = self._causes(case, result, pairs, still)
        except GovIndexError as error:
            empty = np.empty((0, 2))
            return CaseResult(
                case.what, case.unit, empty.astype(np.intp), empty, empty, problem=str(error)
            )
        rows = self._shared(result)[0]
        changed = np.isnan(after[rows]) != np.isnan(self.before[rows])
        return CaseResult(
            case.what,
            case.unit,
            pairs,
            self.before[pairs],
            after[pairs],
            causes,
            alone,
            len(still),
            int(changed.sum()),
        )

    def _ranks(self, result: IndexResult) -> Float:
        """Return the ranks of the nominal units in another result."""
        ranks = np.full(len(self.row_of), np.nan)
        rows, others = self._shared(result)
        ranks[rows] = result.ranks_at(self.node)[others]
        return ranks

    def _shared(self, result: IndexResult) -> Index:
        """Return the rows of shared units in the nominal and another result, shape (2, units)."""
        codes = enumerate(result.units.codes)
        known = [(self.row_of[code], index) for index, code in codes if code in self.row_of]
        return np.array(known, dtype=np.intp).reshape(-1, 2).T

    def _flips(self, before: Float, after: Float) -> Index:
        """Return the pairs whose order differs, group by group."""
        flips = [np.empty((0, 2), dtype=np.intp)]
        for *_, members in self.nominal.units.ranking_groups():
            both = members[~np.isnan(before[members]) & ~np.isnan(after[members])]
            both = both[np.lexsort((both, before[both]))]
            flips += [both[pairs] for pairs in _changed_pairs(before[both], after[both])]
        return np.concatenate(flips)

    def _causes(
        self, case: UnitChange, result: IndexResult, pairs: Index, still: Index
    ) -> tuple[tuple[tuple[int, ...], ...], Bool]:
        """Return the parts behind each flip, and whether freezing any one of them undoes it."""
        if not len(pairs):
            return (), np.zeros(0, dtype=bool)
        moved = [number for number in self.freezable if self._may_cause(number, result)]
        undone = np.zeros((len(self.parts), len(pairs)), dtype=bool)
        was = np.sign(np.diff(self.before[pairs], axis=1))[:, 0]
        for number in moved:
            ranks = self._ranks(self._variant(number).compute(case.data))
            undone[number] = np.sign(np.diff(ranks[pairs], axis=1))[:, 0] == was
        alone: Bool = np.asarray(undone.any(axis=0))
        persisting = set(map(tuple, still.tolist()))
        causes = []
        for flip, pair in enumerate(map(tuple, pairs.tolist())):
            if alone[flip]:
                causes.append(tuple(np.flatnonzero(undone[:, flip]).tolist()))
            elif pair in persisting:
                causes.append(self.stuck)
            else:
                causes.append((*moved, *self.stuck))
        return tuple(causes), alone

    def _may_cause(self, number: int, result: IndexResult) -> bool:
        """Return whether a part can have caused flips; a rule with the same shares cannot."""
        part = self.parts[number]
        if part.part.kind != "rule":
            return True
        row = self.nominal.row_of(str(part.part.at))
        rows, others = self._shared(result)
        same = np.array_equal(self.shares[row, rows], result.shares[row, others], equal_nan=True)
        if self.steps_move:
            values = self.values[row, rows], result.values[row, others]
            same = same and np.array_equal(*values, equal_nan=True)
        leaf = str(part.part.at) in result.framework.leaf_codes
        return not (same and leaf)


def _changed_pairs(before: Float, after: Float) -> Iterator[Any]:
    """Yield the pairs whose order differs, of units sorted by their ranks before.

    Units are split wherever all earlier ones are ahead of all later ones, before and after: only
    pairs inside a part can differ.
    """
    count = len(before)
    if count < 2:
        return
    ahead = np.maximum.accumulate(after)[:-1] < np.minimum.accumulate(after[::-1])[::-1][1:]
    cuts = np.flatnonzero(ahead & (before[:-1] < before[1:])) + 1
    for start, stop in zip([0, *cuts.tolist()], [*cuts.tolist(), count], strict=True):
        if stop - start < 2:
            continue
        first, second = np.triu_indices(stop - start, 1)
        was = np.sign(before[start:stop][second] - before[start:stop][first])
        now = np.sign(after[start:stop][second] - after[start:stop][first])
        differs = was != now
        yield np.stack([first[differs], second[differs]], axis=1) + start
