"""Ordinal levels with a flag for their scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from govindex.checks import is_number, share, shown
from govindex.contracts import Cells, Columns, Entry, Measure, is_absent
from govindex.errors import CellError, SettingError
from govindex.measures.cells import masked, size_of, worst
from govindex.measures.variables import ComposedMeasure, as_measure, entries_of

__all__ = ["Flagged"]


def _check_maximum(_: object, __: object, maximum: Any) -> None:
    if not (is_number(maximum) and maximum > 0):
        raise SettingError(f"Flagged(maximum=…) is a number above 0, not {shown(maximum)}")


@attrs.frozen
class Flagged(ComposedMeasure):
    """The share of the highest level that is attained, less a part of a level without the flag.

    ``(value − loss·(1 − flag)) / maximum``, and 0 where the value is 0, which needs no flag. A
    level that applies everywhere (flag 1) counts in full; one that applies in some areas (flag 0)
    loses a part.

    Parameters
    ----------
    value : str or Measure
        The level, from 0 to `maximum`.
    flag : str or Measure
        1 or 0. It is needed where the value is above 0.
    maximum : float
        The highest level.
    loss : float
        The part of a level that is lost without the flag, from 0 to 1.

    Raises
    ------
    CellError
        If a level lies outside 0 to `maximum`, or a flag is neither 0 nor 1.

    References
    ----------
    Hale, T. et al., A global panel database of pandemic policies (Oxford COVID-19 Government
    Response Tracker). Nature Human Behaviour 5 (2021): sub-indices of ordinal indicators with a
    flag for geographic scope.

    Examples
    --------
    >>> from govindex import Dimension, Framework, Indicator, Methodology, Observations, rules
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C"], "level": [2, 2, 0], "whole": [1, 0, None]})
    >>> leaf = Indicator("level", measure=Flagged("level", "whole", 2), rule=rules.Identity())
    >>> method = Methodology("example.flag", "1", Framework("index", [leaf]), scale=1)
    >>> method.compute(Observations.from_frame(frame)).score.to_list()
    [1.0, 0.75, 0.0]
    """

    value: Measure = attrs.field(converter=as_measure)
    flag: Measure = attrs.field(converter=as_measure)
    maximum: float = attrs.field(validator=_check_maximum)
    loss: float = attrs.field(default=0.5, validator=share, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.value, self.flag)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return the levels, and yes or no for the flag."""
        level = Entry(low=0.0, high=float(self.maximum))
        return entries_of([(self.value, level), (self.flag, Entry(yes_no=True))])

    def __call__(self, columns: Columns) -> Cells:
        """Return the share of the highest level."""
        value, flag = self.value(columns), self.flag(columns)
        level, scope = np.broadcast_arrays(value.values, flag.values)
        outside = (level < 0) | (level > self.maximum)
        if outside.any():
            raise CellError(f"a level lies from 0 to {self.maximum:g}", outside)
        neither = ~np.isnan(scope) & (scope != 0) & (scope != 1)
        if neither.any():
            raise CellError("a flag is 0 or 1", neither)
        nowhere = np.broadcast_to((level == 0) & ~is_absent(value.status), level.shape)
        attained = np.where(nowhere, 0.0, level - self.loss * (1.0 - scope)) / self.maximum
        status = np.where(nowhere, value.status, worst(value.status, flag.status))
        size = (size_of(value) + self.loss) / self.maximum
        return masked(attained, status, size)
