"""The page's script gives the scores, keys and ranks of Python, in node.js and in a browser.

`nox -s browser` compares more than ten thousand draws of weights, a plain run some hundreds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.plot.browsers import CHROMIUM, dom_of
from tests.plot.explorer_vectors import REAL, Vectors, vectors

FULL = os.environ.get("GOVINDEX_PROFILE", "quick") != "quick"
TREES, DRAWS, NUMBERS = (420, 25, 20_000) if FULL else (40, 10, 3_000)
SCRIPT = Path(__file__).with_name("explorer_vectors.js")
ENGINE = Path(__file__).parents[2] / "src/govindex/plot/explorer_page/engine.js"

NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node.js is not installed")
BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# A mistake in the script, and what then differs.
MISTAKES = {
    "the offset of keys": ("OFFSET = 0.5137", "OFFSET = 0.5"),
    "the order of addition": ("kids.forEach((kid, index)", "kids.reverse().forEach((kid, index)"),
    "a smaller maximum restored": ("if (node.shrinks) kept *= force / carried;", ""),
    "units without a rank": ("model.ranked[u] && ", ""),
    "the last tie-break": ("for (const level of keys)", "for (const level of keys.slice(0, 1))"),
    "the least availability": ("|| node.limits.some(few)", ""),
    "a child of weight 0": ("if (absent && weight > 0)", "if (absent)"),
    "rounding half up": ("scaled + nudge(scaled) + 0.5", "scaled + 0.5"),
    "rounding on the double": ("const isUp = rest > 0.5 || ", "const isUp = rest >= 0.5 || "),
    "decades above the scale": ("if (whole <= PLAIN)", "if (true)"),
}


@cache
def made() -> Vectors:
    return vectors(TREES, DRAWS, NUMBERS)


def in_node(engine: Path, folder: Path) -> dict[str, Any]:
    data = folder / "vectors.json"
    data.write_text(json.dumps(made().data, allow_nan=False), encoding="utf-8")
    code = (
        "const [engine, script, data] = process.argv.slice(1);"
        "const read = require('fs').readFileSync(data, 'utf-8');"
        "console.log(JSON.stringify(require(script)(require(engine), JSON.parse(read))))"
    )
    command = ["node", "-e", code, str(engine), str(SCRIPT), str(data)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def check(found: dict[str, Any]) -> None:
    assert found["failures"] == []
    counts = found["counts"]
    assert counts["draws"] == made().draws == (TREES + len(REAL)) * DRAWS
    assert counts["numbers"] == 2 * NUMBERS
    assert counts["ties"] > counts["draws"]
    assert counts["refused"] > 0


@NODE
def test_scores_keys_and_ranks_are_those_of_python_in_node(tmp_path: Path) -> None:
    check(in_node(ENGINE, tmp_path))


@NODE
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_script_is_found(mistake: str, tmp_path: Path) -> None:
    right, wrong = MISTAKES[mistake]
    text = ENGINE.read_text(encoding="utf-8")
    assert text.count(right) == 1
    engine = tmp_path / "engine.js"
    engine.write_text(text.replace(right, wrong), encoding="utf-8")
    assert in_node(engine, tmp_path)["failures"]


@BROWSER
def test_scores_keys_and_ranks_are_those_of_python_in_a_browser(tmp_path: Path) -> None:
    page = tmp_path / "vectors.html"
    data = json.dumps(made().data, allow_nan=False)
    scripts = [file.read_text(encoding="utf-8") for file in (ENGINE, SCRIPT)]
    shown = "document.body.textContent = JSON.stringify(compared(Explorer, vectors));"
    parts = [*scripts, f"const vectors = {data};", shown]
    body = "".join(f"<script>{part}</script>" for part in parts)
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{body}</body>", encoding="utf-8")
    dom = dom_of(page)
    check(json.loads(dom.partition("<body>")[2].partition("</body>")[0]))


@NODE
def test_a_weight_that_is_moved_leaves_the_total_and_the_proportions_of_the_others() -> None:
    rng = np.random.default_rng(7)
    groups = [rng.choice([1.0, 2.5, 18.0, 1e-3], 2 + i % 5).tolist() for i in range(200)]
    steps = [[int(rng.integers(len(g))), float(rng.uniform(0, sum(g)))] for g in groups]
    code = (
        "const [engine, given] = process.argv.slice(1); const { moved } = require(engine);"
        "const found = JSON.parse(given).map(([weights, [i, to]]) => {"
        "  const group = { weights, total: weights.reduce((a, b) => a + b) };"
        "  const first = moved(group, weights, i, to);"
        "  const all = moved(group, first.memory, i, group.total);"
        "  const back = moved(group, all.memory, i, weights[i]);"
        "  return [first.weights, all.weights, back.weights]; });"
        "console.log(JSON.stringify(found));"
    )
    given = json.dumps(list(zip(groups, steps, strict=True)))
    run = subprocess.run(["node", "-e", code, str(ENGINE), given], capture_output=True, check=True)
    for weights, (i, to), (first, everything, back) in zip(
        groups, steps, json.loads(run.stdout), strict=True
    ):
        others = np.arange(len(weights)) != i
        whole = sum(weights)
        assert first[i] == to
        assert sum(first) == pytest.approx(whole, rel=1e-12)
        rest = np.array(weights)[others] * (whole - to) / (whole - weights[i])
        assert np.array(first)[others] == pytest.approx(rest, rel=1e-9)
        assert everything == [0.0 if other else pytest.approx(whole) for other in others]
        assert back == pytest.approx(weights, rel=1e-9)
