"""The table of cells that fell back to an earlier stage of assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.contracts import CellStatus
from govindex.language import words
from govindex.model.cells import ObservedCells
from govindex.model.stages import sources

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FALLEN", "fallen_cells"]

FALLEN = ("unit", "name", "variable", "stage", "status", "value")


def fallen_cells(data: ObservedCells, language: str | None = None) -> pd.DataFrame:
    """Return the cells that fell back, with the stage that each is taken from."""
    import pandas as pd

    fallen = data.status == CellStatus.FALLEN_BACK
    names: dict[int, str | None] = {-1: None}
    source = np.full(data.status.shape, -1, dtype=np.intp)
    if data.stages:
        stage_index = sources(data.stages, data.fall_back)
        source = np.where(stage_index < len(data.stages) - 1, stage_index, -1)
        fallen = fallen | ((source >= 0) & (data.status != CellStatus.MISSING))
        names |= {i: stage.name for i, stage in enumerate(data.stages)}
    labels = data.units.labels(language)
    rows = []
    for row, column in np.argwhere(fallen):
        status = CellStatus(int(data.status[row, column]))
        variable, number = data.variables[column], float(data.values[row, column])
        texts = data.levels.get(variable)
        rows.append(
            {
                "unit": data.units.codes[row],
                "name": labels[row],
                "variable": variable,
                "stage": names[int(source[row, column])],
                "status": words(f"status.{status.name.lower()}", language),
                "value": number if texts is None or np.isnan(number) else texts[int(number)],
            }
        )
    return pd.DataFrame(rows, columns=list(FALLEN))
