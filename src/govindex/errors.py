"""Every error of the library, and the problems that it reports.

An error states the rule with its limit, names the unit, indicator or cell, and says what to do. All
problems of one input are collected by :class:`Problems` and raised once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from govindex.lookalikes import lookalike, unaccented, where_they_differ

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "CellError",
    "DataError",
    "DeprecatedEditionWarning",
    "FrameworkError",
    "GovIndexError",
    "Problem",
    "Problems",
    "SettingError",
    "UnknownNameError",
    "absent_columns",
    "listing",
    "near_miss",
    "probably_meant",
    "raised",
]

_SHOWN = 12
_LINES = 20
_CELLS = 3
_FOUND = 2
_GAP = "\0"


Document = dict[str, Any]  # plain data, as JSON has it


class Problem(str):
    """One problem: a text that also carries its unit, variable and cell as data.

    Parameters
    ----------
    cause : str
        What is wrong, without the cell: problems of one code and cause share a line.
    code : str
        A stable identifier of the kind, such as "cell.not_a_number"; "other" without one.
    unit, variable, stage : str, optional
        The unit's code, the variable's (or indicator's) name, the stage of assessment.
    row : int, optional
        The row of the frame or file, counted from 1.
    cell : str, optional
        The cell of a workbook, such as "B3".
    path : str, optional
        The setting in a document, such as "nodes[12].rule.target".
    cure : str
        What to do about it, shown once for all problems of one cause.
    found : str
        The content of the cell, as quoted in the cause: problems that differ in it only share a
        line.
    noun : str
        What `variable` names: "variable", "indicator" or "node".
    together : str
        The cause for several such cells: "hold a decimal comma". With ``{cells}`` and ``{found}``
        it is the whole line for several contents: how many cells, and what is found in them.
    values : mapping of str to str, or to texts by language
        What else the cause names, such as the maximum: with it the cause is put into other
        languages.

    Examples
    --------
    >>> problem = Problem("'KAD' is not a number", code="cell.not_a_number", unit="A", variable="x")
    >>> print(problem)
    unit 'A', variable 'x': 'KAD' is not a number
    >>> problem.to_dict()["variable"]
    'x'
    """

    __slots__ = (
        "cause",
        "cell",
        "code",
        "cure",
        "found",
        "noun",
        "path",
        "row",
        "stage",
        "together",
        "unit",
        "values",
        "variable",
    )

    cause: str
    code: str
    unit: str | None
    variable: str | None
    stage: str | None
    row: int | None
    cell: str | None
    path: str | None
    cure: str
    found: str
    noun: str
    together: str
    values: Mapping[str, str | Mapping[str, str]]

    def __new__(
        cls,
        cause: str,
        *,
        code: str = "other",
        unit: str | None = None,
        variable: str | None = None,
        stage: str | None = None,
        row: int | None = None,
        cell: str | None = None,
        path: str | None = None,
        cure: str = "",
        found: str = "",
        noun: str = "variable",
        together: str = "",
        values: Mapping[str, str | Mapping[str, str]] | None = None,
    ) -> Self:
        """Put the cell before the cause, unless the cause names it."""
        where = _where(unit, variable, stage, row, cell, path, noun)
        named = path is None and where in cause
        self = super().__new__(cls, cause if named else f"{where}: {cause}")
        self.cause, self.code, self.cure = cause, code, cure
        self.unit, self.variable, self.stage = unit, variable, stage
        self.row, self.cell, self.path = row, cell, path
        self.found, self.noun, self.together = found, noun, together
        self.values = dict(values or {})
        return self

    @property
    def where(self) -> str:
        """The cell in words, "" if the problem has no cell."""
        cell = (self.row, self.cell, self.path)
        return _where(self.unit, self.variable, self.stage, *cell, self.noun)

    @property
    def kind(self) -> tuple[str, str]:
        """The code, and the cause without the cell's content: one line of a message."""
        cause = self.cause if self.path is None else str(self)
        return self.code, cause.replace(self.found, _GAP, 1) if self.found else cause

    def to_dict(self) -> Document:
        """Return the problem as plain data: text, code, cause, cure and cell."""
        return {"text": str(self), **{name: getattr(self, name) for name in self.__slots__}}

    def __reduce__(self) -> tuple[Any, ...]:
        return _problem, ({name: getattr(self, name) for name in self.__slots__},)


def _problem(fields: dict[str, Any]) -> Problem:
    return Problem(fields.pop("cause"), **fields)


def _where(
    unit: str | None,
    variable: str | None,
    stage: str | None,
    row: int | None,
    cell: str | None,
    path: str | None,
    noun: str,
) -> str:
    words = [] if path is None else [path]
    if cell is not None:
        words.append(f"cell {cell}")
    elif row is not None and unit is None:
        words.append(f"row {row}")
    for what, name in (("unit", unit), (noun, variable), ("stage", stage)):
        if name is not None:
            words.append(f"{what} '{name}'")
    return ", ".join(words)


class GovIndexError(Exception):
    """Any error raised on purpose by govindex.

    Parameters
    ----------
    message : str
        What was wrong, where, and what to do.
    problems : iterable of str or Problem
        The single problems, if several were collected.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        every = tuple(problems) or (message,)
        self.problems: tuple[Problem, ...] = tuple(map(_as_problem, every))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.problems)

    def to_dict(self) -> Document:
        """Return the document of the problems, with the error's class and message.

        Examples
        --------
        >>> document = DataError("unit 'A' appears twice").to_dict()
        >>> document["schema"], document["error"], document["problems"][0]["text"]
        ('govindex/problems/1', 'DataError', "unit 'A' appears twice")
        """
        every = Problems()
        every.extend(self.problems)
        return {**every.to_dict(), "error": type(self).__name__, "message": str(self)}


def _as_problem(problem: str) -> Problem:
    return problem if isinstance(problem, Problem) else Problem(problem)


class FrameworkError(GovIndexError, ValueError):
    """A framework, a node or a methodology is not well formed."""


class DataError(GovIndexError, ValueError):
    """Observations, a frame or a file cannot be used."""


class SettingError(GovIndexError, ValueError):
    """A rule, an aggregator or another part was given an impossible setting."""


class UnknownNameError(GovIndexError, LookupError):
    """A code, a unit, a methodology or a dataset of that name does not exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class StoppedError(GovIndexError, RuntimeError):
    """A long call was stopped: its time was up, or nobody waits for it any more."""


class DeprecatedEditionWarning(FutureWarning):
    """A methodology was loaded in an edition that should no longer be used."""


class OutlierWarning(UserWarning):
    """A treatment of outliers left variables beyond its limits."""


def raised(part: str, error: Exception) -> SettingError:
    """Return the error that reports what a user's part raised, and where.

    Examples
    --------
    >>> raised("the step 'clean'", KeyError("x"))
    SettingError("the step 'clean' raised KeyError: 'x'")
    """
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    # The last line of the part's code says more than one inside a library that it calls.
    inside = (os.path.dirname(__file__), "site-packages")
    outside = [f for f in frames if not any(folder in f.filename for folder in inside)]
    last = outside[-1] if outside else None
    where = f" (line {last.lineno} of {os.path.basename(last.filename)})" if last else ""
    return SettingError(f"{part} raised {type(error).__name__}: {error}{where}")


class CellError(GovIndexError, ValueError):
    """A part refuses values; the engine names their units and indicators.

    Parameters
    ----------
    message : str
        The rule that was broken, without naming cells.
    mask : array_like of bool
        True at the refused cells, in the shape of the values given to the part (units last).
    whole : bool
        The column as a whole is at fault (constant, nothing reported), not single cells.
    cure : str
        What to do about it.
    """

    def __init__(
        self,
        message: str,
        mask: npt.NDArray[np.bool_] | np.bool_,
        *,
        whole: bool = False,
        cure: str = "",
    ) -> None:
        super().__init__(message)
        self.mask = mask
        self.whole = whole
        self.cure = cure

    def __reduce__(self) -> tuple[Any, ...]:
        return _cell_error, (self.args[0], self.mask, self.whole, self.cure)


def _cell_error(message: str, mask: Any, whole: bool, cure: str) -> CellError:
    return CellError(message, mask, whole=whole, cure=cure)


class Problems:
    """Collect every problem of one input, then raise once.

    The message shows problems of one code and cause as one line and stops at one screen; the
    error's `problems` hold all of them.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add("weight is negative", unit="A")
    >>> problems.raise_any(DataError, "The table cannot be used")
    Traceback (most recent call last):
    ...
    govindex.errors.DataError: The table cannot be used: unit 'A': weight is negative
    """

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}

    def add(self, problem: str, **about: Any) -> None:
        """Note one problem; the same sentence is kept once.

        Parameters
        ----------
        problem : str or Problem
            If it is a plain text, the cause.
        **about
            What :class:`Problem` takes: code, unit, variable, stage, row, cell, cure.
        """
        self._problems[Problem(problem, **about) if about else _as_problem(problem)] = None

    def extend(self, problems: Iterable[str]) -> None:
        """Note several problems."""
        for problem in problems:
            self.add(problem)

    def __len__(self) -> int:
        return len(self._problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    def to_dict(self) -> Document:
        """Return the document of the problems: plain data, for JSON.

        Examples
        --------
        >>> problems = Problems()
        >>> problems.add("weight is negative", unit="A")
        >>> problems.to_dict()["problems"][0]["unit"]
        'A'
        """
        document: dict[str, Any] = import_module("govindex.interchange").document_of(self)
        return document

    @classmethod
    def from_dict(cls, document: Any) -> Self:
        """Return the problems of a document.

        Raises
        ------
        DataError
            If it is not such a document.
        """
        read: Self = import_module("govindex.interchange").read_document(cls, document)
        return read

    def raise_any(self, kind: type[GovIndexError], heading: str) -> None:
        """Raise `kind` with all problems, if there are any."""
        if not self._problems:
            return
        lines = grouped(self._problems)
        if len(lines) == 1:
            raise kind(f"{heading}: {lines[0]}", self._problems)
        shown = [f"\n  {number}. {line}" for number, line in enumerate(lines[:_LINES], 1)]
        if len(lines) > _LINES:
            shown.append(f"\n  … and {len(lines) - _LINES} more: error.problems holds all")
        raise kind(f"{heading} ({len(self._problems)} problems):{''.join(shown)}", self._problems)


def grouped(problems: Iterable[Problem]) -> list[str]:
    """Return one line for each cause, with the number of cells and the first of them.

    Examples
    --------
    >>> cause = "'KAD' is not a number"
    >>> grouped([Problem(cause, unit=unit, variable="x") for unit in "ABCD"])[0][:47]
    "'KAD' is not a number in 4 cells of 1 variable:"
    """
    causes: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        causes.setdefault(problem.kind, []).append(problem)
    return [_line(group) for group in causes.values()]


def _line(group: list[Problem]) -> str:
    first = group[0]
    cure = f": {first.cure}" if first.cure else ""
    if len(group) == 1:
        return f"{first}{cure}"
    variables = len({problem.variable for problem in group} - {None})
    extent = f"{variables} {first.noun}{'s' * (variables > 1)}" if variables else "places"
    if not variables or any(p.unit is not None or p.row is not None for p in group):
        extent = f"{len(group)} {'cells of ' * bool(variables)}{extent}"
    named = "; ".join(problem.where for problem in group[:_CELLS])
    more = ", …" if len(group) > _CELLS else ""
    found = list(dict.fromkeys(problem.found for problem in group))
    several = len(found) > 1
    if "{found}" in first.together and several:
        names = listing((text.strip("'") for text in found), shown=_FOUND)
        cause = first.together.replace("{cells}", extent).replace("{found}", names)
        return f"{cause}: first {named}{more}{cure}"
    if first.together and "{found}" not in first.together:
        content = f"{first.found}, …" if several else first.found
        return f"{extent} {first.together} ({content}): first {named}{more}{cure}"
    return f"{_cause(group)} in {extent}: first {named}{more}{cure}"


def _cause(group: list[Problem]) -> str:
    """Return the cause that problems share, with the content of the first cell."""
    first = group[0]
    several = any(problem.found != first.found for problem in group)
    return first.kind[1].replace(_GAP, f"{first.found}, …" if several else first.found)


def listing(names: Iterable[object], *, shown: int = _SHOWN) -> str:
    """Quote names for a message, the first `shown` of them.

    Examples
    --------
    >>> listing(["a", "b"])
    "'a', 'b'"
    >>> listing(range(5), shown=2)
    "'0', '1' and 3 more"
    """
    quoted = [f"'{name}'" for name in names]
    if len(quoted) <= shown:
        return ", ".join(quoted) or "none"
    return f"{', '.join(quoted[:shown])} and {len(quoted) - shown} more"


def near_miss(name: object, known: Iterable[object]) -> str:
    """Return the known name that was probably meant, and the known names.

    If the two look the same, it names the character that differs.

    Examples
    --------
    >>> near_miss("trasparency", ["transparency", "progress"])
    "did you mean 'transparency'? Known: 'transparency', 'progress'"
    >>> near_miss("Huế ", ["Huế"])
    "did you mean 'Huế'? (it ends with U+0020 SPACE) Known: 'Huế'"
    """
    names = [str(item) for item in known]
    meant = probably_meant(name, names)
    return f"{meant} Known: {listing(names)}" if meant else f"Known: {listing(names)}"


def absent_columns(names: Sequence[str], known: Iterable[object]) -> list[str]:
    """Say which columns do not exist: one by one, in one sentence if many are like no other.

    Examples
    --------
    >>> absent_columns(["days", "q1", "q2", "q3", "q4"], ["unit", "Days"])
    ["there is no column 'days': did you mean 'Days'? Known: 'unit', 'Days'", \
"there are no columns 'q1', 'q2', 'q3', 'q4': Known: 'unit', 'Days'"]
    """
    columns = [str(column) for column in known]
    strange = [name for name in names if not probably_meant(name, columns)]
    together = strange if len(strange) > _CELLS else []
    causes = [
        f"there is no column '{name}': {near_miss(name, columns)}"
        for name in names
        if name not in together
    ]
    if together:
        causes.append(f"there are no columns {listing(together)}: Known: {listing(columns)}")
    return causes


def probably_meant(name: object, names: Sequence[str]) -> str:
    """Ask whether a similar name was meant; "" if no name is similar."""
    import difflib

    same = lookalike(str(name), names)
    if same is not None and str(name).casefold() != same.casefold():
        return f"did you mean '{same}'? ({where_they_differ(str(name), same)})"
    typed = unaccented(str(name))
    close = [other for other in names if typed and unaccented(other) == typed][:1]
    close = close or difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not close:
        folded = {item.casefold(): item for item in names}
        close = difflib.get_close_matches(str(name).casefold(), folded, n=1, cutoff=0.6)
        close = [folded[item] for item in close]
    return f"did you mean '{close[0]}'?" if close else ""
