"""The table of an explanation: each node with its loss and the underlying figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.explanation.losses import Losses
from govindex.kernels.rounding import snap
from govindex.language import words
from govindex.model.observations import Observations
from govindex.model.tree import Indicator
from govindex.results import IndexResult
from govindex.statuses import in_words, raw_text, status_word

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["loss_table"]


def loss_table(
    result: IndexResult, index: int, losses: Losses, language: str | None
) -> pd.DataFrame:
    """Return a row per node, as :class:`Explanation` describes them."""
    import pandas as pd

    scale = float(result.maxima[0]) or 1.0
    rows = []
    for node in result.framework.nodes:
        row = result.row_of(node.code)
        is_leaf = isinstance(node, Indicator)
        share, part = result.shares[row, index], result.applicable[row, index]
        absent = np.isnan(share)
        falls_short = node.code in losses.lost and node.code not in losses.extra
        best = losses.full[node.code] if falls_short else 1.0
        unlimited = node.code in losses.without_maximum and not absent
        maximum = result.maxima[row] * part * (np.nan if unlimited else best)
        unknown = np.nan if absent else 0.0
        rows.append(
            {
                "node": node.code,
                "name": node.label(language),
                "tier": result.framework.depth(node.code),
                "maximum": 0.0 if absent else maximum,
                "attainable": losses.attainable.get(node.code, 0.0),
                "score": result.full_at(node.code)[index],
                "lost": np.nan if unlimited else losses.lost.get(node.code, unknown),
                "own_loss": losses.own_loss.get(node.code, 0.0),
                "value": result.values[row, index],
                "raw": result.raw_values[row, index],
                "status": _status(result, node, row, index, language, unlimited=unlimited),
                "measure_unit": node.measure_unit if isinstance(node, Indicator) else "",
                "data": _figures(result, node, index, language) if is_leaf else "",
                "is_leaf": is_leaf,
            }
        )
    table = pd.DataFrame(rows).set_index("node")
    for name in ("maximum", "attainable", "lost", "own_loss"):
        table[name] = snap(table[name].to_numpy(dtype=np.float64), scale)
    return _with_bands(table, result, index)


def _with_bands(table: pd.DataFrame, result: IndexResult, index: int) -> pd.DataFrame:
    """Return the table with the unit's bands, if a node has its own; "" without a band."""
    if all(node.bands is None for node in result.framework.nodes):
        return table
    shown = result.bands.columns
    bands = [(code in shown and result.band_of(code)[index]) or "" for code in table.index]
    return table.assign(band=bands)


def _status(
    result: IndexResult,
    node: Any,
    row: int,
    index: int,
    language: str | None,
    *,
    unlimited: bool,
) -> str:
    status = int(result.status[row, index])
    marks = in_words(status, treated=bool(result.treated[row, index]), language=language)
    if unlimited:
        return ", ".join(filter(None, [marks, words("explanation.no_maximum", language)]))
    return marks or (status_word(status, language) if isinstance(node, Indicator) else "")


def _figures(result: IndexResult, node: Any, index: int, language: str | None) -> str:
    data = result.observations
    if data is None:
        return ""
    unit = data.units.codes[index]
    shown = []
    for name in node.measure.variables:
        if name in data.variables:
            value = data.value(unit, name)
            figure = _figure(value, language)
            status = data.cell(unit, name)
            word = status_word(status, language)
            notes = [word] if figure and status else []
            notes += _treatment(data, unit, name, language)
            suffix = f" ({', '.join(notes)})" if notes else ""
            shown.append(f"{figure}{suffix}" if figure else word)
    return " / ".join(shown)


def _treatment(data: Observations, unit: str, variable: str, language: str | None) -> list[str]:
    """Return "treated" and the raw value if a cell was treated."""
    if not data.treated[data.units.locate(unit), data.column_of(variable)]:
        return []
    raw, treated = data.raw_value(unit, variable), words("status.treated", language)
    if raw is None:
        return [treated]
    value = _figure(raw, language)
    return [words("mark.treated", language, treated=treated, value=value)]


def _figure(value: float | str | None, language: str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return raw_text(value, language)
