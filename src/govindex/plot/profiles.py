"""One unit against its peers: a dot plot, or a radar on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import names_of
from govindex.contracts import ABSENT, CellStatus, Float, Index
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.selection import At
from govindex.plot.canvases import LETTER, OVERHEAD, TALLEST, Canvas, open_canvas, shortened
from govindex.plot.names import node_title, nodes_at, result_of, title_of, without_percent
from govindex.plot.rows import DrawnRows, label_rows, rows_of_names
from govindex.plot.shapes import between, key_of_marks, spans
from govindex.plot.styles import COLOURS, MARKERS, STATUSES, faint, ink, paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["profile", "radar"]

_ROW = 0.27  # inches
_SIDES = 24


def profile(
    result: IndexResult,
    unit: str,
    at: At = 1,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of one unit at many nodes among those of its league.

    Each row is a node, in percent of its applicable maximum: a small tick for each peer, a line
    from the lowest to the highest, and a large dot for the unit, with its rank and the number of
    ranked peers to the right. Where the unit has no score, its status is written.

    Parameters
    ----------
    result : IndexResult
    unit : str
        Code or name.
    at : int, str or iterable of str
        The nodes: a tier of the framework (1: the root's children), or codes.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If there is no such unit or node.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.profile(result, "UBND tỉnh Lào Cai", language="vi")
    >>> axes.texts[0].get_text()
    '=28 / 34'
    """
    result = result_of(result)
    index = result.units.locate(unit)
    codes = nodes_at(result, at)
    peers = next(rows for *_, rows in result.units.ranking_groups() if index in rows)
    names = [shortened(node_title(result, code, language), 52) for code in codes]
    rows = rows_of_names(len(codes))
    width = 5.6 + LETTER * max(map(len, names), default=0)
    canvas = open_canvas(ax, language, (width, min(_ROW * len(codes), TALLEST) + OVERHEAD + 0.2))
    label_rows(canvas, rows, names)
    percent = np.stack([result._percent_of(result.row_of(code)) for code in codes])
    _draw_peers(canvas, rows, percent[:, peers], len(peers))
    _draw_unit(canvas, result, rows, codes, index, percent[:, index])
    _write_ranks(canvas, result, rows, codes, index, peers)
    _frame(canvas, percent[:, peers])
    without_percent(canvas, result, codes)
    label = result.units.labels(language)[index]
    league = result.units.league_columns()["league"][index]
    return canvas.close(f"{label} ({league})" if league else label)


def _draw_peers(canvas: Canvas, rows: DrawnRows, percent: Float, count: int) -> None:
    ax = canvas.axes
    known = ~np.isnan(percent).all(axis=1)
    low, high = np.nanmin(percent[known], axis=1), np.nanmax(percent[known], axis=1)
    spans(ax, rows.y[known], low, high, colors=faint(ax, 0.25), linewidths=1.0, label="_range")
    row, _ = np.nonzero(~np.isnan(percent))
    shade: dict[str, Any] = {"color": faint(ax, 0.5), "alpha": 0.7 if count < 200 else 0.15}
    ax.plot(percent[~np.isnan(percent)], rows.y[row], "|", markersize=7, label="_peers", **shade)
    label = words("plot.peers", canvas.language, count=canvas.number(count - 1, 0))
    canvas.key(key_of_marks(label, "|", faint(ax, 0.5)))


def _draw_unit(
    canvas: Canvas,
    result: IndexResult,
    rows: DrawnRows,
    codes: tuple[str, ...],
    index: int,
    percent: Float,
) -> None:
    ax, known = canvas.axes, ~np.isnan(percent)
    ax.plot(percent[known], rows.y[known], "o", color=COLOURS[3], markersize=7.5, label="_unit",
            markeredgecolor=paper(ax))  # fmt: skip
    canvas.key(key_of_marks(words("plot.this_unit", canvas.language), "o", COLOURS[3]))
    status = np.array([result.status[result.row_of(code), index] for code in codes])
    treated = np.array([result.treated[result.row_of(code), index] for code in codes])
    marks = {
        "fallen_back": status == CellStatus.FALLEN_BACK,
        "imputed": status == CellStatus.IMPUTED,
        "treated": treated,
    }
    for name, marked in marks.items():
        style, marked = STATUSES[name], marked & known
        if marked.any():
            ax.plot(percent[marked], rows.y[marked] - 0.36, style.marker, color=style.colour,
                    markersize=4, label=f"_{name}")  # fmt: skip
            label = words(f"status.{name}", canvas.language)
            canvas.key(key_of_marks(label, style.marker, style.colour))


def _write_ranks(
    canvas: Canvas,
    result: IndexResult,
    rows: DrawnRows,
    codes: tuple[str, ...],
    index: int,
    peers: Index,
) -> None:
    """Write "=2 / 34" for each node, or why the unit has no score."""
    for number, code in enumerate(codes):
        text = result.rank_labels(code)[index]
        if text:
            ranked = int((~np.isnan(result.ranks_at(code)[peers])).sum())
            text = f"{text} / {canvas.number(ranked, 0)}"
        elif np.isnan(result.shares[result.row_of(code), index]):
            kind = CellStatus(int(result.status[result.row_of(code), index]))
            known = kind in ABSENT
            text = words(
                f"status.{kind.name.lower()}" if known else "plot.no_score", canvas.language
            )
        else:
            text = words("plot.not_ranked", canvas.language)
        if len(codes) <= 120:
            canvas.axes.annotate(
                text, (1.0, rows.y[number]), xycoords=("axes fraction", "data"), xytext=(6, 0),
                textcoords="offset points", va="center", fontsize=8, color=ink(),
            )  # fmt: skip


def _frame(canvas: Canvas, percent: Float) -> None:
    low, high = between(percent.ravel())
    low, high = min(low, 0.0), max(high, 100.0) if low >= 0 else high
    spread = (high - low) or 1.0
    canvas.axes.set_xlim(low - 0.02 * spread, high + 0.02 * spread)
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.label_axis("x", words("plot.percent_of_maximum", canvas.language))


def radar(
    result: IndexResult,
    units: str | Iterable[str],
    at: At = 1,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of a few units at several nodes around a circle.

    In percent of the applicable maximum. :func:`profile` compares more reliably: the area of a
    radar depends on the order of the nodes. A line is broken where a unit has no score.

    Parameters
    ----------
    result : IndexResult
    units : str or iterable of str
        Codes or names, up to five.
    at : int, str or iterable of str
        From three to 24 nodes: a tier of the framework, or codes.
    language : str, optional
        Of names and words.
    ax : Axes, optional
        Polar axes.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If there are too few or too many nodes or units, scores below 0, or `ax` is not polar.
    UnknownNameError
        If there is no such unit or node.
    """
    result = result_of(result)
    rows = [result.units.locate(unit) for unit in names_of(units, "units")]
    codes = nodes_at(result, at)
    if not 1 <= len(rows) <= 5:
        raise SettingError(f"a radar compares one to five units, not {len(rows)}: see heatmap")
    if not 3 <= len(codes) <= _SIDES:
        raise SettingError(f"a radar needs 3 to {_SIDES} nodes, not {len(codes)}: see profile")
    percent = np.stack([result._percent_of(result.row_of(code)) for code in codes])[:, rows]
    if np.nanmin(percent, initial=0.0) < 0.0:
        raise SettingError("a radar shows no scores below 0: see profile")
    canvas = open_canvas(ax, language, (6.4, 6.2), projection="polar")
    polar, labels = canvas.axes, result.units.labels(language)
    angles = np.linspace(0.0, 2.0 * np.pi, len(codes), endpoint=False)
    closed = np.append(angles, angles[0])
    without = without_percent(canvas, result, codes)
    for number, row in enumerate(rows):
        line = np.append(percent[:, number], percent[0, number])
        (drawn,) = polar.plot(
            closed, line, color=COLOURS[number], marker=MARKERS[number], markersize=5,
            linewidth=1.6, linestyle=("-", "--", "-.", ":", "-")[number], label=labels[row],
        )  # fmt: skip
        canvas.key(drawn)
        gaps = [codes[i] for i in np.flatnonzero(np.isnan(percent[:, number]))]
        absent = [code for code in gaps if code not in without]
        if absent:
            text = f"{labels[row]}: {words('plot.no_score', language)} ({', '.join(absent)})"
            canvas.note(text)
    names = [_around(node_title(result, code, language)) for code in codes]
    _frame_radar(canvas, angles, names, float(np.nanmax(percent, initial=100.0)))
    what = words("plot.percent", language)
    return canvas.close(title_of(result, result.codes[0], what, language))


def _frame_radar(canvas: Canvas, angles: Float, names: list[str], highest: float) -> None:
    """Start at the top, go clockwise, and put names outside the circle."""
    polar: Any = canvas.axes
    polar.set_theta_offset(np.pi / 2.0)
    polar.set_theta_direction(-1)
    polar.set_ylim(0.0, highest)
    canvas.number_axis("y")
    polar.set_xticks(angles, names, fontsize=8)
    for angle, label in zip(angles.tolist(), polar.get_xticklabels(), strict=True):
        side = round(float(np.sin(angle)), 6)
        high = round(float(np.cos(angle)), 6)
        label.set_horizontalalignment("center" if side == 0 else "left" if side > 0 else "right")
        label.set_verticalalignment("center" if high == 0 else "bottom" if high > 0 else "top")
    polar.tick_params(axis="x", pad=4)
    polar.tick_params(axis="y", labelsize=7)
    polar.grid(color=faint(polar, 0.2), linewidth=0.6)


def _around(name: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(name, 20, max_lines=3, placeholder=" …"))
