"""Gathering indices: results, ranks over draws and published tables, their units matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import is_share, mapping_of, true_or_false
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.model.units import Unit, Units
from govindex.periods import sorted_periods
from govindex.portfolios.portfolios import Portfolio
from govindex.portfolios.standings import (
    IndexStanding,
    Standings,
    published_standings,
    result_standings,
    sample_standings,
)
from govindex.results import IndexResult
from govindex.robustness import RankSample

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["portfolio"]


def portfolio(
    indices: Mapping[str, IndexResult | RankSample | IntoFrame],
    *,
    overall: bool = False,
    level: float = 0.9,
) -> Portfolio:
    """Put several indices side by side.

    Parameters
    ----------
    indices : mapping of str to IndexResult, RankSample or data frame
        By the name to show. A data frame is a published table with columns `unit` and `rank`, and
        perhaps `name`, `of` (the number of ranked units), `league`, `period`, and `low` and `high`,
        the interval of the rank. Of a panel, or a table with periods, the latest period counts, and
        the earlier ones make the trend.
    overall : bool
        Ranks among all units instead of inside leagues; those of published tables are as printed.
    level : float
        The share of draws in the interval of a rank of a sample.

    Units are matched by their codes; a published table may also have the names of units that a
    result or another table has.

    Returns
    -------
    Portfolio

    Raises
    ------
    DataError
        If there are fewer than two indices, a published table cannot be read, or a unit is in two
        leagues.
    SettingError
        If an index is something else.

    Examples
    --------
    >>> import pandas as pd
    >>> import govindex as gi
    >>> units = [*"ABCD"]
    >>> both = gi.portfolio({
    ...     "made-up reform": pd.DataFrame({"unit": units, "rank": [1, 2, 3, 4]}),
    ...     "made-up service": pd.DataFrame({"unit": units, "rank": [2, 1, 4, 3], "of": 63}),
    ... })
    >>> both.unit("A")[["rank", "of"]].values.tolist()
    [[1.0, 4.0], [2.0, 63.0]]
    """
    true_or_false(overall, "overall")
    if not is_share(level):
        raise SettingError(f"a level is a share from 0 to 1, not {level!r}")
    kind = "a mapping of names to results, samples of ranks or published tables"
    if len(mapping_of(indices, "indices", kind)) < 2:
        raise DataError(f"a portfolio needs at least two indices, not {listing(indices)}")
    read = {name: _standings(index, str(name), level, overall) for name, index in indices.items()}
    known = _codes(read)
    matched = {name: _matched(standings, name, known) for name, standings in read.items()}
    units = _units(matched, read, known)
    latest = [_latest(by_unit) for by_unit in matched.values()]
    rank, of, low, high = (
        _numbers(latest, units, field) for field in ("rank", "of", "low", "high")
    )
    histories = tuple(_history(by_unit, units) for by_unit in matched.values())
    names = tuple(map(str, matched))
    return Portfolio(names, units, rank, of, low, high, histories, overall=overall)


def _standings(index: Any, name: str, level: float, overall: bool) -> Standings:
    if isinstance(index, IndexResult):
        return result_standings(index, None, overall=overall)
    if isinstance(index, RankSample):
        return sample_standings(index, level, overall=overall)
    return published_standings(index, name, overall=overall)


def _codes(read: Mapping[str, Standings]) -> dict[str, str | None]:
    """Return the code of each name, None if several units have it; codes are their own."""
    codes: dict[str, str | None] = {}
    for standings in read.values():
        for code, labels in standings.names.items():
            for label in labels:
                if label != code:
                    codes[label] = code if codes.get(label, code) == code else None
    for standings in read.values():
        for code in standings.by_unit:
            codes.setdefault(code, code)
    return codes


def _matched(
    standings: Standings, name: str, codes: Mapping[str, str | None]
) -> dict[str, tuple[IndexStanding, ...]]:
    problems, found = Problems(), {}
    for unit, every in standings.by_unit.items():
        code = codes[unit] if standings.names.get(unit, (unit,)) == (unit,) else unit
        if code is None:
            problems.add("several units have that name: give its code", code="unit.name", unit=unit)
        elif code in found:
            problems.add("is in two rows, by code and by name", code="unit.twice", unit=unit)
        else:
            found[code] = every
    problems.raise_any(DataError, f"The units of '{name}' cannot be matched")
    return found


def _units(
    matched: Mapping[str, Mapping[str, tuple[IndexStanding, ...]]],
    read: Mapping[str, Standings],
    codes: Mapping[str, str | None],
) -> Units:
    leagues: dict[str, str | None] = {}
    problems = Problems()
    for name, by_unit in matched.items():
        for code, every in by_unit.items():
            league = every[-1].league
            if leagues.setdefault(code, league) is None:
                leagues[code] = league
            if league not in (None, leagues[code]):
                problems.add(
                    f"is in league '{league}' of '{name}', and in '{leagues[code]}' of another "
                    "index",
                    code="unit.league",
                    unit=code,
                )
    problems.raise_any(DataError, "These indices have no common leagues (try overall=True)")
    labels = {
        code: names[0]
        for standings in reversed(list(read.values()))
        for code, names in standings.names.items()
        if code in leagues
    }
    return Units.of(
        Unit(code, name=labels.get(code, code), league=league) for code, league in leagues.items()
    )


def _latest(by_unit: Mapping[str, tuple[IndexStanding, ...]]) -> dict[str, IndexStanding]:
    """Return the ranks of the latest period, with the number of ranked units if it is known."""
    periods = _periods(by_unit)
    last = {
        code: every[-1]
        for code, every in by_unit.items()
        if not periods or every[-1].period == periods[-1]
    }
    ranked = [standing for standing in last.values() if standing.rank == standing.rank]
    count = len(ranked)
    stated = any(standing.of == standing.of for standing in last.values())
    one_league = len({standing.league for standing in ranked}) == 1
    if stated or not one_league or max(standing.rank for standing in ranked) > count:
        return last
    return {code: attrs.evolve(standing, of=float(count)) for code, standing in last.items()}


def _numbers(latest: Sequence[Mapping[str, IndexStanding]], units: Units, field: str) -> Any:
    """Return a number of each unit in each index, NaN without one."""
    blank = IndexStanding(np.nan)
    return np.array(
        [[getattr(by.get(code, blank), field) for code in units.codes] for by in latest],
        dtype=np.float64,
    )


def _periods(by_unit: Mapping[str, tuple[IndexStanding, ...]]) -> Sequence[str]:
    return sorted_periods({s.period for every in by_unit.values() for s in every if s.period})


def _history(by_unit: Mapping[str, tuple[IndexStanding, ...]], units: Units) -> Any:
    """Return the periods of an index and the ranks of units in them."""
    periods = tuple(_periods(by_unit))
    column = {period: i for i, period in enumerate(periods)}
    ranks = np.full((len(units), len(periods)), np.nan)
    for row, code in enumerate(units.codes):
        for standing in by_unit.get(code, ()):
            if standing.period is not None:
                ranks[row, column[standing.period]] = standing.rank
    return periods, ranks
