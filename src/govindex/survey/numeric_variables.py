"""Means, totals and ratios of variables of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import mapping_of, names_of, shown
from govindex.contracts import Float
from govindex.engines import RecordTable, grouped_sums
from govindex.errors import DataError, Problems, SettingError
from govindex.survey.asked_items import UNUSABLE
from govindex.survey.columns import numbers
from govindex.survey.designs import SampleDesign
from govindex.survey.engine_answers import as_flag, first_where
from govindex.survey.engine_sums import (
    EngineItem,
    added_up,
    gathered,
    is_grouped,
    open_answers,
    with_numbers,
)
from govindex.survey.estimates import Estimates
from govindex.survey.estimation import check_by, check_level, given_design
from govindex.survey.precision import Estimation
from govindex.survey.respondents import Respondents
from govindex.survey.samples import Sample, columns_of, sample_of
from govindex.survey.sums import EstimatedItem, SummedItem, sums_of

if TYPE_CHECKING:
    import narwhals as nw

    from govindex.engines import Records

__all__ = ["means", "ratios", "totals"]

_Pairs = Mapping[str, tuple[str, str | None]]


def means(
    frame: Records,
    variables: str | Iterable[str],
    design: SampleDesign | None = None,
    *,
    by: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate the means of variables of numbers.

    Parameters
    ----------
    frame : data frame, path, glob or sequence of paths
        One row per respondent; lazy tables and files are added up in their engine, as those of
        :func:`estimate`.
    variables : str or sequence of str
        Columns of numbers; respondents without one are left out of its mean.
    design, by, level
        As in :func:`estimate`; `by` is None by default: the whole sample.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.DataFrame({"days": [3.0, 5.0, 4.0, 8.0]})
    >>> means(days, "days").table()[["value", "se", "df"]].round(3)
       value    se   df
    0    5.0  1.08  3.0
    """
    return _NumbersAsked(frame, design, by, level).estimates(_alone(variables))


def totals(
    frame: Records,
    variables: str | Iterable[str],
    design: SampleDesign | None = None,
    *,
    by: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate the totals of variables of numbers in the population.

    Parameters
    ----------
    frame, variables, design, by, level
        As in :func:`means`. Respondents without a number add nothing to a total.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"visits": [1, 3, 2, 2], "w": [10, 10, 20, 20]})
    >>> totals(asked, "visits", SampleDesign(weights="w")).value.item()
    120.0
    """
    return _NumbersAsked(frame, design, by, level).estimates(_alone(variables), totals=True)


def ratios(
    frame: Records,
    pairs: Mapping[str, tuple[str, str]],
    design: SampleDesign | None = None,
    *,
    by: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate ratios of two totals, such as complaints over visits.

    Parameters
    ----------
    frame : data frame
        One row per respondent.
    pairs : mapping of str to (str, str)
        By item, the columns of numerator and denominator. Respondents without both are left out.
    design, by, level
        As in :func:`means`.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"complaints": [1, 0, 2, 0], "visits": [2, 3, 4, 1]})
    >>> ratios(asked, {"rate": ("complaints", "visits")}).value.round(3).item()
    0.3
    """
    for item, pair in mapping_of(pairs, "pairs").items():
        if not isinstance(pair, tuple) or len(names_of(pair, f"columns of '{item}'")) != 2:
            raise SettingError(f"'{item}' is a pair (numerator, denominator), not {shown(pair)}")
    return _NumbersAsked(frame, design, by, level).estimates(pairs)


def _alone(variables: str | Iterable[str]) -> dict[str, tuple[str, None]]:
    """Return variables as ratios without a denominator."""
    return {name: (name, None) for name in names_of(variables, "variables")}


@attrs.frozen
class _NumbersAsked:
    """A frame with a row per respondent, and how its numbers are estimated."""

    frame: Any
    design: SampleDesign | None
    by: str | None
    level: float

    def estimates(self, pairs: _Pairs, *, totals: bool = False) -> Estimates:
        """Return estimates of ratios, of means if there is no denominator, or of totals."""
        check_level(self.level)
        check_by(self.by)
        if not pairs:
            raise SettingError("name at least one variable to estimate")
        design, source = given_design(self.design), open_answers(self.frame)
        if not isinstance(source, RecordTable):
            sample, items = self._in_memory(source, pairs, totals=totals)
        elif is_grouped(design):
            sample, items = self._in_engine(source, pairs, totals=totals)
        else:
            table = gathered(source, design, self.by, _columns(pairs))
            sample, items = self._in_memory(table, pairs, totals=totals)
        sums = sums_of(sample, items)
        formula = (
            "total" if totals else "mean" if None in dict(pairs.values()).values() else "ratio"
        )
        return Estimation(sample, sums, self.level, formula).result(None, "t")

    def _in_memory(
        self, table: nw.DataFrame[Any], pairs: _Pairs, *, totals: bool
    ) -> tuple[Sample, Iterable[SummedItem]]:
        problems = Problems()
        read = {name: numbers(table, name, problems, blank=True) for name in _columns(pairs)}
        sample = sample_of(Respondents(table), given_design(self.design), self.by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert sample is not None
        return sample, _items(pairs, read, totals=totals)

    def _in_engine(
        self, table: RecordTable, pairs: _Pairs, *, totals: bool
    ) -> tuple[Sample, Iterable[SummedItem]]:
        design, problems = given_design(self.design), Problems()
        columns = _columns(pairs)
        if table.require([*columns, *columns_of(design, self.by)], problems):
            table = with_numbers(table, design, columns, problems)
            _note_infinite(table, columns, columns_of(design, self.by), problems)
        problems.raise_any(DataError, UNUSABLE)
        found = added_up(table, _engine_items(pairs, totals=totals), design, self.by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert found is not None
        sample = sample_of(found[0], design, self.by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert sample is not None
        return sample, found[1]


def _columns(pairs: _Pairs) -> list[str]:
    return list(dict.fromkeys(name for pair in pairs.values() for name in pair if name is not None))


def _items(
    pairs: _Pairs,
    read: Mapping[str, Float | None],
    *,
    totals: bool,
) -> Iterator[EstimatedItem]:
    for code, (top, bottom) in pairs.items():
        above, below = read[top], None if bottom is None else read[bottom]
        assert above is not None
        valid = ~np.isnan(above) & (True if below is None else ~np.isnan(below))
        ones = valid.astype(np.float64)
        under = ones if below is None else np.where(valid, below, 0.0)
        yield EstimatedItem(code, np.where(valid, above, 0.0), None if totals else under, ones)


def _engine_items(pairs: _Pairs, *, totals: bool) -> list[EngineItem]:
    import narwhals as nw

    items = []
    for code, (top, bottom) in pairs.items():
        above = nw.col(top).cast(nw.Float64)
        known = ~(above.is_null() | above.is_nan())
        below = None
        if bottom is not None:
            below = nw.col(bottom).cast(nw.Float64)
            known = known & ~(below.is_null() | below.is_nan())
            below = nw.when(known).then(below).otherwise(nw.lit(0.0))
        value = nw.when(known).then(above).otherwise(nw.lit(0.0))
        items.append(EngineItem(code, value, as_flag(known), below, is_total=totals))
    return items


def _note_infinite(
    table: RecordTable, columns: Iterable[str], keys: Iterable[str], problems: Problems
) -> None:
    import narwhals as nw

    wrong = {}
    for name in columns:
        number = nw.col(name).cast(nw.Float64)
        wrong[name] = ~(number.is_null() | number.is_nan() | number.is_finite())
    counts = grouped_sums(table, [], {name: as_flag(each) for name, each in wrong.items()})
    for name, condition in wrong.items():
        count = int(counts[name].iloc[0])
        if count:
            here = first_where(table, condition, keys)
            cause = f"column '{name}' is infinite in {count:,} row{'s' * (count != 1)}, {here}"
            problems.add(cause, code="survey.number", variable=name)
