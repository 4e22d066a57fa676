"""Hostile inputs: damaged files, wrong types, impossible settings, and whether each is refused."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree.ElementTree import Element, parse

from benchmarks.evidence.files import ROOT, Rows

# Tests of what must be refused, or survived without a wrong number.
NAMES = ("test_bad_*.py", "test_hostile.py", "test_spoilt_*.py", "test_wrong_types.py")
ALSO = ("test_lookalikes.py", "test_misbehaving_parts.py", "test_refusals.py")


def files() -> list[Path]:
    names = (*NAMES, *ALSO)
    return sorted(path for name in names for path in (ROOT / "tests").rglob(name))


def figures() -> dict[str, Rows]:
    outcomes: dict[str, list[str]] = defaultdict(list)
    for case in _cases([str(path.relative_to(ROOT)) for path in files()]):
        test = f"{case.get('file')}::{str(case.get('name')).partition('[')[0]}"
        outcomes[test].append(case[0].tag if len(case) else "passed")
    return {
        "tests": [
            {
                "test": test,
                "cases": len(found),
                "passed": found.count("passed"),
                "skipped": found.count("skipped"),
            }
            for test, found in sorted(outcomes.items())
        ]
    }


def _cases(paths: list[str]) -> list[Element]:
    """Run tests and return what became of each case."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["-q", "-n", "0", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"]
        command = [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", *paths]
        subprocess.run(command, cwd=ROOT, check=False)
        return [*parse(report).iter("testcase")]
