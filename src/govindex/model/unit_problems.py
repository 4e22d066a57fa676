"""The problems of units: codes, lengths of columns, periods."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Sized

from govindex.errors import Problem
from govindex.model.unit import body_of
from govindex.periods import period_problems

__all__ = ["code_problems", "identity_problems", "length_problems", "panel_problems"]

_OF_PANELS = ("unit", "period", "league_period")


def code_problems(codes: Sequence[object]) -> Iterator[str]:
    """Yield codes that are not texts, and the lack of any code."""
    if not codes:
        yield Problem("there are no units", code="unit.none")
    for row, code in enumerate(codes, 1):
        if not isinstance(code, str):
            cause = f"the code of the unit in row {row} is a text, not {code!r}"
            yield Problem(cause, code="unit.code", row=row)


def length_problems(columns: Mapping[str, Sized | None], count: int) -> Iterator[str]:
    """Yield columns that do not have an entry for each unit."""
    for name, column in columns.items():
        if column is not None and len(column) != count:
            cause = f"'{name}' has {len(column)} entries for {count} units"
            yield Problem(cause, code="unit.column_length")


def identity_problems(codes: Sequence[str]) -> Iterator[str]:
    """Yield codes that appear twice, and blank ones."""
    seen: set[str] = set()
    for code in codes if len(set(codes)) < len(codes) else ():
        if code in seen:
            cause = f"unit '{code}' appears more than once"
            yield Problem(cause, code="unit.twice", unit=code)
        seen.add(code)
    for row, code in enumerate(codes, 1):
        if not code.strip():
            yield Problem(f"the unit in row {row} has no code", code="row.unit", row=row)


def panel_problems(
    codes: Sequence[str], periods: Sequence[str], attributes: Collection[str]
) -> Iterator[str]:
    """Yield what is wrong with the periods of units, and with attributes in a panel."""
    for name in _OF_PANELS:
        if name in attributes:
            cause = f"units of a panel cannot have an attribute '{name}': rename it"
            yield Problem(cause, code="panel.attribute")
    rows = list(zip(codes, periods, strict=True))
    without = [code for code, period in rows if not isinstance(period, str)]
    for code in without:
        cause = f"unit '{code}' has no period: in a panel every row has one"
        yield Problem(cause, code="unit.period", unit=code)
    if without:
        return
    yield from period_problems(periods)
    seen: set[tuple[str, str]] = set()
    for code, period in rows:
        body = body_of(code, period)
        if (body, period) in seen:
            cause = f"unit '{body}' appears in {period} more than once"
            yield Problem(cause, code="unit.twice", unit=body)
        seen.add((body, period))
