"""Columns that say which unit a row is about, and where it belongs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from govindex.checks import names_of
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import Table
from govindex.names import as_code

__all__ = ["check_codes", "check_fields", "filled_down"]

_CODED = frozenset({"unit", "code", "id"})
# What offices call a column that counts the rows, without full stops and spaces.
_COUNTING = frozenset(
    {
        "stt",
        "tt",
        "sốtt",
        "sốthứtự",
        "thứtự",
        "no",
        "nr",
        "sno",
        "sn",
        "num",
        "#",
        "№",
        "№п/п",
        "n°",
    }
)
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)([.,]\d+)?")
_FIELDS = {"leagues": "league", "types": "type", "parents": "parent"}


def check_codes(table: Table, column: str) -> None:
    """Refuse a column of running numbers as the codes of units, where nobody named the column.

    Numbers are codes if their column is named unit, code or id; texts with leading zeros are codes
    unless they count the rows.

    Raises
    ------
    DataError
        Saying how to name the column of the units.
    """
    if column.casefold() in _CODED or column not in table.names:
        return
    what = ""
    if re.sub(r"[.\s]", "", column.casefold()) in _COUNTING:
        what = "is named like a running number, and such a column is taken"
    elif table.holds_numbers(column) or _are_numbers(table.texts(column)):
        what = "holds numbers, which are taken"
    if what:
        raise DataError(
            f"the first column, '{column}', {what} for codes of units only "
            "if it is named unit, code or id: name the column of the units with unit=…, "
            f"one of {listing(table.names)} (in the shell: --unit)"
        )


def _are_numbers(texts: Sequence[str | None]) -> bool:
    known = [text for text in texts if text is not None]
    if not known:
        return False
    counted = all(t.isdecimal() and int(t) == i for i, t in enumerate(known, 1) if len(t) < 10)
    return all(map(_NUMBER.fullmatch, known)) or (counted and all(len(t) < 10 for t in known))


def filled_down(table: Table, columns: Iterable[str], known: Iterable[str]) -> Table:
    """Return the table with blank cells of some columns filled from the cell above.

    Parameters
    ----------
    table : Table
    columns : iterable of str
        The columns to fill.
    known : iterable of str
        The columns that describe units; figures are never filled down.

    Raises
    ------
    SettingError
        If a column does not describe units.
    """
    import narwhals as nw

    wanted, allowed = [as_code(column) for column in names_of(columns, "fill_down")], set(known)
    wrong = [column for column in wanted if column not in allowed]
    if wrong:
        raise SettingError(
            f"fill_down fills columns that describe units, {listing(sorted(allowed))}; "
            f"not {listing(wrong)}: a figure that nobody reported stays missing (impute it)"
        )
    frame = table.frame
    for column in wanted:
        if column not in table.names:
            continue  # reported with every other column that does not exist
        last: str | None = None
        texts = [last := text or last for text in table.texts(column)]
        backend = nw.get_native_namespace(frame)
        frame = frame.with_columns(nw.new_series(column, texts, nw.String(), backend=backend))
    return Table(frame, table.names)


def check_fields(
    codes: Sequence[str],
    columns: dict[str, Any],
    given: Mapping[str, str],
    none: Collection[str],
    problems: Problems,
) -> None:
    """Note every row whose league, type or parent is blank though there is a column of them.

    A unit that others name as their parent has none of its own; where a cell says that the field
    is not applicable, the unit has none.

    Parameters
    ----------
    codes : sequence of str
        The units of the rows.
    columns : dict
        The fields by name; what is not applicable becomes None.
    given : mapping
        The columns that the fields were read from.
    none : collection of str
        What not applicable is called, casefolded.
    problems : Problems
        Collects the rows.
    """
    parents = set(columns.get("parents", ()))
    for field, word in _FIELDS.items():
        texts: Sequence[str | None] = columns.get(field, ())
        for row, (code, text) in enumerate(zip(codes, texts, strict=False), 1):
            if text is not None or (field == "parents" and code in parents):
                continue
            column = given[field]
            problems.add(
                f"there is no {word} (column '{column}' is blank)",
                code="unit.blank_field",
                row=row,
                cure=(
                    f"write the {word} of every unit ('n/a' where it has none), or fill merged "
                    f"cells down with fill_down=['{column}'] (in the shell: --fill-down '{column}')"
                ),
            )
        if texts:
            columns[field] = tuple(None if t and t.casefold() in none else t for t in texts)
