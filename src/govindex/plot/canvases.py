"""The axes of a picture: opened without pyplot, and closed with a title, keys and notes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from govindex.checks import instance_of
from govindex.errors import SettingError
from govindex.extras import needed
from govindex.language import check_language, number_text, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Canvas", "open_canvas", "shortened"]

TALLEST = 18.0  # inches; a picture of many units does not grow beyond
OVERHEAD = 1.15  # inches of title, ticks and keys
SLOT = 0.21  # inches of a row
WIDEST = 16.0
LETTERS = 44  # the most of a label
LETTER = 0.075  # inches of a letter of a label, on the safe side


@attrs.define(eq=False)
class Canvas:
    """Axes that are drawn on, with the notes to print below.

    Parameters
    ----------
    axes : Axes
    own : bool
        Whether the figure was made for the picture, which then decides its layout.
    language : str or None
        Of names and words.
    notes : list of str
    keys : list of artists
        With labels, for the legend.
    """

    axes: Axes
    own: bool
    language: str | None
    notes: list[str] = attrs.field(factory=list)
    keys: list[Any] = attrs.field(factory=list)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Return a number as the language writes it."""
        return number_text(float(value), self.language, decimals)

    def note(self, text: str) -> None:
        """Print a note below the picture, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def note_shown(self, shown: int, count: int) -> None:
        """Say how many of some names are shown, if not all are."""
        if shown < count:
            some, every = self.number(shown, 0), self.number(count, 0)
            self.note(words("plot.names_shown", self.language, shown=some, count=every))

    def key(self, artist: Any) -> None:
        """Add a key to the legend."""
        self.keys.append(artist)

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the axes in points, those of the layout to come estimated."""
        figure = self.axes.get_figure(root=True)
        assert figure is not None
        if self.own:
            width, height = figure.get_size_inches()
            return 72.0 * (float(width) - 0.6), 72.0 * max(float(height) - OVERHEAD, 0.5)
        box = self.axes.get_window_extent()
        return 72.0 * box.width / figure.dpi, 72.0 * box.height / figure.dpi

    @property
    def inner_width(self) -> float:
        """The width between the labels of the rows and the scale of the colours, in points."""
        return self.size[0] - 72.0 * (self._label_width() + 0.7 if self.own else 0.0)

    def settle(self) -> None:
        """Compute the layout of somebody else's figure, so that sizes are known."""
        figure = self.axes.get_figure(root=True)
        engine = None if self.own or figure is None else figure.get_layout_engine()
        if engine is not None and figure is not None:
            engine.execute(figure)

    def beside(self, letters: int) -> float:
        """Return the room for a text beside the longest bar, as a part of that bar's length."""
        share = min((4.8 * letters + 10.0) / max(self.inner_width, 1.0), 0.6)
        return share / (1.0 - share)

    def number_axis(self, which: str, decimals: int | None = None) -> None:
        """Write the numbers of an axis as the language does."""
        from matplotlib.ticker import FuncFormatter

        axis = self.axes.xaxis if which == "x" else self.axes.yaxis

        def written(value: float, _: int | None = None) -> str:
            return self.number(round(value, 10), decimals)

        axis.set_major_formatter(FuncFormatter(written))

    def frame(self, grid: str = "x") -> None:
        """Draw a light grid across one axis ("x", "y" or ""), and no box around it."""
        from govindex.plot.styles import faint

        ax = self.axes
        if grid:
            ax.grid(axis="x" if grid == "x" else "y", color=faint(ax, 0.15), linewidth=0.6)
        ax.set_axisbelow(True)
        for side in ("top", "right", "left" if grid == "x" else "bottom"):
            ax.spines[side].set_visible(False)
        ax.tick_params(axis="x" if grid == "x" else "y", labelsize=8.5, length=3)

    def label_axis(self, which: str, text: str) -> None:
        """Name an axis."""
        name = self.axes.set_xlabel if which == "x" else self.axes.set_ylabel
        name(text, fontsize=9)

    def close(self, title: str, *, lines: float = 2.8) -> Axes:
        """Write the title, the keys and the notes; return the axes.

        `lines` is how many lines of text are below axes that belong to somebody else's figure.
        """
        figure = self.axes.get_figure(root=True)
        assert figure is not None
        width, _ = figure.get_size_inches()
        inside = width - 0.5 if self.own else self.size[0] / 72.0
        taken = 0.0 if self.axes.name == "polar" else self._label_width() if self.own else 0.0
        letters = max(int((inside - taken) / 0.1), 18)
        if not self.axes.get_title(loc="left"):
            text = "\n".join(_wrapped(title, letters, 3))
            self.axes.set_title(text, loc="left", fontsize=10.5, fontweight="bold", pad=8)
        if self.keys or self.notes:
            self._legend(figure, int(inside / 0.07), lines)
        return self.axes

    def _label_width(self) -> float:
        """Return the estimated width of the labels of the y axis, in inches."""
        labels = [label.get_text() for label in self.axes.get_yticklabels()]
        return max((LETTER * len(label) for label in labels), default=0.0)

    def _legend(self, figure: Any, letters: int, lines: float) -> None:
        from matplotlib.transforms import ScaledTranslation

        note = "\n".join(line for text in self.notes for line in _wrapped(text, letters, 3))
        for key in self.keys:
            key.set_label(shortened(str(key.get_label()), max(letters - 8, 10)))
        settings: dict[str, Any] = {
            "handles": self.keys,
            "title": note or None,
            "title_fontsize": 7.5,
            "fontsize": 8,
            "alignment": "left",
            "frameon": False,
            "handlelength": 1.6,
            "columnspacing": 1.4,
            "borderaxespad": 0.4,
        }
        if self.own:
            holder, settings["loc"] = figure, "outside lower left"
            room = figure.bbox.width
        else:
            holder, settings["loc"] = self.axes, "upper left"
            below = ScaledTranslation(0.0, -lines * 11.0 / 72.0, figure.dpi_scale_trans)
            settings["bbox_to_anchor"] = (0.0, 0.0)
            settings["bbox_transform"] = self.axes.transAxes + below
            room = self.axes.bbox.width
        columns = _fitting(holder, settings, len(self.keys), 0.98 * room)
        if self.own:
            width, height = figure.get_size_inches()
            more = 0.18 * (-(-len(self.keys) // columns) - 1) + 0.14 * note.count("\n")
            figure.set_size_inches(width, height + max(more, 0.0))


def _fitting(holder: Any, settings: Mapping[str, Any], count: int, room: float) -> int:
    """Give a figure or axes a legend with the most columns that fit; return how many."""
    for columns in range(max(count, 1), 0, -1):
        legend = holder.legend(ncols=columns, **settings)
        if columns == 1 or legend.get_window_extent().width <= room:
            break
        if holder.get_figure(root=True) is holder:
            legend.remove()
    return columns


def shortened(name: str, letters: int = LETTERS) -> str:
    """Return a name that is not longer than a label, its middle left out.

    Examples
    --------
    >>> shortened("Sở Nông nghiệp và Phát triển nông thôn", 20)
    'Sở Nông nghiệ…g thôn'
    """
    if len(name) <= letters:
        return name
    tail = letters // 3
    return f"{name[: letters - tail - 1].rstrip()}…{name[-tail:].lstrip()}"


def _wrapped(text: str, letters: int, most: int) -> list[str]:
    return textwrap.wrap(text, max(letters, 10), max_lines=most, placeholder=" …") or [""]


def open_canvas(
    ax: Axes | None,
    language: str | None,
    size: tuple[float, float] = (8.0, 4.5),
    *,
    projection: str | None = None,
) -> Canvas:
    """Return the axes to draw on: the ones given, or the only ones of a new figure.

    Raises
    ------
    SettingError
        Without matplotlib, if `ax` is not one of its axes, or the language has no words.
    """
    needed("matplotlib", extra="plot", what="gi.plot")
    if language is not None:
        check_language(language)
    if ax is None:
        return Canvas(_opened_figure(size).add_subplot(projection=projection), True, language)
    from matplotlib.axes import Axes as AnyAxes

    instance_of(ax, AnyAxes, "ax")
    if projection is not None and ax.name != projection:
        raise SettingError(
            f"ax= must be {projection} axes: figure.add_subplot(projection='{projection}')"
        )
    return Canvas(ax, False, language)


def _opened_figure(size: tuple[float, float]) -> Figure:
    """Return a new figure that pyplot does not know; a notebook shows it inline."""
    from govindex.plot.pictures import Drawing

    width, height = min(size[0], WIDEST), min(size[1], TALLEST + 2.0 * OVERHEAD)
    return Drawing(figsize=(width, height), layout="constrained")
