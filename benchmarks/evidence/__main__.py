"""Write the figures of the page of evidence, or those named: ``python -m benchmarks.evidence``.

The figures are published, laws, speed and hostile. They take some minutes; published ones need
the reference data beside the checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.evidence import files, hostile, laws, published, speed

FIGURES: dict[str, Callable[[], dict[str, files.Rows]]] = {
    "published": published.figures,
    "laws": laws.figures,
    "speed": speed.figures,
    "hostile": hostile.figures,
}


def main(names: list[str]) -> None:
    unknown = sorted({*names} - FIGURES.keys())
    if unknown:
        sys.exit(f"there are no figures {', '.join(unknown)}: choose {', '.join(FIGURES)}")
    for name in names or FIGURES:
        print(files.write(name, FIGURES[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
