"""Problems of sheets with scores: texts by language, and cures in the words of the function."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from govindex.checks import among, names_of
from govindex.errors import DataError, Problem, Problems, SettingError, near_miss
from govindex.workbooks.problem_texts import worded

__all__ = ["CURES", "OnProblem", "accepted_codes", "settled", "sheet_problem"]

OnProblem = Literal["raise", "collect"]

# What the caller can do, beside mending the file, by the code of the problem.
CURES = {
    "cell.above_maximum": "correct the points",
    "cell.answer": "write one of the answers of the rubric",
    "cell.below_minimum": "correct the points",
    "cell.boolean": "write points, or declare the text with not_applicable=[…] or missing=[…]",
    "cell.covered": "unmerge the cells and delete what does not count",
    "cell.date": "format the cell as a number and type the points again",
    "cell.error": "correct the formula, or leave the cell blank",
    "cell.formula_without_value": "open the file in a spreadsheet program and save it",
    "cell.hidden": "show the row or column, or read it with hidden='read'",
    "cell.merged": "unmerge the cells and write the points of each",
    "cell.number_in_doubt": "declare how numbers are written: notation=Notation(numbers='vi')",
    "cell.number_style": (
        "write it as the others are, or leave numbers= out (in the shell: --numbers)"
    ),
    "cell.other_source": "move the points to the column of their source, or correct the rubric",
    "cell.percent": "declare what it means: notation=Notation(percent='number') or 'share'",
    "cell.word": "write points, or declare the text with not_applicable=[…] or missing=[…]",
    "column.nowhere": "correct its letters or its title",
    "column.unknown": (
        "name it with columns={'ignore': ['…']}, 'notes', 'maximum' or a stage, or add the stage"
    ),
    "criterion.ambiguous": "say which one it is with aliases={'…': 'code'}",
    "criterion.missing": "add the row, with blank points if there are none",
    "criterion.other_name": "correct the row, or declare aliases={'name in the sheet': 'code'}",
    "criterion.other_number": "correct the row, or declare aliases={'name in the sheet': 'code'}",
    "criterion.twice": "delete one of the rows",
    "criterion.unknown": (
        "delete the row, declare aliases={'name in the sheet': 'code'}, or read the sheet with the "
        "rubric of its own year"
    ),
    "criterion.unnamed": "write which criterion it is, or delete what does not count",
    "file.form": "read it by itself, as a form",
    "file.unreadable": "mend the file, or take it out of the folder",
    "league.twice": "give the unit one league",
    "league.missing": "name the league of every unit in leagues=…",
    "league.unknown_unit": "correct the name, or declare aliases={'written so': 'unit'}",
    "maximum.other": "correct the maximum, or read the sheet with the rubric of its own year",
    "sheet.another_year": "take the sheet out, or read each year by itself",
    "sheet.empty": "delete the sheet, or name the sheets to read with sheet=[…]",
    "sheet.hidden": "show the sheet, name it with sheet=[…], or read it with hidden='read'",
    "sheet.without_criteria": (
        "name the sheets to read with sheet=[…], or pass over it with "
        "accept=['sheet.without_criteria'] (in the shell: --accept sheet.without_criteria)"
    ),
    "stage.ambiguous": "name the column with columns={'stage': '…'}",
    "stage.nowhere": "name its columns with stages={'stage': ['title in the sheet']}",
    "stage.unnamed": "declare the stages with stages=[…], or name the column with columns={…}",
    "total.contradiction": "correct the total or the points",
    "total.unread": "write the total as a number, or leave the cell blank",
    "unit.near_miss": (
        "if they are one, declare aliases={'written so': 'unit'}; else list all units: units=[…]"
    ),
    "unit.twice": "delete one of them",
    "unit.two_names": (
        "correct the title or the name of the sheet, or declare aliases={'name of the sheet': "
        "'unit'}"
    ),
    "unit.unknown": "correct the name, or declare aliases={'written so': 'unit'}",
    "unit.unnamed": "name the unit with aliases={'name of the sheet or file': 'unit'}",
    "unit.without_points": "add its sheet, or take it out of units=…",
}


# What would be right differs from cell to cell, too.
_VARYING = frozenset(
    {
        "cell.above_maximum",
        "cell.below_minimum",
        "cell.number_in_doubt",
        "criterion.ambiguous",
        "criterion.other_name",
        "criterion.other_number",
        "criterion.twice",
        "maximum.other",
        "total.contradiction",
        "unit.twice",
        "unit.two_names",
    }
)


def sheet_problem(
    code: str, *, found: str = "", values: Mapping[str, str] | None = None, **about: Any
) -> Problem:
    """Return a problem of a sheet, as :func:`worded` does, with the cure for the caller.

    Problems that differ only in what is found and in what would be right share a line. Numbers are
    written as each language writes them.
    """
    texts = {"found": found, **(values or {})}
    problem = worded(code, values=texts, **{"noun": "indicator", **about})
    fields = {name: getattr(problem, name) for name in problem.__slots__}
    fields |= {"cure": CURES.get(code, problem.cure), "found": _span(code, problem.cause, texts)}
    return Problem(fields.pop("cause"), **fields)


def _span(code: str, cause: str, texts: Mapping[str, str]) -> str:
    """Return the part of a cause that differs from cell to cell, with its quotes."""
    found, known = texts["found"], texts.get("known", "") if code in _VARYING else ""
    first = cause.find(found) if found else cause.rfind(known)
    last = cause.rfind(known) + len(known) if known else first + len(found)
    if first < 0 or last <= first:
        return ""
    while first > 0 and cause[first - 1] + cause[last : last + 1] == "''":
        first, last = first - 1, last + 1
    return cause[first:last]


def accepted_codes(on_problem: object, accept: Iterable[str]) -> frozenset[str]:
    """Return the codes of the problems that are listed and not raised.

    Raises
    ------
    SettingError
        If there is no such code, or no such way to treat problems.
    """
    if not among(on_problem, ("raise", "collect")):
        raise SettingError(f"on_problem is 'raise' or 'collect', not {on_problem!r}")
    codes = names_of(accept, "accept")
    unknown = [code for code in codes if code not in CURES]
    if unknown:
        raise SettingError(f"there is no problem '{unknown[0]}': {near_miss(unknown[0], CURES)}")
    return frozenset(CURES if on_problem == "collect" else codes)


def settled(problems: Problems, accepted: Collection[str], heading: str) -> tuple[Problem, ...]:
    """Return the problems, or raise those that are not accepted."""
    refused = Problems()
    refused.extend(problem for problem in problems if problem.code not in accepted)
    refused.raise_any(DataError, heading)
    return tuple(problems)
