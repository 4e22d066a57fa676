"""Units by the names that sheets give them: matched by their look, near misses listed."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import attrs

from govindex.errors import Problem, Problems, listing, probably_meant
from govindex.model.units import Units
from govindex.names import as_code
from govindex.workbooks.scores.problems import sheet_problem
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.tables import ScoreTable
from govindex.workbooks.scores.wordings import bare, is_general, look

__all__ = ["UnitNames", "sheet_units"]

_LABELLED = re.compile(
    r"\s*(?:tên\s+)?(?:đơn vị|cơ quan|cơ quan, đơn vị|unit|department)[^:]{0,30}:\s*(\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_HEADINGS = tuple(
    look(text)
    for text in (
        *("bảng", "chỉ số", "năm", "kèm theo", "phụ lục", "cộng hòa", "độc lập", "tiêu chí"),
        *("kết quả", "chấm điểm", "biểu", "tỉnh ủy", "mẫu", "ubnd tỉnh", "ủy ban nhân dân tỉnh"),
    )
)
_COUNTED = re.compile(r"^\d{1,3}(?:[.)]\s*|\s*[-–]\s+)(?=[^\W\d])")
_TAB_LENGTH = 31
_NEAR = 0.9


@attrs.define(eq=False)
class UnitNames:
    """The units that sheets name: first all are registered, then each has one code.

    Parameters
    ----------
    choices : ReadingChoices
    declared : Units or None
        All units, if they were declared.
    """

    choices: ReadingChoices
    declared: Units | None = None
    _declared: dict[str, str] = attrs.field(init=False)  # code by the look of code and names
    _written: dict[str, str] = attrs.field(factory=dict, init=False)  # code by its look
    _sources: dict[str, dict[int, str]] = attrs.field(factory=dict, init=False)
    _found: dict[str, str] = attrs.field(factory=dict, init=False)  # code by name as written

    def __attrs_post_init__(self) -> None:
        self._declared = {}
        for unit in self.declared or ():
            self._declared |= dict.fromkeys(map(look, (*unit.name.values(), unit.code)), unit.code)

    @property
    def known(self) -> frozenset[str]:
        """The looks of the declared units."""
        return frozenset(self._declared)

    def _meant(self, written: str) -> str:
        """Return the name that a text means, without a running number before it."""
        text = " ".join(written.split())
        meant = self.choices.meant(text)
        return str(as_code(meant if meant != text else _COUNTED.sub("", text)))

    def are_same(self, one: str, other: str) -> bool:
        """Return whether two texts are names of one unit."""
        texts = map(self._meant, (one, other))
        return len({look(self._declared.get(look(text), text)) for text in texts}) == 1

    def register(self, written: str, table: int, cell: str) -> None:
        """Note a unit of a table; capitals give way to another spelling of the same name."""
        text = self._meant(written)
        wanted = look(self._declared.get(look(text), text))
        known = self._written.get(wanted)
        if known is None or (known.isupper() and not text.isupper()):
            self._written[wanted] = self._declared.get(look(text), text)
        self._sources.setdefault(wanted, {}).setdefault(table, cell)

    def code(self, written: str) -> str:
        """Return the code of a registered unit by its name as written."""
        code = self._found.get(written)
        if code is None:
            text = self._meant(written)
            code = self._written[look(self._declared.get(look(text), text))]
            self._found[written] = code
        return code

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the units: the declared ones, or those that were registered."""
        if self.declared is not None:
            return self.declared.codes
        return tuple(self._written.values())

    def add_problems(self, problems: Problems) -> None:
        """Note unknown units, declared ones without points, and near misses."""
        if self.declared is None:
            problems.extend(self._near_misses())
            return
        for wanted, sources in self._sources.items():
            code = self._written[wanted]
            if code not in self.declared.codes:
                near = probably_meant(code, list(self.declared.codes))
                cell = next(iter(sources.values()))
                values = {"known": near or listing(self.declared.codes)}
                problem = sheet_problem(
                    "unit.unknown", found=code, cell=cell, unit=code, values=values
                )
                problems.add(problem)
        for code in self.declared.codes:
            if look(code) not in self._sources:
                problems.add(sheet_problem("unit.without_points", unit=code))

    def _near_misses(self) -> Iterator[Problem]:
        """Yield units of different sheets whose names are nearly the same."""
        for one, other in combinations(self._sources, 2):
            if not self._sources[one].keys().isdisjoint(self._sources[other]):
                continue  # one sheet names both, so they are two
            mine, its = self._written[one], self._written[other]
            if nearly_same(mine, its):
                cell = next(iter(self._sources[other].values()))
                values = {"known": mine}
                yield sheet_problem("unit.near_miss", found=its, cell=cell, unit=its, values=values)


def nearly_same(one: str, other: str) -> bool:
    """Return whether two names are near misses: equal without accents, or but for a letter or two.

    Examples
    --------
    >>> nearly_same("Sở Khoa học & CN", "Sở Khoa học và CN"), nearly_same("Xã An 1", "Xã An 2")
    (True, False)
    """
    mine, its = bare(one), bare(other)
    if mine == its:
        return True
    if re.sub(r"\D", "", mine) != re.sub(r"\D", "", its) or abs(len(mine) - len(its)) > 3:
        return False
    matcher = difflib.SequenceMatcher(None, look(one), look(other), autojunk=False)
    return matcher.real_quick_ratio() >= _NEAR and (
        matcher.quick_ratio() >= _NEAR and matcher.ratio() >= _NEAR and len(mine) > 10
    )


def sheet_units(
    tables: Sequence[ScoreTable], names: UnitNames, problems: Problems
) -> dict[int, str]:
    """Return the unit of every sheet that is about one unit, by its index, as it is written.

    It is what was declared for the sheet or the file, a title such as "Đơn vị: …", the title that
    names a declared unit, the name of the sheet, or that of the file.
    """
    single = [i for i, table in enumerate(tables) if table.of_one_unit]
    pairs = {(look(tables[i].view.grid.sheet), tables[i].view.grid.file) for i in single}
    tabs = Counter(tab for tab, _ in pairs)
    per_file = Counter(tables[i].view.grid.file for i in single)
    found: dict[int, str] = {}
    for i in single:
        grid = tables[i].view.grid
        alone = per_file[grid.file] == 1 and len(per_file) > 1
        unit = _unit_of(tables[i], names, recurs=tabs[look(grid.sheet)] > 1, alone=alone)
        if unit:
            found[i] = unit
        else:
            titles = ", ".join(f"'{text}'" for _, text in tables[i].titles)
            problems.add(
                sheet_problem("unit.unnamed", cell=tables[i].view.whole, found=titles or "-")
            )
    _add_second_names(tables, found, names, problems)
    return found


def _unit_of(table: ScoreTable, names: UnitNames, *, recurs: bool, alone: bool) -> str:
    grid = table.view.grid
    stem = grid.file.rpartition(".")[0]
    for text in (grid.file, stem, grid.sheet):
        if text and names.choices.meant(text) != text:
            return names.choices.meant(text)
    titles = [" ".join(text.split()) for _, text in table.titles]
    labelled = [match[1].strip() for text in titles if (match := _LABELLED.fullmatch(text))]
    if labelled:
        return labelled[0]
    declared = [text for text in (*titles, grid.sheet, stem) if look(text) in names.known]
    if declared:
        return declared[0]
    if not recurs and not is_general(grid.sheet):
        cut = len(grid.sheet) >= _TAB_LENGTH
        longer = [t for t in titles if cut and _continues(look(t), look(grid.sheet))]
        return longer[0] if longer else grid.sheet
    plausible = [t for t in titles if not any(word in look(t) for word in _HEADINGS)]
    if alone and not is_general(stem):
        same = [text for text in plausible if bare(text) == bare(stem)]
        return same[0] if same else (plausible[0] if len(plausible) == 1 else stem)
    return plausible[0] if len(plausible) == 1 else ""


def _continues(title: str, tab: str) -> bool:
    return title.startswith(tab) and title != tab


def _add_second_names(
    tables: Sequence[ScoreTable], found: Mapping[int, str], names: UnitNames, problems: Problems
) -> None:
    """Note sheets whose title names another unit: that of another sheet or an unknown one."""
    naming = _naming_cells(tables, found, names)
    known = {look(unit): unit for unit in found.values()} | dict.fromkeys(names.known, "")
    for i, unit in found.items():
        table = tables[i]
        titles = [*table.titles, (table.view.whole, table.view.grid.sheet)]
        for cell, title in titles:
            labelled = _LABELLED.fullmatch(title)
            text = labelled[1].strip() if labelled else " ".join(title.split())
            is_named = look(text) in known or (table.view.grid.file, _cell_of(cell)) in naming
            if is_named and not names.are_same(text, unit):
                problems.add(
                    sheet_problem(
                        "unit.two_names", found=text, cell=cell, unit=unit, values={"known": unit}
                    )
                )


def _naming_cells(
    tables: Sequence[ScoreTable], found: Mapping[int, str], names: UnitNames
) -> set[tuple[str, str]]:
    """Return the cells, each with its file, that name the unit in most sheets of the file."""
    agree: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    for i, unit in found.items():
        for cell, title in tables[i].titles:
            at = (tables[i].view.grid.file, _cell_of(cell))
            every[at] += 1
            agree[at] += names.are_same(" ".join(title.split()), unit)
    return {at for at, count in agree.items() if count > 1 and 2 * count > every[at]}


def _cell_of(reference: str) -> str:
    return reference.rpartition("!")[2]
