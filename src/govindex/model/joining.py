"""Data of several periods → one panel, with every way in which they do not fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from govindex.contracts import Bool, Float, Report, Status, is_absent
from govindex.errors import DataError, Problem, Problems, listing
from govindex.model.arrays import UnitData
from govindex.model.panels import joined_units
from govindex.model.reading import common_answers
from govindex.model.stages import Stage
from govindex.periods import period_problems, sorted_periods

__all__ = ["answer_problems", "joined"]


class PeriodData(UnitData, Protocol):
    """The data of one period, as observations hold them."""

    @property
    def period(self) -> str | None: ...

    @property
    def stages(self) -> Sequence[Stage]: ...

    @property
    def stage(self) -> str | None: ...

    @property
    def fall_back(self) -> tuple[str, ...]: ...

    @property
    def treated(self) -> Bool: ...

    @property
    def raw_values(self) -> Float: ...

    @property
    def reports(self) -> tuple[Report, ...]: ...

    def column_of(self, variable: str) -> int:
        """Return the column of a variable."""


def joined(
    periods: Mapping[str, PeriodData],
) -> tuple[dict[str, Any], list[tuple[str, Float, Status]]]:
    """Return the fields of a panel, and its stages.

    Raises
    ------
    DataError
        With every way in which the periods do not fit together.
    """
    problems = Problems()
    problems.extend(_period_problems(periods))
    problems.raise_any(DataError, "The periods do not fit together")
    every = {period: periods[period] for period in sorted_periods(periods)}
    first = next(iter(every.values()))
    problems.extend(_set_problems({p: d.variables for p, d in every.items()}, "variables"))
    names = {period: [stage.name for stage in data.stages] for period, data in every.items()}
    problems.extend(_set_problems(names, "stages"))
    if not problems:
        problems.extend(_order_problems(names, "has the stages"))
        fallen = {period: list(data.fall_back) for period, data in every.items()}
        problems.extend(_order_problems(fallen, "falls back to"))
    problems.raise_any(DataError, "The periods do not fit together")
    problems.extend(answer_problems(every, "period"))
    problems.raise_any(DataError, "The periods do not fit together")

    def stacked(cells: Sequence[Any]) -> tuple[dict[str, tuple[str, ...]], Float, Status]:
        """Put the cells of every period below each other, in the columns of the first."""
        columns = [[data.column_of(name) for name in first.variables] for data in every.values()]
        values = [own.values[:, order] for own, order in zip(cells, columns, strict=True)]
        status = [own.status[:, order] for own, order in zip(cells, columns, strict=True)]
        answers = [data.levels for data in every.values()]
        levels, values = common_answers(first.variables, answers, values)
        return levels, np.vstack(values), np.vstack(status)

    levels, values, status = stacked(list(every.values()))
    stages = []
    for name in names[next(iter(every))]:
        own = [next(s for s in data.stages if s.name == name) for data in every.values()]
        stages.append((name, *stacked(own)[1:]))
    columns = [[data.column_of(name) for name in first.variables] for data in every.values()]
    marks = zip(every.values(), columns, strict=True)
    treated = np.vstack([data.treated[:, order] for data, order in marks])
    marks = zip(every.values(), columns, strict=True)
    raw = np.vstack([data.raw_values[:, order] for data, order in marks])[treated]
    fields = {
        "units": joined_units({period: data.units for period, data in every.items()}),
        "variables": first.variables,
        "values": values,
        "status": status,
        "levels": levels,
        "stage": first.stage,
        "fall_back": first.fall_back,
        "treated": treated,
        "raw": raw,
        "reports": tuple(report for data in every.values() for report in data.reports),
    }
    return fields, stages


def _period_problems(periods: Mapping[str, PeriodData]) -> Iterator[str]:
    if not periods:
        yield Problem("give at least one period", code="panel.empty")
    yield from period_problems(periods)
    for period, data in periods.items():
        if data.units.periods is not None:
            said = f"period '{period}' is a panel itself: take its periods with at_period(…)"
            yield Problem(said, code="panel.nested")
        elif data.period not in (None, period):
            yield Problem(f"period '{period}' holds data of {data.period}", code="panel.period")


def _set_problems(named: Mapping[str, Iterable[str]], what: str) -> Iterator[str]:
    """Say which periods lack variables (or stages) that the first one has, or it lacks theirs."""
    first, *others = named.items()
    for other in others:
        for (one, names), (two, known) in ((first, other), (other, first)):
            lacking = [name for name in names if name not in set(known)]
            if lacking:
                said = f"period {two} lacks {what} of {one}: {listing(lacking)}"
                yield Problem(said, code="panel.lacks")


def _order_problems(named: Mapping[str, Sequence[str]], what: str) -> Iterator[str]:
    (one, first), *others = named.items()
    for two, names in others:
        if list(names) != list(first):
            yield (
                f"period {two} {what} {listing(names)} in that order, period {one} {listing(first)}"
            )


def answer_problems(named: Mapping[str, PeriodData], what: str) -> Iterator[str]:
    """Say which stages or periods have numbers where another one has answers."""
    for variable in dict.fromkeys(name for data in named.values() for name in data.levels):
        for name, data in named.items():
            known = ~is_absent(data.status[:, data.column_of(variable)])
            if variable not in data.levels and known.any():
                said = f"{what} '{name}' has numbers for the answers of variable '{variable}'"
                yield Problem(said, code=f"{what}.answers", variable=variable)
