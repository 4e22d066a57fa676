"""What a notebook shows of winners: who can be first, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import ShownPage
from govindex.display.frames import frame_table
from govindex.language import words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["winners_page"]


def winners_page(
    table: pd.DataFrame, weights: pd.DataFrame, language: str | None = None
) -> ShownPage:
    """Return every unit with its rank, whether it can be first, its lead and the weights."""
    alone, level = (int((table["first"] == word).sum()) for word in ("alone", "level"))
    title = words("display.winners", language, alone=alone, level=level, units=len(table))
    kinds = {word: words(f"display.first_{word}", language) for word in table["first"].unique()}
    frame = table.assign(first=table["first"].map(kinds)).join(weights.add_prefix("weight of "))
    titles = {
        name: words(f"display.{name}", language) for name in ("rank", "name", "first", "lead")
    }
    columns = {f"weight of {code}": str(code) for code in weights.columns[:12]}
    decimals = {"lead": 2} | dict.fromkeys(columns, 2)
    bars = tuple(columns)
    shown = frame_table(
        frame, {**titles, **columns}, decimals=decimals, bars=bars, language=language
    )
    return ShownPage(title, (shown,))
