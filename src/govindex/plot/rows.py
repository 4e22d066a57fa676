"""Units as the rows of a picture: one below the other, leagues apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.language import words
from govindex.model.units import Units
from govindex.plot.canvases import LETTER, LETTERS, OVERHEAD, SLOT, TALLEST, Canvas, shortened
from govindex.plot.styles import faint, ink

__all__ = [
    "DrawnRows",
    "figure_size",
    "is_crowded",
    "label_rows",
    "mark_size",
    "rows_height",
    "rows_of",
    "rows_of_names",
    "spaced",
]

_GAP = 0.5  # rows between leagues
_LEAST = 7.0  # points between labels that can be read
_THICKET = 12.0  # inches of rows that are too many to be labelled
_THINNED = 13.0  # points between labels if not all are shown


@attrs.frozen(eq=False)
class DrawnRows:
    """The rows of units, from the top down.

    Parameters
    ----------
    members : array of int, shape (rows,)
        The unit of each row, as a row of the result.
    y : array, shape (rows,)
        Its position; the axis falls.
    headings : tuple of (text, y)
        The league of the rows below, if there are several.
    groups : array of int, shape (rows,)
        The number of the league (and period) of each row.
    extent : float
        The height in rows, headings and gaps included.
    """

    members: Index
    y: Float
    headings: tuple[tuple[str, float], ...]
    groups: Index
    extent: float


def rows_of(units: Units, order: Sequence[int], language: str | None) -> DrawnRows:
    """Return rows for units in the order of publication, with a heading for each league."""
    fields = list(units.league_columns().values())
    names = [tuple(column[row] for column in fields) for row in order]
    starts = [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    headed = len(starts) > 1
    tall = _heading_height(len(names), len(starts))
    y, headings, groups, top = np.empty(len(names)), [], np.empty(len(names), dtype=np.intp), 0.0
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(names)], strict=True)):
        if headed:
            top += _GAP * (number > 0)
            headings.append((_heading(names[start], language), top + tall / 2.0))
            top += tall
        y[start:end] = top + 0.5 + np.arange(end - start)
        groups[start:end] = number
        top += end - start
    return DrawnRows(np.array(order, dtype=np.intp), y, tuple(headings), groups, max(top, 1.0))


def rows_of_names(count: int) -> DrawnRows:
    """Return rows for anything but units: nodes, groups, steps."""
    y = np.arange(count, dtype=np.float64) + 0.5
    return DrawnRows(np.arange(count), y, (), np.zeros(count, dtype=np.intp), float(max(count, 1)))


def _heading_height(count: int, leagues: int) -> float:
    """Return the height of a heading in rows: several, if rows are thin."""
    row = 72.0 * rows_height(count) / max(count, 1)
    room = 0.3 * count / leagues if leagues else 1.0
    return float(max(round(min(11.0 / row, room)), 1))


def _heading(name: tuple[Any, ...], language: str | None) -> str:
    period, league = name
    text = words("plot.no_league", language) if league is None else str(league)
    if period is None:
        return text
    return str(period) if league is None else f"{period} · {text}"


def figure_size(rows: DrawnRows, labels: Iterable[str], width: float) -> tuple[float, float]:
    """Return the size of a figure in inches: `width` for the axes, the labels beside them."""
    longest = max((len(label) for label in labels), default=0)
    return width + LETTER * min(longest, LETTERS + 6), rows_height(rows.extent) + OVERHEAD


def is_crowded(rows: DrawnRows) -> bool:
    """Return whether the rows are too many for a label each, in the tallest figure."""
    return rows.extent * _LEAST > 72.0 * TALLEST


def rows_height(extent: float) -> float:
    """Return the height of rows in inches, lower again if there are too many to be labelled.

    Examples
    --------
    >>> [round(rows_height(rows), 1) for rows in (10, 63, 150, 3_321)]
    [2.1, 13.2, 18.0, 12.0]
    """
    return min(extent * SLOT, TALLEST) if extent * _LEAST <= 72.0 * TALLEST else _THICKET


def spaced(positions: Float, least: float, taken: Sequence[float] = ()) -> Index:
    """Return the positions to label, first ones first, so that none is nearer than `least`."""
    if least <= 1.0 and not len(taken):
        return np.arange(len(positions))
    chosen: list[int] = []
    known = np.sort(np.array(taken, dtype=float))
    last = -np.inf
    for i in np.argsort(positions, kind="stable").tolist():
        at = positions[i]
        following = np.searchsorted(known, at)
        near = [known[j] for j in (following - 1, following) if 0 <= j < len(known)]
        if at - last >= least and all(abs(at - other) >= least / 2.0 for other in near):
            chosen.append(i)
            last = at
    return np.array(chosen, dtype=np.intp)


def mark_size(canvas: Canvas, rows: DrawnRows, largest: float) -> float:
    """Return the size of markers in points: smaller where rows are thin."""
    return float(np.clip(0.6 * canvas.size[1] / rows.extent, 0.7, largest))


def label_rows(canvas: Canvas, rows: DrawnRows, labels: Sequence[str]) -> tuple[Index, float]:
    """Label the rows as far as there is room.

    Returns
    -------
    array of int
        The rows that have a label.
    float
        The size of the font, in points.
    """
    ax = canvas.axes
    row = canvas.size[1] / rows.extent
    least = _THINNED / row if row < _LEAST else 1.0
    heads = spaced(np.array([y for _, y in rows.headings]), max(least, 1.0))
    shown = spaced(rows.y, least, [rows.headings[i][1] for i in heads] if row < _LEAST else ())
    font = float(np.clip(0.68 * row, 5.0, 9.0)) if row >= _LEAST else 7.0
    ax.set_ylim(rows.extent, 0.0)
    ax.set_yticks(rows.y[shown], [labels[i] for i in shown], fontsize=font)
    ax.tick_params(axis="y", length=0, pad=3)
    for number in heads:
        text, y = rows.headings[number]
        ax.annotate(
            shortened(text, 60), (0.0, y), xycoords=("axes fraction", "data"), xytext=(2, 0),
            textcoords="offset points", va="center", fontsize=min(font + 0.5, 9.0),
            fontweight="bold", color=ink(),
        )  # fmt: skip
    for _, y in rows.headings[1:]:
        ax.axhline(
            y - _heading_height(len(rows.y), len(rows.headings)) / 2.0 - _GAP / 2.0,
            color=faint(ax),
            linewidth=0.6,
            zorder=0,
        )
    canvas.note_shown(len(shown), len(rows.y))
    return shown, font
