"""Correlations as a grid of colours, by dimension or by cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Index
from govindex.errors import DataError, SettingError
from govindex.language import words
from govindex.model.framework import Framework
from govindex.plot.canvases import LETTER, OVERHEAD, TALLEST, open_canvas, shortened
from govindex.plot.grids import (
    colour_bar,
    draw_cells,
    hatch_cells,
    label_columns,
    write_cells,
)
from govindex.plot.rows import label_rows, rows_of_names
from govindex.plot.shapes import cells, key_of_bars
from govindex.plot.styles import diverging, faint, ink, scale_colours
from govindex.plot.weight_bars import framework_of
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["correlations"]


def correlations(
    matrix: pd.DataFrame,
    *,
    framework: Framework | IndexResult | None = None,
    clusters: pd.DataFrame | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a matrix of correlations: orange above 0, purple below, the sign in each number.

    If there is no room for numbers, cells below 0 are hatched.

    Parameters
    ----------
    matrix : DataFrame
        What :func:`~govindex.coherence.correlation_matrix` returned.
    framework : Framework or IndexResult, optional
        Gives names, the order of the tree, and frames around the nodes of one dimension.
    clusters : DataFrame, optional
        What :func:`~govindex.coherence.clusters` returned for the same nodes: their order, and
        frames around each cluster.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If the matrix is not square with the same names, or clusters lack one of them.
    DataError
        If it holds anything but numbers from −1 to 1.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.correlations(gi.coherence.correlation_matrix(result), framework=result)
    >>> len(axes.texts)
    36
    """
    values = _checked(matrix)
    tree = None if framework is None else framework_of(framework)
    codes = [str(name) for name in matrix.columns]
    order, groups = _ordered(codes, tree, clusters)
    values, codes = values[np.ix_(order, order)], [codes[i] for i in order]
    names = [_name(tree, code, language) for code in codes]
    count = len(codes)
    rows = rows_of_names(count)
    side = float(np.clip(0.34 * count, 2.2, 10.0))
    size = (side + 1.2 + LETTER * max(map(len, names)), min(side, TALLEST) + OVERHEAD + 1.4)
    canvas = open_canvas(ax, language, size)
    colours = scale_colours((values + 1.0) / 2.0, diverging())
    colours[np.isnan(values)] = 0.0
    draw_cells(canvas, rows, colours)
    _, font = label_rows(canvas, rows, names)
    unknown = np.argwhere(np.isnan(values))
    if len(unknown):
        look = {"facecolor": "none", "edgecolor": faint(canvas.axes, 0.4), "hatch": "xxx"}
        cells(canvas.axes, rows.y[unknown[:, 0]], unknown[:, 1], linewidth=0.0, **look)
        canvas.key(key_of_bars(words("plot.no_correlation", language), **look))

    def texts() -> list[list[str]]:
        return [[canvas.number(value, 2) for value in line] for line in values.tolist()]

    if not write_cells(canvas, rows, colours, texts, font):
        hatch_cells(canvas, rows, values < 0.0, words("plot.below_zero", language))
    _frame_groups(canvas.axes, groups)
    label_columns(canvas, [_name(tree, code, language, 90) for code in codes])
    colour_bar(canvas, (-1.0, 1.0), words("plot.correlation", language), colours=diverging())
    return canvas.close(words("plot.correlations", language), lines=0.8)


def _checked(matrix: Any) -> Any:
    import pandas as pd

    square = isinstance(matrix, pd.DataFrame) and list(matrix.index) == list(matrix.columns)
    if not square or not len(matrix):
        raise SettingError("give the matrix that gi.coherence.correlation_matrix(…) returned")
    try:
        values = matrix.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError("a matrix of correlations holds numbers") from error
    if (np.abs(values) > 1.0 + 1e-9).any():
        raise DataError(f"correlations are from −1 to 1; found {np.nanmax(np.abs(values)):g}")
    return values


def _ordered(codes: list[str], tree: Framework | None, clusters: Any) -> tuple[Index, Index]:
    """Return the order of the nodes, and the number of each one's group in that order, or −1."""
    import pandas as pd

    if clusters is not None:
        if not isinstance(clusters, pd.DataFrame) or "cluster" not in clusters:
            raise SettingError("clusters= is the table that gi.coherence.clusters(…) returned")
        known = {str(code): int(number) for code, number in clusters["cluster"].items()}
        lacking = [code for code in codes if code not in known]
        if lacking:
            raise SettingError(f"clusters= lacks '{lacking[0]}': give both the same nodes, at=")
        listed = [code for code in map(str, clusters.index) if code in codes]
        order = np.array([codes.index(code) for code in listed], dtype=np.intp)
        return order, np.array([known[code] for code in listed], dtype=np.intp)
    if tree is None:
        return np.arange(len(codes)), np.zeros(len(codes), dtype=np.intp)
    place = {code: number for number, code in enumerate(tree.codes)}
    order = np.array(sorted(range(len(codes)), key=lambda i: place.get(codes[i], len(place))))
    above = [tree.parent(codes[i]) if tree.has(codes[i]) else None for i in order]
    parents = ["" if parent is None else parent.code for parent in above]
    starts = [i == 0 or parent != parents[i - 1] for i, parent in enumerate(parents)]
    is_alone = [parent in ("", tree.codes[0]) for parent in parents]  # in no branch of the tree
    return order, np.where(is_alone, -1, np.cumsum(starts))


def _name(tree: Framework | None, code: str, language: str | None, letters: int = 44) -> str:
    if tree is None or not tree.has(code):
        return shortened(code, letters)
    label = tree.node(code).label(language)
    return shortened(label if label == code else f"{code} {label}", letters)


def _frame_groups(ax: Axes, groups: Index) -> None:
    """Draw a frame around the nodes of each group, if there are several."""
    from matplotlib.patches import Rectangle

    numbers = np.unique(groups)
    for number in numbers[numbers >= 0] if len(numbers) > 1 else ():
        members = np.flatnonzero(groups == number)
        start, size = float(members.min()), float(np.ptp(members)) + 1.0
        corner = (start - 0.5, start)
        look: dict[str, Any] = {"fill": False, "edgecolor": ink(), "linewidth": 1.6}
        ax.add_patch(Rectangle(corner, size, size, label="_group", clip_on=False, **look))
