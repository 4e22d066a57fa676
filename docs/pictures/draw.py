"""Draw the pictures of README.md and of the start page: ``python docs/pictures/draw.py``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

import govindex as gi

FOLDER = Path(__file__).parent
CARD = FOLDER.parent / "_static" / "card.png"
STYLES = {"": "default", "-dark": "dark_background"}
GROUND = "#131416"  # of the dark pages
METHOD = gi.methodology("vn.service-766").cut()
DATA = gi.datasets.load("vn.service-766.provinces-2026-10-10")


@cache
def sample() -> Any:
    """Return the ranks of provinces under other weights."""
    vary = [gi.robustness.Weights(spread=0.25)]
    return gi.robustness.sample_ranks(METHOD, DATA, vary=vary, draws=10_000, rng=2026)


def ranking() -> Any:
    """Draw the ranking, with the part of each dimension."""
    return gi.plot.contributions(METHOD.compute(DATA), language="en")


def stability() -> Any:
    """Draw the ranks under other weights."""
    return gi.plot.rank_intervals(sample(), language="en")


PICTURES = {"ranking": ranking, "stability": stability}


def draw(name: str, folder: Path, suffix: str = "") -> Path:
    """Draw a picture into a folder, without what drew it and when, and return its file."""
    file = folder / f"{name}{suffix}.png"
    with plt.style.context(STYLES[suffix]):
        if suffix:
            plt.rcParams.update({"figure.facecolor": GROUND, "axes.facecolor": GROUND})
        figure = PICTURES[name]().figure
        figure.savefig(file, dpi=90, bbox_inches="tight", metadata={"Software": None})
        plt.close(figure)
    return file


def draw_card() -> None:
    """Draw the picture that a link to the pages shows: the name, a sentence, and ten ranks."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100)
    figure.text(0.06, 0.72, "govindex", fontsize=52, weight="bold")
    lines = ("leaves score,", "branches aggregate,", "the root ranks")
    figure.text(0.06, 0.42, "\n".join(lines), fontsize=27, linespacing=1.5)
    figure.text(0.06, 0.16, "government indices in Python", fontsize=20, color="0.35")
    axes = figure.add_axes((0.66, 0.1, 0.3, 0.8))
    best = METHOD.compute(DATA).table().index[:10]
    shown = sample().intervals(0.9).loc[best]
    rows = range(len(shown))
    axes.hlines(rows, shown["low"], shown["high"], linewidth=9, color="#56b4e9")
    axes.plot(shown["rank"], rows, "o", color="black", markersize=9)
    axes.set_yticks(rows, [name.replace("UBND ", "") for name in shown["name"]], fontsize=13)
    axes.set_xlabel("rank, in 90 % of 10,000 draws of the weights", fontsize=12)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(CARD, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    for picture in PICTURES:
        for style in STYLES:
            draw(picture, FOLDER, style)
    draw_card()
