"""Every error of the library, and the two helpers that make errors useful.

An error says the rule with its limit, names what was found (unit, indicator, cell) and tells what
to do. All problems of one input are collected by :class:`Problems` and raised once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = [
    "CellError",
    "DataError",
    "DeprecatedEditionWarning",
    "FrameworkError",
    "GovIndexError",
    "Problems",
    "SettingError",
    "UnknownNameError",
    "listing",
    "near_miss",
]

_SHOWN = 12


class GovIndexError(Exception):
    """Any error raised on purpose by govindex.

    Parameters
    ----------
    message : str
        What was wrong, where, and what to do.
    problems : iterable of str
        The single findings, if several were collected.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[str, ...] = tuple(problems) or (message,)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.problems)


class FrameworkError(GovIndexError, ValueError):
    """A framework, a node or a methodology is not well formed."""


class DataError(GovIndexError, ValueError):
    """Observations, a frame or a file cannot be used as they are."""


class SettingError(GovIndexError, ValueError):
    """A rule, an aggregator or another part was given an impossible setting."""


class UnknownNameError(GovIndexError, LookupError):
    """A code, a unit, a methodology or a dataset of that name does not exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class DeprecatedEditionWarning(FutureWarning):
    """A methodology was asked for in an edition that is not to be used any more."""


class CellError(GovIndexError, ValueError):
    """A part met values it may not score; the engine names their units and indicators.

    Parameters
    ----------
    message : str
        The rule that was broken, without naming cells.
    mask : array_like of bool
        True at the refused cells, in the shape of the values given to the part (units last).
    whole : bool
        The column as a whole is at fault (constant, nothing reported), not single cells.
    """

    def __init__(self, message: str, mask: Any, *, whole: bool = False) -> None:
        super().__init__(message)
        self.mask = mask
        self.whole = whole

    def __reduce__(self) -> tuple[Any, ...]:
        return _cell_error, (self.args[0], self.mask, self.whole)


def _cell_error(message: str, mask: Any, whole: bool) -> CellError:
    return CellError(message, mask, whole=whole)


class Problems:
    """Collect every problem of one input, then raise once.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add("unit 'A': weight is negative")
    >>> problems.raise_any(DataError, "The table cannot be used")
    Traceback (most recent call last):
    ...
    govindex.errors.DataError: The table cannot be used: unit 'A': weight is negative
    """

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, problem: str) -> None:
        """Note one problem; the same sentence is kept once."""
        self._found[problem] = None

    def extend(self, problems: Iterable[str]) -> None:
        """Note several problems."""
        for problem in problems:
            self.add(problem)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def raise_any(self, kind: type[GovIndexError], heading: str) -> None:
        """Raise `kind` with everything found, or do nothing if nothing was."""
        if not self._found:
            return
        if len(self._found) == 1:
            raise kind(f"{heading}: {next(iter(self._found))}", self._found)
        lines = "".join(f"\n  {number}. {text}" for number, text in enumerate(self._found, 1))
        raise kind(f"{heading} ({len(self._found)} problems):{lines}", self._found)


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
    """Say which known name was probably meant, and what exists.

    Examples
    --------
    >>> near_miss("trasparency", ["transparency", "progress"])
    "did you mean 'transparency'? Known: 'transparency', 'progress'"
    """
    import difflib

    names = [str(item) for item in known]
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not close:
        folded = {item.casefold(): item for item in names}
        close = difflib.get_close_matches(str(name).casefold(), folded, n=1, cutoff=0.6)
        close = [folded[item] for item in close]
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"{hint}Known: {listing(names)}"
