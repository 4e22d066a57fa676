"""What a notebook shows of a reconciliation: checks, findings and suggestions."""

from __future__ import annotations

from typing import Any

from govindex.display import Facts, ShownPage
from govindex.language import number_text, words
from govindex.reconciliation.texts import formula_text, rules_text
from govindex.reconciliation.tried_rules import CONTRADICTION, KINDS, PRINTING, TableCheck

__all__ = ["reconciliation_page"]

_SHOWN, _LETTERS = 20, 26


def reconciliation_page(reconciliation: Any, language: str | None = None) -> ShownPage:
    """Return the checks of a published table, and what was found."""
    kinds = [kind for check in reconciliation.checks for kind in check.kinds]
    counts = {
        "rows": len(reconciliation.table.units),
        "contradictions": kinds.count(CONTRADICTION),
        "errors": kinds.count(PRINTING),
    }
    shown = {name: number_text(count, language) for name, count in counts.items()}
    title = words("reconciliation.title", language, **shown)
    checks = Facts(tuple((c.column, _summary(c, language)) for c in reconciliation.checks))
    return ShownPage(title, (checks, *_findings(reconciliation, language)))


def _summary(check: TableCheck, language: str | None) -> str:
    """Return how many cells are of each kind, and the rule that explains most rows."""
    kinds = check.kinds
    counts = [
        words(
            f"reconciliation.kind.{kind.replace(' ', '_')}",
            language,
            count=number_text(kinds.count(kind), language),
        )
        for kind in KINDS
        if kind in kinds
    ]
    known, most = int(check.known.sum()), max(check.counts, default=0)
    said = f"{formula_text(check, language)}: {', '.join(counts)}."
    if not most:
        return f"{said} {words('reconciliation.unexplained', language)}" if known else said
    explained = words(
        "reconciliation.explains",
        language,
        rule=rules_text(check, language),
        count=number_text(int((check.best[0].explains & check.known).sum()), language),
        known=number_text(known, language),
    )
    return f"{said} {explained}"


def _findings(reconciliation: Any, language: str | None) -> list[str | Facts]:
    frame = reconciliation.findings_in(language)
    if frame.empty:
        return [words("reconciliation.none", language)]
    shown = frame.head(_SHOWN)
    pairs = tuple(
        (f"{row} · {_short(unit)}", text)
        for row, unit, text in zip(shown["row"], shown["unit"], shown["text"], strict=True)
    )
    doubtful = [c.column for c in reconciliation.checks if _is_doubtful(c)]
    blocks: list[str | Facts] = [
        words("reconciliation.doubtful", language, column=column) for column in doubtful
    ]
    blocks += [words("reconciliation.findings", language), Facts(pairs)]
    count = len(frame) - _SHOWN
    if count > 0:
        blocks.append(words("display.more", language, count=number_text(count, language)))
    return blocks


def _is_doubtful(check: TableCheck) -> bool:
    """Return whether most rows contradict what the column is said to be made of."""
    return 2 * check.kinds.count(CONTRADICTION) > int(check.known.sum()) > 2


def _short(unit: str) -> str:
    return unit if len(unit) <= _LETTERS else f"{unit[: _LETTERS - 1]}…"
