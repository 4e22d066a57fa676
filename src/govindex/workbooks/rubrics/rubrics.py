"""Rubrics in workbooks: an annex of a decision, read as it was issued."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

import attrs

from govindex.aggregate import Sum
from govindex.checks import among, names_of
from govindex.display import ShownPage, html
from govindex.errors import DataError, Problem, Problems, SettingError, listing
from govindex.files import read_grids
from govindex.files.headers import header_rows
from govindex.grid import Grid
from govindex.grid.cell_names import column_name
from govindex.grid.rubric_columns import where
from govindex.grid.rubrics import RubricSheet, has_rubric, understood_rubric
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.rubric_trees import rubric_nodes, rubric_title
from govindex.workbooks.reading_pages import rubric_page
from govindex.workbooks.rubrics.texts import rubric_text

if TYPE_CHECKING:
    from govindex.absence import Absence
    from govindex.methods import Methodology, PreparedSettings

    # Where something stands: the title, letters or number of a column, or several of them.
    Role = str | int | Sequence[str | int] | None

__all__ = ["Rubric", "read_rubric"]

_SHOWN = 6


@attrs.frozen
class Rubric:
    """A rubric, and what was understood of the sheet that holds it: ``print(rubric)`` shows it.

    Parameters
    ----------
    framework : Framework
        The criteria as they are numbered ("I", "1.1", "1.1.1"), under a sum of points. An
        indicator's weight is its maximum in points, its evidence the guidance on how it is scored,
        its rule :class:`~govindex.rules.Points`. A branch has the sum of what is below it,
        whatever the sheet states.
    notes : mapping of str to str
        The notes column and the comments on cells, by the code of the criterion.
    problems : tuple of Problem
        Maxima and totals that are not the sum of their parts ("maximum.printing_error" if the total
        above agrees with the parts, else "maximum.contradiction"), and names that are there twice
        ("name.twice"), each with its cell.
    remarks : tuple of str
        What was chosen: numbers typed as text, 1.10 typed as a number, columns that are hidden.
    file, sheet : str
        Where it was read from.
    titles : tuple of str
        The rows above the header.
    header : tuple of int
        The rows of the header.
    columns : mapping of str to (str, str)
        By the letters of a column, what it holds and its title.
    skipped : tuple of (int, str, str)
        The rows that are not part of the rubric, why, and what they hold.
    cells : mapping of str to str
        The cell of each criterion's number, by code.
    """

    framework: Framework
    notes: Mapping[str, str] = attrs.field(factory=FrozenMap)
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    file: str = attrs.field(default="", kw_only=True)
    sheet: str = attrs.field(default="", kw_only=True)
    titles: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    header: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    columns: Mapping[str, tuple[str, str]] = attrs.field(factory=FrozenMap, kw_only=True)
    skipped: tuple[tuple[int, str, str], ...] = attrs.field(default=(), kw_only=True)
    cells: Mapping[str, str] = attrs.field(factory=FrozenMap, kw_only=True)

    def __repr__(self) -> str:
        leaves, points = len(self.framework.leaf_codes), self.framework.weight(self.framework.code)
        count = len(self.problems)
        problems = f"{count} problem{'s' * (count != 1)}"
        return (
            f"<Rubric '{self.file}', '{self.sheet}': {leaves} criteria in "
            f"{len(self.framework.children)} fields, {points:g} points, {problems}>"
        )

    def __str__(self) -> str:
        return self.text_in()

    def text_in(self, language: str | None = None) -> str:
        """Return what was understood of the sheet, as ``print(rubric)`` shows it.

        Parameters
        ----------
        language : str, optional
            Of the words, the numbers and the names of criteria; English words by default.

        Raises
        ------
        SettingError
            If the language has no catalogue.
        """
        return rubric_text(self, language)

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return rubric_page(self, language)

    def methodology(
        self,
        id: str,
        version: str,
        *,
        decimals: int | None = 2,
        absence: Absence | None = None,
        accept: Iterable[str] = (),
        **settings: Unpack[PreparedSettings],
    ) -> Methodology:
        """Return the methodology that adds up the points of the rubric.

        Parameters
        ----------
        id, version : str
            As of a :class:`~govindex.Methodology`.
        decimals : int, optional
            The decimals of the total, as printed and as ranked; None ranks the full score.
        absence : Absence, optional
            What becomes of criteria that do not apply or are missing; by default they are refused.
        accept : iterable of str
            Codes of problems that are accepted; the criteria then count as they add up.
        **settings
            Further settings of the methodology, or others instead of these (bands, rounding …).

        Raises
        ------
        DataError
            If the rubric has problems that are not accepted.
        """
        from govindex.methods import Methodology, Source
        from govindex.ranking import Ranking
        from govindex.rounding import Levels, Rounding

        known = set(names_of(accept, "accept"))
        problems = Problems()
        problems.extend(problem for problem in self.problems if problem.code not in known)
        codes = list(dict.fromkeys(problem.code for problem in problems))
        problems.raise_any(
            DataError,
            f"The rubric contradicts itself; correct the workbook, or accept it with "
            f"accept=[{listing(codes)}] (in the shell: --accept CODE)",
        )
        usual: dict[str, Any] = {
            "title": self.framework.name,
            "sources": Source(self.file, note=self.sheet),
            "ranking": Ranking(decimals=decimals),
        }
        if decimals is not None:
            usual["rounding"] = Levels(total=Rounding(decimals))
        framework = self.framework
        if absence is not None:
            framework = attrs.evolve(framework, absence=absence)
        return Methodology(id, version, framework, **{**usual, **settings})


def read_rubric(
    path: str | PathLike[str],
    *,
    sheet: str | None = None,
    header: int | Sequence[int] | None = None,
    columns: Mapping[str, Role | Mapping[str, Role]] | None = None,
    decimal: Literal[".", ","] | None = None,
    hidden: Literal["refuse", "read", "skip"] = "refuse",
    language: str = "vi",
    separator: str | None = None,
) -> Rubric:
    """Read a rubric from the annex of a decision, or from any sheet that has one.

    Title rows are skipped and headers of several rows joined. Running numbers (I, 1, 1.1, a), –)
    make the tree. What is ambiguous is asked for with the candidates.

    Parameters
    ----------
    path : path
        A workbook (.xlsx, .xlsm, .xls, .ods) or a CSV file.
    sheet : str, optional
        By default the only one that is not hidden and looks like a rubric.
    header : int or sequence of int, optional
        The rows of the header, counted from 1; by default the only ones that look like it.
    columns : mapping, optional
        What stands where, by role: "number", "name", "maximum", "guidance", "notes", "source". Each
        is a title, the letters of a column, or its number; several of them; or a mapping: names by
        language (``{"vi": "B", "en": "C"}``), maxima by data source (``{"appraised": "C",
        "survey": "D", "total": "E"}``); None if no column has it. By default by their titles.
    decimal : {".", ","}, optional
        The decimal mark of points that were typed as text, if the others leave it open.
    hidden : {"refuse", "read", "skip"}
        What becomes of hidden rows that have a number or points, and of hidden columns of points.
    language : str
        Of the names.
    separator : str, optional
        Of a CSV file.

    Returns
    -------
    Rubric
        A code is the number as written. Numbers that begin again below another branch have the code
        above them in front ("II.1"), as have letters ("1.1.a"); bullets are counted ("1.1-2").
        A criterion whose maximum is split over data sources is a dimension with an indicator for
        each ("8.1.1.appraised", "8.1.1.survey"). Bullets and letters without points, or with points
        whose largest is the maximum above them, are guidance. A branch named as bonus or penalty
        (điểm thưởng, điểm trừ), or with negative points, is outside the maximum.

    Raises
    ------
    DataError
        If the file cannot be read, or with everything that cannot be understood, by cell: a number
        that is there twice or without the one above it, points that are not a number, a criterion
        without a maximum, errors, hidden rows …

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "annex.csv"
    >>> _ = file.write_text('''PHỤ LỤC (made up);;
    ... STT;Tiêu chí;Điểm tối đa
    ... I;Chỉ đạo;3
    ... 1.1;Kế hoạch;1,5
    ... 1.2;Báo cáo;1,5
    ... ;Tổng;3
    ... ''', encoding="utf-8")
    >>> rubric = gi.workbooks.read_rubric(file)
    >>> rubric.framework.leaf_codes, rubric.problems
    (('1.1', '1.2'), ())
    >>> rubric.methodology("example.annex", "2025")
    <Methodology example.annex@2025: 2 indicators>
    """
    if not among(hidden, ("refuse", "read", "skip")):
        raise SettingError(f"hidden is 'refuse', 'read' or 'skip', not {hidden!r}")
    if decimal is not None and not among(decimal, (".", ",")):
        raise SettingError(f"decimal is '.' or ',', not {decimal!r}")
    rows = header_rows(header)
    grids = read_grids(path, sheet, separator=separator)
    grid, others = _chosen(grids, rows)
    found = understood_rubric(grid, header=rows, columns=columns, decimal=decimal, hidden=hidden)
    return _rubric(found, language, others)


def _chosen(grids: Sequence[Grid], header: Collection[int]) -> tuple[Grid, list[Problem]]:
    """Return the only sheet that may be meant, and remarks about the others."""
    filled = [grid for grid in grids if grid.cells]
    if len(grids) == 1 or not filled:
        return grids[0], []
    visible = [grid for grid in filled if not grid.hidden]
    likely = [grid for grid in visible if has_rubric(grid)]
    chosen = likely or (visible if header or len(visible) == 1 else [])
    if len(chosen) == 1:
        others = [grid.sheet for grid in filled if grid is not chosen[0]]
        if not others:
            return chosen[0], []
        unread = listing(others, shown=_SHOWN)
        text = f"sheet {unread} was not read"
        return chosen[0], [Problem(text, code="sheet.unread", values={"known": unread})]
    why = "may each be the rubric" if likely else "were looked at, and none looks like a rubric"
    names = [f"'{grid.sheet}'{' (hidden)' if grid.hidden else ''}" for grid in (likely or filled)]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise DataError(
        f"'{Path(grids[0].file).name}': the sheets {', '.join(names[:_SHOWN])}{more} {why}: choose "
        f"with sheet=… (in the shell: --sheet)"
    )


def _rubric(found: RubricSheet, language: str, remarks: list[Problem]) -> Rubric:
    title = rubric_title(found, language)
    nodes = rubric_nodes(found, language)
    if not nodes:
        raise DataError(f"{where(found.grid)} has no criteria")
    rows = found.read.rows.values()
    titles = {column: found.header.title(column) for column in found.header.titles}
    return Rubric(
        Framework("index", nodes, title, aggregate=Sum()),
        FrozenMap({row.branch.code: "\n".join(row.notes) for row in rows if row.notes}),
        found.problems,
        remarks=(*remarks, *found.remarks),
        file=found.grid.file,
        sheet=found.grid.sheet,
        titles=tuple(text for _, text in found.titles),
        header=found.header.rows,
        columns=FrozenMap(
            {
                column_name(column): (role, titles.get(column, ""))
                for column, role in found.columns.roles().items()
            }
        ),
        skipped=tuple((row.row, row.reason, row.text) for row in found.read.skipped),
        cells=FrozenMap({row.branch.code: row.branch.cell for row in rows}),
    )
