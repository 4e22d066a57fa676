"""The step that corrects variables for size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import number, one_of
from govindex.contracts import BaseStep, Bool, CellStatus, Float, is_absent, prevailing
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.kernels.rounding import twelve_digits
from govindex.kernels.scaling import quotient
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.names import as_code, distinct
from govindex.prepare.common import chosen, replaced
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


@attrs.frozen
class Denominate(BaseStep):
    """Divide variables by others: ``factor · x / denominator``.

    Quotients have twelve significant digits, so that those that are equal on paper are equal.
    All variables are divided by the denominators' values before the step. A denominated cell
    that was reported stays reported; if its denominator was imputed, so is the result. An absent
    cell stays absent. The denominators stay in the data. Standard errors, covariances and
    replicates are divided as well; they are not known where the denominator has an error itself.

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

    Raises
    ------
    DataError
        If a variable does not exist; with every cell whose denominator is missing, not applicable,
        zero or negative, or whose quotient over- or underflows.

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
    """

    peer_dependent: ClassVar[bool] = False
    by: FrozenMap[str, str] = attrs.field(converter=_links)
    factor: float | FrozenMap[str, float] = attrs.field(
        default=1.0, converter=_factors, kw_only=True
    )

    lacking: Literal["error", "missing"] = attrs.field(
        default="error", validator=one_of("error", "missing"), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.factor, Mapping):
            unknown = [name for name in self.factor if name not in self.by]
            if unknown:
                raise SettingError(
                    f"there are factors for variables without a denominator: {listing(unknown)}"
                )

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables and their denominators."""
        return tuple(dict.fromkeys([*self.by, *self.by.values()]))

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
            top, bottom = data.column_of(variable), data.column_of(denominator)
            size, state = data.values[:, bottom], data.status[:, bottom]
            present = ~is_absent(data.status[:, top])
            if self.lacking == "missing":
                status[present & (state == CellStatus.MISSING), top] = CellStatus.MISSING
                present &= state != CellStatus.MISSING
            factor = self._factor(variable)
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = twelve_digits(quotient(data.values[:, top], size, factor))
                raw_ratio = quotient(before[:, top], before[:, bottom], factor)
            scale[:, top] = self._scale(data, variable)
            _add_unsound(problems, data, variable, denominator, present)
            _add_lost(problems, data, variable, denominator, present & (size > 0), ratio)
            values[:, top] = np.where(present, ratio, np.nan)
            raw[:, top] = np.where(before[:, bottom] > 0, twelve_digits(raw_ratio), np.nan)
            treated[:, top] = present & (data.treated[:, top] | data.treated[:, bottom])
            status[present, top] = prevailing(status[present, top], state[present])
            rows.append((variable, denominator, factor, int(present.sum())))
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

    def _scale(self, data: Observations, variable: str) -> Float:
        """Return what errors are multiplied by, NaN where the denominator has an error itself.

        Also where it is so small that the factor is infinite.
        """
        bottom = data.column_of(self.by[variable])
        size = data.values[:, bottom]
        known = size > 0
        if data.errors is not None:
            known &= np.nan_to_num(data.errors[:, bottom]) == 0
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            scale = self._factor(variable) / size
        return np.where(known & np.isfinite(scale), scale, np.nan)

    def _factor(self, variable: str) -> float:
        if isinstance(self.factor, Mapping):
            return self.factor.get(variable, 1.0)
        return self.factor


def _add_unsound(
    problems: Problems, data: Observations, variable: str, denominator: str, present: Bool
) -> None:
    """Add a problem for each present cell whose denominator is absent or not above 0."""
    column = data.column_of(denominator)
    sizes, states = data.values[:, column], data.status[:, column]
    for row in np.flatnonzero(present & ~(sizes > 0)):
        absent = is_absent(states[row])
        size = CellStatus(int(states[row])).label if absent else f"{sizes[row]:g}"
        problems.add(
            f"the denominator '{denominator}' is {size}; it must be above 0",
            code="denominator",
            unit=data.units.codes[row],
            variable=variable,
        )


def _add_lost(
    problems: Problems,
    data: Observations,
    variable: str,
    denominator: str,
    present: Bool,
    ratio: Float,
) -> None:
    """Add a problem for each present cell whose quotient over- or underflows."""
    values = data.values[:, data.column_of(variable)]
    sizes = data.values[:, data.column_of(denominator)]
    for row in np.flatnonzero(present & (np.isinf(ratio) | ((ratio == 0) & (values != 0)))):
        problems.add(
            f"no number holds {values[row]:g} divided by '{denominator}' "
            f"({sizes[row]:g}): take another factor=… or measure unit",
            code="denominate.infinite",
            unit=data.units.codes[row],
            variable=variable,
        )
