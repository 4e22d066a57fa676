"""What aggregators share: weighted means, who counts, refusals."""

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
    "anybody",
    "by_code",
    "corrected_mean",
    "finite",
    "one_of",
    "refuse",
    "refuse_below",
    "stacked",
    "strangers",
    "weighted_mean",
]

# Shares that lie above it are at least 0.
BELOW_ZERO = float(np.nextafter(0.0, -1.0))


class MeanAggregator(BaseAggregator):
    """What means have in common: better children never score less, and lie on both sides."""

    __slots__ = ()
    monotone: ClassVar[bool] = True
    proportional: ClassVar[bool] = True
    mean: ClassVar[bool] = True


def weighted_mean(shares: Sequence[Float], weights: Sequence[Float]) -> Float:
    """Return ``Σ w·s / Σ w``, NaN where no child counts, without new memory for each child."""
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


def anybody(masks: Sequence[Bool]) -> Bool:
    """Tell for each unit whether one of several masks is true."""
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*masks)))


def refuse(message: str, refused: Sequence[Bool]) -> None:
    """Raise if any child of any unit is refused."""
    wrong = anybody(refused)
    if wrong.any():
        raise CellError(message, wrong)


def refuse_below(
    message: str, shares: Sequence[Float], weights: Sequence[Float], above: float
) -> None:
    """Refuse children that count and whose shares do not lie above a number."""
    pairs = zip(shares, weights, strict=True)
    refuse(message, [(share <= above) & (weight > 0) for share, weight in pairs])


def finite(value: Any, what: str) -> float:
    """Return a finite number, or say what is none."""
    return number(value, what)


def one_of(*known: str) -> Any:
    """Return a validator of texts."""

    def check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
        if not among(value, known):
            raise SettingError(
                f"there is no {attribute.name} {shown(value)}: {near_miss(value, known)}"
            )

    return check


def by_code(numbers: Any) -> FrozenMap[str, float]:
    """Return numbers by the codes of children, checked."""
    if not isinstance(numbers, Mapping):
        raise SettingError(f"give numbers by the codes of children, not {numbers!r}")
    pairs = distinct(numbers, "the code")
    return FrozenMap({code: finite(n, f"the number of '{code}'") for code, n in pairs})


def strangers(part: object, named: Iterable[str], codes: Sequence[str]) -> str:
    """Say which children a part names that are none, or leaves out; "" if it names them all."""
    known, who = list(dict.fromkeys(named)), type(part).__name__
    unknown = [code for code in known if code not in codes]
    if unknown:
        return f"{who} names {listing(unknown)}, not a child of it: {near_miss(unknown[0], codes)}"
    left = [code for code in codes if code not in known]
    if left:
        return f"{who} says nothing of {listing(left)}: name every child, or give it weight 0"
    return ""
