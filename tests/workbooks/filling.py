"""Scoring forms filled in for tests, through openpyxl, and what was filled in."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

import govindex as gi
from govindex.files.grids import read_grids
from govindex.language import words
from govindex.workbooks.forms.identity import FormIdentity, identity_of, is_identity
from govindex.workbooks.forms.layout import FormSheet, form_sheets
from govindex.workbooks.forms.observations import asked_of
from govindex.workbooks.forms.rows import FormQuestion

NOT_APPLICABLE = "not applicable"
Filled = dict[tuple[str, str], float | str | None]


def sheets_of(file: Path, method: gi.Methodology) -> tuple[FormSheet, ...]:
    """Return how a form was written."""
    identity = identity_of(next(grid for grid in read_grids(file) if is_identity(grid)))
    assert isinstance(identity, FormIdentity)
    return form_sheets(method, identity.settings)


def fill(file: Path, method: gi.Methodology, filled: Mapping[tuple[str, str], Any]) -> None:
    """Fill in cells as a person would, in the words of the form."""
    sheets = sheets_of(file, method)
    book = load_workbook(file)
    for sheet in sheets:
        language = sheet.settings.language
        for block in sheet.blocks:
            for row in sheet.rows:
                question = row.question
                if question is None or (block.unit.code, question.variable) not in filled:
                    continue
                value = filled[block.unit.code, question.variable]
                if value == NOT_APPLICABLE:
                    value = words("form.not_applicable", language)
                elif question.entry.yes_no and value is not None:
                    value = words("form.yes" if value else "form.no", language)
                book[sheet.name].cell(sheet.row_numbers[row.key], block.entry).value = value
    book.save(file)


def made_up(method: gi.Methodology, units: list[gi.Unit], seed: int, blank: float = 0.1) -> Filled:
    """Return entries that a form takes, some blank or not applicable, from a seed."""
    rng = random.Random(seed)
    found: Filled = {}
    for code, asked in asked_of(method, units).items():
        wholes = sorted(asked.values(), key=lambda q: bool(q.entry.at_most))
        for question in wholes:
            found[code, question.variable] = _entry(question, code, found, rng, blank)
    return found


def _entry(
    question: FormQuestion, unit: str, found: Filled, rng: random.Random, blank: float
) -> float | str | None:
    entry = question.entry
    if rng.random() < blank:
        return None
    if question.not_applicable and rng.random() < blank:
        return NOT_APPLICABLE
    if entry.yes_no:
        return float(rng.random() < 0.5)
    if entry.answers:
        return rng.choice(entry.answers)
    low = max(entry.low, -3.0) if entry.low > -1e6 else 0.0
    high = min(entry.high, low + 90.0)
    whole = found.get((unit, entry.at_most))
    if isinstance(whole, float):
        high = min(high, whole)
    if high <= low:
        return low
    low += 1e-3 * entry.above_low
    return max(low, round(rng.uniform(low, high) - 5e-5, 4))
