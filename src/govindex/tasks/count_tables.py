"""Published tables of counts: whether parts add up to their wholes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among, instance_of, mapping_of, names_of, shown
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError
from govindex.frames import column_texts, read_cells, require_columns
from govindex.notation import Notation, as_notation
from govindex.tasks.register_columns import table_of

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["check_counts"]

ADDS_UP, DIFFERS, UNKNOWN = "adds up", "differs", "unknown"
_OF_DONE = ("done_on_time", "done_late")
_OF_TOTAL = ("in_term", "overdue", "cancelled")


def check_counts(
    frame: IntoFrame | Sequence[Mapping[str, object]],
    *,
    label: str | None = None,
    identities: Mapping[str, Sequence[str]] | None = None,
    regular: Literal["apart", "done"] = "apart",
    notation: Notation | None = None,
) -> pd.DataFrame:
    """Check that published counts add up: the total and its parts, row by row.

    Parameters
    ----------
    frame : data frame, or list of dict
        A row for each published table, with a column for each count.
    label : str, optional
        The column that says what a row is; by default rows are numbered from 1.
    identities : mapping of str to sequence of str, optional
        Whole → its parts. By default total = done + in_term + overdue + regular + cancelled and
        done = done_on_time + done_late, as far as the frame has these columns; without a column
        `done` its parts count.
    regular : {"apart", "done"}
        Whether regular tasks are a part of the total, or of those that are done.
    notation : Notation, optional
        How numbers are written, such as ``Notation(numbers="vi")`` for 9.831.

    Returns
    -------
    DataFrame
        A row for each row of the frame and identity: row, label, whole, stated, parts (the sum of
        those that are given), difference (stated less parts), and result: "adds up", "differs", or
        "unknown" if a count is blank and the others do not exceed the whole.

    Raises
    ------
    DataError
        If a column does not exist, a count is negative or no number, or there is nothing to check.

    Examples
    --------
    >>> table = [{"total": 9831, "done": 8150, "in_term": 1620, "overdue": 61},
    ...          {"total": 9831, "done": 7892, "in_term": 1602, "overdue": 319}]
    >>> check_counts(table)[["row", "difference", "result"]].values.tolist()
    [[1, 0.0, 'adds up'], [2, 18.0, 'differs']]
    """
    import pandas as pd

    if not among(regular, ("apart", "done")):
        raise SettingError(f"regular is 'apart' or 'done', not {shown(regular)}")
    table, problems = table_of(frame, "counts"), Problems()
    wholes = _given(identities) or _usual(table.columns, regular)
    named = [*dict.fromkeys(name for whole, parts in wholes for name in (whole, *parts))]
    if label is not None:
        named.append(instance_of(label, str, "label"))
    require_columns(table, named, problems)
    if not wholes:
        problems.add(
            "there is nothing to check: the table has no whole with two parts",
            code="count.nothing",
            cure="give columns total, done, in_term, overdue …, or identities={whole: [parts]}",
        )
    problems.raise_any(DataError, "The counts cannot be checked")
    labels = _labels(table, label)
    counts = _counts(table, named[: len(named) - (label is not None)], labels, notation)
    rows = [row for whole, parts in wholes for row in _checked(whole, parts, labels, counts)]
    ordered = sorted(rows, key=lambda row: row[0])
    columns = ["row", "label", "whole", "stated", "parts", "difference", "result"]
    return pd.DataFrame(ordered, columns=columns)


def _given(identities: Any) -> list[tuple[str, tuple[str, ...]]]:
    if identities is None:
        return []
    pairs = mapping_of(identities, "identities", "a mapping of a whole to its parts")
    given = []
    for whole, parts in pairs.items():
        names = names_of(parts, f"the parts of '{whole}'")
        if not isinstance(whole, str) or len(names) < 2 or whole in names:
            raise SettingError(f"identities: {shown(whole)} needs at least two parts, not itself")
        given.append((whole, names))
    return given


def _usual(columns: Sequence[str], regular: str) -> list[tuple[str, tuple[str, ...]]]:
    of_done = (*_OF_DONE, "regular") if regular == "done" else _OF_DONE
    of_total = (*_OF_TOTAL, "regular") if regular == "apart" else _OF_TOTAL
    done = ("done",) if "done" in columns else of_done
    wholes = {"total": (*done, *of_total), "done": of_done}
    known = {
        whole: tuple(part for part in parts if part in columns) for whole, parts in wholes.items()
    }
    return [(w, parts) for w, parts in known.items() if w in columns and len(parts) > 1]


def _labels(table: nw.DataFrame[Any], label: str | None) -> list[str]:
    numbers = [str(row) for row in range(1, len(table) + 1)]
    if label is None:
        return numbers
    texts = column_texts(table, label)
    return [text or number for text, number in zip(texts, numbers, strict=True)]


def _counts(
    table: nw.DataFrame[Any], names: Sequence[str], labels: Sequence[str], notation: Any
) -> dict[str, Float]:
    problems = Problems()
    values, _, levels = read_cells(
        table, names, as_notation(notation), lambda row: labels[row], problems,
        unwanted="correct the number",
    )  # fmt: skip
    for name in levels:
        problems.add("the column holds texts, not counts", code="count.text", variable=name)
    for column, row in np.argwhere(values < 0).tolist():
        problems.add(
            f"the count {values[column, row]:g} is negative",
            code="count.negative",
            unit=labels[row],
            variable=names[column],
            found=f"{values[column, row]:g}",
        )
    problems.raise_any(DataError, "The counts cannot be checked")
    return dict(zip(names, values, strict=True))


def _checked(
    whole: str, parts: Sequence[str], labels: Sequence[str], counts: Mapping[str, Float]
) -> Iterator[tuple[Any, ...]]:
    for row, label in enumerate(labels):
        stated = float(counts[whole][row])
        given = np.array([counts[part][row] for part in parts])
        blank = bool(np.isnan(given).any())
        summed = float(np.nansum(given)) if not np.isnan(given).all() else np.nan
        difference = stated - summed
        known = not np.isnan(difference) and (not blank or difference < 0)
        result = UNKNOWN if not known else DIFFERS if difference else ADDS_UP
        yield row + 1, label, whole, stated, summed, difference, result
