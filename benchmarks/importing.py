"""What an import costs: of the package, of all its names, and of pandas beside it.

Each is the shortest of several fresh processes, less that of one that imports nothing.
Run: ``python benchmarks/importing.py``.
"""

from __future__ import annotations

import subprocess
import sys
import time

PROCESSES = 20
TARGET = 0.6
MEASURED = {
    "pandas": "import pandas",
    "govindex": "import govindex",
    "govindex and a first index": (
        "import govindex as gi; "
        "gi.Methodology('a', '1', gi.Framework('a', [gi.Indicator('x', rule=gi.rules.MinMax())]))"
    ),
    "every name of govindex": "from govindex import *",
}


def seconds(code: str) -> float:
    """Return the shortest time of a fresh process that runs the code."""
    times = []
    for _ in range(PROCESSES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    nothing = seconds("pass")
    found = {name: seconds(code) - nothing for name, code in MEASURED.items()}
    for name, taken in found.items():
        print(f"{name:30} {taken:6.3f} s   {taken / found['pandas']:5.2f} x pandas")
    if found["govindex"] > TARGET * found["pandas"]:
        sys.exit(f"import govindex takes more than {TARGET} of import pandas")


if __name__ == "__main__":
    main()
