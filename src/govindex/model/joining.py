"""Data of several stages or periods → the fields of one set of observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from govindex.checks import mapping_of
from govindex.contracts import Float, is_absent
from govindex.errors import DataError, Problem, Problems, listing
from govindex.model.cells import ObservedCells
from govindex.model.joined_errors import picked_errors, stacked_errors
from govindex.model.panels import joined_units
from govindex.model.stages import Stage, fallback_order, picked, sources, staged
from govindex.periods import period_problems, sorted_periods

__all__ = ["common_answers", "joined_periods", "joined_stages", "require_cells"]


def require_cells(parts: Mapping[str, object], kind: type[ObservedCells], what: str) -> None:
    """Refuse stages or periods that are not observations."""
    problems = Problems()
    for name, data in mapping_of(parts, f"{what}s").items():
        if not isinstance(data, kind):
            problems.add(
                f"{what} '{name}' is {type(data).__name__}, not {kind.__name__}",
                code=f"{what}.type",
            )
    problems.raise_any(DataError, f"The {what}s do not fit together")


def joined_stages(
    stages: Mapping[str, ObservedCells], fall_back: bool | str | Iterable[str]
) -> dict[str, Any]:
    """Return the fields of observations with these stages."""
    if not stages:
        raise DataError("give at least one stage")
    problems = Problems()
    problems.extend(_stage_problems(stages))
    problems.raise_any(DataError, "The stages do not fit together")
    problems.extend(_answer_problems(stages, "stage"))
    problems.raise_any(DataError, "The stages do not fit together")
    every = list(stages.values())
    first = every[0]
    levels, values = common_answers(
        first.variables, [data.levels for data in every], [data.values for data in every]
    )
    parts = [Stage(n, v, d.status) for (n, d), v in zip(stages.items(), values, strict=True)]
    order = fallback_order(fall_back, list(stages))
    fields = staged(parts, order)
    source = sources(parts, order)
    treated = picked([d.treated for d in every], source) & ~is_absent(fields["status"])
    return {
        **fields,
        "units": first.units,
        "variables": first.variables,
        "levels": levels,
        "period": first.period,
        "treated": treated,
        "raw": picked([d.raw_values for d in every], source)[treated],
        **picked_errors(every, source),
    }


def _stage_problems(stages: Mapping[str, ObservedCells]) -> Iterator[str]:
    first_name, first = next(iter(stages.items()))
    for name, data in stages.items():
        if data.units.codes != first.units.codes:
            cause = f"stage '{name}' has other units than '{first_name}', or another order"
            yield Problem(cause, code="stage.units", stage=name)
        if data.variables != first.variables:
            cause = f"stage '{name}' has other variables than '{first_name}'"
            yield Problem(cause, code="stage.variables", stage=name)
        if data.period != first.period:
            cause = f"stage '{name}' has another period than '{first_name}'"
            yield Problem(cause, code="stage.period", stage=name)


def joined_periods(periods: Mapping[str, ObservedCells]) -> dict[str, Any]:
    """Return the fields of a panel."""
    problems = Problems()
    problems.extend(_period_problems(periods))
    problems.raise_any(DataError, "The periods do not fit together")
    every = {period: periods[period] for period in sorted_periods(periods)}
    problems.extend(_set_problems({p: d.variables for p, d in every.items()}, "variables"))
    names = {period: [stage.name for stage in data.stages] for period, data in every.items()}
    problems.extend(_set_problems(names, "stages"))
    if not problems:
        problems.extend(_order_problems(names, "has the stages"))
        fallen = {period: list(data.fall_back) for period, data in every.items()}
        problems.extend(_order_problems(fallen, "falls back to"))
    problems.raise_any(DataError, "The periods do not fit together")
    problems.extend(_answer_problems(every, "period"))
    problems.raise_any(DataError, "The periods do not fit together")
    return _stacked(every)


def _stacked(periods: Mapping[str, ObservedCells]) -> dict[str, Any]:
    """Return the cells of all periods, one period below the other, in the columns of the first."""
    every = list(periods.values())
    first = every[0]
    columns = [[data.column_of(name) for name in first.variables] for data in every]

    def below(arrays: Iterable[Any]) -> Any:
        return np.vstack([array[:, order] for array, order in zip(arrays, columns, strict=True)])

    def numbers(arrays: Iterable[Any]) -> tuple[dict[str, tuple[str, ...]], Float]:
        ordered = [array[:, order] for array, order in zip(arrays, columns, strict=True)]
        levels, values = common_answers(first.variables, [d.levels for d in every], ordered)
        return levels, np.vstack(values)

    levels, values = numbers(data.values for data in every)
    stages = []
    for number, stage in enumerate(first.stages):
        same = [data.stages[number] for data in every]
        values_at, status_at = (s.values for s in same), (s.status for s in same)
        stages.append(Stage(stage.name, numbers(values_at)[1], below(status_at)))
    treated = below(data.treated for data in every)
    errors = stacked_errors(every, first.variables)
    lost = errors.pop("reports", ())
    return {
        "units": joined_units({period: data.units for period, data in periods.items()}),
        "variables": first.variables,
        "values": values,
        "status": below(data.status for data in every),
        "levels": levels,
        "stages": stages,
        "stage": first.stage,
        "fall_back": first.fall_back,
        "treated": treated,
        "raw": below(data.raw_values for data in every)[treated],
        **errors,
        "reports": (*(report for data in every for report in data.reports), *lost),
    }


def _period_problems(periods: Mapping[str, ObservedCells]) -> Iterator[str]:
    if not periods:
        yield Problem("give at least one period", code="panel.empty")
    yield from period_problems(periods)
    for period, data in periods.items():
        if data.units.periods is not None:
            cause = f"period '{period}' is a panel itself: take its periods with at_period(…)"
            yield Problem(cause, code="panel.nested")
        elif data.period not in (None, period):
            yield Problem(f"period '{period}' holds data of {data.period}", code="panel.period")


def _set_problems(named: Mapping[str, Iterable[str]], what: str) -> Iterator[str]:
    """Yield the variables (or stages) that the first period and another one do not share."""
    first, *others = named.items()
    for other in others:
        for (one, names), (two, known) in ((first, other), (other, first)):
            lacking = [name for name in names if name not in set(known)]
            if lacking:
                cause = f"period {two} lacks {what} of {one}: {listing(lacking)}"
                yield Problem(cause, code="panel.lacks")


def _order_problems(named: Mapping[str, Sequence[str]], what: str) -> Iterator[str]:
    (one, first), *others = named.items()
    for two, names in others:
        if list(names) != list(first):
            yield (
                f"period {two} {what} {listing(names)} in that order, period {one} {listing(first)}"
            )


def _answer_problems(named: Mapping[str, ObservedCells], what: str) -> Iterator[str]:
    """Yield the stages or periods that have numbers for a variable of answers."""
    for variable in dict.fromkeys(name for data in named.values() for name in data.levels):
        for name, data in named.items():
            known = ~is_absent(data.status[:, data.column_of(variable)])
            if variable not in data.levels and known.any():
                cause = f"{what} '{name}' has numbers for the answers of variable '{variable}'"
                yield Problem(cause, code=f"{what}.answers", variable=variable)


def common_answers(
    variables: Sequence[str],
    levels: Sequence[Mapping[str, tuple[str, ...]]],
    values: Sequence[Float],
) -> tuple[dict[str, tuple[str, ...]], list[Float]]:
    """Return the answers of all readings of the variables, and the values numbered by them."""
    common: dict[str, tuple[str, ...]] = {}
    numbered = [np.array(numbers) for numbers in values]
    for column, name in enumerate(variables):
        texts = sorted({text for known in levels for text in known.get(name, ())})
        if not texts:
            continue
        common[name] = tuple(texts)
        for known, numbers in zip(levels, numbered, strict=True):
            index = np.array([texts.index(text) for text in known.get(name, ())], dtype=np.float64)
            is_answer = ~np.isnan(numbers[:, column])
            numbers[is_answer, column] = index[numbers[is_answer, column].astype(np.intp)]
    return common, numbered
