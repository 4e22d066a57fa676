"""Draw the pictures of the README: ``python docs/pictures/draw.py`` writes them again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import govindex as gi

METHOD = gi.methodology("vn.service-766").cut()
DATA = gi.datasets.load("vn.service-766.provinces-2026-10-10")


def ranking() -> Any:
    return gi.plot.contributions(METHOD.compute(DATA), language="en")


def stability() -> Any:
    vary = [gi.robustness.Weights(spread=0.25)]
    sample = gi.robustness.sample_ranks(METHOD, DATA, vary=vary, draws=10_000, rng=2026)
    return gi.plot.rank_intervals(sample, language="en")


PICTURES = {"ranking": ranking, "stability": stability}


def draw(name: str, folder: Path) -> Path:
    """Draw a picture into a folder, and return its file."""
    file = folder / f"{name}.png"
    axes = PICTURES[name]()
    axes.figure.savefig(file, dpi=90, bbox_inches="tight", metadata={"Software": None})
    return file


if __name__ == "__main__":
    for each in PICTURES:
        draw(each, Path(__file__).parent)
