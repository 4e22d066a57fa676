"""The distribution of a variable, before and after treatment, with the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus, Float
from govindex.errors import DataError, SettingError, UnknownNameError, near_miss
from govindex.language import words
from govindex.model.observations import Observations
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.shapes import between, key_of_bars, key_of_marks
from govindex.plot.styles import COLOURS, STATUSES, ink, paper
from govindex.prepare.reports import TreatReport
from govindex.results import IndexResult
from govindex.treat import Between

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["distribution"]

_MOST_BINS = 40


def distribution(
    data: Observations | IndexResult,
    variable: str,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the values of a variable are spread over the units, before and after treatment.

    A histogram of the values, and an outline of those before treatment if some were treated, with
    the limits to which values were drawn back. A tick below marks each value, and those that were
    imputed or treated have their marker. Absent values are counted in a note.

    Parameters
    ----------
    data : Observations or IndexResult
        After preparation; of a result its prepared data.
    variable : str
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If there is no such variable.
    DataError
        If it holds answers, or no values.
    SettingError
        If the result carries no data.

    Examples
    --------
    >>> import govindex as gi
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> axes = gi.plot.distribution(data, "3A")
    >>> axes.get_ylabel()
    'units'
    """
    data = _observations(data)
    if instance_of(variable, str, "variable") not in data.variables:
        known = near_miss(variable, data.variables)
        raise UnknownNameError(f"there is no variable '{variable}': {known}")
    if variable in data.levels:
        raise DataError(f"'{variable}' holds answers, which have no distribution on a scale")
    column = data.column_of(variable)
    values, raw = data.values[:, column], data.raw_values[:, column]
    present = ~np.isnan(values)
    if not present.any():
        raise DataError(f"'{variable}' has no values to draw")
    canvas = open_canvas(ax, language, (7.0, 4.2))
    from matplotlib.ticker import MaxNLocator

    treated = data.treated[:, column]
    low, high = between(np.concatenate([values, raw]))
    edges = _edges(low, high, int(present.sum()))
    ground: dict[str, Any] = {"edgecolor": paper(canvas.axes), "linewidth": 0.5}
    canvas.axes.hist(values[present], edges.tolist(), color=COLOURS[0], label="_after", **ground)
    if treated.any():
        _draw_before(canvas, raw[present & ~np.isnan(raw)], edges)
    _draw_limits(canvas, data, variable)
    _draw_ticks(canvas, data, column, present)
    canvas.frame("y")
    canvas.number_axis("x")
    canvas.axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    canvas.number_axis("y")
    canvas.label_axis("y", words("plot.units", language))
    canvas.axes.spines["bottom"].set_visible(True)
    canvas.axes.tick_params(axis="x", labelsize=8.5)
    _note_absent(canvas, data, column)
    return canvas.close(f"{words('plot.distribution', language)}: {variable}", lines=2.0)


def _observations(data: Any) -> Observations:
    if isinstance(data, IndexResult):
        if data.observations is None:
            raise SettingError("the result carries no data: give Observations")
        return data.observations
    if not isinstance(data, Observations):
        raise SettingError(f"give Observations or an IndexResult, not {type(data).__name__}")
    return data


def _edges(low: float, high: float, count: int) -> Float:
    """Return the edges of bins, as many as the root of the number of values."""
    if not low < high:
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, int(np.clip(round(1.5 * count**0.5), 5, _MOST_BINS)) + 1)


def _draw_before(canvas: Canvas, raw: Float, edges: Float) -> None:
    line: dict[str, Any] = {"color": ink(), "linewidth": 1.3, "linestyle": "--", "label": "_before"}
    canvas.axes.hist(raw, edges.tolist(), histtype="step", **line)
    canvas.key(key_of_bars(words("plot.after_treatment", canvas.language), facecolor=COLOURS[0]))
    canvas.key(
        key_of_marks(words("plot.before_treatment", canvas.language), "", ink(), linestyle="--")
    )


def _draw_limits(canvas: Canvas, data: Observations, variable: str) -> None:
    """Draw the limits that treatments of this variable set, of each group."""
    rows = [
        row for report in data.reports if isinstance(report, TreatReport) for row in report.rows
    ]
    parts = [part for row in rows if row.variable == variable for part in row.by]
    limits = {
        end for part in parts if isinstance(part, Between) for end in (part.low, part.high)
    } - {None}
    for limit in sorted(end for end in limits if end is not None):
        canvas.axes.axvline(limit, color=COLOURS[3], linewidth=1.4, linestyle="-.", label="_limit")
        canvas.axes.annotate(
            canvas.number(limit), (limit, 1.0), xycoords=("data", "axes fraction"),
            xytext=(3, -2), textcoords="offset points", fontsize=7.5, va="top",
        )  # fmt: skip
    if limits:
        label = words("plot.limit", canvas.language)
        canvas.key(key_of_marks(label, "", COLOURS[3], linestyle="-."))


def _draw_ticks(canvas: Canvas, data: Observations, column: int, known: Any) -> None:
    values, status = data.values[:, column], data.status[:, column]
    low = canvas.axes.get_xaxis_transform()
    settings: dict[str, Any] = {"transform": low, "clip_on": False}
    canvas.axes.plot(values[known], np.full(int(known.sum()), -0.02), "|", color=ink(),
                     markersize=5, alpha=0.5, label="_values", **settings)  # fmt: skip
    canvas.axes.tick_params(axis="x", pad=7)
    marks = {
        "imputed": known & (status == CellStatus.IMPUTED),
        "fallen_back": known & (status == CellStatus.FALLEN_BACK),
        "treated": known & data.treated[:, column],
    }
    for name, marked in marks.items():
        if marked.any():
            style = STATUSES[name]
            height = np.full(int(marked.sum()), 0.02)
            canvas.axes.plot(values[marked], height, style.marker, color=style.colour,
                             markersize=5, markeredgecolor=paper(canvas.axes), label=f"_{name}",
                             **settings)  # fmt: skip
            label = f"{words(f'status.{name}', canvas.language)}: {int(marked.sum())}"
            canvas.key(key_of_marks(label, style.marker, style.colour))


def _note_absent(canvas: Canvas, data: Observations, column: int) -> None:
    status = data.status[:, column]
    for kind in CellStatus:
        count = int((status == kind).sum()) if kind >= CellStatus.MISSING else 0
        if count:
            name = words(f"status.{kind.name.lower()}", canvas.language)
            canvas.note(f"{name}: {canvas.number(count, 0)}")
