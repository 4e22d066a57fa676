"""Draw the pictures of the README: ``python docs/pictures/draw.py`` writes them again."""

from __future__ import annotations

from pathlib import Path

import govindex as gi

FOLDER = Path(__file__).parent


def main() -> None:
    method = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    result = method.compute(data)
    vary = [gi.robustness.Weights(spread=0.25)]
    sample = gi.robustness.sample_ranks(method, data, vary=vary, draws=10_000, rng=2026)
    pictures = {
        "ranking": gi.plot.contributions(result, language="en"),
        "stability": gi.plot.rank_intervals(sample, language="en"),
    }
    for name, axes in pictures.items():
        file = FOLDER / f"{name}.png"
        axes.figure.savefig(file, dpi=90, bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    main()
