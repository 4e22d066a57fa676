"""The status of every cell: what was reported, imputed, treated, and what is absent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Bool, CellStatus, Status
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.plot.canvases import Canvas, open_canvas, shortened
from govindex.plot.grids import draw_cells, label_columns
from govindex.plot.names import node_title, unit_names
from govindex.plot.rows import DrawnRows, figure_size, label_rows, rows_of
from govindex.plot.shapes import cells, key_of_bars, key_of_marks
from govindex.plot.styles import STATUSES, faint, paper
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["missing"]

_HATCHED = 6_000


def missing(
    data: Observations | IndexResult, *, language: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the status of every cell: units × variables, or units × indicators of a result.

    The legend counts the cells of each status. Reported cells are light; the others have a colour,
    and absent ones a hatch as well. A triangle marks treated values.

    Parameters
    ----------
    data : Observations or IndexResult
        Units stand in the order of the data, or in that of publication.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import govindex as gi
    >>> data = gi.datasets.load("vn.service-766.phu-tho-2026")
    >>> axes = gi.plot.missing(data)
    >>> [text.get_text() for text in axes.figure.legends[0].get_texts()][0]
    'reported: 92'
    """
    units, names, order, status, treated = _cells(data, language)
    rows = rows_of(units, order, language)
    labels = unit_names(units, language)
    width, height = figure_size(rows, labels, float(np.clip(0.2 * len(names), 4.0, 11.0)))
    canvas = open_canvas(ax, language, (width, height + 1.2))
    draw_cells(canvas, rows, _colours(canvas, status[rows.members]))
    _hatch(canvas, rows, status[rows.members])
    _mark_treated(canvas, rows, treated[rows.members])
    label_rows(canvas, rows, [labels[i] for i in rows.members])
    label_columns(canvas, names)
    return canvas.close(words("plot.missing", language), lines=0.8)


def _cells(data: Any, language: str | None) -> tuple[Units, Sequence[str], list[int], Status, Bool]:
    """Return units, names of columns, the order of units, statuses and treated cells by unit."""
    if isinstance(data, Observations):
        order = [row for *_, rows in data.units.ranking_groups() for row in rows.tolist()]
        names = [shortened(str(name)) for name in data.variables]
        return data.units, names, order, data.status, data.treated
    if not isinstance(data, IndexResult):
        raise SettingError(f"give Observations or an IndexResult, not {type(data).__name__}")
    forms = [part.framework for part in parts_of(data)]
    leaves = dict.fromkeys(leaf.code for form in forms for leaf in form.leaves)
    codes = [code for code in leaves if code in data.codes]
    rows = [data.row_of(code) for code in codes]
    names = [shortened(node_title(data, code, language)) for code in codes]
    order = data.publication_order(data.codes[0])
    return data.units, names, order, data.status[rows].T, data.treated[rows].T


def _colours(canvas: Canvas, status: Status) -> Any:
    from matplotlib.colors import to_rgba

    tones = np.zeros((len(CellStatus), 4))
    for kind in CellStatus:
        tones[kind] = to_rgba(_tone(canvas, kind))
    return tones[status]


def _tone(canvas: Canvas, kind: CellStatus) -> str:
    if kind == CellStatus.REPORTED:
        return faint(canvas.axes, 0.08)
    return STATUSES[kind.name.lower()].colour


def _hatch(canvas: Canvas, rows: DrawnRows, status: Status) -> None:
    """Hatch the cells that were not reported, and count every status in the legend."""
    hatches = {"fallen_back": "\\\\\\", "imputed": "///", "not_applicable": "---"}
    for kind in CellStatus:
        at = np.argwhere(status == kind)
        name = kind.name.lower()
        if not len(at):
            continue
        look = {"facecolor": _tone(canvas, kind), "edgecolor": paper(canvas.axes)}
        if kind != CellStatus.REPORTED:
            look["hatch"] = hatches.get(name) or STATUSES[name].hatch
            if len(at) <= _HATCHED:
                cells(
                    canvas.axes, rows.y[at[:, 0]], at[:, 1], linewidth=0.3, label=f"_{name}", **look
                )
        label = f"{words(f'status.{name}', canvas.language)}: {canvas.number(len(at), 0)}"
        canvas.key(key_of_bars(label, **look))


def _mark_treated(canvas: Canvas, rows: DrawnRows, treated: Bool) -> None:
    at = np.argwhere(treated)
    if not len(at):
        return
    style = STATUSES["treated"]
    size = float(np.clip(0.35 * canvas.size[1] / rows.extent, 1.0, 5.0))
    canvas.axes.plot(at[:, 1], rows.y[at[:, 0]], style.marker, color=style.colour, markersize=size,
                     label="_treated")  # fmt: skip
    label = f"{words('status.treated', canvas.language)}: {canvas.number(len(at), 0)}"
    canvas.key(key_of_marks(label, style.marker, style.colour))
