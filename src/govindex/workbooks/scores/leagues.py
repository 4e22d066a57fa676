"""The leagues of units: from a mapping, a file, or a column of the scores."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from govindex.errors import DataError, Problems, SettingError, listing, probably_meant
from govindex.files import read_table
from govindex.workbooks.scores.problems import sheet_problem
from govindex.workbooks.scores.unit_names import UnitNames
from govindex.workbooks.scores.wordings import UNIT_TITLES, look

__all__ = ["leagues_of"]

_TITLES = tuple(
    look(t) for t in ("league", "nhóm", "khối", "cụm", "bảng", "group", "nhóm xếp hạng")
)


def leagues_of(
    leagues: Mapping[str, str] | str | PathLike[str] | None,
    names: UnitNames,
    in_sheets: Mapping[str, Mapping[str, str]],
    problems: Problems,
) -> dict[str, str]:
    """Return the league of every unit, {} if leagues were not given.

    Parameters
    ----------
    leagues : mapping, path or None
        None for those of a column of the scores.
    names : UnitNames
    in_sheets : mapping
        The leagues in the column of every unit, each with its cell.
    problems : Problems
        Receives units without a league, with two, and leagues of unknown units.
    """
    if leagues is None:
        if not in_sheets:
            return {}
        found = {unit: next(iter(several)) for unit, several in in_sheets.items()}
        for unit, several in in_sheets.items():
            if len({look(text) for text in several}) > 1:
                known = ", ".join(several)
                cell = list(several.values())[-1]
                values = {"known": known}
                problems.add(sheet_problem("league.twice", unit=unit, cell=cell, values=values))
    else:
        found = _by_name(_given(leagues), names, problems)
    for code in names.codes:
        if code not in found:
            problems.add(sheet_problem("league.missing", unit=code))
    return found


def _given(leagues: Mapping[str, str] | str | PathLike[str]) -> dict[str, str]:
    if isinstance(leagues, Mapping):
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in leagues.items()):
            raise SettingError("leagues= is a mapping of names of units to leagues, both texts")
        return dict(leagues)
    if not isinstance(leagues, (str, PathLike)):
        raise SettingError(
            "leagues= is a mapping of units to leagues, a file, or the title of a column, not "
            f"{leagues!r}"
        )
    frame = read_table(leagues)
    titles: dict[str, Any] = {look(str(column)): column for column in frame.columns}
    unit = next((titles[word] for word in UNIT_TITLES if word in titles), None)
    league = next((titles[word] for word in _TITLES if word in titles), None)
    if unit is None or league is None:
        raise DataError(
            f"the file of leagues needs the columns 'unit' and 'league'; it has "
            f"{listing(frame.columns)}"
        )
    pairs = zip(frame[unit].astype(str), frame[league].astype(str), strict=True)
    return {name: text.strip() for name, text in pairs if name.strip() and text.strip()}


def _by_name(given: Mapping[str, str], names: UnitNames, problems: Problems) -> dict[str, str]:
    """Return leagues by the code of their unit."""
    known = {look(code): code for code in names.codes}
    found: dict[str, str] = {}
    for name, league in given.items():
        code = known.get(look(names.choices.meant(name)))
        if code is None:
            near = probably_meant(name, names.codes) or listing(names.codes)
            values = {"known": near}
            problems.add(sheet_problem("league.unknown_unit", found=name, values=values))
        else:
            found[code] = league
    return found
