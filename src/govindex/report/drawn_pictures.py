"""Pictures of ``govindex.plot`` for a report."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from govindex.errors import SettingError
from govindex.extras import needed
from govindex.report.contents import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["picture"]

_DECLARATIONS = re.compile(
    r"<\?.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_BLACK = re.compile(r"(?<=fill: )#000000|(?<=stroke: )#000000|\bblack\b")
# Texts stay texts, which readers can search, and the same picture has the same ids.
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "govindex"}


def picture(drawn: Axes | Figure, caption: str, alternative: str) -> Picture:
    """Return a picture of :mod:`govindex.plot` as a block of a report.

    Parameters
    ----------
    drawn : Axes or Figure
        What a function of :mod:`govindex.plot` returned, drawn in the style "default": dark parts
        take the colour of the text around the picture.
    caption : str
    alternative : str
        What it shows, for readers who do not see it.

    Raises
    ------
    SettingError
        If it is no picture of matplotlib.

    Examples
    --------
    >>> import attrs
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> content = gi.report.compose(result, method=method)
    >>> bars = picture(gi.plot.contributions(result), "Scores by group", "Bars of six parts each.")
    >>> chapter = gi.report.Chapter("Pictures", [bars])
    >>> content = attrs.evolve(content, chapters=[*content.chapters, chapter])
    """
    matplotlib = needed("matplotlib", extra="plot", what="a picture")
    figure: Any = getattr(drawn, "figure", drawn)
    if not hasattr(figure, "savefig"):
        raise SettingError(f"drawn is an Axes or a Figure of matplotlib, not {drawn!r}")
    stream = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(
            stream, format="svg", bbox_inches="tight", transparent=True, metadata={"Date": None}
        )
    svg = _DECLARATIONS.sub("", stream.getvalue()).strip()
    return Picture(caption, alternative, _BLACK.sub("currentColor", svg))
