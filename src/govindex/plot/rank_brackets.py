"""Brackets beside the rows of a picture: units whose ranks are statistically the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from govindex.language import words
from govindex.plot.canvases import Canvas
from govindex.plot.rows import DrawnRows
from govindex.plot.shapes import key_of_marks
from govindex.plot.styles import ink

__all__ = ["draw_groups"]

_APART = 8.0  # points between columns beside the axes
_TICK = 3.0


def draw_groups(
    canvas: Canvas, rows: DrawnRows, labels: Sequence[str | None], columns: int
) -> None:
    """Join the rows of each group by a bracket with its ranks, right of `columns` of marks.

    A unit that is alone in its group has none: its rank says it.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.transforms import ScaledTranslation

    figure: Any = canvas.axes.get_figure(root=True)
    found = list(zip(rows.groups.tolist(), (labels[i] for i in rows.members), strict=True))
    runs = [[i for i, _ in run] for _, run in groupby(enumerate(found), key=lambda item: item[1])]
    runs = [run for run in runs if len(run) > 1 and found[run[0]][1] is not None]
    left = 5.0 + _APART * columns
    step = canvas.size[1] / rows.extent
    scale = canvas.axes.get_yaxis_transform()
    # A unit of x is the width of the axes; ticks are shifted copies of the ends.
    beside = ScaledTranslation((left + _TICK) / 72.0, 0.0, figure.dpi_scale_trans)
    tick = _TICK / max(canvas.size[0], 1.0)
    paths = []
    for run in runs:
        first, last = rows.y[run[0]] - 0.32, rows.y[run[-1]] + 0.32
        paths.append([(1.0 - tick, first), (1.0, first), (1.0, last), (1.0 - tick, last)])
        if (last - first) * step >= 6.0:
            canvas.axes.annotate(
                str(found[run[0]][1]), (1.0, (first + last) / 2.0), xycoords=scale,
                xytext=(left + _TICK + 3.0, 0.0), textcoords="offset points", va="center",
                fontsize=8.0, annotation_clip=False,
            )  # fmt: skip
    brackets = LineCollection(paths, colors=ink(), linewidths=1.0, label="_groups", clip_on=False)
    brackets.set_transform(scale + beside)
    canvas.axes.add_collection(brackets, autolim=False)
    label = words("plot.rank_group", canvas.language)
    canvas.key(key_of_marks(label, "$]$", ink(), markersize=7.0))
