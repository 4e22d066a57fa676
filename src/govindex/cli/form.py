"""``govindex form``: scoring forms that units fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.cli.reading import comma_separated, named_method
from govindex.errors import DataError
from govindex.files import read_table
from govindex.language import check_language, number_text, words
from govindex.model.units import Units
from govindex.workbooks import write_form

if TYPE_CHECKING:
    from govindex.cli.reading import Commands

_FIELDS = ("name", "league", "type")


def add_form(commands: Commands) -> None:
    """Add ``form`` to the commands."""
    command = commands.add_parser("form", help="write scoring forms that units fill in")
    command.set_defaults(run=_run)
    command.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    command.add_argument("--out", type=Path, required=True, help="the workbook to write, .xlsx")
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.add_argument(
        "--units",
        type=Path,
        metavar="FILE",
        help="a table of the units: code or unit, name, league, type; one blank form without it",
    )
    command.add_argument(
        "--stages",
        type=comma_separated,
        default=[],
        metavar="NAMES",
        help="the stages, the earliest first; the form is for the last one",
    )
    command.add_argument("--period", help="the period of the data: 2026, 2026-Q3, 2026-09")
    command.add_argument(
        "--together", action="store_true", help="all units on one sheet, not a sheet for each"
    )
    command.add_argument("--password", default="", help="that the protection of cells asks for")
    command.add_argument("--language", help="of the form: vi, en")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    units = None if options.units is None else _units(options.units)
    file = write_form(
        named_method(options.method),
        options.out,
        units=units,
        stages=options.stages,
        period=options.period,
        language=language,
        layout="together" if options.together else "by_unit",
        password=options.password,
        overwrite=options.force,
    )
    parts = [words("command.written", language, file=file)]
    if units is not None:
        parts.insert(0, words("command.forms", language, units=number_text(len(units), language)))
    return "\n\n".join(parts)


def _units(file: Path) -> Units:
    frame = read_table(file)
    code = next((name for name in ("code", "unit") if name in frame.columns), None)
    if code is None:
        raise DataError(
            f"'{file.name}' names no units: give it a column 'unit', or 'code' and 'name'"
        )
    known = [name for name in _FIELDS if name in frame.columns and name != code]
    columns = {name: [str(cell).strip() or None for cell in frame[name]] for name in known}
    return Units(
        [str(cell).strip() for cell in frame[code]],
        names=columns.get("name"),
        leagues=columns.get("league"),
        types=columns.get("type"),
    )
