"""Problems of workbooks: named by sheet and cell, and put into a language by their code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from govindex.errors import Problem
from govindex.language import check_language, number_text, words
from govindex.language.catalogues import catalogue

if TYPE_CHECKING:
    import pandas as pd

Values = Mapping[str, str | Mapping[str, str]]

__all__ = ["cell_reference", "problem_table", "problem_text", "worded"]

# What such problems name is a number, if it looks like one; elsewhere 1.10 is a criterion.
_ABOUT_NUMBERS = (
    *("cell.", "maximum.", "total.", "form.maximum", "form.percent", "form.range", "form.whole"),
    "form.computed",
)
_LONGEST = 100  # letters of a cell in a message
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def cell_reference(sheet: str, cell: str = "", file: str = "") -> str:
    """Return the name of a cell as spreadsheet programs write it.

    Parameters
    ----------
    sheet : str
    cell : str
        "" for the whole sheet.
    file : str
        Where several files are read together.

    Examples
    --------
    >>> cell_reference("Sở Nội vụ", "E7"), cell_reference("Form", "E7", "a.xlsx")
    ('Sở Nội vụ!E7', '[a.xlsx]Form!E7')
    """
    name = f"[{file}]{sheet}" if file else sheet
    return f"{name}!{cell}" if cell else name


def worded(code: str, *, found: str = "", values: Values | None = None, **about: Any) -> Problem:
    """Return a problem whose cause and cure are the English texts of its code.

    Parameters
    ----------
    code : str
        Such as "form.maximum": its cause is the text "problem.form_maximum", its cure, if it has
        one, "problem.form_maximum_cure".
    found : str
        What the cell holds: the placeholder ``{found}``.
    values : mapping of str to str, or to texts by language
        The other placeholders.
    **about
        What :class:`~govindex.Problem` takes: unit, variable, stage, row, cell …

    Examples
    --------
    >>> print(worded("cell.text", found="many", cell="Form!E7"))
    cell Form!E7: 'many' is not a number
    """
    values = values or {}
    filled = {"found": found, **values}
    cause = _in_catalogue(code, "", None, filled)
    assert cause is not None, code
    cure = _in_catalogue(code, "_cure", None, filled)
    return Problem(cause, code=code, found=found, cure=cure or "", values=values, **about)


def problem_text(problem: Problem, language: str | None = None) -> str:
    """Return the cause and the cure of a problem in a language.

    A code without a text in the catalogue keeps its English cause.

    Examples
    --------
    >>> problem_text(worded("cell.text", found="many"), "vi")
    "'many' không phải là số: nhập một số, hoặc để trống"
    """
    filled = {"found": problem.found, **problem.values}
    cause = _in_catalogue(problem.code, "", language, filled)
    if cause is None:
        return f"{problem.cause}: {problem.cure}" if problem.cure else problem.cause
    cure = _in_catalogue(problem.code, "_cure", language, filled)
    return f"{cause}: {cure}" if cure else cause


def problem_table(problems: Iterable[Problem], language: str | None = None) -> pd.DataFrame:
    """Return problems as a table: unit, variable, stage, cell, code and text in a language."""
    import pandas as pd

    columns = ("unit", "variable", "stage", "cell", "code")
    rows = [
        [*(getattr(problem, name) for name in columns), problem_text(problem, language)]
        for problem in problems
    ]
    return pd.DataFrame(rows, columns=[*columns, "text"])


def _in_catalogue(code: str, part: str, language: str | None, values: Values) -> str | None:
    """Return a filled text of the section "problem", None without one."""
    spoken = check_language(language)
    key = f"{code.replace('.', '_')}{part}"
    if f"problem.{key}" not in catalogue(spoken):
        return None
    texts = {
        name: _shown(code, name, value, spoken) if isinstance(value, str) else value[spoken]
        for name, value in values.items()
    }
    return words(f"problem.{key}", spoken, **texts)


def _shown(code: str, name: str, text: str, language: str) -> str:
    """Return a number as the language writes it, a text that is too long cut off."""
    if len(text) > _LONGEST:
        return f"{text[: _LONGEST - 1]}…"
    counted = code.startswith(_ABOUT_NUMBERS) and name != "node"
    if not counted or not _NUMBER.fullmatch(text) or f"{float(text):.15g}" != text:
        return text
    return number_text(float(text), language)
