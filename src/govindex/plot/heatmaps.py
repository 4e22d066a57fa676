"""Scores or ranks of units at many nodes, as colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, CellStatus, Float
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.selection import At
from govindex.model.tree import Indicator, View
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.grids import colour_bar, draw_absent, draw_cells, label_columns, write_cells
from govindex.plot.names import (
    node_title,
    nodes_at,
    note_unranked,
    ranked_labels,
    result_of,
    title_of,
    unit_names,
    without_percent,
)
from govindex.plot.rows import DrawnRows, figure_size, label_rows, rows_of
from govindex.plot.shapes import between, cells, key_of_bars, key_of_marks
from govindex.plot.styles import STATUSES, faint, scale_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["heatmap"]

Shown = Literal["percent", "score", "rank"]
_SHOWN = ("percent", "score", "rank")


def heatmap(
    result: IndexResult,
    at: At = 1,
    *,
    show: Shown = "percent",
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw scores or ranks of units at many nodes as a grid of colours.

    Units are in the order of publication, league by league. Numbers are written in the cells if
    there is room. A cell without a score is hatched by its status, and a marker names the figures
    that were imputed, treated or taken from an earlier stage.

    Parameters
    ----------
    result : IndexResult
    at : int, str or iterable of str
        The nodes: a tier of the framework (1: the root's children), or codes.
    show : {"percent", "score", "rank"}
        Numbers in the cells. Colours are percent of the applicable maximum, or the rank as a part
        of the ranks in the league.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError, UnknownNameError
        If there is no such node, tier or number.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.heatmap(result, show="rank", language="vi")
    >>> [text.get_text() for text in axes.texts[:5]]
    ['15', '=19', '11', '=15', '1']
    """
    result = result_of(result)
    codes = nodes_at(result, at)
    if not among(show, _SHOWN):
        raise SettingError(f"show is 'percent', 'score' or 'rank', not {show!r}")
    rows = rows_of(result.units, result.publication_order(result.codes[0]), language)
    names = unit_names(result.units, language)
    width, height = figure_size(rows, names, max(4.2, min(0.62 * len(codes), 8.5)) + 0.9)
    canvas = open_canvas(ax, language, (width, max(height + 0.9, 3.0)))
    labels = ranked_labels(names, result.rank_labels(), rows)
    shares, ends = _shares(result, codes, show, rows)
    status = result.status[[result.row_of(code) for code in codes]][:, rows.members].T
    absent = np.isnan(shares)
    colours = scale_colours(np.nan_to_num(shares))
    colours[absent] = 0.0
    colours[absent] = draw_absent(canvas, rows, status, absent)[absent]
    if not result.units.ranked_mask[rows.members].all() and show == "rank":
        _draw_unranked(canvas, rows, absent & (colours[..., 3] == 0.0))
    if show != "rank":
        note_unranked(canvas, ~result.units.ranked_mask)
        without_percent(canvas, result, codes)
    draw_cells(canvas, rows, colours)
    _, font = label_rows(canvas, rows, labels)
    write_cells(canvas, rows, colours, lambda: _texts(canvas, result, codes, show, rows), font)
    _draw_figure_marks(canvas, result, codes, rows)
    label_columns(canvas, [node_title(result, code, language) for code in codes])
    rank = show == "rank"
    key = words("plot.rank_in_league" if rank else "plot.percent_of_maximum", language)
    if ends[0] < ends[1]:  # a single rank needs no scale
        colour_bar(canvas, ends, key, reverse=rank, colours="cividis_r" if rank else "cividis")
    what = words(f"plot.{show}", language)
    return canvas.close(title_of(result, result.codes[0], what, language), lines=0.8)


def _shares(
    result: IndexResult, codes: tuple[str, ...], show: str, rows: DrawnRows
) -> tuple[Float, tuple[float, float]]:
    """Return numbers from 0 to 1 for the colours, shape (rows, columns), and what they mean."""
    if show != "rank":
        percent = np.stack([result._percent_of(result.row_of(code)) for code in codes])
        low, high = between(percent.ravel())
        ends = (min(low, 0.0), max(high, 100.0)) if low >= 0.0 else (low, high)
        return (percent[:, rows.members].T - ends[0]) / ((ends[1] - ends[0]) or 1.0), ends
    ranks = np.stack([result.ranks_at(code) for code in codes])[:, rows.members].T
    shares, longest = np.full(ranks.shape, np.nan), 1.0
    for group in np.unique(rows.groups):
        members = rows.groups == group
        last = float(np.nanmax(ranks[members], initial=1.0))
        shares[members] = 1.0 - (ranks[members] - 1.0) / max(last - 1.0, 1.0)
        longest = max(longest, last)
    return shares, (1.0, longest)


def _draw_unranked(canvas: Canvas, rows: DrawnRows, blank: Bool) -> None:
    """Hatch the cells of units that are assessed but not ranked."""
    at = np.argwhere(blank)
    look = {"facecolor": "none", "edgecolor": faint(canvas.axes, 0.3), "hatch": "//"}
    cells(canvas.axes, rows.y[at[:, 0]], at[:, 1], linewidth=0.0, label="_not_ranked", **look)
    canvas.key(key_of_bars(words("plot.not_ranked", canvas.language), **look))


def _texts(
    canvas: Canvas, result: IndexResult, codes: tuple[str, ...], show: str, rows: DrawnRows
) -> list[tuple[str, ...]]:
    """Return the texts of the cells of each row."""
    texts: list[list[str]] = []
    for code in codes:
        if show == "rank":
            texts.append(result.rank_labels(code))
            continue
        percent = show == "percent"
        numbers = result._percent_of(result.row_of(code)) if percent else result.printed_at(code)
        decimals = 1 if percent else result.score_decimals
        texts.append([canvas.number(number, decimals) for number in numbers.tolist()])
    by_unit = list(zip(*texts, strict=True))
    return [by_unit[row] for row in rows.members]


def _draw_figure_marks(
    canvas: Canvas, result: IndexResult, codes: tuple[str, ...], rows: DrawnRows
) -> None:
    """Mark the cells whose scores rest on imputed or treated figures, or on an earlier stage's."""
    tall = canvas.size[1] / rows.extent
    for name in ("fallen_back", "imputed", "treated"):
        marked = np.stack([_marked(result, code, name)[rows.members] for code in codes], axis=-1)
        at = np.argwhere(marked)
        if not len(at):
            continue
        style = STATUSES[name]
        canvas.axes.plot(
            at[:, 1] + 0.42, rows.y[at[:, 0]] - 0.28, style.marker, color=style.colour,
            markersize=float(np.clip(0.3 * tall, 1.0, 5.0)), markeredgecolor="white",
            markeredgewidth=0.6, label=f"_{name}",
        )  # fmt: skip
        label = words(
            "plot.rests_on", canvas.language, status=words(f"status.{name}", canvas.language)
        )
        canvas.key(key_of_marks(label, style.marker, style.colour))


def _marked(result: IndexResult, code: str, name: str) -> Bool:
    """Return which units' scores rest on figures with a mark, shape (units,)."""
    node, row = result.node(code), result.row_of(code)
    if isinstance(node, View):
        return np.zeros(len(result.units), dtype=bool)
    if isinstance(node, Indicator):
        kind = {"fallen_back": CellStatus.FALLEN_BACK, "imputed": CellStatus.IMPUTED}
        return np.asarray(
            result.treated[row] if name == "treated" else result.status[row] == kind[name]
        )
    counts = result.status_counts(code)[name].reindex(list(result.units.codes))
    return np.asarray(counts.to_numpy() > 0)
