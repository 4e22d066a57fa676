"""Data frames as tables of a sheet: headings in words, kinds of numbers, contents of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.workbooks.results.cells import Kind, PrintedCell, PrintedColumn
from govindex.workbooks.results.result_contents import Contents

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["content_of", "frame_columns", "frame_rows"]

_KINDS: dict[str, Kind] = {
    "rank": "rank",
    "rank_group": "rank",
    "overall_rank": "rank",
    "ranked": "number",
    "rank_before": "rank",
    "rank_change": "signed",
    "score": "score",
    "maximum": "score",
    "percent": "score",
    "mean": "score",
    "highest": "score",
    "lowest": "score",
    "score_before": "score",
    "score_change": "signed_score",
    "percent_before": "score",
    "percent_change": "signed_score",
    "of_before": "number",
    "of": "number",
    "change": "signed_score",
    "merger": "signed_score",
    "data": "signed_score",
    "rules": "signed_score",
    "league": "text",
}


def frame_columns(
    contents: Contents, frame: pd.DataFrame, widest: float = 46.0
) -> list[PrintedColumn]:
    """Return the columns of a frame: their headings, and how their numbers are written."""
    names = map(str, frame)
    return [
        PrintedColumn(contents.heading(name), _KINDS.get(name, "text"), widest) for name in names
    ]


def frame_rows(frame: pd.DataFrame) -> list[list[PrintedCell | str | float | None]]:
    """Return the cells of a frame, row by row."""
    columns = [[content_of(value) for value in frame.iloc[:, n]] for n in range(frame.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def content_of(value: object) -> PrintedCell | str | float | None:
    """Return a value of a frame as the content of a cell, None if it is absent."""
    import pandas as pd

    if value is None or value is pd.NA:
        return None
    if isinstance(value, (int, float, np.number)):
        number = float(value)
        return None if np.isnan(number) else number
    return str(value)
