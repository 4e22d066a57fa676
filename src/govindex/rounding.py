"""Rounding modes, and the tiers at which numbers are rounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import attrs

from govindex.contracts import BaseRounder, Float
from govindex.errors import SettingError, near_miss
from govindex.kernels import rounding as kernels
from govindex.namespaces import define_namespace

__all__ = ["Levels", "Rounding"]

Mode = Literal["half-up", "half-even", "truncate", "binary", "r"]
_MODES: dict[str, Callable[[Float, int], Float]] = {
    "half-up": kernels.half_up,
    "half-even": kernels.half_even,
    "truncate": kernels.truncate,
    "binary": kernels.binary,
    "r": kernels.r_style,
}


def _check_mode(_: object, __: object, mode: str) -> None:
    if not isinstance(mode, str) or mode not in _MODES:
        raise SettingError(f"there is no rounding mode '{mode}': {near_miss(mode, _MODES)}")


def _check_decimals(_: object, __: object, decimals: int) -> None:
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not -9 <= decimals <= 15:
        raise SettingError(f"decimals are a whole number from -9 to 15, not {decimals!r}")


def _check_printed_only(_: object, __: object, printed_only: bool) -> None:
    if not isinstance(printed_only, bool):
        raise SettingError(f"printed_only is True or False, not {printed_only!r}")


@attrs.frozen
class Rounding(BaseRounder):
    """Round the printed number to so many decimals.

    Parameters
    ----------
    decimals : int
        How many decimals stay, -9 to 15; negative rounds to tens, hundreds …
    mode : {"half-up", "half-even", "truncate", "binary", "r"}
        ``half-up`` rounds the decimal value as people and Excel do (5.595 → 5.60), ``binary``
        rounds half up on the double itself (5.595 → 5.59), ``r`` as R does since 4.0. These two
        round the last bits of a mean as well: arithmetic means and sums at the node, and at nodes
        below it that are not rounded, are computed from printed numbers and corrected once.
    printed_only : bool
        Round only the printed score: scores are aggregated, ranked and classed unrounded. By
        default the printed score is the one that counts.

    Raises
    ------
    SettingError
        If the mode does not exist, `decimals` is out of range or `printed_only` is no boolean.

    Examples
    --------
    >>> import numpy as np
    >>> Rounding(2)(np.array([5.595])), Rounding(2, "binary")(np.array([5.595]))
    (array([5.6]), array([5.59]))
    """

    decimals: int = attrs.field(validator=_check_decimals)
    mode: Mode = attrs.field(default="half-up", validator=_check_mode)
    printed_only: bool = attrs.field(default=False, validator=_check_printed_only, kw_only=True)

    @property
    def corrects_mean(self) -> bool:
        """Whether a mean is corrected once before it is rounded, as the publishers do.

        ``binary`` and ``r`` round the last bits too, so they need the mean of their publishers:
        ``m = Σws/Σw``, then ``m += Σw(s − m)/Σw``, on printed numbers.
        """
        return self.mode in ("binary", "r")

    def spreadsheet_formula(self, number: str) -> str:
        """Return the rounded number as a formula of spreadsheet programs.

        They round half up; numbers on the half may differ under another mode.
        """
        function = "TRUNC" if self.mode == "truncate" else "ROUND"
        return f"{function}({number},{self.decimals})"

    def __call__(self, values: Float) -> Float:
        """Return `values` rounded, in the same shape; NaN stays NaN."""
        return _MODES[self.mode](values, self.decimals)


def _check_level(_: object, attribute: attrs.Attribute[Rounding | None], value: object) -> None:
    if value is None or isinstance(value, Rounding):
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    expected = f"Rounding({value})" if whole else "Rounding(…)"
    raise SettingError(f"Levels({attribute.name}=…) is {expected} or None, not {value!r}")


@attrs.frozen(kw_only=True)
class Levels:
    """The rounding of a methodology, tier by tier; a node's own `rounding` takes precedence.

    Parameters
    ----------
    leaf, node, total : Rounding or None
        Applied to the printed unit (points, or the common scale) of every indicator, every
        dimension below the root, and the root; None leaves the tier unrounded.

    Raises
    ------
    SettingError
        If a tier is rounded by anything but a :class:`Rounding`.

    Examples
    --------
    >>> levels = Levels(leaf=Rounding(2), total=Rounding(1))
    >>> levels.leaf.decimals, levels.node, levels.total.decimals
    (2, None, 1)
    """

    leaf: Rounding | None = attrs.field(default=None, validator=_check_level)
    node: Rounding | None = attrs.field(default=None, validator=_check_level)
    total: Rounding | None = attrs.field(default=None, validator=_check_level)


define_namespace(__name__)
