"""The weighted mean in which some children count against the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from govindex.aggregate.common import weighted_mean
from govindex.checks import names_of
from govindex.contracts import BaseAggregator, BranchScope, Float
from govindex.errors import SettingError, listing, near_miss

__all__ = ["SignedMean"]


def _codes(codes: str | Iterable[str]) -> tuple[str, ...]:
    names = names_of(codes, "children of a SignedMean")
    if not names or not all(code.strip() for code in names):
        raise SettingError(f"SignedMean names children by their codes, not {codes!r}")
    return tuple(sorted(names))


@attrs.frozen
class SignedMean(BaseAggregator):
    """A weighted mean in which some children count against: ``Σ ±w·s / Σ w``.

    The form of component and factor scores, in which an indicator may have a negative coefficient
    whatever its direction. Weights stay at least 0, and the signs stand here: where better is to
    count less without such a method, give the indicator the other direction.
    :func:`govindex.weight.apply` writes it for the weights of
    :class:`~govindex.weight.ComponentScores`.

    Parameters
    ----------
    negative : str or iterable of str
        Codes of the children that count against.

    Raises
    ------
    SettingError
        If no child is named; in a framework, if one is not a child.

    Examples
    --------
    >>> import numpy as np
    >>> mean = SignedMean("debt")
    >>> shares = [np.array([0.5]), np.array([0.8])]
    >>> mean(shares, [np.ones(1), np.full(1, 3.0)], BranchScope(("debt", "income")))
    array([0.475])
    """

    proportional: ClassVar[bool] = True
    scoped: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0
    negative: tuple[str, ...] = attrs.field(converter=_codes)

    def objection(self, codes: Sequence[str]) -> str:
        """Return an objection that names codes that are no children."""
        unknown = [code for code in self.negative if code not in codes]
        if not unknown:
            return ""
        return f"SignedMean names {listing(unknown)}, no child of it that counts: " + near_miss(
            unknown[0], codes
        )

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Return bounds that hold shares and shares counted against."""
        return (min(low, -high), max(high, -low))

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the mean, NaN where no child counts."""
        codes = () if scope is None else scope.codes
        if len(codes) != len(shares):
            raise SettingError(
                "SignedMean finds children by code: call it with BranchScope(codes=…)"
            )
        turned = [
            0.0 - share if code in self.negative else share
            for code, share in zip(codes, shares, strict=True)
        ]
        return weighted_mean(turned, weights)
