"""The step that corrects variables for size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import number, one_of
from govindex.contracts import BaseStep, Bool, CellStatus, Float, is_absent, prevailing
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.names import as_code, distinct
from govindex.prepare.common import chosen, replaced
from govindex.prepare.denominators import (
    Division,
    Sizes,
    Table,
    as_table,
    check_function,
    divided,
    sizes_of,
)
from govindex.prepare.reports import DenominateReport

__all__ = ["Denominate"]


def _links(by: Mapping[str, str] | Mapping[Hashable, str]) -> FrozenMap[str, str]:
    if not isinstance(by, Mapping) or not by:
        raise SettingError(f"give a mapping of variables to their denominators, not {by!r}")
    links = {as_code(variable): as_code(name) for variable, name in distinct(by, "the variable")}
    for variable, denominator in links.items():
        if not isinstance(variable, str) or not isinstance(denominator, str):
            raise SettingError(
                f"a variable and its denominator are names: {variable!r}, {denominator!r}"
            )
        if variable == denominator:
            raise SettingError(f"'{variable}' cannot be its own denominator")
    return FrozenMap(links)


def _factors(factor: float | Mapping[str, float]) -> float | FrozenMap[str, float]:
    if not isinstance(factor, Mapping):
        return _positive(factor, "the factor")
    pairs = distinct(factor, "the variable")
    return FrozenMap({name: _positive(x, f"the factor of '{name}'") for name, x in pairs})


def _positive(value: Any, name: str) -> float:
    if number(value, name) <= 0:
        raise SettingError(f"{name} is a number above 0, not {value!r}")
    return float(value)


def _shown(table: Table | None) -> str:
    return "None" if table is None else f"<{listing(table)}>"


@attrs.frozen
class Denominate(BaseStep[Framework, Observations]):
    """Divide variables by others: ``factor · x / denominator``.

    Quotients have twelve significant digits, so that those that are equal on paper are equal.
    All variables are divided by the denominators' values before the step. A denominated cell
    that was reported stays reported; if its denominator was imputed, so is the result. An absent
    cell stays absent. The denominators stay in the data. Standard errors, covariances and
    replicates are divided as well; they are not known where the denominator has an error itself,
    or by a function.

    Parameters
    ----------
    by : mapping of str to str
        Each variable's denominator.
    factor : float or mapping of str to float
        What the ratio is multiplied with: 1000 for "per thousand". Variables that a mapping does
        not name have 1.
    lacking : {"error", "missing"}
        What becomes of a cell whose denominator is missing: an error that names it, or it is
        missing as well.
    table : DataFrame, Observations, or mapping of str to mapping of str to float, optional
        Denominators that the data do not hold: a row per unit, a column per denominator; as a
        mapping, the number of each unit by denominator. They become part of the methodology. A unit
        without a number there has a missing denominator. In a panel a row has the number of its
        unit and period ("A@2024") or, without one, that of its unit ("A"). It holds plain numbers:
        figures that are imputed, fallen back, treated, suppressed, not applicable or have standard
        errors are refused, since their marks would be lost.
    function : callable, optional
        ``(value, denominator) -> number`` of one unit, instead of the quotient; the factor
        multiplies it. It decides which denominators it takes, 0 and negative ones included. A
        document cannot hold it.

    Raises
    ------
    DataError
        If a variable does not exist, or a denominator is in the table and in the data; with every
        cell whose denominator is missing, not applicable, zero or negative, or whose quotient over-
        or underflows, or that the function refuses.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), on selecting variables: those
    that depend on the size of a unit are scaled by it.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "doctors": [30, 8], "people": [20000, 4000]})
    >>> data = Observations.from_frame(frame)
    >>> Denominate({"doctors": "people"}, factor=1000)(data).value("B", "doctors")
    2.0
    >>> census = pd.DataFrame({"unit": ["A", "B", "C"], "residents": [24000, 4000, 900]})
    >>> Denominate({"doctors": "residents"}, table=census)(data).value("B", "doctors")
    0.002
    """

    peer_dependent: ClassVar[bool] = False
    by: FrozenMap[str, str] = attrs.field(converter=_links)
    factor: float | FrozenMap[str, float] = attrs.field(
        default=1.0, converter=_factors, kw_only=True
    )
    lacking: Literal["error", "missing"] = attrs.field(
        default="error", validator=one_of("error", "missing"), kw_only=True
    )
    table: Table | None = attrs.field(default=None, converter=as_table, kw_only=True, repr=_shown)
    function: Division | None = attrs.field(default=None, validator=check_function, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.factor, Mapping):
            unknown = [name for name in self.factor if name not in self.by]
            if unknown:
                raise SettingError(
                    f"there are factors for variables without a denominator: {listing(unknown)}"
                )
        unread = [name for name in self.table or () if name not in self.by.values()]
        if unread:
            raise SettingError(f"no variable is divided by {listing(unread)} of the table")

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables and their denominators, without those of the table."""
        names = (name for name in self.by.values() if name not in (self.table or ()))
        return tuple(dict.fromkeys([*self.by, *names]))

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations with the variables divided."""
        data = observations
        chosen(data, self.reads)
        values, status = data.values.copy(), data.status.copy()
        raw, treated = data.raw_values, data.treated.copy()
        before = raw.copy()
        scale = np.ones(values.shape)
        problems, rows = Problems(), []
        for variable, denominator in self.by.items():
            top, sizes = data.column_of(variable), sizes_of(data, self.table, denominator)
            present = ~is_absent(data.status[:, top])
            if self.lacking == "missing":
                missing = present & (sizes.status == CellStatus.MISSING)
                status[missing, top] = CellStatus.MISSING
                present &= ~missing
            sound = self._sound(problems, data, variable, sizes, present)
            ratio = self._ratio(problems, data, variable, sizes, sound)
            scale[:, top] = self._scale(variable, sizes)
            values[:, top] = np.where(present, ratio, np.nan)
            moved = present & (data.treated[:, top] | sizes.treated)
            raw[:, top] = self._raw(variable, before[:, top], sizes.raw, moved)
            treated[:, top] = moved
            status[present, top] = prevailing(status[present, top], sizes.status[present])
            rows.append((variable, denominator, self._factor(variable), int(present.sum())))
        problems.raise_any(DataError, "Variables cannot be denominated")
        report = DenominateReport(self, tuple(rows))
        return replaced(
            data,
            values,
            status,
            report,
            scale=scale,
            treated=treated,
            raw=raw[treated],
        )

    def _sound(
        self, problems: Problems, data: Observations, variable: str, sizes: Sizes, present: Bool
    ) -> Bool:
        """Return the present cells that can be divided, and add a problem for each other one."""
        absent = is_absent(sizes.status)
        unsound = absent if self.function is not None else ~(sizes.values > 0)
        for row in np.flatnonzero(present & unsound):
            label = CellStatus(int(sizes.status[row])).label
            size = label if absent[row] else f"{sizes.values[row]:g}"
            must = "be known" if self.function is not None else "be above 0"
            problems.add(
                f"the denominator '{self.by[variable]}' is {size}; it must {must}",
                code="denominator",
                unit=data.units.codes[row],
                variable=variable,
            )
        return present & ~unsound

    def _ratio(
        self, problems: Problems, data: Observations, variable: str, sizes: Sizes, sound: Bool
    ) -> Float:
        """Return the quotients, with a problem for each cell that has none."""
        values = data.values[:, data.column_of(variable)]

        def refused(row: int, message: str) -> None:
            unit = data.units.codes[row]
            problems.add(message, code="denominate.infinite", unit=unit, variable=variable)

        factor = self._factor(variable)
        ratio = divided(self.function, values, sizes.values, factor, sound, refused)
        if self.function is None:
            lost = sound & (np.isinf(ratio) | ((ratio == 0) & (values != 0)))
            for row in np.flatnonzero(lost).tolist():
                refused(
                    row,
                    f"no number holds {values[row]:g} divided by '{self.by[variable]}' "
                    f"({sizes.values[row]:g}): take another factor=… or measure unit",
                )
        return ratio

    def _raw(self, variable: str, values: Float, sizes: Float, moved: Bool) -> Float:
        """Return what treated cells would be without the treatment."""
        known = moved & (sizes > 0) if self.function is None else moved
        ratio = divided(
            self.function, values, sizes, self._factor(variable), known, lambda row, message: None
        )
        return np.where(known, ratio, np.nan)

    def _scale(self, variable: str, sizes: Sizes) -> Float:
        """Return what errors are multiplied by, NaN where the denominator has an error itself.

        Also where it is so small that the factor is infinite, and for a function.
        """
        known = (sizes.values > 0) & sizes.exact & (self.function is None)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            scale = self._factor(variable) / sizes.values
        return np.where(known & np.isfinite(scale), scale, np.nan)

    def _factor(self, variable: str) -> float:
        if isinstance(self.factor, Mapping):
            return self.factor.get(variable, 1.0)
        return self.factor
