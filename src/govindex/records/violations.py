"""What a schema does not allow, counted inside the engine in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from govindex.engines import RecordTable, grouped_sums
from govindex.errors import Problems, listing
from govindex.records.columns import Column, Columns
from govindex.records.operands import null_of
from govindex.records.typed_tables import Naming

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["note_violations"]

_SHOWN = 4


@attrs.frozen(eq=False)
class _Violation:
    """One thing that a schema does not allow."""

    where: nw.Expr
    what: str
    code: str
    column: str | None
    cure: str
    lists: bool = False


def note_violations(
    table: RecordTable, columns: Columns, naming: Naming, problems: Problems
) -> None:
    """Note what the columns do not allow: how many records, and the first of them."""
    found = [each for column in columns for each in _of_column(column, table)]
    for rule, condition in columns.rules.items():
        for text in condition.problems(table.schema):
            problems.add(f"the rule '{rule}': {text}", code="record.rule")
        if not condition.problems(table.schema):
            broken = condition.truth(table.schema, None)
            cure = "correct the records, or leave the rule out"
            found.append(_Violation(broken, rule, "record.rule", None, cure))
    if not found:
        return
    flags = {f"v{number}": each.where for number, each in enumerate(found)}
    counts = grouped_sums(table, [], flags).iloc[0]
    for number, each in enumerate(found):
        if count := int(counts[f"v{number}"]):
            shown = naming.first(each.where, [each.column] if each.column else [])
            held = f" ({_held(table, each)})" if each.lists else ""
            problems.add(
                f"{each.what} in {count:,} record{'s' * (count > 1)}{held}: first {shown}",
                code=each.code,
                variable=each.column,
                cure=each.cure,
            )


def _of_column(column: Column, table: RecordTable) -> list[_Violation]:
    import narwhals as nw

    found, name = [], column.name
    null, cell = null_of(name, table.schema), nw.col(name)
    if column.type == "text":
        null = null | (cell.cast(nw.String).str.strip_chars() == "")
    if not column.null:
        cure = f"fill them in, or declare Column('{name}', null=True)"
        found.append(_Violation(null, f"column '{name}' is missing", "record.null", name, cure))
    if column.allowed:
        other = ~null & ~cell.is_in(list(column.allowed))
        cure = f"allowed are {listing(column.allowed)}: correct them, or add them to allowed=[…]"
        what = f"column '{name}' holds what is not allowed"
        found.append(_Violation(other, what, "record.not_allowed", name, cure, lists=True))
    if column.minimum is not None:
        low = ~null & (cell < column.minimum)
        what = f"column '{name}' is below {column.minimum:g}"
        found.append(_Violation(low, what, "record.limit", name, "correct them"))
    if column.maximum is not None:
        high = ~null & (cell > column.maximum)
        what = f"column '{name}' is above {column.maximum:g}"
        found.append(_Violation(high, what, "record.limit", name, "correct them"))
    if column.type == "whole" and table.schema[name].is_float():
        part = ~null & (cell.floor() != cell)
        what = f"column '{name}' is not a whole number"
        found.append(_Violation(part, what, "record.whole", name, "correct them"))
    return found


def _held(table: RecordTable, each: _Violation) -> str:
    """Return the values that are not allowed, the most frequent first."""
    assert each.column is not None
    held = grouped_sums(table, [each.column], {}, where=each.where, rows="n")
    held = held.sort_values("n", ascending=False, kind="stable")
    named = [f"{value!r} {n:,}×" for value, n in held.head(_SHOWN).itertuples(index=False)]
    more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
    return ", ".join(named) + more
