"""How long pictures of many units take, and how large their figures are.

Making and drawing them counts, the compression of an image file does not.
Run: ``python -m benchmarks.plotting``. Times are those of the processor. It ends with an error if a
target is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

import govindex as gi
from govindex import absence, plot, robustness, rules
from govindex.testing import observed

UNITS = 3_321
TARGETS = {"ranking of 3,321 units": 1.0, "heatmap of 3,321 × 60": 1.0}


def result(units: int, dimensions: int, leaves: int) -> tuple[gi.Methodology, gi.Observations]:
    """Return a methodology and made-up data."""
    rng = np.random.default_rng(1)
    rule = rules.Goalposts(worst=0, best=10)
    branches = [
        gi.Dimension(f"{i}", [gi.Indicator(f"{i}.{j}", rule=rule) for j in range(leaves)])
        for i in range(dimensions)
    ]
    tree = gi.Framework("index", branches, absence=absence.Renormalise(min_share=0))
    values = rng.normal(5, 2, (units, 1)) + rng.normal(0, 1, (units, dimensions * leaves))
    values = np.clip(values, 0, 10).round(2)
    columns = dict(zip(tree.leaf_codes, values.T.tolist(), strict=True))
    named = [gi.Unit(f"U{i}", f"Xã số {i}") for i in range(units)]
    return gi.Methodology("example.plots", "1", tree, scale=100), observed(columns, named)


def drawn(picture: Callable[[], Any]) -> tuple[float, float]:
    """Return the shortest of three times, in seconds, and the height of the figure in inches."""
    times = []
    for _ in range(3):
        start = time.process_time()
        axes: Any = picture()
        canvas: Any = FigureCanvasAgg(axes.figure)
        canvas.draw()
        times.append(time.process_time() - start)
    return min(times), float(axes.figure.get_size_inches()[1])


def main() -> None:
    method, data = result(UNITS, 6, 10)
    many = method.compute(data)
    draws = robustness.sample_ranks(
        method, data, vary=[robustness.Weights(spread=0.3)], draws=100, rng=1
    )
    pictures: dict[str, Callable[[], Any]] = {
        "ranking of 3,321 units": lambda: plot.ranking(many),
        "heatmap of 3,321 × 60": lambda: plot.heatmap(many, 2),
        "contributions of 3,321 units": lambda: plot.contributions(many),
        "missing, 3,321 × 60": lambda: plot.missing(many),
        "rank intervals of 3,321 units": lambda: plot.rank_intervals(draws),
        "acceptability, 3,321 × 3,321": lambda: plot.acceptability(draws),
        "scatter of 3,321 units": lambda: plot.scatter(many, "0"),
    }
    drawn(lambda: plot.ranking(method.compute(data.take(["U0", "U1"]))))  # loads the fonts
    missed = []
    for name, picture in pictures.items():
        seconds, height = drawn(picture)
        print(f"{name:32} {seconds:6.2f} s   {height:5.1f} in")
        missed += [name] if seconds > TARGETS.get(name, np.inf) else []
    if missed:
        sys.exit(f"above the target: {', '.join(missed)}")


if __name__ == "__main__":
    main()
