"""The data of one edition in the variables of the other, so that either rules can score them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.changes.matching import Item, agree
from govindex.changes.unit_pairs import UnitPairs
from govindex.contracts import BaseRule, Bool, Float, Status, completed, is_absent
from govindex.errors import Problems, listing
from govindex.measures import Value
from govindex.model.framework import Framework
from govindex.model.joining import common_answers
from govindex.model.observations import Observations
from govindex.model.tree import Indicator
from govindex.model.unit import Unit
from govindex.model.units import Units
from govindex.prepare.flow import read_by_steps

__all__ = ["Edition", "Populations", "merged_data", "populations", "variables_of"]


@attrs.frozen(eq=False, slots=False)
class Edition:
    """A methodology with the data of all units, and the row of each compared unit.

    `maxima` are those of the nodes with scores; NaN if forms have different ones.
    """

    method: Any
    data: Observations
    rows: Sequence[int]
    maxima: Mapping[str, float]

    @cached_property
    def leaves(self) -> dict[str, Indicator]:
        """The indicators of all forms, by code."""
        forms = _frameworks(self.method)
        return {leaf.code: leaf for form in forms for leaf in form.leaves}


@attrs.frozen(eq=False, slots=False)
class Populations:
    """The units of both editions with the variables of one methodology.

    Parameters
    ----------
    data : (Observations, Observations)
        Of the edition before, and of the one after.
    rows : (sequence of int, sequence of int)
        The row of each compared unit in either.
    """

    data: tuple[Observations, Observations]
    rows: tuple[Sequence[int], Sequence[int]]

    def with_figures(self, side: int, pair: int) -> Observations:
        """Return the units of one edition, one of them with its figures of the other."""
        data, other = self.data[side], self.data[1 - side]
        row, source = self.rows[side][pair], self.rows[1 - side][pair]
        values, status = data.values.copy(), data.status.copy()
        treated, raw = data.treated.copy(), self._raw[side].copy()
        values[row], status[row] = other.values[source], other.status[source]
        treated[row], raw[row] = other.treated[source], self._raw[1 - side][source]
        raw = raw[treated]
        return attrs.evolve(
            data,
            values=values,
            status=status,
            treated=treated,
            raw=raw,
            errors=None,
            covariances=None,
            replicates=None,
        )

    @cached_property
    def _raw(self) -> tuple[Float, Float]:
        return self.data[0].raw_values, self.data[1].raw_values


def variables_of(method: Any) -> tuple[str, ...]:
    """Return the variables that a methodology reads, also those that it can do without."""
    names: dict[str, None] = {}
    for form in _frameworks(method):
        names.update(dict.fromkeys((*form.variables, *form.optional_variables)))
    names.update(dict.fromkeys(read_by_steps(getattr(method, "steps", ()))))
    return tuple(names)


def _frameworks(method: Any) -> tuple[Framework, ...]:
    return tuple(getattr(method, "frameworks", (method.framework,)))


def populations(
    side: int,
    editions: tuple[Edition, Edition],
    same: Iterable[tuple[str, str]],
    problems: Problems,
    say: Callable[..., str],
) -> Populations | None:
    """Return the units of both editions in the variables of one methodology.

    Notes every variable that the other edition lacks, or that is another one there.

    Parameters
    ----------
    side : int
        Whose methodology: 0 before, 1 after.
    editions : (Edition, Edition)
    same : iterable of (code before, code after)
        The nodes that are the same.
    problems : Problems
    say : callable
        Returns the words of a problem by its key.
    """
    own, other = editions[side], editions[1 - side]
    names = [name for name in variables_of(own.method) if name in own.data.variables]
    pairs = [pair if side == 0 else pair[::-1] for pair in same]
    elsewhere = _translation(own, other, pairs)
    doubtful = _doubtful(own, other, pairs)
    factors = _factors(own, other, pairs)
    lacking = [name for name in names if elsewhere.get(name, name) not in other.data.variables]
    changed = [name for name in names if name not in elsewhere and name in doubtful]
    if lacking:
        problems.add(say("lacking", 1 - side, variables=listing(lacking)))
    if changed := [name for name in changed if name not in lacking]:
        problems.add(say("other_meaning", 1 - side, variables=listing(changed)))
    if unlike := [name for name in names if np.isnan(factors.get(name, 1.0))]:
        problems.add(say("points", 1 - side, variables=listing(unlike)))
    if problems:
        return None
    columns = _CrossedColumns(
        side,
        names,
        [elsewhere.get(name, name) for name in names],
        np.array([factors.get(name, 1.0) for name in names]),
    )
    return _aligned(columns, editions, problems, say)


def _both(
    own: Edition, other: Edition, pairs: Iterable[tuple[str, str]]
) -> Iterator[tuple[Indicator, Indicator]]:
    for code, counterpart in pairs:
        if code in own.leaves and counterpart in other.leaves:
            yield own.leaves[code], other.leaves[counterpart]


def _translation(own: Edition, other: Edition, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what the other edition calls the variables of indicators that are the same."""
    names: dict[str, str] = {}
    for one, two in _both(own, other, pairs):
        if type(one.measure) is not type(two.measure):
            continue
        variables = one.measure.variables, two.measure.variables
        if len(variables[0]) == len(variables[1]):
            for name, elsewhere in zip(*variables, strict=True):
                # A variable that is two elsewhere is neither: it is reported as lacking.
                names[name] = elsewhere if names.get(name, elsewhere) == elsewhere else ""
    return names


def _doubtful(own: Edition, other: Edition, pairs: Sequence[tuple[str, str]]) -> set[str]:
    """Return variables of indicators with one code that are not the same in both editions."""
    paired = dict(pairs)
    doubtful: set[str] = set()
    for code, leaf in own.leaves.items():
        if code not in other.leaves:
            continue
        elsewhere = other.leaves[code]
        if code in own.maxima and code in other.maxima:
            is_same = paired.get(code) == code
        else:  # an indicator without scores, whose methodology computes by its own code
            is_same = agree(*(Item.of(x.code, x.name, x.label()) for x in (leaf, elsewhere)))
        if not is_same:
            doubtful.update(set(leaf.measure.variables) & set(elsewhere.measure.variables))
    return doubtful


def _factors(own: Edition, other: Edition, pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Return what points of the other edition are multiplied with: they keep their share.

    NaN where that is not known: points in one edition only, or of several maxima.
    """
    factors: dict[str, float] = {}
    for one, two in _both(own, other, pairs):
        points = [completed(leaf.rule, BaseRule).in_points for leaf in (one, two)]
        if not any(points):
            continue
        maxima = own.maxima.get(one.code, np.nan), other.maxima.get(two.code, np.nan)
        known = all(points) and maxima[1] > 0 and not np.isnan(maxima[0])
        factor = maxima[0] / maxima[1] if known else np.nan
        if factor != 1.0 and not isinstance(one.measure, Value):
            factor = np.nan
        for name in one.measure.variables:
            agrees = factors.get(name, factor) == factor
            factors[name] = factor if agrees else np.nan
    return factors


@attrs.frozen(eq=False)
class _CrossedColumns:
    """The variables of one edition, what the other calls them, and how its points are scaled."""

    side: int
    names: Sequence[str]
    sources: Sequence[str]
    factors: Float


def _aligned(
    columns: _CrossedColumns,
    editions: tuple[Edition, Edition],
    problems: Problems,
    say: Callable[..., str],
) -> Populations | None:
    """Return both editions with the same columns and the same answers."""
    side, names = columns.side, columns.names
    wanted = [columns.sources, columns.sources]
    wanted[side] = list(names)
    cells = [
        _cells(edition.data, sources, 1.0 if number == side else columns.factors)
        for number, (edition, sources) in enumerate(zip(editions, wanted, strict=True))
    ]
    levels = [
        {
            name: edition.data.levels[source]
            for name, source in zip(names, sources, strict=True)
            if source in edition.data.levels
        }
        for edition, sources in zip(editions, wanted, strict=True)
    ]
    mixed = [name for name in names if _is_mixed(name, names.index(name), levels, cells)]
    if mixed:
        problems.add(say("answers", side, variables=listing(mixed)))
        return None
    answers, values = common_answers(names, levels, [values for values, *_ in cells])
    data = [
        Observations(
            edition.data.units,
            tuple(names),
            numbers,
            status,
            levels={name: answers[name] for name in names if name in answers},
            period=edition.data.period,
            treated=treated,
            raw=raw[treated],
        )
        for edition, numbers, (_, status, treated, raw) in zip(editions, values, cells, strict=True)
    ]
    return Populations((data[0], data[1]), (editions[0].rows, editions[1].rows))


def _cells(
    data: Observations, names: Sequence[str], factors: Float | float
) -> tuple[Float, Status, Bool, Float]:
    columns = [data.column_of(name) for name in names]
    values, raw = data.values[:, columns] * factors, data.raw_values[:, columns] * factors
    return values, data.status[:, columns], data.treated[:, columns], raw


def _is_mixed(name: str, column: int, levels: Sequence[Any], cells: Sequence[Any]) -> bool:
    """Return whether a variable holds answers in one edition and numbers in the other."""
    if not any(name in known for known in levels):
        return False
    return any(
        name not in known and not bool(is_absent(status[:, column]).all())
        for known, (_, status, *_) in zip(levels, cells, strict=True)
    )


def merged_data(
    data: Observations, units: UnitPairs, names: Sequence[str]
) -> tuple[Observations, list[int]]:
    """Return the earlier data with merged units as one unit each, and the row of each pair.

    Raises
    ------
    DataError
        If a cell to be merged is absent or an answer.
    """
    rows = {code: row for row, code in enumerate(data.units.codes)}
    codes = units.before.codes
    located = [[rows[codes[row]] for row in old] for old in units.old]
    if not units.merged.size or units.merger is None:
        return data, [some[0] for some in located]
    gone = {row for pair in units.merged for row in located[pair]}
    kept = [row for row in range(len(data.units)) if row not in gone]
    weight = "the weight in the merged unit"
    columns = [data.column_of(name) for name in names]
    weights = np.ones(len(data.units))
    mapping: dict[str, str] = {}
    merged_units: list[Unit] = []
    for pair in units.merged:
        unit = _merged_unit(units, pair, {data.units.codes[row] for row in kept})
        merged_units.append(unit)
        for row, share in zip(located[pair], units.weights[pair], strict=True):
            mapping[data.units.codes[row]], weights[row] = unit.code, share
    part = Observations(
        data.units,
        (*names, weight),
        np.column_stack([data.values[:, columns], weights]),
        np.column_stack([data.status[:, columns], np.zeros(len(weights), dtype=np.uint8)]),
        levels={name: data.levels[name] for name in names if name in data.levels},
    )
    how: Any = units.merger.data or units.merger.how
    rolled = part.roll_up(
        mapping, how, weights=weight if how == "mean" else None, units=merged_units
    )
    every = [*_remaining(data, kept, mapping), *merged_units]
    number = {unit.code: row for row, unit in enumerate(every)}
    combined = Observations(
        Units.of(every),
        tuple(names),
        np.vstack([data.values[kept][:, columns], rolled.values[:, :-1]]),
        np.vstack([data.status[kept][:, columns], rolled.status[:, :-1]]),
        levels={name: data.levels[name] for name in names if name in data.levels},
        period=data.period,
    )
    found = [number[mapping.get(data.units.codes[s[0]], data.units.codes[s[0]])] for s in located]
    return combined, found


def _merged_unit(units: UnitPairs, pair: int, taken: set[str]) -> Unit:
    """Return the merged unit, in the league of its parts if they share one."""
    after = units.after[int(units.rows[pair])]
    parts = [units.before[row] for row in units.old[pair]]
    shared = {
        name: getattr(parts[0], name)
        if len({getattr(part, name) for part in parts}) == 1
        else getattr(after, name)
        for name in ("league", "type", "ranked")
    }
    code = after.code if after.code not in taken else f"{after.code} (merged)"
    return Unit(code, after.name, **shared)


def _remaining(data: Observations, kept: Sequence[int], merged: Mapping[str, str]) -> list[Unit]:
    """Return the units that did not merge; parents that merged are the merged unit."""
    units = [data.units[row] for row in kept]
    return [
        attrs.evolve(unit, parent=merged.get(unit.parent, unit.parent) if unit.parent else None)
        for unit in units
    ]
