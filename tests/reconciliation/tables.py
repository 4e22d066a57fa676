"""Made-up published tables, printed by a known rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from govindex import Rounding
from govindex.kernels.keys import printed_key, ranks_of

__all__ = ["points", "ranked", "shown", "world"]


def shown(number: float | Fraction, decimals: int, mode: str = "half-up") -> str:
    """Return a number as it is printed, its zeros included."""
    rounded = Rounding(decimals, mode)(np.array([float(number)]))  # type: ignore[arg-type]
    return f"{Decimal(repr(float(rounded[0]))):.{decimals}f}"


@st.composite
def points(draw: st.DrawFn, *, units: int = 12) -> list[list[Fraction]]:
    """Draw unrounded points of units in three parts, in thousandths of thousandths."""
    count = draw(st.integers(3, units))
    cell = st.integers(1, 40_000_000).map(lambda whole: Fraction(whole, 10**6))
    return draw(st.lists(st.tuples(cell, cell, cell).map(list), min_size=count, max_size=count))


def ranked(scores: list[str], ties: str) -> list[float]:
    """Return the ranks of printed scores."""
    values = Rounding(9)(np.array(scores, dtype=float))
    return ranks_of(printed_key(values, 9), ties).tolist()  # type: ignore[no-any-return]


def world() -> list[dict[str, Any]]:
    """Return a made-up world table in which two cells were swapped in print."""
    parts = {
        "Made-up North": (28.41, 33.07),
        "Made-up South": (25.92, 30.15),
        "Made-up East": (21.38, 35.66),
        "Made-up West": (19.75, 27.83),
        "Made-up Isles": (17.06, 24.19),
    }
    rows = [{"unit": u, "a": a, "b": b, "total": round(a + b, 2)} for u, (a, b) in parts.items()]
    rows[1]["b"], rows[3]["b"] = rows[3]["b"], rows[1]["b"]
    return rows
