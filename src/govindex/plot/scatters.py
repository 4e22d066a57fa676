"""Scores at two nodes against each other, with labels that do not overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float
from govindex.language import words
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.names import node_of, node_title, result_of, unit_names, unit_rows
from govindex.plot.shapes import between, key_of_marks
from govindex.plot.styles import COLOURS, MARKERS, faint, paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["scatter"]

_FONT = 7.0
_LETTER = 0.62  # width of a letter as a part of the font's size, on the safe side
_TRIED = 400  # labels are tried for so many units


def scatter(
    result: IndexResult,
    x: str,
    y: str | None = None,
    *,
    highlight: Iterable[str] | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of units at two nodes against each other.

    Leagues have their colours and markers. Names are written where they overlap neither another
    name nor a dot, the units of `highlight` first and then by rank; a note says how many.

    Parameters
    ----------
    result : IndexResult
    x, y : str
        The nodes; `y` is the total by default.
    highlight : iterable of str, optional
        Codes or names of the units to name first, larger than the others.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes
        Units without a score at one of the nodes are counted in a note.

    Raises
    ------
    UnknownNameError
        If there is no such node or unit.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.scatter(result, "1", "5", language="vi", highlight="UBND tỉnh Lào Cai")
    >>> axes.texts[0].get_text()
    'UBND tỉnh Lào Cai'
    """
    result = result_of(result)
    across, up = node_of(result, x), node_of(result, y)
    canvas = open_canvas(ax, language, (7.6, 6.2))
    points = np.column_stack([result.printed_at(across), result.printed_at(up)])
    known = np.asarray(~np.isnan(points).any(axis=1))
    chosen = unit_rows(result.units, highlight)
    _frame(canvas, points)
    _draw(canvas, result, points, known, chosen)
    canvas.label_axis("x", node_title(result, across, language))
    canvas.label_axis("y", node_title(result, up, language))
    if not known.all():
        count = canvas.number(int((~known).sum()), 0)
        canvas.note(words("plot.without_scores", language, count=count))
    names = unit_names(result.units, language)
    first = dict.fromkeys([*chosen, *result.publication_order(up)])
    order = [row for row in first if known[row]]
    _name(canvas, points, order, names, chosen)
    return canvas.close(words("plot.scatter", language), lines=3.0)


def _frame(canvas: Canvas, points: Float) -> None:
    ax = canvas.axes
    limits: tuple[Callable[..., Any], ...] = (ax.set_xlim, ax.set_ylim)
    for column, limit in enumerate(limits):
        low, high = between(points[:, column])
        margin = 0.06 * (high - low) or 0.5
        limit(low - margin, high + margin)
    canvas.frame("x")
    ax.grid(axis="y", color=faint(ax, 0.15), linewidth=0.6)
    ax.spines["left"].set_visible(True)
    ax.tick_params(labelsize=8.5)
    canvas.number_axis("x")
    canvas.number_axis("y")


def _draw(
    canvas: Canvas, result: IndexResult, points: Float, known: Any, chosen: list[int]
) -> None:
    groups = result.units.ranking_groups()
    size = 6.0 if len(points) <= 300 else 2.5
    for number, (league, period, members) in enumerate(groups):
        drawn = members[known[members]]
        look = MARKERS[number % len(MARKERS)], COLOURS[number % len(COLOURS)]
        canvas.axes.plot(
            points[drawn, 0], points[drawn, 1], look[0], color=look[1], markersize=size,
            markeredgecolor=paper(canvas.axes), markeredgewidth=0.5, label="_units",
        )  # fmt: skip
        names = [str(name) for name in (period, league) if name is not None]
        if len(groups) > 1:
            label = " · ".join(names) or words("plot.no_league", canvas.language)
            canvas.key(key_of_marks(label, *look))
    if chosen:
        canvas.axes.plot(
            points[chosen, 0], points[chosen, 1], "o", markersize=size + 5, color=COLOURS[3],
            markerfacecolor="none", markeredgewidth=1.4, label="_highlight",
        )  # fmt: skip


def _name(
    canvas: Canvas, points: Float, order: list[int], names: list[str], chosen: list[int]
) -> None:
    """Write names where there is room, each beside its dot."""
    ax, (width, height) = canvas.axes, canvas.size
    if canvas.own:
        width *= 0.86
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    scale = np.array([width / (right - left), height / (top - bottom)])
    at = (points - [left, bottom]) * scale
    dots = at[order]
    taken: list[tuple[float, float, float, float]] = []
    shown = 0
    for row in order[:_TRIED]:
        gap = 8.0 if row in chosen else 4.0
        box = next(_free(at[row], names[row], dots, taken, (width, height, gap)), None)
        if box is None:
            continue
        taken.append(box)
        side = "left" if box[0] >= at[row, 0] else "right" if box[2] <= at[row, 0] else "center"
        x = {"left": box[0], "right": box[2], "center": (box[0] + box[2]) / 2.0}[side]
        offset = x - at[row, 0], (box[1] + box[3]) / 2.0 - at[row, 1]
        ax.annotate(
            names[row], points[row], xytext=offset, textcoords="offset points", ha=side,
            va="center", fontsize=_FONT,
        )  # fmt: skip
        shown += 1
    canvas.note_shown(shown, len(order))


def _free(
    dot: Float,
    name: str,
    dots: Float,
    taken: list[tuple[float, float, float, float]],
    size: tuple[float, float, float],
) -> Iterator[tuple[float, float, float, float]]:
    """Yield boxes beside a dot that are inside the axes and overlap no dot and no other box."""
    wide, tall, gap = _LETTER * _FONT * len(name), 1.3 * _FONT, size[2]
    for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
        left = dot[0] + gap * right - wide * {1: 0.0, 0: 0.5, -1: 1.0}[right]
        low = dot[1] + up * (gap + tall / 2.0) - tall / 2.0
        box = (left, low, left + wide, low + tall)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
        if not inside or any(_overlap(box, other) for other in taken):
            continue
        near = (dots[:, 0] > box[0] - 2) & (dots[:, 0] < box[2] + 2)
        near &= (dots[:, 1] > box[1] - 1) & (dots[:, 1] < box[3] + 1)
        if not near.any():
            yield box


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
