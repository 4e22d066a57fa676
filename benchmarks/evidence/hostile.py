"""Hostile inputs: damaged files, wrong types, impossible settings, and whether each is refused."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.evidence.files import ROOT, Rows

# Tests of what must be refused, or survived without a wrong number.
NAMES = ("test_bad_*.py", "test_hostile.py", "test_spoilt_*.py", "test_wrong_types.py")
ALSO = ("test_lookalikes.py", "test_misbehaving_parts.py", "test_refusals.py")


class Counted:
    """A plug-in of pytest that counts the outcomes of each test over its cases."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[str]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid.partition("[")[0]].append(report.outcome)


def files() -> list[Path]:
    names = (*NAMES, *ALSO)
    return sorted(path for name in names for path in (ROOT / "tests").rglob(name))


def figures() -> dict[str, Rows]:
    counted = Counted()
    paths = [str(path.relative_to(ROOT)) for path in files()]
    pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", *paths], plugins=[counted])
    return {
        "tests": [
            {
                "test": test,
                "cases": len(outcomes),
                "passed": outcomes.count("passed"),
                "skipped": outcomes.count("skipped"),
            }
            for test, outcomes in sorted(counted.outcomes.items())
        ]
    }
