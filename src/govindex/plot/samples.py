"""Ranks over many draws: how often each rank, how wide, and who is ahead of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of, is_share, mapping_of
from govindex.contracts import Float
from govindex.errors import DataError, SettingError
from govindex.language import words
from govindex.model.units import Units
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.grids import (
    colour_bar,
    draw_cells,
    hatch_cells,
    label_columns,
    write_cells,
)
from govindex.plot.names import rank_texts, ranked_labels, unit_names
from govindex.plot.rows import DrawnRows, figure_size, label_rows, mark_size, rows_of
from govindex.plot.shapes import cells, key_of_bars, key_of_marks, spans
from govindex.plot.styles import COLOURS, MARKERS, diverging, ink, is_dark, paper, scale_colours
from govindex.robustness import RankSample

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["acceptability", "pairwise", "rank_intervals"]


def acceptability(
    sample: RankSample, *, language: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the share of draws in which each unit has each rank, as a grid of colours.

    Units are in the order of publication, and a frame marks the nominal rank. A rank that a unit
    has in no draw is left blank. Shares are written in percent if there is room.

    Parameters
    ----------
    sample : RankSample
        What :func:`~govindex.robustness.sample_ranks` returned.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> vary = [gi.robustness.Weights(spread=0.25)]
    >>> sample = gi.robustness.sample_ranks(groups, data, vary=vary, draws=200, rng=1)
    >>> axes = gi.plot.acceptability(sample, language="vi")
    >>> axes.get_xlabel()
    'Thứ hạng'
    """
    table = instance_of(sample, RankSample, "sample").acceptability()
    table = table.iloc[:, : 1 + max(np.flatnonzero(table.to_numpy().any(axis=0)), default=0)]
    rows, names = _listed(sample.units, table.index, language)
    shares = table.to_numpy(dtype=float)
    ranks = np.array([float(rank) for rank in table.columns])
    width, height = figure_size(rows, names, max(4.2, min(0.27 * len(ranks), 10.0)) + 0.9)
    canvas = open_canvas(ax, language, (width, max(height, 2.8)))
    axes = canvas.axes
    dark = is_dark(axes)
    highest = float(shares.max(initial=0.0))
    highest = 1.0 if highest >= 0.5 or highest == 0.0 else highest
    colours = scale_colours(shares / highest, "cividis" if dark else "cividis_r")
    colours[shares == 0.0] = 0.0
    draw_cells(canvas, rows, colours)
    nominal = _nominal(sample)
    font = _label_units(canvas, rows, sample.units, names, nominal)
    write_cells(canvas, rows, colours, lambda: _percents(canvas, shares), font)
    _frame_nominal(canvas, rows, nominal, ranks)
    _rank_axis(canvas, ranks)
    key = words("plot.share_of_draws", language)
    colour_bar(canvas, (0.0, 100.0 * highest), key, colours="cividis" if dark else "cividis_r")
    axes.set_xlabel(words("plot.rank", language), fontsize=9)
    return canvas.close(words("plot.acceptability", language))


def _listed(units: Units, codes: Any, language: str | None) -> tuple[DrawnRows, list[str]]:
    """Return rows in the order of a table, and the units' names."""
    row = {code: i for i, code in enumerate(units.codes)}
    order = [row[code] for code in codes]
    return rows_of(units, order, language), unit_names(units, language)


def _label_units(
    canvas: Canvas, rows: DrawnRows, units: Units, names: Sequence[str], nominal: Float
) -> float:
    """Label rows with names and ranks, say why some are empty, and return the size of the font."""
    labels = ranked_labels(names, rank_texts(nominal, rows), rows)
    shown, font = label_rows(canvas, rows, labels)
    for row in shown:
        unit = rows.members[row]
        if np.isnan(nominal[unit]):
            why = "no_score" if units.ranked_mask[unit] else "not_ranked"
            canvas.axes.annotate(
                words(f"plot.{why}", canvas.language), (0.0, rows.y[row]), xytext=(4, 0),
                xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                fontsize=max(font - 1.0, 5.0), style="italic",
            )  # fmt: skip
    return font


def _nominal(sample: RankSample) -> Float:
    """Return the nominal rank of each unit, in the order of the sample's units."""
    table = sample.intervals()["rank"].astype(float)
    return np.asarray(table.reindex(list(sample.units.codes)).to_numpy(na_value=np.nan))


def _percents(canvas: Canvas, shares: Float) -> list[list[str]]:
    """Return the shares as percent, "" for none at all."""

    def text(share: float) -> str:
        return "<1" if 0.0 < share < 0.01 else canvas.number(100.0 * share, 0) if share else ""

    return [[text(share) for share in line] for line in shares.tolist()]


def _frame_nominal(canvas: Canvas, rows: DrawnRows, nominal: Float, ranks: Float) -> None:
    at = np.searchsorted(ranks, nominal[rows.members])
    known = ~np.isnan(nominal[rows.members]) & (at < len(ranks))
    if len(rows.y) <= 1_000:
        look = {"facecolor": "none", "edgecolor": COLOURS[3]}
        cells(canvas.axes, rows.y[known], at[known], linewidth=1.0, label="_nominal", **look)
        canvas.key(key_of_bars(words("plot.nominal_rank", canvas.language), **look))


def _rank_axis(canvas: Canvas, ranks: Float) -> None:
    """Label as many ranks as there is room for."""
    ax, wide = canvas.axes, canvas.size[0] * 0.7 / max(len(ranks), 1)
    texts = [canvas.number(rank) for rank in ranks]
    longest = max(map(len, texts), default=1)
    step = next(s for s in _steps() if s * wide >= 6.0 * longest + 2.0 or s >= len(ranks))
    shown = [i for i in range(len(ranks)) if i == 0 or (i + 1) % step == 0]
    if step > 1 and len(shown) > 1 and shown[1] - shown[0] < step - 1:
        shown = shown[1:]
    ax.set_xticks(shown, [texts[i] for i in shown], fontsize=8)
    ax.tick_params(axis="x", length=2)


def _steps() -> Any:
    size = 1
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def pairwise(sample: RankSample, *, language: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of draws in which the unit of the row is ahead of that of the column.

    Orange is above half of the draws, purple below, hatched if there is no room for numbers.
    Pairs of different leagues are blank, since such units are not ranked together; in draws in
    which two units tie, neither is ahead.

    Parameters
    ----------
    sample : RankSample
        What :func:`~govindex.robustness.sample_ranks` returned, of up to 1,000 units.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If there are too many units to compare all, or no two are ranked together.
    """
    table = instance_of(sample, RankSample, "sample").pairwise()
    rows, names = _listed(sample.units, table.index, language)
    shares = table.to_numpy(dtype=float)
    width, height = figure_size(rows, names, max(3.5, min(0.24 * len(names), 9.0)) + 0.9)
    canvas = open_canvas(ax, language, (width, height + 2.0))
    colours = scale_colours(shares, diverging())
    apart = rows.groups[:, None] != rows.groups[None, :]
    blank = apart | np.eye(len(shares), dtype=bool) | np.isnan(shares)
    if blank.all():
        raise SettingError("no two units are ranked together: there are no pairs to draw")
    colours[blank] = 0.0
    draw_cells(canvas, rows, colours)
    nominal = _nominal(sample)
    font = _label_units(canvas, rows, sample.units, names, nominal)
    percents = np.where(blank, np.nan, 100.0 * shares)

    def texts() -> list[list[str]]:
        return [[canvas.number(percent, 0) for percent in line] for line in percents.tolist()]

    if not write_cells(canvas, rows, colours, texts, font):
        hatch_cells(canvas, rows, ~blank & (shares < 0.5), words("plot.below_half", language))
    if (shares + shares.T)[~blank].min() < 1.0 - 1e-9:
        canvas.note(words("plot.ties_count_for_neither", language))
    label_columns(canvas, [names[i] for i in rows.members])
    colour_bar(canvas, (0.0, 100.0), words("plot.share_of_draws", language), colours=diverging())
    return canvas.close(words("plot.pairwise", language), lines=0.8)


def rank_intervals(
    sample: RankSample | Mapping[str, RankSample],
    level: float = 0.9,
    *,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the interval of each unit's rank over the draws, by source of uncertainty.

    A line from the lowest to the highest rank of the interval, a dot at the median, and a cross at
    the nominal rank. Lines of several samples that overlap show the shorter ones on top.

    Parameters
    ----------
    sample : RankSample or mapping of str to RankSample
        What :func:`~govindex.robustness.sample_ranks` returned; several by the source of
        uncertainty to show (weights, data, choices), up to seven of the same units.
    level : float
        The share of draws inside the interval.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If the level is not a share, or there are too many samples.
    DataError
        If samples are of different units.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> vary = [gi.robustness.Weights(spread=0.25)]
    >>> sample = gi.robustness.sample_ranks(groups, data, vary=vary, draws=200, rng=1)
    >>> axes = gi.plot.rank_intervals(sample, 0.8)
    >>> [text.get_text() for text in axes.figure.legends[0].get_texts()]
    ['80 % of draws, with the median', 'nominal rank']
    """
    samples = _samples(sample)
    if not is_share(level):
        raise SettingError(f"a level is a share from 0 to 1, not {level!r}")
    first = next(iter(samples.values()))
    tables = {name: each.intervals(level) for name, each in samples.items()}
    rows, names = _listed(first.units, next(iter(tables.values())).index, language)
    canvas = open_canvas(ax, language, figure_size(rows, names, 6.0))
    axes, nominal = canvas.axes, _nominal(first)
    _label_units(canvas, rows, first.units, names, nominal)
    within = canvas.number(100.0 * level, None)
    for number, (name, table) in enumerate(tables.items()):
        label = words("plot.within", language, percent=within)
        _draw_source(
            canvas, rows, table, (number, len(tables)), f"{name}: {label}" if name else label
        )
    size = mark_size(canvas, rows, 5.0)
    ranks = nominal[rows.members]
    axes.plot(ranks, rows.y, "x", color=ink(), markersize=size, label="_nominal", zorder=4)
    canvas.key(key_of_marks(words("plot.nominal_rank", language), "x", ink()))
    highest = max(
        (float(t["high"].astype(float).max(skipna=True)) for t in tables.values()), default=1
    )
    last = np.nanmax([highest, np.nanmax(ranks, initial=1.0), 1.0])
    axes.set_xlim(1.0 - float(np.clip(0.03 * last, 0.25, 0.9)), last + max(0.03 * last, 0.25))
    canvas.frame("x")
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    canvas.number_axis("x")
    canvas.label_axis("x", words("plot.rank", language))
    return canvas.close(words("plot.rank_intervals", language))


def _samples(sample: Any) -> Mapping[str, RankSample]:
    if isinstance(sample, RankSample):
        return {"": sample}
    samples = mapping_of(
        sample,
        "sample",
        "a sample of robustness.sample_ranks(…), or samples by name",
        of=RankSample,
    )
    if not 1 <= len(samples) <= len(COLOURS):
        raise SettingError(f"give one to {len(COLOURS)} samples, not {len(samples)}")
    codes = [each.units.codes for each in samples.values()]
    if any(each != codes[0] for each in codes):
        raise DataError("samples of different units cannot be drawn together")
    return samples


def _draw_source(
    canvas: Canvas, rows: DrawnRows, table: pd.DataFrame, which: tuple[int, int], label: str
) -> None:
    number, count = which
    ax, colour = canvas.axes, COLOURS[number]
    codes = list(table.index)  # in the order of publication, as the rows
    low, median, high = (
        table[name].astype(float).to_numpy(na_value=np.nan) for name in ("low", "median", "high")
    )
    known = ~np.isnan(low)
    y = rows.y + (number - (count - 1) / 2.0) * 0.8 / count
    tall = canvas.size[1] / rows.extent / count
    width = float(np.clip(0.45 * tall, 0.5, 5.0))
    style = ("solid", "dashed", "dashdot", "dotted")[number % 4] if count > 1 else "solid"
    lengths = high[known] - low[known]
    shorter = 1.0 / (1.0 + float(lengths.mean())) if lengths.size else 0.0  # on top of longer ones
    spans(ax, y[known], low[known], high[known], colors=colour, linewidths=width,
          linestyles=style, label=f"_{len(codes)}", alpha=0.9, zorder=2.0 + shorter)  # fmt: skip
    face, marker = (paper(ax), "o") if count == 1 else (colour, MARKERS[number])
    edge = min(0.8, width / 3.0)
    ax.plot(median[known], y[known], marker, color=ink(), markersize=max(width + 1.0, 1.0),
            markerfacecolor=face, label="_median", markeredgewidth=edge, zorder=3.5)  # fmt: skip
    canvas.key(
        key_of_marks(label, marker, colour, linestyle=style, linewidth=2.5, markerfacecolor=face,
                     markeredgecolor=ink())
    )  # fmt: skip
