"""The page on which weights move: size and time to make it, and time to rank again in node.js.

The index and its data are made up. Run: ``python benchmarks/explorer.py``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import numpy as np

import govindex as gi

DIMENSIONS, INDICATORS = 6, 4
SIZES = (10, 63, 300, 3321)
SMALL, LIMIT_OF_SIZE = 63, 1_500_000

MOVED = """
const [engine, data] = process.argv.slice(1);
const Explorer = require(engine);
const { model } = JSON.parse(require("fs").readFileSync(data, "utf-8"));
const moved = model.moved[0].nodes.map((node, i) => [node, i + 1]);
const times = Array.from({ length: 20 }, () => {
  const start = performance.now();
  Explorer.rank(model, Explorer.evaluate(model, moved), 0);
  return performance.now() - start;
});
console.log(times.sort((a, b) => a - b)[10]);
"""


def method() -> gi.Methodology:
    rule = gi.rules.Goalposts(worst=0, best=10)
    dimensions = [
        gi.Dimension(
            f"{d}",
            [
                gi.Indicator(f"{d}.{i}", f"Made-up indicator {d}.{i}", rule=rule)
                for i in range(INDICATORS)
            ],
            f"Made-up dimension {d}",
            weight=1.0 + d,
        )
        for d in range(DIMENSIONS)
    ]
    return gi.Methodology("bench.explorer", "1", gi.Framework("index", dimensions))


def observed(codes: tuple[str, ...], count: int) -> gi.Observations:
    values = np.random.default_rng(1).uniform(0, 10, (count, len(codes))).round(2)
    units = [gi.Unit(f"U{n:04}", f"Made-up unit {n}", league=f"L{n % 3}") for n in range(count)]
    return gi.Observations(units, codes, values)


def seconds_in_node(page: str, folder: str) -> float:
    found = re.search(r'id="data">(.*?)</script>', page)
    assert found is not None
    data = Path(folder) / "data.json"
    data.write_text(found[1], encoding="utf-8")
    engine = str(files("govindex.plot").joinpath("explorer_page", "engine.js"))
    command = ["node", "-e", MOVED, engine, str(data)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout) / 1000.0


def main() -> None:
    index = method()
    for count in SIZES:
        data = observed(index.framework.leaf_codes, count)
        start = time.process_time()
        page = gi.plot.explorer(index, data).html
        seconds, size = time.process_time() - start, len(page.encode())
        line = f"{count:>6,} units: {size / 1000:>8,.0f} kB in {seconds:.2f} s"
        if shutil.which("node"):
            with tempfile.TemporaryDirectory() as folder:
                line += f"; ranked again in {1000 * seconds_in_node(page, folder):.1f} ms"
        print(line)
        if count == SMALL and size > LIMIT_OF_SIZE:
            raise SystemExit(f"a page of {count} units exceeds {LIMIT_OF_SIZE:,} bytes")


if __name__ == "__main__":
    main()
