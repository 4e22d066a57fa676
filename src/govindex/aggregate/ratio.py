"""The ratio of some children to others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs
import numpy as np

from govindex.aggregate.common import naming_objection, refuse, weighted_mean
from govindex.checks import names_of
from govindex.contracts import BaseAggregator, BranchScope, Float
from govindex.errors import SettingError, listing

__all__ = ["Ratio"]


def _codes(codes: str | Iterable[str]) -> tuple[str, ...]:
    names = names_of(codes, "children of a Ratio")
    if not names or not all(code.strip() for code in names):
        raise SettingError(f"Ratio names children by their codes, not {codes!r}")
    return names


@attrs.frozen
class Ratio(BaseAggregator):
    """Numerator over denominator: outputs per input, for instance.

    Parameters
    ----------
    numerator, denominator : str or iterable of str
        Codes of children, of several their weighted mean; each scored child is on one side.

    Raises
    ------
    SettingError
        If a child is on both sides.
    CellError
        If a denominator is not above 0.

    Examples
    --------
    >>> ratio = Ratio("outputs", "inputs")
    >>> shares = [np.array([0.8]), np.array([0.6])]
    >>> ratio(shares, [np.ones(1)] * 2, BranchScope(("inputs", "outputs")))
    array([0.75])
    """

    proportional: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True
    scoped: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    above: ClassVar[float] = 0.0
    numerator: tuple[str, ...] = attrs.field(converter=_codes)
    denominator: tuple[str, ...] = attrs.field(converter=_codes)

    def __attrs_post_init__(self) -> None:
        both = [code for code in self.numerator if code in self.denominator]
        if both:
            raise SettingError(f"Ratio has {listing(both)} in numerator and denominator")

    @property
    def ignores_weights(self) -> bool:
        """Whether there is one child on each side, so that no weight matters."""
        return len(self.numerator) == len(self.denominator) == 1

    def objection(self, codes: Sequence[str]) -> str:
        """Return an objection that names children on neither side, and unknown ones."""
        return naming_objection(self, (*self.numerator, *self.denominator), codes)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Return the bounds of a quotient of such shares."""
        if low <= 0:
            return (0.0 if low == 0 else -np.inf, np.inf)
        return (low / high, high / low)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the ratio, NaN where no child counts."""
        codes = () if scope is None else scope.codes
        if len(codes) != len(shares):
            raise SettingError("Ratio finds children by code: call it with BranchScope(codes=…)")

        def mean(side: tuple[str, ...]) -> Float:
            rows = [codes.index(code) for code in sorted(side)]
            return weighted_mean([shares[i] for i in rows], [weights[i] for i in rows])

        over, under = mean(self.numerator), mean(self.denominator)
        refuse("a ratio needs a denominator above 0", [under <= 0])
        return over / under
