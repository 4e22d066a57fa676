"""The ranking as a picture: bars of scores, or dots with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, Float, Index
from govindex.errors import DataError, SettingError, UnknownNameError, near_miss
from govindex.language import words
from govindex.plot.canvases import Canvas, open_canvas, shortened
from govindex.plot.names import (
    draw_marks,
    node_of,
    ranked_labels,
    result_of,
    title_of,
    unit_names,
)
from govindex.plot.rank_brackets import draw_groups
from govindex.plot.rows import DrawnRows, figure_size, label_rows, mark_size, rows_of
from govindex.plot.shapes import bars, between, key_of_bars, key_of_marks, spans
from govindex.plot.styles import COLOURS, HATCHES, ink, ordered_colours, paper
from govindex.results.rank_groups import rank_groups
from govindex.robustness import RankSample

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["ranking"]


def ranking(
    result: IndexResult,
    node: str | None = None,
    *,
    style: Literal["bars", "dots"] = "bars",
    intervals: pd.DataFrame | RankSample | None = None,
    groups: pd.DataFrame | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of units in the order of publication, league by league.

    A label gives the unit's name and rank, "=2" where several units share one. Colours are bands,
    the best the darkest. Units that are assessed but not ranked are hollow, and a unit without a
    score has no bar. Markers to the right name units whose scores rest on imputed, treated or
    absent figures.

    Parameters
    ----------
    result : IndexResult
    node : str, optional
        The node that is ranked; the total by default.
    style : {"bars", "dots"}
        Dots leave out zero: for scores that differ little.
    intervals : RankSample or DataFrame, optional
        A line beside each score: the score in nine draws of ten of a sample, or another level of
        its ``score_intervals``, or any table with the columns `low` and `high` in the printed
        unit, by unit. :func:`rank_intervals` draws intervals of ranks.
    groups : DataFrame, optional
        What :func:`~govindex.robustness.tied_groups` returned: brackets to the right join units
        whose ranks are statistically the same, with the ranks, "1–3".
    language : str, optional
        Of names and words, such as "vi".
    ax : Axes, optional
        By default those of a new figure, whose height depends on the number of units.

    Returns
    -------
    Axes
        From more units than there is room for, every so many are labelled, with a note.

    Raises
    ------
    SettingError
        Without matplotlib.
    UnknownNameError
        If there is no such node, or no unit with the code of an interval.
    DataError
        If a sample or groups are of another node, other units or other ranks.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.ranking(result, language="vi")
    >>> axes.get_yticklabels()[0].get_text(), len(axes.get_yticklabels())
    ('UBND tỉnh Đồng Tháp  1', 34)
    """
    result = result_of(result)
    code = node_of(result, node)
    if not among(style, ("bars", "dots")):
        raise SettingError(f"style is 'bars' or 'dots', not {style!r}")
    rows = rows_of(result.units, result.publication_order(code), language)
    names = unit_names(result.units, language)
    canvas = open_canvas(ax, language, figure_size(rows, names, 5.6))
    scores = result.printed_at(code)[rows.members]
    ends = _score_ends(result, intervals, code)[:, rows.members]
    tied = rank_groups(result, groups, code)
    labels = ranked_labels(names, result.rank_labels(code), rows)
    shown, font = label_rows(canvas, rows, labels)
    letters = max(len(canvas.number(score, result.score_decimals)) for score in scores)
    _frame_scores(canvas, scores, ends, letters, zero=style == "bars")
    ranked = result.units.ranked_mask[rows.members]
    draw = _draw_bars if style == "bars" else _draw_dots
    draw(canvas, rows, scores, ranked, _band_numbers(canvas, result, code, rows, style))
    _draw_intervals(canvas, rows, ends)
    if len(shown) == len(rows.y):
        _write_scores(canvas, rows, scores, ends, result.score_decimals, font)
    columns = draw_marks(canvas, result, code, rows)
    if tied is not None:
        draw_groups(canvas, rows, tied, columns)
    canvas.label_axis("x", words("plot.score", language))
    return canvas.close(title_of(result, code, words("plot.ranking", language), language))


def _score_ends(result: IndexResult, intervals: Any, code: str) -> Float:
    """Return low and high ends, of nine draws of ten if a sample is given."""
    if isinstance(intervals, RankSample):
        if intervals.node != code:
            raise DataError(f"intervals= is a sample of '{intervals.node}', and '{code}' is drawn")
        intervals = intervals.score_intervals()
    return _ends(result, intervals)


def _ends(result: IndexResult, intervals: Any) -> Float:
    """Return low and high ends in the order of the result's units, shape (2, units)."""
    import pandas as pd

    ends = np.full((2, len(result.units)), np.nan)
    if intervals is None:
        return ends
    if not isinstance(intervals, pd.DataFrame) or not {"low", "high"} <= {*intervals.columns}:
        raise SettingError("intervals= is a table by unit with the columns low and high")
    if {"rank", "median"} <= {*intervals.columns} and "score" not in intervals:
        raise SettingError(
            "these are intervals of ranks, and ranking draws scores: draw them with "
            "plot.rank_intervals(sample)"
        )
    known = {code: row for row, code in enumerate(result.units.codes)}
    unknown = [unit for unit in intervals.index if unit not in known]
    if unknown:
        near = near_miss(unknown[0], known)
        raise UnknownNameError(
            f"intervals= has the unit '{unknown[0]}', the result has not: {near}"
        )
    try:
        numbers = intervals[["low", "high"]].astype(float).to_numpy().T
    except (TypeError, ValueError) as error:
        raise DataError("low and high of intervals= must be numbers in the printed unit") from error
    ends[:, [known[unit] for unit in intervals.index]] = numbers
    return ends


def _frame_scores(canvas: Canvas, scores: Float, ends: Float, letters: int, *, zero: bool) -> None:
    """Set the limits of the axis of scores, with room for the numbers beside them."""
    ax = canvas.axes
    low, high = between(np.concatenate([scores, ends.ravel()]))
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    spread = (high - low) or abs(high) or 1.0
    canvas.settle()
    room = canvas.beside(max(letters, 4)) * spread
    left = low - room if low < 0 else low - 0.05 * spread if not zero else 0.0
    ax.set_xlim(left, high + room)
    canvas.number_axis("x")
    canvas.frame("x")
    if low < 0 < high or zero:
        ax.axvline(0.0, color=ink(), linewidth=0.8)


def _band_numbers(
    canvas: Canvas, result: IndexResult, code: str, rows: DrawnRows, style: str
) -> tuple[Index, list[str]]:
    """Return the number of each row's band, 0 without one, and the colours by number.

    Bands that occur are added to the legend.
    """
    bands = result.bands_spec
    numbers = np.zeros(len(rows.y), dtype=np.intp)
    if bands is None:
        return numbers, [COLOURS[0]]
    found = result.band_of(code)
    known = {name: number for number, name in enumerate(bands.names, 1)}
    numbers = np.array([known.get(found[i] or "", 0) for i in rows.members], dtype=np.intp)
    colours = ordered_colours(canvas.axes, len(known))
    for name, number in known.items():
        if (numbers == number).any():
            colour, label = colours[number - 1], shortened(name, 40)
            if style == "dots":
                canvas.key(key_of_marks(label, "o", colour))
                continue
            look = {"facecolor": colour, "hatch": HATCHES[(number - 1) % len(HATCHES)]}
            canvas.key(key_of_bars(label, edgecolor=paper(canvas.axes), **look))
    return numbers, [COLOURS[0], *colours]


def _groups(
    canvas: Canvas, bands: tuple[Index, list[str]], ranked: Bool, *, dots: bool = False
) -> list[tuple[Bool, str, str, bool]]:
    """Return rows that look alike with their colour, hatch, and whether they are filled."""
    numbers, colours = bands
    if not ranked.all():
        label, ground = words("plot.not_ranked", canvas.language), paper(canvas.axes)
        hollow = key_of_bars(label, facecolor=ground, edgecolor=ink())
        canvas.key(key_of_marks(label, "o", ink(), markerfacecolor=ground) if dots else hollow)
    looks = []
    for number in np.unique(numbers).tolist():
        hatch = HATCHES[(number - 1) % len(HATCHES)] if number else ""
        for filled in (True, False):
            alike = (numbers == number) & (ranked == filled)
            if alike.any():
                looks.append((alike, colours[number], hatch, filled))
    return looks


def _draw_bars(
    canvas: Canvas, rows: DrawnRows, scores: Float, ranked: Bool, bands: tuple[Index, list[str]]
) -> None:
    ax = canvas.axes
    for alike, colour, hatch, filled in _groups(canvas, bands, ranked):
        alike = alike & ~np.isnan(scores)
        face = colour if filled else paper(ax)
        edge = paper(ax) if filled else colour
        width = 0.9 if not filled else 0.0
        bars(ax, rows.y[alike], 0.0, scores[alike], facecolor=face, edgecolor=edge, hatch=hatch,
             linewidth=width, label="_scores")  # fmt: skip


def _draw_dots(
    canvas: Canvas, rows: DrawnRows, scores: Float, ranked: Bool, bands: tuple[Index, list[str]]
) -> None:
    ax = canvas.axes
    for alike, colour, _, filled in _groups(canvas, bands, ranked, dots=True):
        ax.plot(
            scores[alike],
            rows.y[alike],
            "o",
            color=colour,
            markersize=mark_size(canvas, rows, 5.5),
            markerfacecolor=colour if filled else paper(ax),
            label="_scores",
        )


def _draw_intervals(canvas: Canvas, rows: DrawnRows, ends: Float) -> None:
    known = ~np.isnan(ends).any(axis=0)
    if not known.any():
        return
    low, high = ends[:, known]
    ax, y = canvas.axes, rows.y[known]
    spans(ax, y, low, high, colors=ink(), linewidths=1.4, label="_intervals")
    for x in (low, high):
        ax.plot(x, y, "|", color=ink(), markersize=5)
    canvas.key(key_of_marks(words("plot.interval", canvas.language), "|", ink(), linestyle="-"))


def _write_scores(
    canvas: Canvas, rows: DrawnRows, scores: Float, ends: Float, decimals: int, font: float
) -> None:
    """Write the score beside each bar, or why there is none."""
    edge = np.fmax(scores, ends[1])
    left = scores < 0
    edge = np.where(left, np.fmin(scores, ends[0]), edge)
    none = words("plot.no_score", canvas.language)
    for y, x, score, turned in zip(rows.y, edge, scores, left, strict=True):
        text = none if np.isnan(score) else canvas.number(score, decimals)
        canvas.axes.annotate(
            text, (0.0 if np.isnan(score) else x, y), xytext=(-4 if turned else 4, 0),
            xycoords=("axes fraction", "data") if np.isnan(score) else "data",
            textcoords="offset points", va="center", ha="right" if turned else "left",
            fontsize=max(font - 1.0, 5.0), style="italic" if np.isnan(score) else "normal",
        )  # fmt: skip
