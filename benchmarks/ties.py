"""How often scores that are equal on paper, and were added up in another order, do not tie.

Run with ``python -m benchmarks.ties``. A score is the weighted mean of ratios of counts, printed on
a scale; its twin adds the same terms in another order, from counts that are multiples of the first
ones. No key that looks at one unit alone makes all such pairs tie.
"""

from __future__ import annotations

import numpy as np

from govindex.contracts import Float
from govindex.kernels.keys import key_of

__all__ = ["missed", "twins"]

PAIRS, AT_ONCE = 10_000_000, 100_000


def twins(rng: np.random.Generator, pairs: int, terms: int) -> tuple[Float, Float]:
    """Return shares, and the same on paper computed otherwise."""
    size = (terms, pairs)
    whole = rng.integers(1, 10_000, size)
    part = rng.integers(0, whole + 1)
    weights = rng.integers(1, 20, terms).astype(np.float64)
    times = rng.integers(1, 100, size)
    first, second = np.zeros(pairs), np.zeros(pairs)
    for term in range(terms):
        first += weights[term] * (part[term] / whole[term])
    for term in rng.permutation(terms):
        second += (part[term] * times[term] * weights[term]) / (whole[term] * times[term])
    return first / weights.sum(), second / weights.sum()


def missed(scale: float, terms: int, pairs: int = PAIRS, *, one_sign: bool = False) -> float:
    """Return the part of pairs that are equal on paper and do not tie.

    Parameters
    ----------
    scale : float
    terms : int
        How many ratios a score is the mean of.
    pairs : int
    one_sign : bool
        Whether scores are ranked by their own digits.
    """
    rng, found = np.random.default_rng(2026), 0
    for start in range(0, pairs, AT_ONCE):
        both = twins(rng, min(AT_ONCE, pairs - start), terms)
        one, other = (key_of(x, scale, times=scale, one_sign=one_sign) for x in both)
        found += int((one != other).sum())
    return found / pairs


def main() -> None:
    """Print a table of missed ties."""
    print(f"missed ties among {PAIRS:,} drawn pairs that are equal on paper")
    for one_sign in (False, True):
        print("ranked by their own digits" if one_sign else "ranked by digits of the scale")
        for scale in (1.0, 45.0, 100.0):
            rates = {terms: missed(scale, terms, one_sign=one_sign) for terms in (1, 4, 20)}
            shown = " · ".join(f"{terms} terms {rate:.1e}" for terms, rate in rates.items())
            print(f"  scale {scale:g}: {shown}")


if __name__ == "__main__":
    main()
