"""The map of the package is right: a part in the files that it lists is found everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

import govindex
from govindex import aggregate, rules, weight

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
GUIDES = {"rules": "normalisation.md", "aggregate": "aggregation.md", "weight": "weights.md"}

RULE = '''"""A made-up rule."""

import attrs

from govindex.contracts import BaseRule, Float, Scope


@attrs.frozen
class Halved(BaseRule):
    """Half of the value."""

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares."""
        return values / 2
'''
AGGREGATOR = '''"""A made-up aggregator."""

from collections.abc import Sequence

import attrs

from govindex.contracts import BaseAggregator, Float


@attrs.frozen
class First(BaseAggregator):
    """The first child."""

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the share of the first child."""
        return shares[0]
'''
WEIGHER = '''"""A made-up weighting method."""

import attrs

from govindex.weight.common import WeightSet
from govindex.weight.judged import Equal


@attrs.frozen
class Flat:
    """The same weight for every child."""

    peer_dependent = False

    def __call__(self, children: object) -> WeightSet:
        """Weigh children."""
        return attrs.evolve(Equal()(children), how=self)
'''


def exported(family: str, name: str) -> tuple[str, str]:
    line = f"from govindex.{family}.made_up import {name}\n\n__all__ = [\n"
    return "__all__ = [\n", f'{line}    "{name}",\n'


def listed(start: str, part: str) -> tuple[str, str]:
    return f"{start} = [\n", f"{start} = [\n    {part}(),\n"


# By what is added and by file, as listed: a text of the file, and what stands there afterwards.
ADDED = {
    "a rule": {
        "src/govindex/rules/<name>.py": ("", RULE),
        "src/govindex/rules/__init__.py": exported("rules", "Halved"),
        "src/govindex/testing/pools.py": listed("ABSOLUTE: list[Rule]", "rules.Halved"),
        "tests/test_parts.py": listed("SAMPLES: list[Any]", "rules.Halved"),
        "tests/conformance/test_parts.py": listed("PARTS", "rules.Halved"),
        "docs/normalisation.md": ("`Choice`", "`Choice`, `Halved`"),
    },
    "an aggregator": {
        "src/govindex/aggregate/<name>.py": ("", AGGREGATOR),
        "src/govindex/aggregate/__init__.py": exported("aggregate", "First"),
        "src/govindex/testing/pools.py": listed("AGGREGATORS: list[Aggregator]", "aggregate.First"),
        "tests/test_parts.py": listed("SAMPLES: list[Any]", "aggregate.First"),
        "tests/conformance/test_parts.py": listed("PARTS", "aggregate.First"),
        "docs/aggregation.md": (
            "| `Harmonic()`",
            "| `First()` | the first child | – |\n| `Harmonic()`",
        ),
    },
    "a weighting method": {
        "src/govindex/weight/<name>.py": ("", WEIGHER),
        "src/govindex/weight/__init__.py": exported("weight", "Flat"),
        "tests/weight/test_weighers.py": listed("JUDGED: list[weight.Weigher]", "weight.Flat"),
        "tests/packaging/test_wrong_types.py": listed("INSTANCES: list[Any]", "weight.Flat"),
        "docs/weights.md": ("{class}`~govindex.weight.Entropy`", "`Flat`, `Entropy`"),
    },
}

# What is true of every part, asked in a fresh process.
ASKED = """
import json
from importlib import import_module

import govindex as gi
from govindex.errors import Problems
from govindex.parts import build
from govindex.testing import pools
from tests import test_parts
from tests.conformance import test_parts as laws
from tests.packaging import test_public_names as reference
from tests.packaging import test_where_to_put as guides
from tests.packaging import test_wrong_types as settings
from tests.weight import test_weighers as weighers

def stands(name, parts):
    return any(type(part).__name__ == name for part in parts)

def reached(family, name):
    page = reference.described_on(reference.REFERENCE / f"{family}.md")
    yield "exported", name in dir(getattr(gi, family))
    yield "reference", f"govindex.{family}.{name}" in page
    yield "guide", name not in guides.not_in_the_guide(getattr(gi, family))
    if family == "weight":
        yield "tests", stands(name, weighers.JUDGED) and stands(name, settings.INSTANCES)
        return
    kind = {"rules": "rule"}.get(family, family)
    yield "schema", name in json.dumps(gi.methodology_schema()["$defs"][kind])
    yield "documents", stands(name, [build(getattr(gi, family), name, "part", Problems())])
    yield "kit", stands(name, [*pools.ABSOLUTE, *pools.AGGREGATORS])
    yield "tests", stands(name, test_parts.SAMPLES) and stands(name, laws.PARTS)

parts = [("rules", "Halved"), ("aggregate", "First"), ("weight", "Flat")]
print(json.dumps([f"{p[1]}: {what}" for p in parts for what, found in reached(*p) if not found]))
"""


def not_in_the_guide(family: ModuleType) -> list[str]:
    """Return the parts of a family that its page does not name."""
    page = ROOT / "docs" / GUIDES[family.__name__.removeprefix("govindex.")]
    named = {*re.findall(r"\w+", page.read_text(encoding="utf-8"))}
    return [name for name in family.__all__ if name not in {*named, "Weigher", "Weighting"}]


@pytest.mark.parametrize("family", [rules, aggregate, weight], ids=lambda family: family.__name__)
def test_the_guide_names_every_part(family: ModuleType) -> None:
    assert not_in_the_guide(family) == []


def test_the_map_shows_every_room() -> None:
    house = [
        f"{each.name}/" if each.ispkg else each.name for each in iter_modules(govindex.__path__)
    ]
    shown = re.findall(r"`([^`]+)`", " ".join(re.findall(r"^\| (`.*?) \|", MAP, re.MULTILINE)))
    assert {*house} - {*shown} == {"__main__"}
    assert {*shown} - {*house} == {"templates/"}


def test_every_file_that_is_listed_exists() -> None:
    paths = re.findall(r"`((?:src|tests|docs)/[^`<]+)`", MAP)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def files_for(what: str) -> list[str]:
    """Return the files that the documentation lists."""
    [row] = re.findall(rf"^\| {what} \| (.*) \|$", MAP, re.MULTILINE)
    return re.findall(r"`([^`]+)`", row)


def test_parts_in_the_files_that_are_listed_are_found_everywhere(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "*.csv", "golden", "published")
    for folder in ("src/govindex", "tests", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    for what, changes in ADDED.items():
        for file in files_for(what):
            before, after = changes[file]
            path = tmp_path / file.replace("<name>", "made_up")
            text = path.read_text(encoding="utf-8") if before else ""
            assert text.count(before) == 1, f"'{before}' in {file}"
            path.write_text(text.replace(before, after), encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{tmp_path}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.stderr == ""
    assert json.loads(process.stdout) == []
