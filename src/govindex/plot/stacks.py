"""Contributions to scores: stacked bars, to the left of zero where they are negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float
from govindex.decomposition.tree_parts import child_parts
from govindex.language import words
from govindex.plot.canvases import Canvas, open_canvas, shortened
from govindex.plot.names import (
    draw_marks,
    node_of,
    node_title,
    note_unranked,
    ranked_labels,
    result_of,
    title_of,
    unit_names,
)
from govindex.plot.rows import DrawnRows, figure_size, label_rows, mark_size, rows_of
from govindex.plot.shapes import bars, between, key_of_bars
from govindex.plot.styles import COLOURS, HATCHES, faint, ink, paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["contributions"]


def contributions(
    result: IndexResult,
    node: str | None = None,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each child of a node contributes to its score, unit by unit, as stacked bars.

    The bars of a unit add up to its score, which a mark shows. Under a mean or a sum a child
    contributes its weight times its share, otherwise by Shapley values: these are the
    :func:`~govindex.contributions`. What children do not explain (rounding, clipping) is grey.
    Negative contributions go to the left.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    node : str, optional
        A branch; the total by default.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If the node has no children, or the methodology's own code computed the scores.
    UnknownNameError
        If there is no such node.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.contributions(result)
    >>> len(axes.figure.legends[0].get_texts())
    5
    """
    result = result_of(result)
    code = node_of(result, node)
    children, points = child_parts(result, code)
    rows = rows_of(result.units, result.publication_order(code), language)
    names = unit_names(result.units, language)
    canvas = open_canvas(ax, language, figure_size(rows, names, 6.2))
    note_unranked(canvas, ~result.units.ranked_mask)
    labels = ranked_labels(names, result.rank_labels(code), rows)
    shown, font = label_rows(canvas, rows, labels)
    scores = result.printed_at(code)[rows.members]
    titles = [shortened(node_title(result, child, language), 48) for child in children]
    totals = _stack(canvas, rows, points[:, rows.members], titles)
    canvas.axes.plot(
        scores,
        rows.y,
        "|",
        color=ink(),
        markersize=mark_size(canvas, rows, 9.0),
        markeredgewidth=1.4,
        label="_scores",
    )
    _frame(canvas, np.vstack([totals, scores]))
    if len(shown) == len(rows.y):
        _write_totals(canvas, rows, scores, totals[1], result.score_decimals, font)
    draw_marks(canvas, result, code, rows)
    return canvas.close(title_of(result, code, words("plot.contributions", language), language))


def _stack(canvas: Canvas, rows: DrawnRows, points: Float, titles: list[str]) -> Float:
    """Draw the bars; return the ends of the stacks to the left and to the right."""
    ax = canvas.axes
    ends = np.zeros((2, points.shape[1]))
    thick = mark_size(canvas, rows, 5.0) > 3.0
    for number, part in enumerate(points):
        rest = number == len(titles)
        drawn = np.flatnonzero(np.nan_to_num(part))
        if not len(drawn) and rest:
            continue
        colour = faint(ax, 0.5) if rest else COLOURS[number % len(COLOURS)]
        # A colour that comes again has another hatch.
        hatch = HATCHES[(number + number // len(COLOURS)) % len(HATCHES)]
        title = words("plot.rest", canvas.language) if rest else titles[number]
        look: dict[str, Any] = {"facecolor": colour, "edgecolor": paper(ax), "hatch": hatch}
        side = (part[drawn] > 0).astype(np.intp)
        start = ends[side, drawn]
        bars(
            ax,
            rows.y[drawn],
            start,
            start + part[drawn],
            linewidth=0.3 if thick else 0.0,
            label="_" + title,
            **look,
        )
        ends[side, drawn] += part[drawn]
        canvas.key(key_of_bars(title, **look))
    return ends


def _frame(canvas: Canvas, values: Float) -> None:
    low, high = between(values.ravel())
    low, high = min(low, 0.0), max(high, 0.0)
    spread = (high - low) or 1.0
    canvas.settle()
    room = canvas.beside(7) * spread
    canvas.axes.set_xlim(low - 0.04 * spread * (low < 0), high + room)
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.axes.axvline(0.0, color=ink(), linewidth=0.8)
    canvas.label_axis("x", words("plot.score", canvas.language))


def _write_totals(
    canvas: Canvas, rows: DrawnRows, scores: Float, ends: Float, decimals: int, font: float
) -> None:
    none = words("plot.no_score", canvas.language)
    for y, score, end in zip(rows.y, scores, np.fmax(ends, np.nan_to_num(scores)), strict=True):
        absent = np.isnan(score)
        canvas.axes.annotate(
            none if absent else canvas.number(score, decimals), (0.0 if absent else end, y),
            xytext=(5, 0), textcoords="offset points", va="center", fontsize=max(font - 1.0, 5.0),
            style="italic" if absent else "normal",
        )  # fmt: skip
