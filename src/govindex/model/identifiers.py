"""Columns that identify the unit of a row, its period, league, type and parent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import names_of
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import YES_OR_NO, column_codes, column_texts, holds_numbers
from govindex.lookalikes import hidden
from govindex.mappings import FrozenMap
from govindex.names import as_code
from govindex.notation import Notation

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "check_codes",
    "check_fields",
    "filled_down",
    "named_periods",
    "unit_codes",
    "unit_columns",
]

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


def check_codes(frame: nw.DataFrame[Any], column: str) -> None:
    """Refuse a column of running numbers as the codes of units, if the caller named no column.

    Numbers are codes if their column is named unit, code or id; texts with leading zeros are codes
    unless they count the rows.
    """
    if column.casefold() in _CODED or column not in frame.columns:
        return
    reason = ""
    if re.sub(r"[.\s]", "", column.casefold()) in _COUNTING:
        reason = "is named like a running number, and such a column is taken"
    elif holds_numbers(frame, column) or _are_numbers(column_texts(frame, column)):
        reason = "holds numbers, which are taken"
    if reason:
        raise DataError(
            f"the first column, '{column}', {reason} for codes of units only "
            "if it is named unit, code or id: name the column of the units with unit=…, "
            f"one of {listing(frame.columns)} (in the shell: --unit)"
        )


def _are_numbers(texts: Sequence[str | None]) -> bool:
    known = [text for text in texts if text is not None]
    if not known:
        return False
    counted = all(t.isdecimal() and int(t) == i for i, t in enumerate(known, 1) if len(t) < 10)
    return all(map(_NUMBER.fullmatch, known)) or (counted and all(len(t) < 10 for t in known))


def filled_down(
    frame: nw.DataFrame[Any], columns: Iterable[str], known: Iterable[str]
) -> nw.DataFrame[Any]:
    """Return the frame with blank cells of `columns` filled from the cell above.

    `known` are the columns that describe units; figures are never filled down.
    """
    import narwhals as nw

    wanted, describing = [as_code(column) for column in names_of(columns, "fill_down")], set(known)
    wrong = [column for column in wanted if column not in describing]
    if wrong:
        raise SettingError(
            f"fill_down fills columns that describe units, {listing(sorted(describing))}; "
            f"not {listing(wrong)}: a figure that was not reported stays missing (impute it)"
        )
    for column in wanted:
        if column not in frame.columns:
            continue  # reported with every other column that does not exist
        last: str | None = None
        texts = [last := text or last for text in column_texts(frame, column)]
        backend = nw.get_native_namespace(frame)
        frame = frame.with_columns(nw.new_series(column, texts, nw.String(), backend=backend))
    return frame


def check_fields(
    codes: Sequence[str],
    columns: dict[str, Any],
    headers: Mapping[str, str],
    not_applicable: Collection[str],
    problems: Problems,
) -> None:
    """Note every row whose league, type or parent is blank though the table has that column.

    The parent may be blank for a unit that is itself a parent, and any of the three may be "not
    applicable".
    """
    parents = set(columns.get("parents", ()))
    for field, word in _FIELDS.items():
        texts: Sequence[str | None] = columns.get(field, ())
        for row, (code, text) in enumerate(zip(codes, texts, strict=False), 1):
            if text is not None or (field == "parents" and code in parents):
                continue
            column = headers[field]
            problems.add(
                f"there is no {word} (column '{column}' is blank)",
                code="unit.blank_field",
                row=row,
                cure=(
                    f"write the {word} of every unit ('n/a' if it has none), or fill merged "
                    f"cells down with fill_down=['{column}'] (in the shell: --fill-down '{column}')"
                ),
            )
        if texts:
            columns[field] = tuple(
                None if text and text.casefold() in not_applicable else text for text in texts
            )


def unit_codes(frame: nw.DataFrame[Any], unit: str, problems: Problems) -> list[str]:
    """Return the code of each row's unit, "" if the cell is blank."""
    texts = column_codes(frame, unit, problems)
    if not texts:
        problems.add("the frame has no rows: there are no units")
    refuse_hidden((text for text in texts if text), "unit", problems)
    if None not in texts:
        return texts  # type: ignore[return-value]
    for row, text in enumerate(texts, 1):
        if text is None:
            problems.add(f"no unit is named (column '{unit}' is blank)", code="row.unit", row=row)
    return [text or "" for text in texts]


def refuse_hidden(names: Iterable[str], noun: str, problems: Problems) -> None:
    """Note names that hold an invisible character."""
    names = list(names)
    if "".join(names).isascii():
        return
    for name in dict.fromkeys(names):
        if not name.isascii() and (where := hidden(name)):
            problems.add(
                f"the name holds an invisible character: {where}",
                code=f"{noun}.hidden_character",
                **{noun: name},
                cure="delete it in the table",
            )


def named_periods(texts: Sequence[str | None], column: str, problems: Problems) -> tuple[str, ...]:
    """Return the period of each row, "" if the cell is blank."""
    for row, text in enumerate(texts, 1):
        if text is None:
            cause = f"no period is named (column '{column}' is blank)"
            problems.add(cause, code="row.period", row=row)
    return tuple(text or "" for text in texts)


def unit_columns(
    frame: nw.DataFrame[Any],
    headers: Mapping[str, str],
    attributes: Sequence[str],
    notation: Notation,
    problems: Problems,
) -> dict[str, Any]:
    """Return the fields of the units of the rows, as :class:`Units` takes them."""

    def known_texts(column: str, *, coded: bool = False) -> list[str | None]:
        texts = column_codes(frame, column, problems) if coded else column_texts(frame, column)
        if not notation.missing_words:
            return texts
        return [None if text and notation.is_missing(text) else text for text in texts]

    columns: dict[str, Any] = {}
    for field, column in headers.items():
        texts = known_texts(column, coded=field == "parents")
        if field == "periods":
            columns[field] = named_periods(texts, column, problems)
            continue
        if field != "ranked":
            columns[field] = tuple(texts)
            continue
        folded = ["true" if text is None else text.casefold() for text in texts]
        for row, text in enumerate(folded, 1):
            if text not in YES_OR_NO:
                problems.add(
                    f"'{text}' in column '{column}' is neither true nor false",
                    code="row.ranked",
                    row=row,
                    found=f"'{text}'",
                )
        columns["ranked"] = np.array([YES_OR_NO.get(text, False) for text in folded], dtype=bool)
    if attributes:
        columns["attributes"] = FrozenMap({name: tuple(known_texts(name)) for name in attributes})
    return columns
