"""Draw the pictures of the README and of the start page: ``python docs/pictures/draw.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

import govindex as gi

FOLDER = Path(__file__).parent
CARD = FOLDER.parent / "_static" / "card.png"
STYLES = {"": "default", "-dark": "dark_background"}
GROUND = "#131416"  # of the dark pages


def main() -> None:
    method = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    result = method.compute(data)
    vary = [gi.robustness.Weights(spread=0.25)]
    sample = gi.robustness.sample_ranks(method, data, vary=vary, draws=10_000, rng=2026)
    for suffix, style in STYLES.items():
        with plt.style.context(style):
            if suffix:
                plt.rcParams.update({"figure.facecolor": GROUND, "axes.facecolor": GROUND})
            pictures = {
                "ranking": gi.plot.contributions(result, language="en"),
                "stability": gi.plot.rank_intervals(sample, language="en"),
            }
            for name, axes in pictures.items():
                write(axes, FOLDER / f"{name}{suffix}.png")
    write_card(result, sample)


def write(axes: Any, file: Path) -> None:
    """Write a picture without the date and the version of what drew it."""
    axes.figure.savefig(file, dpi=90, bbox_inches="tight", metadata={"Software": None})
    plt.close(axes.figure)


def write_card(result: Any, sample: Any) -> None:
    """Write the picture that a link to the pages shows: the name, a sentence, and ten ranks."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100)
    figure.text(0.06, 0.72, "govindex", fontsize=52, weight="bold")
    lines = ("leaves score,", "branches aggregate,", "the root ranks")
    figure.text(0.06, 0.42, "\n".join(lines), fontsize=27, linespacing=1.5)
    figure.text(0.06, 0.16, "government indices in Python", fontsize=20, color="0.35")
    axes = figure.add_axes((0.66, 0.1, 0.3, 0.8))
    best = result.table().index[:10]
    shown = sample.intervals(0.9).loc[best]
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
    main()
