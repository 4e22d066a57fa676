"""Colours, hatches and markers: distinct to colour-blind readers, in grey and on dark ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "HATCHES",
    "MARKERS",
    "STATUSES",
    "StatusStyle",
    "diverging",
    "faint",
    "ink",
    "is_dark",
    "legible",
    "ordered_colours",
    "paper",
    "scale_colours",
]

# Okabe and Ito (2008), "Color universal design"; black is the colour of the text.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++", "|||", "**")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
ORDERED = "cividis"


@attrs.frozen
class StatusStyle:
    """The marker of a figure with a mark, and the hatch of a cell without a value.

    `grey` is the ground of such a cell, from the paper (0) to the ink (1): far from the colours of
    scores, the middle of which is nearly grey.
    """

    marker: str
    colour: str
    hatch: str = ""
    grey: float = 0.0


# By name, as in the catalogues and in `status_counts`.
STATUSES = {
    "fallen_back": StatusStyle("<", COLOURS[2]),
    "imputed": StatusStyle("D", COLOURS[3]),
    "treated": StatusStyle("^", COLOURS[5]),
    "missing": StatusStyle("x", COLOURS[3], "xxxx", 0.1),
    "not_applicable": StatusStyle("_", COLOURS[0], "---", 0.2),
    "suppressed": StatusStyle("s", COLOURS[4], "....", 0.3),
}
ABSENT = {kind: kind.name.lower() for kind in CellStatus if kind >= CellStatus.MISSING}


def ink() -> str:
    """Return the colour of texts in the style in force."""
    from matplotlib import rcParams
    from matplotlib.colors import to_hex

    return to_hex(rcParams["text.color"])


def paper(ax: Axes) -> str:
    """Return the colour of the ground."""
    from matplotlib.colors import to_hex, to_rgba

    *_, alpha = to_rgba(ax.get_facecolor())
    ground = ax.get_facecolor() if alpha else ax.get_figure(root=True).get_facecolor()  # type: ignore[union-attr]
    return to_hex(ground)


def faint(ax: Axes, share: float = 0.25) -> str:
    """Return a colour between the ground (0) and the text (1)."""
    from matplotlib.colors import to_hex, to_rgb

    back, front = np.array(to_rgb(paper(ax))), np.array(to_rgb(ink()))
    return to_hex(back + share * (front - back))


def legible(colours: Float) -> list[str]:
    """Return black or white for each colour of shape (…, 3 or 4), whichever reads better on it."""
    linear = np.where(
        colours[..., :3] <= 0.04045,
        colours[..., :3] / 12.92,
        ((colours[..., :3] + 0.055) / 1.055) ** 2.4,
    )
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 0.179, "black", "white").ravel().tolist()


def scale_colours(shares: Any, name: str = ORDERED) -> Float:
    """Return the colours of numbers from 0 to 1, shape (…, 4)."""
    from matplotlib import colormaps

    return np.asarray(colormaps[name](np.clip(np.asarray(shares, dtype=float), 0.0, 1.0)))


def diverging() -> str:
    """Return the name of the colour map of correlations: purple below 0, orange above."""
    return "PuOr_r"


def is_dark(ax: Axes) -> bool:
    """Return whether the ground is dark."""
    from matplotlib.colors import to_rgb

    return legible(np.array([to_rgb(paper(ax))])) == ["white"]


def ordered_colours(ax: Axes, count: int) -> list[str]:
    """Return colours of ordered classes, the best one farthest from the ground."""
    from matplotlib.colors import to_hex

    ends = (0.95, 0.3) if is_dark(ax) else (0.12, 0.92)
    shares: Sequence[float] = np.linspace(*ends, count).tolist() if count > 1 else [0.3]
    return [to_hex(colour) for colour in scale_colours(shares)]
