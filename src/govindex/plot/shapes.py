"""Shapes that are drawn by the thousand: bars, cells, spans and marks, each a single collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Bool, Float

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch

__all__ = ["bars", "between", "cells", "key_of_bars", "key_of_marks", "spans"]


def bars(
    ax: Axes,
    y: Any,
    start: Any,
    end: Any,
    *,
    height: float = 0.78,
    **style: Any,
) -> PathPatch:
    """Draw horizontal bars of one look from `start` to `end` at `y`, shapes (bars,).

    They are one path, five vertices each, so that thousands are drawn and hatched at once.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    y, start, end = np.broadcast_arrays(np.asarray(y, dtype=float), start, end)
    low, high = y - height / 2.0, y + height / 2.0
    corners = np.stack([start, low, start, high, end, high, end, low, start, low], axis=-1)
    codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], len(y.ravel()))
    shape = PathPatch(Path(corners.reshape(-1, 2).astype(float), codes), **style)
    ax.add_artist(shape)  # limits are set by the picture
    return shape


def cells(ax: Axes, rows: Any, columns: Any, **style: Any) -> PathPatch:
    """Draw unit squares around the centres (columns, rows)."""
    rows, columns = np.asarray(rows, dtype=float), np.asarray(columns, dtype=float)
    return bars(ax, rows, columns - 0.5, columns + 0.5, height=1.0, **style)


def spans(ax: Axes, y: Any, low: Any, high: Any, **style: Any) -> LineCollection:
    """Draw horizontal lines from `low` to `high` at `y`, shapes (lines,)."""
    from matplotlib.collections import LineCollection

    y, low, high = np.broadcast_arrays(np.asarray(y, dtype=float), low, high)
    ends = np.stack([low, y, high, y], axis=-1).reshape(-1, 2, 2)
    shape = LineCollection(list(ends.astype(float)), **style)
    ax.add_collection(shape, autolim=False)
    return shape


def key_of_bars(label: str, **style: Any) -> Any:
    """Return a key for the legend: a small bar."""
    from matplotlib.patches import Patch

    return Patch(label=label, **style)


def key_of_marks(label: str, marker: str, colour: str, **style: Any) -> Any:
    """Return a key for the legend: a marker without a line."""
    from matplotlib.lines import Line2D

    settings = {"markersize": 5.0, "linestyle": "none", **style}
    return Line2D([], [], marker=marker, color=colour, label=label, **settings)


def between(values: Sequence[float] | Float, known: Bool | None = None) -> tuple[float, float]:
    """Return the least and the largest finite number, (0, 0) without one."""
    numbers = np.asarray(values, dtype=float)
    numbers = numbers[np.isfinite(numbers) if known is None else np.isfinite(numbers) & known]
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)
