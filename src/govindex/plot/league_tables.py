"""The published ranking as a picture of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import names_of
from govindex.language import words
from govindex.plot.canvases import LETTER, Canvas, open_canvas, shortened
from govindex.plot.names import (
    draw_marks,
    node_title,
    note_unranked,
    result_of,
    title_of,
    unit_names,
)
from govindex.plot.rows import DrawnRows, rows_of
from govindex.plot.shapes import bars
from govindex.plot.styles import faint, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govindex.results import IndexResult

__all__ = ["league_table"]

_MOST = 60
_ROW = 0.23  # inches


@attrs.frozen
class _Column:
    """A column of texts, with the side that they are aligned to."""

    title: str
    texts: tuple[str, ...]
    side: str

    @property
    def letters(self) -> float:
        """The width in letters."""
        return max(len(text) for text in (*self.texts, *self.title.split("\n"))) + 2.0


def league_table(
    result: IndexResult,
    *,
    columns: Iterable[str] | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the ranking as a table: rank, name, score, band, and the scores of some nodes.

    Units are listed as in :meth:`IndexResult.table <govindex.IndexResult.table>`, league by league,
    up to sixty rows; a note says how many more there are. Markers are those of :func:`ranking`.

    Parameters
    ----------
    result : IndexResult
    columns : iterable of str, optional
        Codes of the nodes shown with the total, by default the methodology's display.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If there is no such node.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.league_table(result, columns=["1"], language="vi")
    >>> [text.get_text() for text in axes.texts if text.get_text().startswith("UBND")][0]
    'UBND tỉnh Đồng Tháp'
    """
    result = result_of(result)
    shown = dict.fromkeys(result.display if columns is None else names_of(columns, "columns"))
    for code in shown:
        result.row_of(code)
    root = result.codes[0]
    order = result.publication_order(root)
    rows = rows_of(result.units, order[:_MOST], language)
    listed = _columns(result, [c for c in shown if c != root], rows, language)
    letters = sum(column.letters for column in listed)
    height = _ROW * (rows.extent + _header(listed)) + 1.0
    canvas = open_canvas(ax, language, (max(LETTER * letters + 0.8, 4.5), height))
    _draw(canvas, rows, listed, letters)
    draw_marks(canvas, result, root, rows)
    note_unranked(canvas, ~result.units.ranked_mask[rows.members])
    if len(order) > _MOST:
        count = canvas.number(len(order) - _MOST, 0)
        canvas.note(words("plot.more_units", language, count=count))
    return canvas.close(
        title_of(result, root, words("plot.ranking", language), language), lines=0.6
    )


def _header(columns: list[_Column]) -> float:
    return 0.8 * max(column.title.count("\n") + 1 for column in columns) + 0.4


def _columns(
    result: IndexResult, shown: list[str], rows: DrawnRows, language: str | None
) -> list[_Column]:
    """Return the columns of the table, their texts in the order of the rows."""
    root, names = result.codes[0], unit_names(result.units, language)
    ranks = result.rank_labels()
    columns = [
        _Column(words("plot.rank", language), tuple(ranks[i] for i in rows.members), "right"),
        _Column(words("plot.unit", language), tuple(names[i] for i in rows.members), "left"),
        _numbers(result, root, words("plot.score", language), rows, language),
    ]
    bands = result.band_of(root)
    if any(band is not None for band in bands):
        texts = tuple(shortened(bands[i] or "", 24) for i in rows.members)
        columns.append(_Column(words("plot.band", language), texts, "left"))
    return [*columns, *(
        _numbers(result, code, _folded(node_title(result, code, language)), rows, language)
        for code in shown
    )]  # fmt: skip


def _folded(name: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(name, 16, max_lines=4, placeholder=" …"))


def _numbers(
    result: IndexResult, code: str, title: str, rows: DrawnRows, language: str | None
) -> _Column:
    from govindex.language import number_text

    scores, decimals = result.printed_at(code), result.score_decimals
    none = "–"
    texts = [number_text(float(scores[i]), language, decimals) or none for i in rows.members]
    return _Column(title, tuple(texts), "right")


def _draw(canvas: Canvas, rows: DrawnRows, columns: list[_Column], letters: float) -> None:
    ax, header = canvas.axes, _header(columns)
    tall = canvas.size[1] / (rows.extent + header)
    font = float(np.clip(min(0.62 * tall, canvas.size[0] / letters / 0.62), 3.0, 8.5))
    ax.set_xlim(0.0, letters)
    ax.set_ylim(rows.extent, -header)
    ax.set_axis_off()
    bars(ax, rows.y[::2], 0.0, letters, height=1.0, facecolor=faint(ax, 0.06), linewidth=0.0)
    start = 0.0
    for column in columns:
        right = column.side == "right"
        x = start + column.letters - 1.0 if right else start + 1.0
        style: dict[str, Any] = {"ha": column.side, "fontsize": font, "color": ink()}
        ax.text(x, -0.25, column.title, va="bottom", fontweight="bold", **style)
        for y, text in zip(rows.y, column.texts, strict=True):
            ax.text(x, y, text, va="center", **style)
        start += column.letters
    ax.axhline(0.0, color=ink(), linewidth=0.9)
    for text, y in rows.headings:
        ax.text(1.0, y, shortened(text, 60), va="center", fontweight="bold", fontsize=font)
