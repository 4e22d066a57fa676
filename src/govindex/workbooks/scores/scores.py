"""Scores in workbooks → observations, with checks of stated sums and every problem by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import names_of, shown
from govindex.compute import compile_framework
from govindex.contracts import CellStatus
from govindex.errors import DataError, Problems, SettingError
from govindex.meters import Progress
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.stages import Stage, fallback_order, staged
from govindex.model.units import Unit, Units
from govindex.notation import Notation
from govindex.periods import spelling_problem
from govindex.rounding import Levels
from govindex.workbooks.readings import NOTE_COLUMNS, Scores
from govindex.workbooks.scores.criteria import Criteria, criteria_of
from govindex.workbooks.scores.files import sheet_tables
from govindex.workbooks.scores.leagues import leagues_of
from govindex.workbooks.scores.problems import OnProblem, accepted_codes, settled, sheet_problem
from govindex.workbooks.scores.reading_choices import (
    Hidden,
    ReadingChoices,
    check_roles,
    declared_columns,
    declared_stages,
    score_notation,
    text_mapping,
)
from govindex.workbooks.scores.sheets import SheetCell, SheetScores
from govindex.workbooks.scores.stated_sums import Sums, check_table, checkable, sum_problems
from govindex.workbooks.scores.tables import ScoreTable
from govindex.workbooks.scores.unit_names import UnitNames, sheet_units
from govindex.workbooks.scores.wordings import look

if TYPE_CHECKING:
    import pandas as pd

    from govindex.workbooks.rubrics.rubrics import Rubric

__all__ = ["read_scores"]

_HEADING = (
    "The scores cannot be used as they are; on_problem='collect' (in the shell: --collect) goes on "
    "without what cannot be read"
)
Paths = str | PathLike[str] | Sequence[str | PathLike[str]]


def read_scores(
    path: Paths,
    rubric: Rubric | Methodology | Framework,
    *,
    stages: Sequence[str] | Mapping[str, str | Sequence[str]] = (),
    fall_back: bool | Sequence[str] = False,
    not_applicable: Iterable[str | float] = (),
    missing: Iterable[str | float] = (),
    notation: Notation | None = None,
    units: Iterable[Unit | str] | None = None,
    leagues: Mapping[str, str] | str | PathLike[str] | None = None,
    aliases: Mapping[str, str] | None = None,
    sheet: str | Sequence[str] | None = None,
    header: int | Sequence[int] | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    hidden: Hidden = "refuse",
    period: str | None = None,
    on_problem: OnProblem = "raise",
    accept: Iterable[str] = (),
    progress: Progress = None,
) -> Scores:
    r"""Read the scores of units from workbooks, in whichever shape offices keep them.

    A sheet may be about one unit, with the criteria down the rows and a column for each stage; or
    have a column, or a column for each stage, for every unit; or a row for every unit and the
    criteria across the columns. All sheets of all files are put together. Criteria are matched by
    number and checked by name, units by the look of their names. Stated subtotals and totals are
    checked, and never used.

    Parameters
    ----------
    path : path, several paths or a folder
        Workbooks (``.xlsx``, ``.xlsm``, ``.xls``, ``.ods``) and CSV files.
    rubric : Rubric, Methodology or Framework
        What was scored.
    stages : sequence of str, or mapping of str to texts
        The stages, the earliest first. A column belongs to the stage whose name its title holds;
        a mapping gives other texts that do: ``{"self": "Tự chấm", "verified": "Thẩm định"}``. The
        last stage counts: a cell that is blank there is missing.
    fall_back
        As of :meth:`Observations.from_long <govindex.Observations.from_long>`.
    not_applicable, missing : iterable of str or float
        Texts (in any case, with any spaces) and numbers that mean so, besides the usual ones and
        blank cells. Any other text is a problem.
    notation : Notation, optional
        How numbers and percent signs are read. Unless it says how numbers are written, a number in
        a text is read in any style in which it has one meaning: "3,25", "1.5", "−0,5"; "1.500" is a
        problem.
    units : iterable of Unit or str, optional
        All units. Any other name is then a problem.
    leagues : mapping, path or str, optional
        The league of every unit: a mapping of names, a file with the columns unit and league, or
        the title of the column that holds them, where each row is a unit.
    aliases : mapping of str to str, optional
        Texts of the sheets (or names of sheets and files), each with the unit or the code of the
        criterion that it means.
    sheet : str or sequence of str, optional
        The sheets to read, of every workbook; by default all.
    header : int or sequence of int, optional
        The rows of the header, counted from 1; by default they are found.
    columns : mapping of str to str or sequence of str, optional
        The letters or titles of columns by what they hold: "number", "name", "maximum", "points",
        "unit", "league", "notes", "ignore", a stage, or the code of a criterion:
        ``{"verified": "E", "ignore": ["Hệ số", "Ghi chú 2"]}``. By default by their titles.
    hidden : {"refuse", "read", "skip"}
        What to do with points in hidden sheets, rows and columns; skipped ones are missing.
    period : str, optional
        The period of the scores, such as "2025". A sheet whose title names another year is a
        problem.
    on_problem : {"raise", "collect"}
        Raise all problems, or go on without the cells that could not be read: they are missing, and
        listed in ``problems``. With `fall_back` they fall back as blank cells do.
    accept : iterable of str
        Codes of problems that are listed and not raised, such as "total.contradiction".
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` with the
        files.

    Returns
    -------
    Scores

    Raises
    ------
    DataError
        With every problem, by sheet and cell, grouped by cause; if no score can be read, whatever
        `on_problem` is.
    SettingError
        If a setting is impossible.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("unit;1.1;1.2\nAn Bình;3,5;KAD\nHòa Lạc;4;1\n", encoding="utf-8")
    >>> framework = gi.Framework(
    ...     "index",
    ...     [gi.Indicator(code, weight=4, rule=gi.rules.Points()) for code in ("1.1", "1.2")],
    ...     aggregate=gi.aggregate.Sum(),
    ... )
    >>> scores = read_scores(file, framework, not_applicable=["KAD"])
    >>> scores.observations.value("An Bình", "1.1"), scores.observations.cell("An Bình", "1.2").name
    (3.5, 'NOT_APPLICABLE')
    """
    accepted = accepted_codes(on_problem, accept)
    _check_period(period)
    choices = ReadingChoices(
        stages=declared_stages(stages),
        columns=declared_columns(columns),
        header=header,
        league=look(str(leagues)) if _is_title(leagues) else "",
        hidden=hidden,
        notation=score_notation(notation, not_applicable, missing),
        aliases=text_mapping(aliases, "aliases"),
    )
    order = fallback_order(fall_back, tuple(choices.stages)) if choices.stages else ()
    criteria, sums = _rubric(rubric, choices.aliases)
    check_roles(choices, criteria.by_code)
    names = UnitNames(choices, _declared_units(units))
    if sheet is not None and not isinstance(sheet, str):
        sheet = names_of(sheet, "sheet")
    problems = Problems()
    left_out: list[tuple[str, str]] = []
    about = (criteria, choices, names.known, period)
    tables = sheet_tables(path, sheet, *about, problems, left_out, progress)
    read = _read(tables, SheetScores(criteria, choices, names, problems))
    read.notes += [(None, None, None, "left out", text, file) for file, text in left_out]
    cells = read.settled()
    stated = checkable(read.stated, sums, problems, _suppressed(cells))
    checks = check_table(stated, sums, read.points)
    problems.extend(sum_problems(checks))
    names.add_problems(problems)
    found = leagues_of(None if _is_title(leagues) else leagues, names, read.leagues, problems)
    listed = settled(problems, accepted, _HEADING)
    if not names.codes or not tables:
        problems.raise_any(DataError, _HEADING)
        why = "; ".join(f"{file}: {text}" for file, text in left_out) or "there are no units"
        raise DataError(f"{_HEADING}: no sheet holds points: {why}")
    observations = _observations(_units(names, found), criteria, choices, cells, order, period)
    return Scores(observations, checks, listed, _notes(read))


def _suppressed(cells: Mapping[tuple[str, str, str | None], SheetCell]) -> set[tuple[str, str]]:
    """Return the units and variables that a stage suppresses."""
    return {
        (unit, variable)
        for (unit, variable, _), cell in cells.items()
        if cell.reading.status == CellStatus.SUPPRESSED
    }


def _check_period(period: Any) -> None:
    """Refuse what is not a period."""
    problem = spelling_problem(period) if isinstance(period, str) else None
    if problem is not None:
        raise SettingError(problem)
    if period is not None and not isinstance(period, str):
        raise SettingError(f"period is a text such as '2025', not {shown(period)}")


def _is_title(leagues: Any) -> bool:
    """Return whether leagues are named by the title of a column, not by a file."""
    return isinstance(leagues, str) and not leagues.lower().endswith(
        (".csv", ".xlsx", ".xls", ".ods", ".xlsm", ".parquet", ".json")
    )


def _declared_units(units: Iterable[Unit | str] | None) -> Units | None:
    if units is None or isinstance(units, Units):
        return units
    if isinstance(units, str) or not isinstance(units, Iterable):
        raise SettingError(f"units= takes all units, as names or Unit(…), not {units!r}")
    return Units.of([Unit(unit) if isinstance(unit, str) else unit for unit in units])


def _rubric(rubric: Any, aliases: Mapping[str, str]) -> tuple[Criteria, Sums]:
    """Return the criteria of a rubric, and the sums that its branches are."""
    framework = rubric if isinstance(rubric, Framework) else getattr(rubric, "framework", None)
    if not isinstance(framework, Framework) or isinstance(rubric, type):
        raise SettingError(
            f"rubric is a Rubric, a Methodology or a Framework, not {type(rubric).__name__}"
        )
    if isinstance(rubric, Methodology) and len(rubric.frameworks) > 1:
        raise SettingError(
            f"'{rubric.id}' has several forms: read the units of each with its own framework, "
            "such as rubric.forms['type']"
        )
    maxima, in_points = _maxima(rubric, framework)
    criteria = criteria_of(framework, maxima, aliases, in_points=in_points)
    variables = {
        c.code: c.variable for c in criteria.leaves if framework.has(c.code) and not c.answers
    }
    earned = {code: name for code, name in variables.items() if name and _is_points(criteria, code)}
    return criteria, Sums(framework, earned if in_points else {}, maxima)


def _is_points(criteria: Criteria, code: str) -> bool:
    """Return whether the value of an indicator is its points: its rule takes none above them."""
    criterion = criteria.by_code[code]
    return criterion.maximum is not None and criterion.high == criterion.maximum


def _maxima(rubric: Any, framework: Framework) -> tuple[dict[str, float], bool]:
    """Return what a share of 1 is printed as at every node, and whether that is in points."""
    if isinstance(rubric, Methodology):
        plan, in_points = rubric._plan, rubric.scale == "points"
    elif framework.aggregate.sums_points:
        plan, in_points = compile_framework(framework, "points", Levels()), True
    else:
        return {}, False
    weighted = {code for code, _ in plan.weighted}
    if weighted:
        return {}, False
    pairs = zip(plan.codes, plan.maxima.tolist(), strict=True)
    return dict(pairs), in_points


def _read(tables: Sequence[ScoreTable], scores: SheetScores) -> SheetScores:
    """Read all tables; units are registered first, so that each has one spelling."""
    of_sheets = sheet_units(tables, scores.names, scores.problems)
    for number, table in enumerate(tables):
        if (unit := of_sheets.get(number)) is not None:
            scores.names.register(unit, number, table.view.whole)
        for column in table.columns:
            if column.unit:
                cell = table.view.reference(table.at.top, column.number)
                scores.names.register(column.unit, number, cell)
    for number, table in enumerate(tables):
        scores.add(number, table, of_sheets.get(number))
    _note_missing_criteria(tables, of_sheets, scores)
    _note_missing_stages(scores)
    return scores


def _note_missing_criteria(
    tables: Sequence[ScoreTable], of_sheets: Mapping[int, str], scores: SheetScores
) -> None:
    """Note criteria that no sheet of a unit has a line for."""
    needed = [c for c in scores.criteria.leaves if c.variable in _needed(scores.criteria)]
    for number, table in enumerate(tables):
        if table.of_one_unit and number not in of_sheets:
            continue
        written = [c.unit for c in table.columns if c.unit]
        written += [of_sheets[number]] if number in of_sheets else []
        units = {scores.names.code(unit) for unit in written}
        lines = set.intersection(*(scores.lines_of.get(unit, set()) for unit in units or {""}))
        alone = next(iter(units)) if len(units) == 1 else None
        for criterion in needed:
            if units and criterion.code not in lines:
                found = f"{criterion.code} {criterion.label}".strip()
                scores.problems.add(
                    sheet_problem(
                        "criterion.missing",
                        found=found,
                        unit=alone,
                        variable=criterion.code,
                        cell=table.view.whole,
                    )
                )


def _needed(criteria: Criteria) -> frozenset[str]:
    framework = criteria.framework
    itself = {c.variable for c in criteria.leaves if framework.has(c.code)}
    return frozenset({*framework.variables, *(name for name in itself if name)})


def _note_missing_stages(scores: SheetScores) -> None:
    """Note declared stages that no column has."""
    seen = {stage for _, _, stage in scores.entries}
    for stage in scores.choices.stages:
        if scores.entries and stage not in seen:
            scores.problems.add(sheet_problem("stage.nowhere", found=stage, stage=stage))


def _units(names: UnitNames, leagues: Mapping[str, str]) -> Units:
    units = Units(names.codes) if names.declared is None else names.declared
    if not leagues:
        return units
    return attrs.evolve(units, leagues=tuple(leagues.get(code) for code in units.codes))


def _observations(
    units: Units,
    criteria: Criteria,
    choices: ReadingChoices,
    cells: Mapping[tuple[str, str, str | None], SheetCell],
    fall_back: tuple[str, ...],
    period: str | None,
) -> Observations:
    """Put the cells together; a cell without an entry is missing."""
    seen = {variable for _, variable, _ in cells} | _needed(criteria)
    framework = criteria.framework
    known = (*framework.variables, *framework.optional_variables)
    variables = tuple(name for name in dict.fromkeys(known) if name in seen)
    rows = {code: row for row, code in enumerate(units.codes)}
    columns = {name: column for column, name in enumerate(variables)}
    levels = _levels(cells)
    layers: dict[str | None, tuple[Any, Any]] = {
        stage: (
            np.full((len(rows), len(columns)), np.nan),
            np.full((len(rows), len(columns)), np.uint8(CellStatus.MISSING)),
        )
        for stage in (choices.stages or (None,))
    }
    for (unit, variable, stage), entry in cells.items():
        if unit not in rows or stage not in layers:
            continue  # an undeclared unit, which is a problem
        values, status = layers[stage]
        at = rows[unit], columns[variable]
        status[at] = entry.reading.status
        value = entry.reading.value
        if value is not None:
            texts = levels.get(variable)
            values[at] = float(value) if texts is None else texts.index(_answer(value))
    about: dict[str, Any] = {"levels": levels, "period": period}
    if not choices.stages:
        values, status = layers[None]
        return Observations(units, variables, values, status, **about)
    steps = [Stage(str(name), *layer) for name, layer in layers.items()]
    return Observations(units, variables, **staged(steps, fall_back), **about)


def _answer(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _levels(cells: Mapping[tuple[str, str, str | None], SheetCell]) -> dict[str, tuple[str, ...]]:
    """Return the answers of the variables that hold texts."""
    answers: dict[str, set[str]] = {}
    texts: set[str] = set()
    for (_, variable, _), entry in cells.items():
        if entry.reading.value is not None:
            answers.setdefault(variable, set()).add(_answer(entry.reading.value))
            if isinstance(entry.reading.value, str):
                texts.add(variable)
    return {name: tuple(sorted(answers[name])) for name in sorted(texts)}


def _notes(read: SheetScores) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(read.notes, columns=list(NOTE_COLUMNS), dtype=object)
