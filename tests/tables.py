"""Observations written column by column, for tests that do not care what units are called."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import pandas as pd

from govindex import Notation, Observations

__all__ = ["column", "lettered"]


def lettered(*, league: Any = None, **columns: Any) -> Observations:
    """Return units A, B, C … with a variable for each column, in a league for each if given.

    The text "n/a" is not applicable.
    """
    frame = pd.DataFrame(columns)
    frame.insert(0, "unit", list(ascii_uppercase[: len(frame)]))
    if league is not None:
        frame["league"] = list(league)
    return Observations.from_frame(
        frame,
        unit="unit",
        league=None if league is None else "league",
        notation=Notation(not_applicable=["n/a"]),
    )


def column(data: Observations, variable: str) -> list[float]:
    """Return the values of a variable."""
    values: list[float] = data.values[:, data.column_of(variable)].tolist()
    return values
