"""Points that were changed between the first and the last stage of assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.errors import SettingError
from govindex.report.contents import Chapter, DataTable, Prose, TableColumn
from govindex.report.materials import NONE, Material
from govindex.verification import stage_differences

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["verification"]


def verification(material: Material) -> list[Chapter]:
    """Return the chapter on points that were changed between the first and the last stage."""
    data, method = material.data, material.method
    if data is None or method is None or len(data.stages) < 2:
        return []
    before, after = data.stages[0].name, data.stages[-1].name
    try:
        table = stage_differences(method, data, before=before, after=after)
    except SettingError:  # of a methodology whose own code computes scores
        return []
    say = material.say
    chapter = Chapter(
        say("report.verification"),
        [
            Prose(say("report.verified", before=before, after=after)),
            _verified_units(material, table, before, after),
        ],
    )
    different = table[~(table["difference"] == 0)]
    if different.empty:
        return [chapter]
    detail = _verified_cells(material, different, before, after)
    return [chapter, Chapter(say("report.verified_cells"), [detail], level=2)]


def _verified_units(material: Material, table: pd.DataFrame, before: str, after: str) -> DataTable:
    say, decimals = material.say, material.decimals(material.root)
    # Points of indicators add up where they are points; shares of a scale do not.
    adds = material.result.scale == "points"
    headings = ["report.compared", "report.lowered", "report.raised", "report.at_one_stage"]
    columns = [TableColumn(say("report.unit"), "text", 2.6)]
    columns += [TableColumn(say(key), "rank", 0.9) for key in headings]
    if adds:
        columns += [TableColumn(text, "number", 1.0) for text in (before, after)]
        columns.append(TableColumn(say("report.difference"), "number", 1.0))
    groups = dict(list(table.groupby("unit", sort=False)))
    rows, partial = [], False
    for league in material.leagues:
        for row in league.rows:
            part = groups.get(material.result.units.codes[row])
            if part is None:
                continue
            difference = part["difference"].to_numpy(dtype=np.float64)
            counts = [
                len(part),
                int((difference < 0).sum()),
                int((difference > 0).sum()),
                int(np.isnan(difference).sum()),
            ]
            cells = [material.names[row], *map(material.count, counts)]
            if adds:
                sums = [float(np.nansum(np.sort(part[column]))) for column in ("before", "after")]
                cells += [material.number(value, decimals) for value in sums]
                moved = float(np.nansum(np.sort(difference)))
                cells.append(material.signed(moved, decimals))
                partial |= bool(np.isnan(difference).any())
            rows.append(cells)
    notes = [say("report.difference_at_both")] if partial else []
    return DataTable(say("report.verified_table"), columns, rows, notes)


def _verified_cells(material: Material, table: pd.DataFrame, before: str, after: str) -> DataTable:
    say = material.say
    columns = [
        TableColumn(say("report.unit"), "text", 1.8),
        TableColumn(say("report.indicator"), "text", 2.4),
        TableColumn(before, "number", 0.9),
        TableColumn(after, "number", 0.9),
        TableColumn(say("report.difference"), "number", 0.9),
    ]
    name = dict(zip(material.result.units.codes, material.names, strict=True))
    rows = []
    for unit, node, old, new, difference in zip(
        *(table[c] for c in ("unit", "node", "before", "after", "difference")), strict=True
    ):
        if unit in name:
            decimals = material.decimals(node)
            figures = [material.number(value, decimals) or NONE for value in (old, new)]
            moved = material.signed(difference, decimals) or NONE
            rows.append([name[unit], material.label(node), *figures, moved])
    return DataTable(say("report.verified_cells_table"), columns, rows)
