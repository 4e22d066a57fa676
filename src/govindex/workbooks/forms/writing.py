"""Scoring forms that units fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import among, instance_of, mapping_of, names_of, tuple_of
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError, near_miss
from govindex.extras import needed
from govindex.files.saving import as_path, write_whole
from govindex.language import check_language, words
from govindex.methods import Methodology
from govindex.model.labels import as_names
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.periods import spelling_problem
from govindex.workbooks.forms.formulas import Formulas, provisional_scores
from govindex.workbooks.forms.identity import IDENTITY_SHEET, EarlierCell, identity_rows
from govindex.workbooks.forms.layout import FormColumns, FormSettings, FormSheet, form_sheets
from govindex.workbooks.forms.observations import asked_of, assembled, variables_of
from govindex.workbooks.forms.rows import FormQuestion, form_of
from govindex.workbooks.forms.sheets import AnswerLists, SheetWriter, shown_text

__all__ = ["write_form"]

_LAYOUTS = ("by_unit", "together")
_REPORTED = (CellStatus.REPORTED, CellStatus.NOT_APPLICABLE)


def write_form(
    method: Methodology,
    path: str | PathLike[str],
    *,
    units: Units | Iterable[Unit | str] | None = None,
    stages: Sequence[str] = (),
    data: Observations | None = None,
    period: str | None = None,
    language: str | None = None,
    layout: Literal["by_unit", "together"] = "by_unit",
    labels: Mapping[str, str | Mapping[str, str]] | None = None,
    password: str = "",
    overwrite: bool = False,
) -> Path:
    """Write a scoring form that units fill in: an .xlsx workbook.

    Each criterion has a row with its maximum, its guidance and what may be entered, which the
    program checks; a measure of several variables has a row for each. Points and sums are formulas
    where rules and aggregators have short ones, and marked as computed on receipt elsewhere. Only
    what is to be filled in can be changed.

    Parameters
    ----------
    method : Methodology
    path : path
        The .xlsx file.
    units : iterable of Unit or str, optional
        Who fills it in; by default the units of `data`. A text is the unit's code and name.
    stages : sequence of str
        The stages of assessment, the earliest first. The form asks for the last one and shows the
        earlier ones beside it, from `data`.
    data : Observations, optional
        What is known: figures of earlier stages, and of the stage that is filled in if it is among
        their stages. Without `stages` they are filled in beforehand. Only figures that a unit
        reported are filled in; those of earlier stages keep their marks.
    period : str, optional
        "2026", "2026-Q3" …: of the figures; by default that of `data`.
    language : str, optional
        Of every word; English by default.
    layout : {"by_unit", "together"}
        A sheet for each unit, or one sheet with columns for all units: one for each type of units,
        if types have different forms.
    labels : mapping of str to str or to names by language, optional
        What the variables of measures are called; by default as the methodology defines them, else
        by their names in the data.
    password : str
        Asked for before a sheet can be unprotected; by default nothing is. It hides nothing.
    overwrite : bool
        Whether a file that exists is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If units are missing, twice or of a type without a form, or the file cannot be written.
    SettingError
        If a setting is not understood, or xlsxwriter is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> method = gi.Methodology("example.desk", "1", gi.Framework("desk", [
    ...     gi.Indicator("rules", rule=gi.rules.Points(), weight=2, evidence="the decision"),
    ...     gi.Indicator("online", rule=gi.rules.Proportional(target=80), weight=3),
    ... ], aggregate=gi.aggregate.Sum()))
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write_form(method, folder / "form.xlsx", units=["Made-up department"]).name
    'form.xlsx'
    """
    instance_of(method, Methodology, "method")
    settings = FormSettings(
        units=_units(method, units, data),
        language=check_language(language),
        together=_together(layout),
        stages=_stages(stages),
        period=_period(period, data),
        labels=_labels(method, labels),
    )
    file = as_path(path)
    if file.suffix.lower() != ".xlsx":
        raise SettingError(f"a form is an .xlsx file, not '{file.name}'")
    shown, entered = _known(method, settings, data)
    instance_of(password, str, "password")
    form = _Form(method, settings, shown, entered, password)
    write_whole(file, form.write, overwrite=overwrite)
    return file


def _units(
    method: Methodology, units: Units | Iterable[Unit | str] | None, data: Observations | None
) -> tuple[Unit, ...]:
    if data is not None:
        instance_of(data, Observations, "data")
    if units is None and data is None:
        raise SettingError("a form needs units=… or data=…: who fills it in")
    given = tuple(data.units) if units is None and data is not None else units
    every = tuple(
        Unit(unit) if isinstance(unit, str) else instance_of(unit, Unit, "a unit")
        for unit in tuple_of(given, "units", "units or their names")
    )
    if not every:
        raise DataError("a form needs at least one unit")
    collected = Units.of(every)  # refuses codes that appear twice
    if collected.periods is not None:
        raise DataError("a form is for one period: take it with data.at_period(…)")
    for unit in every:
        form_of(method, unit)  # refuses types without a form
    return every


def _together(layout: object) -> bool:
    if not among(layout, _LAYOUTS):
        raise SettingError(f"there is no layout {layout!r}: {near_miss(layout, _LAYOUTS)}")
    return layout == "together"


def _stages(stages: Sequence[str]) -> tuple[str, ...]:
    names = tuple(map(as_code, names_of(stages, "stages")))
    if any(not name.strip() for name in names) or len(set(names)) < len(names):
        raise SettingError(f"stages= takes different names of stages, not {list(names)!r}")
    return names


def _period(period: str | None, data: Observations | None) -> str | None:
    chosen = period if period is not None or data is None else data.period
    if chosen is not None:
        problem = spelling_problem(instance_of(chosen, str, "period"))
        if problem is not None:
            raise SettingError(problem)
    return chosen


def _labels(method: Methodology, labels: object) -> dict[str, dict[str, str]]:
    defined = {name: one.name for one in method.definitions for name in one.variables}
    given = {} if labels is None else mapping_of(labels, "labels", "names of variables")
    named = {**defined, **{as_code(name): as_names(label) for name, label in given.items()}}
    return {name: dict(label) for name, label in named.items()}


Position = tuple[str, str, str]
Entered = dict[tuple[str, str], EarlierCell]


def _known(
    method: Methodology, settings: FormSettings, data: Observations | None
) -> tuple[dict[Position, EarlierCell], Entered]:
    """Return the cells of earlier stages, and what is filled in already."""
    shown: dict[Position, EarlierCell] = {}
    entered: Entered = {}
    if data is None:
        return shown, entered
    rows = {code: row for row, code in enumerate(data.units.codes)}
    asked = asked_of(method, settings.units)
    for stage, part in _by_stage(settings.stages, data):
        last = stage == (settings.stages[-1] if settings.stages else "")
        for unit in settings.units:
            if unit.code not in rows:
                continue
            for cell in _cells(part, rows[unit.code], unit.code, stage, asked[unit.code]):
                if not last:
                    shown[cell.unit, cell.variable, cell.stage] = cell
                elif cell.status in _REPORTED:
                    entered[cell.unit, cell.variable] = cell
    return shown, entered


def _by_stage(stages: tuple[str, ...], data: Observations) -> list[tuple[str, Observations]]:
    """Return the data of each stage that they hold."""
    held = [stage.name for stage in data.stages]
    if not stages:
        return [("", data)]
    if held:
        known = [name for name in stages if name in held]
        if not known:
            raise DataError(f"the data hold none of the stages: {near_miss(stages[0], held)}")
        return [(name, data.at_stage(name, fall_back=False)) for name in known]
    if data.stage in stages:
        return [(str(data.stage), data)]
    if data.stage is None and len(stages) == 2:
        return [(stages[0], data)]
    raise DataError(
        "the data do not say of which stage they are: put stages together with "
        "Observations.from_stages(…)"
    )


def _cells(
    data: Observations, row: int, unit: str, stage: str, asked: Mapping[str, FormQuestion]
) -> Iterator[EarlierCell]:
    for name in asked:
        if name not in data.variables:
            continue
        column = data.variables.index(name)
        status = CellStatus(int(data.status[row, column]))
        number = float(data.values[row, column])
        texts = data.levels.get(name)
        value = None if np.isnan(number) else number if texts is None else texts[int(number)]
        if data.treated[row, column]:
            value = data.raw_value(unit, name)
        yield EarlierCell(unit, name, stage, value, status)


@attrs.frozen
class _Form:
    method: Methodology
    settings: FormSettings
    shown: Mapping[Position, EarlierCell]
    entered: Entered
    password: str

    def write(self, file: Path) -> None:
        """Write the workbook."""
        xlsxwriter = needed("xlsxwriter", extra="excel", what="write_form")
        sheets = form_sheets(self.method, self.settings)
        book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False})
        self._describe(book)
        pages = [book.add_worksheet(sheet.name) for sheet in sheets]
        hidden = book.add_worksheet(IDENTITY_SHEET)
        writer = SheetWriter(book, self.shown, self.entered, AnswerLists(hidden))
        points = self._points()
        for number, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
            formulas = [self._formulas(sheet, block, points) for block in sheet.blocks]
            writer.write(page, sheet, number, formulas)
            page.protect(self.password, {"format_columns": True, "format_rows": True})
        for row, pair in enumerate(identity_rows(self.method, sheets, self.shown.values())):
            for column, text in enumerate(pair):
                hidden.write_string(row, column, text)
        hidden.protect(self.password)
        hidden.very_hidden()
        book.close()

    def _describe(self, book: Any) -> None:
        language, method = self.settings.language, self.method
        book.set_properties(
            {"title": words("form.title", language), "subject": method.label(language)}
        )
        about = {
            "methodology": method.id,
            "version": method.version,
            "fingerprint": method.fingerprint,
            "units": ", ".join(unit.code for unit in self.settings.units)[:255],
            "stage": self.settings.stages[-1] if self.settings.stages else "",
            "period": self.settings.period or "",
        }
        for name, value in about.items():
            if value:
                book.set_custom_property(f"govindex {name}", value, "text")

    def _points(self) -> dict[str, dict[str, float]]:
        """Return the provisional points of what is filled in already, by unit and node."""
        if not self.entered:
            return {}
        by_form: dict[int, list[Unit]] = {}
        forms: dict[int, Methodology] = {}
        for unit in self.settings.units:
            form = form_of(self.method, unit)
            forms[id(form)] = form
            by_form.setdefault(id(form), []).append(unit)
        points: dict[str, dict[str, float]] = {}
        for key, units in by_form.items():
            asked = asked_of(forms[key], units)
            names = variables_of(asked, [name for _, name in self.entered])
            data = assembled(units, names, asked, self.entered, self.settings.period)
            points.update(provisional_scores(forms[key], data))
        return points

    def _formulas(
        self, sheet: FormSheet, block: FormColumns, points: Mapping[str, Mapping[str, float]]
    ) -> Formulas:
        code, language = block.unit.code, self.settings.language
        entered: dict[str, float | str] = {}
        for row in sheet.rows:
            cell = row.question and self.entered.get((code, row.question.variable))
            if cell and row.question:
                yes_no = row.question.entry.yes_no
                entered[cell.variable] = shown_text(cell, language, yes_no=yes_no)
        return Formulas(sheet, block, entered, points.get(code, {}))
