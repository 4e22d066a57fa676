"""Units that come and go: the cases, who changes order in each, and which parts made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.errors import GovIndexError, SettingError
from govindex.methods import Methodology
from govindex.model.observations import Observations, Stage
from govindex.model.units import Units
from govindex.opaque import AnyMethodology
from govindex.results import IndexResult
from govindex.robustness.reversal.frozen_parts import FrozenPart, with_frozen

__all__ = ["Found", "Judge", "UnitChange", "cases_of"]

What = Literal["without", "with", "copy of"]


@attrs.frozen
class UnitChange:
    """A change of the assessed units: one that goes, comes or is copied."""

    what: What
    unit: str
    data: Observations


@attrs.frozen(eq=False)
class Found:
    """What one case changed.

    Parameters
    ----------
    what : {"without", "with", "copy of"}
    unit : str
        The unit that went, came or was copied.
    pairs : array of int, shape (flips, 2)
        Ranks of the units in the nominal result; the first stood before the second, or shared its
        rank.
    before, after : array, shape (flips, 2)
        The ranks they had and have.
    causes : tuple of (tuple of int), one for each flip
        The numbers of the parts that made it possible.
    alone : array of bool, shape (flips,)
        Whether each of these parts alone, if frozen, undoes the flip.
    left : int
        Pairs that still change order where everything is frozen that can be.
    unranked : int
        Units that lose or gain a rank, and are in no pair.
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
) -> tuple[Observations, Iterator[UnitChange]]:
    """Return the nominal data, and the cases, each made when it is asked for."""
    bodies = data.units.bodies
    new = _named(data, newcomers)
    there = [body for body in dict.fromkeys(bodies) if body not in set(new)]
    gone = there if remove is None else _named(data, remove)
    if not (gone or new or copies):
        raise SettingError("name units to remove or newcomers, or ask for copies")
    strange = [body for body in gone if body in new]
    if strange:
        raise SettingError(f"'{strange[0]}' is a newcomer: it is not there to be removed")
    if len(there) == 1 and not (new or copies):
        raise SettingError(f"without '{there[0]}', the only unit, there is nothing left to rank")
    if not there:
        raise SettingError("every unit is a newcomer: there is no ranking that they come to")

    def of(chosen: Sequence[str]) -> Observations:
        known = set(chosen)
        return data.take([c for c, b in zip(data.units.codes, bodies, strict=True) if b in known])

    base = of(there) if new else data

    def made() -> Iterator[UnitChange]:
        for body in gone:
            left = [other for other in there if other != body]
            if left:
                yield UnitChange("without", body, of(left))
        for body in new:
            yield UnitChange("with", body, of([*there, body]))
        if copies:
            for index, body in enumerate(base.units.codes):
                yield UnitChange("copy of", body, _with_copy(base, index))

    return base, made()


def _named(data: Observations, units: Iterable[str]) -> list[str]:
    """Return the bodies of units that go or come."""
    if not isinstance(units, Iterable):
        raise SettingError(
            "units that go or come are named by their codes, and are units of the data, not "
            f"{units!r}"
        )
    own = [units] if isinstance(units, str) else units
    return list(dict.fromkeys(data.units.bodies[data.units.locate_all(u)[0]] for u in own))


def _with_copy(data: Observations, index: int) -> Observations:
    known = set(data.units.codes)
    code = data.units.codes[index] + "'"
    while code in known:
        code += "'"
    copy = attrs.evolve(data.units[index], code=code, name=None)
    rows = np.append(np.arange(len(data.units)), index)
    stages = tuple(Stage(s.name, s.values[rows], s.status[rows]) for s in data.stages)
    return attrs.evolve(
        data,
        units=Units.of([*data.units, copy]),
        values=data.values[rows],
        status=data.status[rows],
        stages=stages,
        treated=data.treated[rows],
        raw=data.raw_values[rows][data.treated[rows]],
    )


class Judge:
    """Compares cases with the nominal result, and finds which parts made a difference."""

    def __init__(
        self, method: AnyMethodology, nominal: IndexResult, node: str, parts: tuple[FrozenPart, ...]
    ) -> None:
        self.method, self.nominal, self.node, self.parts = method, nominal, node, parts
        self.own = {code: index for index, code in enumerate(nominal.units.codes)}
        self.before = nominal.ranks_at(node)
        self.shares, self.values = nominal.shares, nominal.values
        self.steps_move = any(one.part.kind == "step" for one in parts)
        self._variants: dict[int, Methodology] = {}
        self.able = [number for number, part in enumerate(parts) if part.frozen]
        self.stuck = tuple(number for number, part in enumerate(parts) if not part.frozen)
        self.anchored = self._frozen(self.able) if self.able else None

    def _frozen(self, numbers: Iterable[int]) -> Methodology:
        assert isinstance(self.method, Methodology)
        return with_frozen(self.method, [self.parts[number] for number in numbers])

    def _variant(self, number: int) -> Methodology:
        if number not in self._variants:
            self._variants[number] = self._frozen([number])
        return self._variants[number]

    def __call__(self, case: UnitChange) -> Found:
        """Return what a case changes; what cannot be computed says why."""
        try:
            result = self.method.compute(case.data)
            after = self._ranks(result)
            pairs = self._flipped(self.before, after)
            still = pairs
            if self.anchored is not None:
                still = self._flipped(self.before, self._ranks(self.anchored.compute(case.data)))
            causes, alone = self._causes(case, result, pairs, still)
        except GovIndexError as error:
            none = np.empty((0, 2))
            return Found(case.what, case.unit, none.astype(np.intp), none, none, problem=str(error))
        here = self._shared(result)[0]
        lost = np.isnan(after[here]) != np.isnan(self.before[here])
        return Found(
            case.what,
            case.unit,
            pairs,
            self.before[pairs],
            after[pairs],
            causes,
            alone,
            len(still),
            int(lost.sum()),
        )

    def _ranks(self, result: IndexResult) -> Float:
        """Return the ranks that the nominal units have in another result."""
        found = np.full(len(self.own), np.nan)
        own, there = self._shared(result)
        found[own] = result.ranks_at(self.node)[there]
        return found

    def _shared(self, result: IndexResult) -> Index:
        """Return where the units that both results have stand in each, shape (2, units)."""
        codes = enumerate(result.units.codes)
        known = [(self.own[code], index) for index, code in codes if code in self.own]
        return np.array(known, dtype=np.intp).reshape(-1, 2).T

    def _flipped(self, before: Float, after: Float) -> Index:
        """Return the pairs that are ordered otherwise than before, group by group."""
        found = [np.empty((0, 2), dtype=np.intp)]
        for *_, members in self.nominal.units.ranking_groups():
            both = members[~np.isnan(before[members]) & ~np.isnan(after[members])]
            both = both[np.lexsort((both, before[both]))]
            found += [both[pairs] for pairs in _turned(before[both], after[both])]
        return np.concatenate(found)

    def _causes(
        self, case: UnitChange, result: IndexResult, pairs: Index, still: Index
    ) -> tuple[tuple[tuple[int, ...], ...], Bool]:
        """Return the parts that made each flip possible, and whether each of them alone did."""
        if not len(pairs):
            return (), np.zeros(0, dtype=bool)
        moved = [number for number in self.able if self._moved(number, result)]
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

    def _moved(self, number: int, result: IndexResult) -> bool:
        """Tell whether a part can have made a difference: a rule whose shares stayed has not."""
        part = self.parts[number]
        if part.part.kind != "rule":
            return True
        row = self.nominal.row_of(str(part.part.at))
        own, there = self._shared(result)
        same = np.array_equal(self.shares[row, own], result.shares[row, there], equal_nan=True)
        if self.steps_move:
            values = self.values[row, own], result.values[row, there]
            same = same and np.array_equal(*values, equal_nan=True)
        leaf = str(part.part.at) in result.framework.leaf_codes
        return not (same and leaf)


def _turned(before: Float, after: Float) -> Iterator[Any]:
    """Yield the pairs whose order differs, of units sorted by what they had before.

    Units are cut where all before stand ahead of all behind, before and after: only pairs inside
    a part can differ.
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
