"""The ranks that one index gives, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from govindex.contracts import Float
from govindex.errors import DataError, Problems
from govindex.frames import column_texts, open_table, read_cells, require_columns
from govindex.notation import Notation
from govindex.periods import period_problems, sorted_periods
from govindex.results import IndexResult
from govindex.robustness import RankSample

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "IndexStanding",
    "Standings",
    "published_standings",
    "result_standings",
    "sample_standings",
]

_NUMBERS = ("rank", "of", "low", "high")
_NAN = float("nan")


@attrs.frozen
class IndexStanding:
    """The rank of a unit in an index.

    Parameters
    ----------
    rank, of, low, high : float
        The rank, the number of ranked units in its league, and the interval of the rank; NaN if
        unknown.
    league, period : str or None
    """

    rank: float
    of: float = _NAN
    low: float = _NAN
    high: float = _NAN
    league: str | None = None
    period: str | None = None


@attrs.frozen(eq=False)
class Standings:
    """The ranks of an index: for each unit, by its code, those of its periods, the latest last.

    Parameters
    ----------
    by_unit : mapping of str to tuple of IndexStanding
    names : mapping of str to (str, …)
        The names of each unit.
    """

    by_unit: Mapping[str, tuple[IndexStanding, ...]]
    names: Mapping[str, tuple[str, ...]]


def result_standings(result: IndexResult, node: str | None, *, overall: bool) -> Standings:
    """Return the ranks of a result at a node, in each of its periods."""
    units, code = result.units, result.codes[0] if node is None else node
    ranks = result.ranks_at(code, overall=overall)
    count = len(units)
    periods = units.periods or (None,) * count
    leagues = (None,) * count if overall or units.leagues is None else units.leagues
    groups = list(zip(periods, leagues, strict=True))
    ranked: dict[Any, int] = {}
    for group, rank in zip(groups, ranks.tolist(), strict=True):
        ranked[group] = ranked.get(group, 0) + (rank == rank)
    found: dict[str, list[IndexStanding]] = {}
    for body, rank, (period, league) in zip(units.bodies, ranks.tolist(), groups, strict=True):
        of = float(ranked[period, league])
        standing = IndexStanding(rank, of, league=league, period=period)
        found.setdefault(body, []).append(standing)
    named = zip(units.bodies, units.body_labels(), units.body_labels("vi"), strict=True)
    return Standings(_in_order(found), {body: (first, other) for body, first, other in named})


def sample_standings(sample: RankSample, level: float, *, overall: bool) -> Standings:
    """Return the ranks of a sample with their intervals."""
    standings = result_standings(sample.nominal, sample.node, overall=overall)
    units = sample.nominal.units
    together = units.leagues is None or len(set(units.leagues)) == 1 or not overall
    if not together or units.periods is not None:
        return standings  # ranks over draws are those inside leagues
    frame = sample.intervals(level)
    low, high = (frame[name].to_numpy(float, na_value=_NAN).tolist() for name in ("low", "high"))
    ends = dict(zip(frame.index, zip(low, high, strict=True), strict=True))
    by_unit = {
        code: tuple(attrs.evolve(s, low=ends[code][0], high=ends[code][1]) for s in found)
        if code in ends
        else found
        for code, found in standings.by_unit.items()
    }
    return attrs.evolve(standings, by_unit=by_unit)


def published_standings(frame: Any, name: str, *, overall: bool) -> Standings:
    """Return the ranks of a published table.

    Raises
    ------
    DataError
        With every problem: no column of units or ranks, a rank that is not a number from 1, a unit
        in two rows of a period, an interval without the rank.
    """
    problems = Problems()
    heading = f"The published table '{name}' cannot be read"
    table = open_table(frame)
    require_columns(table, ("unit", "rank"), problems)
    problems.raise_any(DataError, heading)
    labels = column_texts(table, "unit")
    columns = [column for column in _NUMBERS if column in table.columns]

    def where(row: int) -> str:
        return labels[row] or f"row {row + 1}"

    values, _, levels = read_cells(
        table, columns, Notation(), where, problems, unwanted="correct the number"
    )
    for column in levels:
        problems.add("the column holds texts, not numbers", code="rank.text", variable=column)
    numbers = dict(zip(columns, values, strict=True))
    _check(numbers, labels, where, problems)
    problems.raise_any(DataError, heading)
    texts = {text: _texts(table, text) for text in ("league", "period", "name")}
    for problem in period_problems(period for period in texts["period"] if period is not None):
        problems.add(problem, code="period", variable="period", noun="column")
    problems.raise_any(DataError, heading)
    found: dict[str, list[IndexStanding]] = {}
    for row, code in enumerate(labels):
        assert code is not None
        cells = {column: float(numbers[column][row]) for column in columns}
        league = None if overall else texts["league"][row]
        standing = IndexStanding(**cells, league=league, period=texts["period"][row])
        if any(other.period == standing.period for other in found.get(code, ())):
            problems.add("has two rows", code="unit.twice", unit=code, row=row + 1)
        found.setdefault(code, []).append(standing)
    problems.raise_any(DataError, heading)
    names = dict(zip(found, found, strict=True))
    names |= {str(c): n for c, n in zip(labels, texts["name"], strict=True) if n}
    return Standings(_in_order(found), {code: (label,) for code, label in names.items()})


def _texts(table: nw.DataFrame[Any], name: str) -> list[str | None]:
    return column_texts(table, name) if name in table.columns else [None] * len(table)


def _check(
    numbers: Mapping[str, Float], labels: Sequence[str | None], where: Any, problems: Problems
) -> None:
    ranks = numbers["rank"]
    for row, label in enumerate(labels):
        if label is None:
            problems.add("there is no unit", code="unit.blank", row=row + 1)
        for column, values in numbers.items():
            if values[row] < 1:
                found = f"{values[row]:g}"
                problems.add(
                    f"{found} is below 1, the first rank",
                    code="rank.low",
                    unit=where(row),
                    variable=column,
                    found=found,
                )
        low = numbers.get("low", ranks)[row]
        for high, column in ((ranks[row], "low"), (numbers.get("of", ranks)[row], "of")):
            lowest = low if column == "low" else ranks[row]
            if lowest > high:
                problems.add(
                    "the interval does not hold the rank"
                    if column == "low"
                    else "the rank is beyond the number of ranked units",
                    code=f"rank.{column}",
                    unit=where(row),
                )
        if numbers.get("high", ranks)[row] < ranks[row]:
            problems.add("the interval does not hold the rank", code="rank.high", unit=where(row))


def _in_order(found: Mapping[str, list[IndexStanding]]) -> dict[str, tuple[IndexStanding, ...]]:
    """Return the ranks of each unit, the latest period last."""
    periods = sorted_periods({s.period for every in found.values() for s in every if s.period})
    number = {period: i for i, period in enumerate(periods)}
    return {
        unit: tuple(sorted(every, key=lambda s: number.get(s.period or "", -1)))
        for unit, every in found.items()
    }
