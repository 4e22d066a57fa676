"""What spreadsheet programs check when something is entered in a form."""

from __future__ import annotations

import math
from typing import Any

from govindex.contracts import Entry, in_formula
from govindex.language import words
from govindex.workbooks.forms.layout import FormColumns, FormSheet
from govindex.workbooks.forms.rows import FormQuestion

__all__ = ["THIS", "entry_rule"]

THIS = "{cell}"  # the cell itself, in formulas


def entry_rule(question: FormQuestion, sheet: FormSheet, block: FormColumns) -> dict[str, Any]:
    """Return the validation of an entry, as xlsxwriter takes it.

    In a formula, ``{cell}`` is the cell itself; the source of a list is a tuple of its answers.
    """
    entry, language = question.entry, sheet.settings.language
    mark = (words("form.not_applicable", language),) if question.not_applicable else ()
    if entry.yes_no:
        return _listed((words("form.yes", language), words("form.no", language), *mark))
    if entry.answers:
        return _listed((*entry.answers, *mark))
    simple = not (mark or entry.above_low or entry.at_most in sheet.asked_in)
    if simple:
        return _between(entry)
    tests = [f"ISNUMBER({THIS})", *_limits(entry)]
    if entry.at_most in sheet.asked_in:
        whole = sheet.entry_cell(block, entry.at_most)
        tests.append(f"OR(NOT(ISNUMBER({whole})),{THIS}<={whole})")
    formula = f"AND({','.join(tests)})"
    if mark:
        formula = f'OR({formula},UPPER({THIS})=UPPER("{mark[0]}"))'
    return {"validate": "custom", "value": f"={formula}"}


def _listed(answers: tuple[str | float, ...]) -> dict[str, Any]:
    return {"validate": "list", "source": answers}


def _between(entry: Entry) -> dict[str, Any]:
    low, high = math.isfinite(entry.low), math.isfinite(entry.high)
    if low and high:
        limits = {"minimum": entry.low, "maximum": entry.high}
        return {"validate": "decimal", "criteria": "between", **limits}
    if low:
        return {"validate": "decimal", "criteria": ">=", "value": entry.low}
    if high:
        return {"validate": "decimal", "criteria": "<=", "value": entry.high}
    return {"validate": "decimal", "criteria": ">=", "value": -1e300}


def _limits(entry: Entry) -> list[str]:
    sign = ">" if entry.above_low else ">="
    low = [f"{THIS}{sign}{in_formula(entry.low)}"] if math.isfinite(entry.low) else []
    high = [f"{THIS}<={in_formula(entry.high)}"] if math.isfinite(entry.high) else []
    return [*low, *high]
