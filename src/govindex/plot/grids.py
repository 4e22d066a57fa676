"""Grids of cells: a row for each unit, a colour for each number, a hatch for each absent one."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from govindex.contracts import Bool, Float, Index, Status
from govindex.language import words
from govindex.plot.canvases import Canvas, shortened
from govindex.plot.rows import DrawnRows, spaced
from govindex.plot.shapes import bars, key_of_bars
from govindex.plot.styles import ABSENT, ORDERED, STATUSES, faint, ink, legible, paper

__all__ = [
    "colour_bar",
    "draw_absent",
    "draw_cells",
    "hatch_cells",
    "label_columns",
    "write_cells",
]

_HATCHED = 20_000  # more runs of cells are grey only
_WRITTEN = 1_600  # more cells have no numbers
_NARROW = 8.5  # points of a column that can be labelled


def draw_cells(canvas: Canvas, rows: DrawnRows, colours: Any) -> None:
    """Draw cells with colours of shape (rows, columns, 4), from 0 to 1."""
    from matplotlib.colors import to_rgb

    ax, columns = canvas.axes, colours.shape[1]
    fine = 2 if rows.headings else 1  # gaps are half a row
    image = np.zeros((max(round(rows.extent * fine), 1), columns, 4), dtype=np.uint8)
    painted = np.rint(np.asarray(colours) * 255.0).astype(np.uint8)
    tops = np.rint((rows.y - 0.5) * fine).astype(np.intp)
    for offset in range(fine):
        image[tops + offset] = painted
    few = image.shape[0] <= 600 and columns <= 600
    if not few:  # without a fourth channel an image is resampled twice as fast
        ground = np.rint(np.array(to_rgb(paper(ax))) * 255.0).astype(np.uint8)
        image = np.where(image[..., 3:] == 0, ground, image[..., :3])
    ax.imshow(
        image, extent=(-0.5, columns - 0.5, image.shape[0] / fine, 0.0), aspect="auto",
        interpolation="nearest" if few else "auto", zorder=0.5,
    )  # fmt: skip
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(rows.extent, 0.0)
    for side in ax.spines.values():
        side.set_visible(False)


def draw_absent(canvas: Canvas, rows: DrawnRows, status: Status, absent: Any) -> Float:
    """Hatch absent cells by their status, shapes (rows, columns); return their colours.

    A cell without a value and without an absent status has none for another reason.
    """
    ax = canvas.axes
    colours = np.zeros((*status.shape, 4))
    from matplotlib.colors import to_rgba

    for kind, name in ABSENT.items():
        marked = absent & (status == kind)
        if not marked.any():
            continue
        style = STATUSES[name]
        ground = faint(ax, style.grey)
        colours[marked] = to_rgba(ground)
        look = {"facecolor": ground, "edgecolor": faint(ax, 0.6), "hatch": style.hatch}
        row, start, end = _runs(marked)
        if len(row) <= _HATCHED:
            y = rows.y[row]
            bars(ax, y, start, end, height=1.0, linewidth=0.0, label=f"_{name}", **look)
        canvas.key(key_of_bars(words(f"status.{name}", canvas.language), **look))
    return colours


def write_cells(
    canvas: Canvas,
    rows: DrawnRows,
    colours: Any,
    texts_of: Callable[[], Sequence[Sequence[str]]],
    font: float,
) -> bool:
    """Write a text in each cell, if there is room for all of them; return whether there is."""
    count, columns = colours.shape[:2]
    canvas.settle()
    wide, tall = canvas.inner_width / max(columns, 1), canvas.size[1] / rows.extent
    if count * columns > _WRITTEN or tall < 8.0:
        return False
    texts = texts_of()
    longest = max((len(text) for line in texts for text in line), default=0)
    size = min(font - 0.5, 8.5, wide / max(0.62 * longest, 1.0))
    if size < 5.0:
        return False
    tones = legible(colours)
    for i, line in enumerate(texts):
        for j, text in enumerate(line):
            if text:
                tone = tones[i * columns + j] if colours[i, j, 3] else ink()
                canvas.axes.text(
                    j, rows.y[i], text, ha="center", va="center", fontsize=size, color=tone
                )
    return True


def _runs(marked: Bool) -> tuple[Index, Float, Float]:
    """Return the rows of runs of neighbouring cells, and where each starts and ends."""
    edges = np.diff(np.pad(marked, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    end = np.nonzero(edges == -1)[1]
    return row, start.astype(np.float64) - 0.5, end.astype(np.float64) - 0.5


def hatch_cells(canvas: Canvas, rows: DrawnRows, hatched: Bool, label: str) -> None:
    """Hatch cells, shape (rows, columns), that differ from others by their hue only."""
    if not hatched.any():
        return
    row, start, end = _runs(hatched)
    look = {"facecolor": "none", "edgecolor": "0.6", "hatch": "....", "linewidth": 0.0}
    bars(canvas.axes, rows.y[row], start, end, height=1.0, label="_hatched", **look)
    canvas.key(key_of_bars(label, **{**look, "facecolor": "0.2"}))


def label_columns(canvas: Canvas, names: Sequence[str], *, top: bool = True) -> None:
    """Label the columns, on several lines if they are wide, upright if they are narrow."""
    ax, count = canvas.axes, max(len(names), 1)
    wide = canvas.inner_width / count
    letters = int(wide / 5.4)
    longest = max((len(word) for name in names for word in name.split()), default=0)
    shown = spaced(np.arange(len(names), dtype=float), max(_NARROW / wide, 1.0))
    if letters >= max(longest, 8):
        texts = [_lines(name, letters, 4) for name in names]
        settings: dict[str, Any] = {"rotation": 0}
    else:
        lines = min(max(int(wide / 9.5), 1), 3)
        texts = [_lines(name, 30, lines) for name in names]
        settings = {"rotation": 90}
    if top:
        ax.xaxis.tick_top()
    ax.set_xticks(shown, [texts[i] for i in shown], fontsize=7.5, **settings)
    ax.tick_params(axis="x", length=0, pad=3)
    if len(shown) < len(names):
        some, every = canvas.number(len(shown), 0), canvas.number(len(names), 0)
        canvas.note(words("plot.columns_shown", canvas.language, shown=some, count=every))


def _lines(name: str, letters: int, most: int) -> str:
    if most == 1:
        return shortened(name, letters)
    return "\n".join(textwrap.wrap(name, letters, max_lines=most, placeholder=" …"))


def colour_bar(
    canvas: Canvas,
    ends: tuple[float, float],
    label: str,
    *,
    colours: str = ORDERED,
    reverse: bool = False,
    shift: float = 0.0,
) -> None:
    """Draw the scale of the colours beside the upper end of the axes."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import FuncFormatter

    ax, (width, height) = canvas.axes, canvas.size
    part = min(110.0 / height, 1.0)
    inside = ax.inset_axes((1.0 + 12.0 / width + shift, 1.0 - part, 9.0 / width, part))
    low, high = ends if ends[0] < ends[1] else (ends[0] - 0.5, ends[0] + 0.5)
    bar = inside.figure.colorbar(ScalarMappable(Normalize(low, high), colours), cax=inside)
    bar.outline.set_edgecolor(faint(ax, 0.4))
    bar.ax.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: canvas.number(round(value, 10)))
    )
    bar.ax.tick_params(labelsize=7, length=2)
    bar.set_label(label, fontsize=7.5)
    if reverse:
        bar.ax.invert_yaxis()
