"""Means, totals and ratios of variables of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from govindex.checks import mapping_of, names_of, shown
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError
from govindex.frames import open_table
from govindex.survey.columns import numbers
from govindex.survey.designs import SampleDesign
from govindex.survey.estimates import Estimates
from govindex.survey.estimation import UNUSABLE, check_by, check_level, given_design
from govindex.survey.precision import Estimation
from govindex.survey.respondents import Respondents
from govindex.survey.samples import sample_of
from govindex.survey.sums import EstimatedItem, sums_of

__all__ = ["means", "ratios", "totals"]


def means(
    frame: Any,
    variables: str | Iterable[str],
    design: SampleDesign | None = None,
    *,
    by: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate the means of variables of numbers.

    Parameters
    ----------
    frame : data frame
        One row per respondent.
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
    frame: Any,
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
    frame: Any,
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

    def estimates(
        self, pairs: Mapping[str, tuple[str, str | None]], *, totals: bool = False
    ) -> Estimates:
        """Return estimates of ratios, of means where there is no denominator, or of totals."""
        check_level(self.level)
        check_by(self.by)
        if not pairs:
            raise SettingError("name at least one variable to estimate")
        table, problems = open_table(self.frame), Problems()
        columns = dict.fromkeys(c for pair in pairs.values() for c in pair if c is not None)
        read = {name: numbers(table, name, problems, blank=True) for name in columns}
        sample = sample_of(Respondents(table), given_design(self.design), self.by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert sample is not None
        sums = sums_of(sample, _items(pairs, read, totals=totals))
        formula = (
            "total" if totals else "mean" if None in dict(pairs.values()).values() else "ratio"
        )
        return Estimation(sample, sums, self.level, formula).result(None, "t")


def _items(
    pairs: Mapping[str, tuple[str, str | None]],
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
