"""The rule that rounds a node's mean before the rules after it."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.contracts import BaseRounder, Curve, Entry, Float, Rounder, Scope, completed
from govindex.contracts.rounders import is_rounder
from govindex.errors import SettingError
from govindex.rules.common import INFINITE, Absolute

__all__ = ["Rounded"]


def _check_rounding(_: object, __: object, rounding: Any) -> None:
    if not is_rounder(rounding):
        raise SettingError(f"Rounded(…) takes a rounding such as Rounding(2), not {rounding!r}")
    promises = completed(rounding, BaseRounder)
    if promises.printed_only:
        raise SettingError(
            "Rounded changes what is scored: printed_only is for the rounding of nodes and tiers"
        )
    if promises.corrects_mean:
        raise SettingError(
            f"{rounding!r} rounds the last bits of a mean, which a rule does not see: give this "
            "rounding to a dimension, and the rule to a dimension above that has no other child"
        )


@attrs.frozen
class Rounded(Absolute):
    """A share rounded in the node's printed unit, to go on with: the first rule of a chain.

    At a dimension or a view ``Chain(Rounded(Rounding(2)), rule)`` rounds between mean and rule:
    the rule sees the mean as it is printed, in points or on the common scale. The node's own
    `rounding` comes after its rule. The printed unit is that of the whole maximum, also where a
    smaller one applies, and of the framework's own weights, also where others are drawn. At an
    indicator the value is taken for a share, as by :class:`Identity`; measures have a `rounding` in
    their own unit.

    Parameters
    ----------
    rounding : Rounding
        How many decimals of the printed score stay, and how they are rounded.

    Raises
    ------
    SettingError
        If it is no rounding, changes only what is printed, or rounds the last bits of a mean
        (modes ``binary`` and ``r``).

    Examples
    --------
    >>> from govindex import Rounding
    >>> half_of_ten = Scope(maximum=10)
    >>> Rounded(Rounding(0))(np.array([0.449, 0.45]), half_of_ten)
    array([0.4, 0.5])
    """

    bounds: ClassVar[tuple[float, float]] = INFINITE
    compares: ClassVar[bool] = True
    rounding: Rounder = attrs.field(validator=_check_rounding)

    def curve(self, maximum: float) -> Curve:
        """Return the line with a jump of one printed digit."""
        step = 10.0 ** -float(self.rounding.decimals) / maximum if maximum > 0 else 0.0
        return Curve(slope=1.0, jump=step)

    def entry(self, maximum: float) -> Entry:
        """Return that any number may be entered."""
        return Entry()

    def spreadsheet_formula(self, value: str, maximum: str) -> str | None:
        """Return the rounded points."""
        return completed(self.rounding, BaseRounder).spreadsheet_formula(f"{maximum}*{value}")

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the shares of the rounded scores."""
        whole = np.asarray(scope.maximum)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = self.rounding(values * whole) / whole
        return np.where(whole > 0, shares, values)
