"""Tasks by status: a stacked bar for each agency, or for each date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.extras import needed
from govindex.language import words
from govindex.model.units import Units
from govindex.plot.canvases import Canvas, open_canvas, shortened
from govindex.plot.rows import (
    DrawnRows,
    figure_size,
    is_crowded,
    label_rows,
    mark_size,
    rows_of,
    rows_of_names,
)
from govindex.plot.shapes import bars, key_of_bars
from govindex.plot.styles import COLOURS, faint, ink, paper
from govindex.tasks import TaskStatuses
from govindex.tasks.pages import date_text
from govindex.tasks.statuses import COUNTS, SHARES, STATUSES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["tasks"]

# Colour (grey without one) and hatch of each status.
_LOOKS = (
    (COLOURS[0], ""),
    (COLOURS[4], "..."),
    ("", ""),
    (COLOURS[3], "///"),
    (COLOURS[2], "\\\\\\"),
    ("", "xxx"),
)


def tasks(
    counts: TaskStatuses | pd.DataFrame,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many tasks are done, in term or overdue: a stacked bar for each agency or date.

    Beside each bar stands how many of the tasks that count are done, and their share.

    Parameters
    ----------
    counts : TaskStatuses or DataFrame
        The statuses at a date, of which agencies with the largest share done come first; or what
        ``counts(…)`` returned, in the order of its rows, or ``over_time(…)``, group by group.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If it is neither.

    Examples
    --------
    >>> import govindex as gi
    >>> register = gi.tasks.TaskRegister([gi.tasks.Task("1", "A", "Q1 2025", "2025-03-01"),
    ...                                   gi.tasks.Task("2", "A", "Q2 2025")])
    >>> axes = gi.plot.tasks(register.at("2025-07-01"))
    >>> axes.texts[0].get_text()
    '1 of 2 (50.0 %)'
    """
    frame, title = _frame(counts, language)
    needed("matplotlib", extra="plot", what="gi.plot")
    from matplotlib.ticker import MaxNLocator

    rows, labels = _rows(frame, language)
    frame, names = frame.iloc[rows.members], [shortened(label) for label in labels]
    canvas = open_canvas(ax, language, figure_size(rows, names, 5.6))
    shown, font = label_rows(canvas, rows, names)
    ends = _stack(canvas, rows, frame[[*STATUSES]].to_numpy(dtype=np.float64).T)
    longest = float(ends.max(initial=0.0)) or 1.0
    canvas.settle()
    canvas.axes.set_xlim(0.0, longest * (1.0 + canvas.beside(18)))
    canvas.frame("x")
    canvas.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    canvas.number_axis("x")
    canvas.axes.axvline(0.0, color=ink(), linewidth=0.8)
    canvas.label_axis("x", words("plot.tasks", language))
    _write_shares(canvas, rows.y[shown], ends[shown], frame.iloc[shown], font)
    return canvas.close(title)


def _frame(counts: Any, language: str | None) -> tuple[pd.DataFrame, str]:
    import pandas as pd

    if isinstance(counts, TaskStatuses):
        frame = counts.counts()
        order = np.argsort(-frame["done_of_total"].fillna(-1.0).to_numpy(), kind="stable")
        day = date_text(counts.day, language)
        return frame.iloc[order], words("task.title", language, date=day)
    if not isinstance(counts, pd.DataFrame) or not {*COUNTS} <= {*counts.columns}:
        raise SettingError(
            "give the statuses that register.at(…) returned, or the table of their counts(…) or of "
            "register.over_time(…)"
        )
    return counts, words("plot.tasks_by_status", language)


def _rows(frame: pd.DataFrame, language: str | None) -> tuple[DrawnRows, list[str]]:
    """Return the rows and their labels: groups or dates, or the dates of each group below it."""
    columns = [name for name in frame.columns if name not in (*COUNTS, *SHARES)]
    flat = frame[columns] if columns else frame.index.to_frame()
    groups = flat.drop(columns="date", errors="ignore")
    labels = [" · ".join(map(str, row)) for row in groups.itertuples(index=False)]
    if "date" not in columns:
        return rows_of_names(len(frame)), labels
    dates = [date_text(day, language) for day in frame["date"]]
    if groups.empty:
        return rows_of_names(len(frame)), dates
    order = sorted(range(len(frame)), key=labels.__getitem__)
    codes = tuple(map(str, range(len(frame))))
    rows = rows_of(Units(codes, leagues=tuple(labels)), order, language)
    if is_crowded(rows):  # without headings there is room for more labels
        bare = attrs.evolve(rows_of_names(len(frame)), members=rows.members)
        return bare, [f"{labels[row]} · {dates[row]}" for row in order]
    return rows, [dates[row] for row in order]


def _stack(canvas: Canvas, rows: DrawnRows, counts: Float) -> Float:
    """Draw the bars of statuses that occur; return where they end."""
    ends = np.zeros(counts.shape[1])
    thick = mark_size(canvas, rows, 5.0) > 3.0
    for status, (colour, hatch), part in zip(STATUSES, _LOOKS, counts, strict=True):
        drawn = np.flatnonzero(part)
        if not len(drawn):
            continue
        title = words(f"task.status.{status}", canvas.language)
        look: dict[str, Any] = {
            "facecolor": colour or faint(canvas.axes, 0.35),
            "edgecolor": paper(canvas.axes),
            "hatch": hatch,
        }
        bars(
            canvas.axes,
            rows.y[drawn],
            ends[drawn],
            ends[drawn] + part[drawn],
            linewidth=0.3 if thick else 0.0,
            label="_" + title,
            **look,
        )
        ends += part
        canvas.key(key_of_bars(title, **look))
    return ends


def _write_shares(canvas: Canvas, y: Float, ends: Float, frame: pd.DataFrame, font: float) -> None:
    for at, end, (_, row) in zip(y, ends, frame.iterrows(), strict=True):
        if row["counted"] == 0:
            continue
        text = words(
            "plot.tasks_done",
            canvas.language,
            done=canvas.number(row["counted_done"]),
            counted=canvas.number(row["counted"]),
            percent=canvas.number(100.0 * row["done_of_total"], 1),
        )
        canvas.axes.annotate(
            text, (end, at), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=max(font - 1.0, 5.0),
        )  # fmt: skip
