"""Scoring forms that came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from govindex.checks import among, instance_of, names_of
from govindex.contracts import CellStatus
from govindex.errors import DataError, Problem, Problems, SettingError, near_miss
from govindex.files.grids import read_grids
from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook
from govindex.grid import Grid
from govindex.meters import Meter, Progress
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.units import Unit
from govindex.workbooks.folders import workbook_files
from govindex.workbooks.forms.checks import sum_checks
from govindex.workbooks.forms.formulas import computed_nodes
from govindex.workbooks.forms.identity import (
    IDENTITY_SHEET,
    EarlierCell,
    FormIdentity,
    identity_of,
    is_first_row,
    is_identity,
    texts_of,
)
from govindex.workbooks.forms.layout import KEYS, FormSettings, Rows, form_sheets
from govindex.workbooks.forms.observations import asked_of, assembled, variables_of
from govindex.workbooks.forms.sheet_reading import ReturnedSheet, Stated
from govindex.workbooks.forms.sheets import sheet_key
from govindex.workbooks.problem_texts import cell_reference, worded
from govindex.workbooks.readings import NOTE_COLUMNS, Scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_form", "read_form"]

_KINDS = (".xlsx", ".xlsm", ".ods")
_HEADING = (
    "The scoring forms cannot be used as they are; on_problem='collect' (in the shell: --collect) "
    "goes on without what cannot be read"
)


def read_form(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    method: Methodology,
    *,
    units: Iterable[str] | None = None,
    on_problem: Literal["raise", "collect"] = "raise",
    fall_back: bool | Sequence[str] = False,
    progress: Progress = None,
) -> Scores:
    """Read scoring forms that units have filled in.

    Entries are found by the hidden keys of their rows and columns, wherever these stand. Points
    and sums are computed again from the entries; those that a form states are only compared.

    Parameters
    ----------
    path : path or sequence of path
        Forms of :func:`write_form`, saved by any program as .xlsx, .xlsm or .ods; or a folder of
        them.
    method : Methodology
        The one that the forms were written with.
    units : iterable of str, optional
        The codes of all units that were asked: those without a form are problems.
    on_problem : {"raise", "collect"}
        Raise an error with all problems, or read what can be read: entries that cannot are missing.
    fall_back : bool or sequence of str
        Whether entries that are blank fall back to earlier stages, as in
        :meth:`Observations.from_stages <govindex.Observations.from_stages>`.
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` with the
        files.

    Returns
    -------
    Scores
        Observations of all units, in the order of the files; sums that differ from what was
        entered; problems by sheet and cell; remarks and comments on cells as notes.

    Raises
    ------
    DataError
        If there are no forms, no unit can be read, or there are problems and `on_problem` is
        ``"raise"``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> method = gi.Methodology("example.desk", "1", gi.Framework("desk", [
    ...     gi.Indicator("rules", rule=gi.rules.Points(), weight=2),
    ...     gi.Indicator("online", rule=gi.rules.Proportional(target=80), weight=3),
    ... ], aggregate=gi.aggregate.Sum()))
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "form.xlsx"
    >>> _ = gi.workbooks.write_form(method, file, units=["Made-up department"])
    >>> read_form(file, method).observations
    <Observations: 1 units × 2 variables, 2 cells absent>
    """
    instance_of(method, Methodology, "method")
    if not among(on_problem, ("raise", "collect")):
        known = near_miss(on_problem, ("raise", "collect"))
        raise SettingError(f"on_problem is not {on_problem!r}: {known}")
    wanted = None if units is None else names_of(units, "units")
    files = _files(path)
    reader = _Reader(method, several=len(files) > 1)
    with Meter(len(files), progress, "files") as meter:
        for file in files:
            reader.read(file)
            meter()
    return reader.scores(wanted, fall_back, strict=on_problem == "raise")


def is_form(book: OpenedBook) -> bool:
    """Return whether a workbook is a scoring form, whatever it is for."""
    tops = (book.cells(number, whole=True, rows=1)[1] for number in book.worksheets.values())
    return any(is_first_row(row) for top in tops for row in top)


def _files(path: Any) -> tuple[Path | OpenedBook, ...]:
    single = isinstance(path, (str, PathLike))
    if not single and not isinstance(path, Iterable):
        raise SettingError(f"forms are files or a folder, not {path!r}")
    files, _ = workbook_files(path, _KINDS)
    if not files and single:
        raise DataError(f"the folder '{as_path(path).name}' holds no forms ({', '.join(_KINDS)})")
    if not files:
        raise SettingError("name at least one form")
    return files


class _Reader:
    """Collects what the forms say."""

    def __init__(self, method: Methodology, *, several: bool) -> None:
        self.method, self.several = method, several
        self.problems = Problems()
        self.rows: Rows = {}
        self.computed: dict[int, dict[str, bool]] = {}
        self.first: FormSettings | None = None
        self.units: dict[str, Unit] = {}
        self.home: dict[str, str] = {}
        self.entered: dict[tuple[str, str], EarlierCell] = {}
        self.shown: dict[tuple[str, str, str], EarlierCell] = {}
        self.stated: list[Stated] = []
        self.notes: list[tuple[str | None, ...]] = []

    def read(self, file: Path | OpenedBook) -> None:
        """Read one file."""
        path = as_path(file)
        name = path.name if self.several else ""
        grids = read_grids(file)
        hidden = next((g for g in grids if g.sheet == IDENTITY_SHEET and is_identity(g)), None)
        hidden = hidden or next((grid for grid in grids if is_identity(grid)), None)
        if hidden is None:
            self.problems.add(worded("form.unknown", cell=name or path.name))
            return
        identity = self._identity(hidden, name)
        if identity is None or not self._fits(identity, hidden, name):
            return
        if self.first is None:
            self.first = identity.settings
        for page in self._pages(identity, [g for g in grids if g is not hidden], name):
            self._page(page)

    def _identity(self, hidden: Grid, name: str) -> FormIdentity | None:
        """Return what the hidden sheet says, None if it is of no use."""
        identity = identity_of(hidden)
        where = cell_reference(hidden.sheet, file=name)
        if isinstance(identity, str):
            found = str(hidden.cells[1, 2].value)
            self.problems.add(worded(identity, found=found, cell=where))
            return None
        ours = f"{self.method.id}@{self.method.version}"
        theirs = f"{identity.methodology}@{identity.version}"
        values = {"expected": ours}
        if theirs != ours:
            self.problems.add(worded("form.edition", found=theirs, cell=where, values=values))
            return None
        if identity.fingerprint != self.method.fingerprint:
            self.problems.add(worded("form.fingerprint", cell=where, values=values))
            return None
        return identity

    def _fits(self, identity: FormIdentity, hidden: Grid, name: str) -> bool:
        """Return whether a form is for the stages and the period of the first one."""
        if self.first is None:
            return True
        where = cell_reference(hidden.sheet, file=name)
        for code, ours, theirs in (
            ("form.stages", ", ".join(self.first.stages), ", ".join(identity.settings.stages)),
            ("form.period", self.first.period or "", identity.settings.period or ""),
        ):
            if ours != theirs:
                self.problems.add(worded(code, found=theirs, cell=where, values={"expected": ours}))
                return False
        return True

    def _pages(
        self, identity: FormIdentity, grids: Sequence[Grid], name: str
    ) -> Iterator[ReturnedSheet]:
        """Yield the sheets of a form that are there; note those that are not, or are too many."""
        sheets = form_sheets(self.method, identity.settings, self.rows)
        same_texts = texts_of(sheets) == identity.texts
        shown = {(cell.unit, cell.variable, cell.stage): cell for cell in identity.shown}
        by_key: dict[str, list[Grid]] = {}
        for grid in grids:
            cell = grid.cells.get((KEYS, KEYS))
            by_key.setdefault("" if cell is None else str(cell.value), []).append(grid)
        for number, sheet in enumerate(sheets):
            several = by_key.pop(sheet_key(number), [])
            found = [grid for grid in several if grid.sheet == sheet.name]
            found += [grid for grid in several if grid.sheet != sheet.name]
            if not found:
                where = cell_reference(sheet.name, file=name)
                unit = sheet.units[0].code if len(sheet.units) == 1 else None
                self.problems.add(worded("form.sheet_missing", cell=where, unit=unit))
            for grid in found:
                if id(sheet.rows) not in self.computed:
                    self.computed[id(sheet.rows)] = computed_nodes(sheet)
                computed = self.computed[id(sheet.rows)]
                yield ReturnedSheet(grid, sheet, shown, computed, same_texts, name)
        for grid in (grid for others in by_key.values() for grid in others):
            if any(cell.value != "" for cell in grid.cells.values()):
                where = cell_reference(grid.sheet, file=name)
                self.problems.add(worded("form.sheet_added", cell=where))

    def _page(self, page: ReturnedSheet) -> None:
        self.problems.extend(page.problems())
        fresh = set()
        for unit in page.units:
            if unit in self.home:
                values = {"expected": self.home[unit]}
                self.problems.add(
                    worded("form.unit_twice", cell=page.whole, unit=unit, values=values)
                )
                continue
            self.home[unit] = page.whole
            self.units[unit] = next(u for u in page.sheet.units if u.code == unit)
            fresh.add(unit)
            self._entries(page, unit)
        self.shown.update({key: cell for key, cell in page.shown.items() if key[0] in fresh})
        self.stated += [stated for stated in page.stated() if stated.unit in fresh]
        stage = page.sheet.settings.stages[-1] if page.sheet.settings.stages else None
        for unit, name, kind, text, cell in page.notes():
            if unit in fresh:
                self.notes.append((unit, name, stage, kind, text, cell))

    def _entries(self, page: ReturnedSheet, unit: str) -> None:
        for entry in page.entries(unit):
            if isinstance(entry, Problem):
                self.problems.add(entry)
            elif entry.status != CellStatus.MISSING:
                self.entered[unit, entry.variable] = entry

    def scores(
        self, wanted: tuple[str, ...] | None, fall_back: bool | Sequence[str], *, strict: bool
    ) -> Scores:
        """Return what was read."""
        for unit in wanted or ():
            if unit not in self.units:
                self.problems.add(worded("form.unit_absent", unit=unit))
        for unit in self.units:
            if wanted is not None and unit not in wanted:
                self.problems.add(worded("form.unit_unknown", unit=unit, cell=self.home[unit]))
        if strict or not self.units or self.first is None:
            self.problems.raise_any(DataError, _HEADING)
        assert self.first is not None
        units = tuple(self.units.values())
        asked = asked_of(self.method, units)
        filled = [name for _, name in self.entered]
        filled += [cell.variable for cell in self.shown.values() if cell.value is not None]
        names = variables_of(asked, filled)
        period, stages = self.first.period, self.first.stages
        data = assembled(units, names, asked, self.entered, period)
        checks = sum_checks(self.method, data, self.stated, stages[-1] if stages else None)
        if stages:
            parts = {
                stage: assembled(units, names, asked, self._of_stage(stage), period)
                for stage in stages[:-1]
            }
            data = Observations.from_stages({**parts, stages[-1]: data}, fall_back=fall_back)
        return Scores(data, checks, self.problems, self._notes())

    def _of_stage(self, stage: str) -> Mapping[tuple[str, str], EarlierCell]:
        return {(unit, name): cell for (unit, name, of), cell in self.shown.items() if of == stage}

    def _notes(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self.notes, columns=list(NOTE_COLUMNS))
