"""Audits of rank reversal in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govindex.language import number_text, words

__all__ = ["case_text", "summary"]

_SHOWN = 5


def case_text(case: str, language: str | None = None) -> str:
    """Return what a case changes: without a unit, with it, or with a copy of it."""
    return words(f"robustness.case.{case.replace(' ', '_')}", language)


def summary(audit: Any, language: str | None = None) -> str:
    """Return a summary of an audit."""
    lines = [*_cases(audit, language)]
    causes = audit.causes
    for part, row in causes.sort_values("flips", ascending=False, kind="stable").iterrows():
        if row["flips"] and len(lines) <= _SHOWN:
            counts = {name: _count(row[name], language) for name in ("flips", "alone")}
            lines.append(f"  {words('robustness.through', language, part=part, **counts)}")
    left = _count(audit.left, language)
    if not len(causes):
        lines.append(words("display.no_peers", language))
    elif causes["frozen"].all():
        lines.append(words("robustness.left", language, count=left))
    else:
        stuck = causes.index[~causes["frozen"]]
        lines.append(words("robustness.left_unanchored", language, count=left))
        lines += [f"  {name}: {causes['problem'][name]}" for name in stuck]
    return "\n".join(lines)


def _cases(audit: Any, language: str | None) -> Iterator[str]:
    """Yield how many pairs change order in how many cases, and which cases have no result."""
    cases = audit.cases
    by_kind = cases.groupby("case", sort=False).size()
    kinds = [
        words(f"robustness.cases.{kind.replace(' ', '_')}", language, count=_count(count, language))
        for kind, count in by_kind.items()
    ]
    moved = _count(int((cases["flips"] > 0).sum()), language)
    pairs = _count(audit.count, language)
    yield words("robustness.reversals", language, cases=", ".join(kinds), pairs=pairs, moved=moved)
    failed = cases[cases["problem"] != ""]
    if len(failed):
        example = failed.iloc[0]
        yield words(
            "robustness.uncomputed",
            language,
            count=_count(len(failed), language),
            case=case_text(example["case"], language),
            unit=example["unit"],
            problem=example["problem"],
        )


def _count(count: int, language: str | None) -> str:
    return number_text(float(count), language)
