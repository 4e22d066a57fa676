"""Laws of rank stability: the editions that keep each, and the broken parts that each catches."""

from __future__ import annotations

from collections import Counter

import govindex as gi
from benchmarks.evidence.files import Rows
from govindex.testing import LAWS, Check, LawBroken, methodology_checks
from govindex.testing.subject import Subject
from tests.mutants import MUTANTS, Mutant

EXAMPLES = 3


def figures() -> dict[str, Rows]:
    kept, broken = _editions()
    mutants = {law.name: [one for one in MUTANTS if one.law.name == law.name] for law in LAWS}
    return {
        "laws": [
            {
                "law": law.name,
                "editions": kept[law.name] + broken[law.name],
                "kept": kept[law.name],
                "examples": EXAMPLES,
                "mutants": [one.name for one in mutants[law.name]],
                "caught": sum(map(_caught, mutants[law.name])),
            }
            for law in LAWS
        ]
    }


def _editions() -> tuple[Counter[str], Counter[str]]:
    """Count for each law the built-in editions that promise it: kept, and not."""
    kept: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    listed = gi.methodologies()
    listed = listed[listed["package"] == "govindex"]
    for edition in listed.index + "@" + listed["version"]:
        for check in methodology_checks(gi.methodology(edition), examples=EXAMPLES):
            try:
                check()
                kept[check.law.name] += 1
            except LawBroken as error:
                print(f"{edition}: {error}")
                broken[check.law.name] += 1
    return kept, broken


def _caught(mutant: Mutant) -> bool:
    try:
        Check(mutant.law, Subject(mutant.method), mutant.data, mutant.examples)()
    except LawBroken:
        return True
    return False
