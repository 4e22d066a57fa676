"""Weighted means, checks and refusals for aggregators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import among, number, shown
from govindex.contracts import BaseAggregator, Bool, Float
from govindex.errors import CellError, SettingError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.names import distinct

__all__ = [
    "BELOW_ZERO",
    "MeanAggregator",
    "any_of",
    "by_code",
    "corrected_mean",
    "naming_objection",
    "one_of",
    "refuse",
    "refuse_below",
    "stacked",
    "weighted_mean",
]

# Shares that lie above it are at least 0.
BELOW_ZERO = float(np.nextafter(0.0, -1.0))


class MeanAggregator(BaseAggregator):
    """The base of means: monotone, and between the least and the largest child."""

    __slots__ = ()
    monotone: ClassVar[bool] = True
    proportional: ClassVar[bool] = True
    mean: ClassVar[bool] = True


def weighted_mean(shares: Sequence[Float], weights: Sequence[Float]) -> Float:
    """Return ``Σ w·s / Σ w``, NaN where no child counts, reusing memory."""
    total = weights[0] * shares[0]
    weight = weights[0]
    product = np.empty_like(total)
    for share, part in zip(shares[1:], weights[1:], strict=True):
        if share.shape == total.shape and part.size == 1:
            # The same sum without multiplying by 1.
            weighted = share if part.flat[0] == 1.0 else np.multiply(part, share, out=product)
            np.add(total, weighted, out=total)
        else:
            total = total + part * share
            product = np.empty_like(total)
        weight = weight + part
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / weight


def corrected_mean(shares: Sequence[Float], weights: Sequence[Float]) -> Float:
    """Return ``m += Σ w·(s − m) / Σ w`` of the mean m, as publishers with R compute it.

    Examples
    --------
    >>> shares, weights = [np.array([x]) for x in (0.23, 0.99, 0.43)], [np.ones(1)] * 3
    >>> weighted_mean(shares, weights).item(), corrected_mean(shares, weights).item()
    (0.5499999999999999, 0.55)
    """
    mean = weighted_mean(shares, weights)
    return mean + weighted_mean([share - mean for share in shares], weights)


def stacked(shares: Sequence[Float], weights: Sequence[Float]) -> tuple[Float, Float]:
    """Return shares and weights as two arrays of one shape, (children, …, units)."""
    shape = np.broadcast_shapes(*(array.shape for array in (*shares, *weights)))
    return (
        np.stack([np.broadcast_to(share, shape) for share in shares]),
        np.stack([np.broadcast_to(weight, shape) for weight in weights]),
    )


def any_of(masks: Sequence[Bool]) -> Bool:
    """Return for each unit whether one of several masks is true."""
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*masks)))


def refuse(message: str, refused: Sequence[Bool]) -> None:
    """Raise if any child of any unit is refused."""
    wrong = any_of(refused)
    if wrong.any():
        raise CellError(message, wrong)


def refuse_below(
    message: str, shares: Sequence[Float], weights: Sequence[Float], above: float
) -> None:
    """Refuse children that count and whose shares do not lie above a number."""
    pairs = zip(shares, weights, strict=True)
    refuse(message, [(share <= above) & (weight > 0) for share, weight in pairs])


def one_of(*known: str) -> Any:
    """Return a validator of texts."""

    def check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
        if not among(value, known):
            raise SettingError(
                f"there is no {attribute.name} {shown(value)}: {near_miss(value, known)}"
            )

    return check


def by_code(numbers: Mapping[str, float]) -> FrozenMap[str, float]:
    """Return numbers by the codes of children, checked."""
    if not isinstance(numbers, Mapping):
        raise SettingError(f"give numbers by the codes of children, not {numbers!r}")
    pairs = distinct(numbers, "the code")
    return FrozenMap({code: number(n, f"the number of '{code}'") for code, n in pairs})


def naming_objection(part: object, named: Iterable[str], codes: Sequence[str]) -> str:
    """Return an objection to unknown or unnamed children, "" if a part names all of them."""
    names, part_name = list(dict.fromkeys(named)), type(part).__name__
    unknown = [code for code in names if code not in codes]
    if unknown:
        return (
            f"{part_name} names {listing(unknown)}, no child of it: {near_miss(unknown[0], codes)}"
        )
    unnamed = [code for code in codes if code not in names]
    if unnamed:
        return (
            f"{part_name} does not name {listing(unnamed)}: name every child, or give it weight 0"
        )
    return ""
