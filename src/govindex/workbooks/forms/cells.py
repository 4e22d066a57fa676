"""Entries of a form: what stands in a cell → a value and its status, or a problem."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import attrs

from govindex.contracts import CellStatus
from govindex.errors import Problem
from govindex.grid import Cell
from govindex.language import languages, number_text, words
from govindex.names import as_code
from govindex.workbooks.forms.rows import FormQuestion, FormRow, hint
from govindex.workbooks.problem_texts import worded

__all__ = ["Reading", "cell_text", "entry_of", "same_text"]

_MARKS = ("kad", "n/a", "na", "n.a.", "không áp dụng", "not applicable")


@attrs.frozen
class Reading:
    """What a cell says: a value with its status, or a problem instead of a value."""

    value: float | str | None = None
    status: CellStatus = CellStatus.MISSING
    problem: Problem | None = None


def cell_text(cell: Cell | None) -> str:
    """Return what a cell shows, on one line."""
    if cell is None:
        return ""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value:.15g}"
    if isinstance(value, (datetime, date, time, timedelta)):
        return str(value).removesuffix(" 00:00:00")
    return str(as_code(" ".join(value.split())))


def same_text(cell: Cell | None, expected: float | str) -> bool:
    """Return whether a cell shows what a form wrote into it, however its spaces are kept."""
    value = None if cell is None else cell.value
    if not isinstance(expected, str):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and math.isclose(float(str(value)), expected, rel_tol=1e-12, abs_tol=1e-12)
    return cell_text(cell) == str(as_code(" ".join(expected.split())))


def entry_of(cell: Cell | None, row: FormRow, about: Mapping[str, Any]) -> Reading:
    """Read an entry.

    Parameters
    ----------
    cell : Cell or None
        None if it is blank.
    row : FormRow
        One that asks for a variable.
    about : mapping
        Unit, stage and cell of a problem.
    """
    question = row.question
    assert question is not None
    if cell is None or (not cell.formula and not cell.error and cell_text(cell) == ""):
        return Reading()
    code = _unusable(cell)
    if code is not None:
        return _refused(code, cell, row, about)
    text = cell_text(cell)
    if isinstance(cell.value, str) and text.casefold() in _marks():
        if not question.not_applicable:
            return _refused("form.not_applicable", cell, row, about)
        return Reading(None, CellStatus.NOT_APPLICABLE)
    return _value(cell, question, row, about)


def _marks() -> set[str]:
    """Return every way in which people enter that something does not apply."""
    return {*_MARKS, *(words("form.not_applicable", name).casefold() for name in languages())}


def _unusable(cell: Cell) -> str | None:
    if cell.error:
        return "form.error"
    if cell.formula:
        return "form.formula"
    if isinstance(cell.value, (date, time, timedelta)):
        return "form.date"
    if isinstance(cell.value, float) and "%" in cell.number_format:
        return "form.percent"
    return None


def _value(cell: Cell, question: FormQuestion, row: FormRow, about: Mapping[str, Any]) -> Reading:
    entry = question.entry
    if entry.yes_no:
        return _yes_or_no(cell, row, about)
    texts = {as_code(a).strip(): a for a in entry.answers if isinstance(a, str)}
    known: float | str | None
    if texts:
        known, code = texts.get(cell_text(cell)), "form.answer"
    elif isinstance(cell.value, bool):
        return _refused("form.truth", cell, row, about)
    elif isinstance(cell.value, str):
        return _refused("form.text", cell, row, about)
    else:
        number = float(str(cell.value))
        known = number if entry.accepts(number) else None
        code = "form.answer" if entry.answers else "form.range"
    if known is None:
        return _refused(code, cell, row, about)
    return Reading(known, CellStatus.REPORTED)


def _yes_or_no(cell: Cell, row: FormRow, about: Mapping[str, Any]) -> Reading:
    said = cell_text(cell).casefold()
    for answer, value in (("form.yes", 1.0), ("form.no", 0.0)):
        if said in {words(answer, name).casefold() for name in languages()}:
            return Reading(value, CellStatus.REPORTED)
    if isinstance(cell.value, (bool, float)) and cell.value in (0, 1):
        return Reading(float(cell.value), CellStatus.REPORTED)
    return _refused("form.answer", cell, row, about)


def _refused(code: str, cell: Cell, row: FormRow, about: Mapping[str, Any]) -> Reading:
    ranges = {name: hint(row, name) for name in languages()}
    found = cell_text(cell)
    if code == "form.range":
        found = number_text(float(found), "en")
    variable = row.question.variable if row.question else None
    problem = worded(code, found=found, values={"range": ranges}, variable=variable, **about)
    return Reading(problem=problem)
