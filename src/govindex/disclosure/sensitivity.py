"""Rules that say which cells are sensitive, and how far they must stay from being found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

import attrs
import numpy as np

from govindex.checks import boolean, is_number, shown, tuple_of, whole
from govindex.contracts import Bool, Float
from govindex.disclosure.tables import AdditiveTable
from govindex.errors import SettingError

__all__ = ["Dominance", "MinimumCount", "PPercent", "Protection", "SensitivityRule", "as_rules"]


@attrs.frozen(eq=False)
class Protection:
    """Which cells are sensitive, and what an attacker may not find out about them.

    Parameters
    ----------
    sensitive : array of bool, shape of the table
    upper, lower : array, shape of the table
        How far above (below) the true value the values reach that an attacker cannot rule out.
    width : array, shape of the table
        How far apart the least and the largest of these values are.
    """

    sensitive: Bool
    upper: Float
    lower: Float
    width: Float


@runtime_checkable
class SensitivityRule(Protocol):
    """A rule of primary suppression: the table → its sensitive cells.

    `reason` says in words why a cell is sensitive.
    """

    @property
    def reason(self) -> str:
        """Why a cell is sensitive."""

    def __call__(self, table: AdditiveTable) -> Protection:
        """Return the sensitive cells of a table and their protection."""


def _width(_: object, __: object, width: Any) -> None:
    if width is not None and not (is_number(width) and width > 0):
        raise SettingError(f"MinimumCount(width=…) is a number above 0, not {shown(width)}")


def _percentage(instance: object, attribute: attrs.Attribute[float], value: Any) -> None:
    if not is_number(value) or not 0 < value < 100:
        setting = f"{type(instance).__name__}({attribute.name}=…)"
        raise SettingError(f"{setting} is a percentage between 0 and 100, not {shown(value)}")


def _few(_: object, __: object, largest: int) -> None:
    if largest > 10:
        raise SettingError(f"Dominance(largest=…) is at most 10, not {largest}")


@attrs.frozen
class MinimumCount:
    """A cell is sensitive if fewer than so many contribute to it (the threshold rule).

    Parameters
    ----------
    minimum : int
        The least number of contributors that may be published, such as 5.
    width : float, optional
        How wide the interval must be in which an attacker finds the value: by default the minimum
        in a table of counts; in one of amounts a share of the value, by default 0.3.
    zeros : bool
        Whether 0 is sensitive, too: then it is known of everybody that they did not say or do
        something.

    References
    ----------
    A. Hundepool et al. (2012), Statistical Disclosure Control, Wiley, section 4.2.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"unit": [*"ABC"], "n": [3, 40, 0]})
    >>> table = AdditiveTable.of(counts, "unit", counts="n")
    >>> MinimumCount(5)(table).sensitive.tolist()
    [True, False, False, False]
    """

    minimum: int = attrs.field(validator=whole)
    width: float | None = attrs.field(default=None, validator=_width, kw_only=True)
    zeros: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    @property
    def reason(self) -> str:
        """Why a cell is sensitive."""
        return f"fewer than {self.minimum}"

    def __call__(self, table: AdditiveTable) -> Protection:
        """Return the sensitive cells of a table and their protection."""
        if table.contributors is None:
            raise SettingError(
                "MinimumCount needs the number of contributors: name their column in "
                "AdditiveTable.of(…, contributors=…), or take AdditiveTable.of_records(…)"
            )
        sensitive = table.contributors < self.minimum
        if not self.zeros:
            sensitive &= table.contributors > 0
        if table.are_counts:
            width = np.full(table.values.shape, float(self.width or self.minimum))
        else:
            width = table.values * (0.3 if self.width is None else self.width)
        none = np.zeros(table.values.shape)
        return Protection(sensitive, none, none, width)


@attrs.frozen
class PPercent:
    """A cell is sensitive if its second contributor learns the first one to within p per cent.

    With contributions x₁ ≥ x₂ ≥ … and their sum X: X − x₁ − x₂ < p/100 · x₁. An attacker may not
    rule out values of p/100 · x₁ − (X − x₁ − x₂) above or below X.

    Parameters
    ----------
    p : float
        In per cent of the largest contribution, such as 10.

    References
    ----------
    A. Hundepool et al. (2012), Statistical Disclosure Control, Wiley, section 4.2.
    """

    p: float = attrs.field(validator=_percentage)

    @property
    def reason(self) -> str:
        """Why a cell is sensitive."""
        return f"the largest contribution is found to within {self.p:g} %"

    def __call__(self, table: AdditiveTable) -> Protection:
        """Return the sensitive cells of a table and their protection."""
        largest = _largest(table, "PPercent")
        others = np.maximum(table.values - largest[..., 0] - largest[..., 1], 0.0)
        return _both_ways(table, largest[..., 0] * (self.p / 100) - others)


@attrs.frozen
class Dominance:
    """A cell is sensitive if its largest contributions are more than a percentage of it.

    With the sum S of the n largest contributions: S > k/100 · X. An attacker may not rule out
    values of 100/k · S − X above or below X.

    Parameters
    ----------
    largest : int
        n, at most 10.
    percentage : float
        k, such as 80.

    References
    ----------
    A. Hundepool et al. (2012), Statistical Disclosure Control, Wiley, section 4.2.
    """

    largest: int = attrs.field(validator=[whole, _few])
    percentage: float = attrs.field(validator=_percentage)

    @property
    def reason(self) -> str:
        """Why a cell is sensitive."""
        return f"the {self.largest} largest contributions are over {self.percentage:g} %"

    def __call__(self, table: AdditiveTable) -> Protection:
        """Return the sensitive cells of a table and their protection."""
        sums = _largest(table, "Dominance")[..., : self.largest].sum(axis=-1)
        return _both_ways(table, sums * (100 / self.percentage) - table.values)


def _largest(table: AdditiveTable, rule: str) -> Float:
    if table.largest is None:
        raise SettingError(
            f"{rule} needs the contributions to each cell: take "
            "AdditiveTable.of_records(…, amounts=…)"
        )
    return table.largest


def _both_ways(table: AdditiveTable, distance: Float) -> Protection:
    # What rounding leaves of a distance of 0 does not make a cell sensitive.
    sensitive = distance > table.values * 1e-12
    lower = np.minimum(distance, table.values)
    return Protection(sensitive, distance, lower, np.zeros(distance.shape))


def as_rules(rules: Any) -> tuple[SensitivityRule, ...]:
    """Return one rule or several as a tuple."""
    several = rules if isinstance(rules, Iterable) else (rules,)
    found = tuple_of(several, "rules", "rules such as MinimumCount(5)")
    for rule in found:
        if isinstance(rule, type) or not isinstance(rule, SensitivityRule):
            raise SettingError(f"rules are such as MinimumCount(5), not {shown(rule)}")
    if not found:
        raise SettingError("rules say which cells are sensitive: give one, such as MinimumCount(5)")
    return found
