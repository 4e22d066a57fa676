"""Options of commands that read a file, its data, and the methodology that scores it."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, SettingError, listing
from govindex.files import read_table
from govindex.files.saving import write_whole
from govindex.language import words
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.options import add_notation, notation_of, without_columns
from govindex.plugins import methodology
from govindex.toml import load_methodology

if TYPE_CHECKING:
    import pandas as pd

    from govindex.files.sheets import OpenedBook
    from govindex.model.units import Units

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_PART, _LARGEST = 2**20, 2**30  # bytes

FIELDS = ("league", "type", "parent", "ranked")
_ANY_VARIABLE = "(any)"


def add_file(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options of a command that scores a file."""
    command.add_argument(
        "file",
        type=Path,
        help="one row per unit: CSV, Excel, Parquet or JSON; - is standard input, CSV or JSON; or "
        "scoring sheets or forms, also a folder of them",
    )
    command.add_argument(
        "--method", required=required, help="ID, ID@VERSION, or a document (.toml, .json)"
    )
    add_reading(command)
    command.add_argument("--language", help="of names and words: vi, en (default: English words)")


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options that say how a file is read."""
    command.add_argument(
        "--cut",
        action="store_true",
        help="the file holds scores of the published dimensions, not indicators",
    )
    command.add_argument("--unit", help="column of unit codes (default: code, unit or the first)")
    command.add_argument(
        "--name", help="column of unit names (default: name, or unit if there is code)"
    )
    for field in FIELDS:
        command.add_argument(f"--{field}", help=f"column of the units' {field}")
    command.add_argument(
        "--period", help="the period of the data: 2026, 2026-Q3, 2026-09, or a column"
    )
    _add_stages(command)
    command.add_argument(
        "--fill-down",
        action="append",
        default=[],
        metavar="COLUMN",
        help="fill blank cells of a column that describes units from above (merged cells)",
    )
    add_table(command)
    add_notation(command)


def _add_stages(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--stage", metavar="COLUMN", help="column of the stage: one row per unit and stage"
    )
    command.add_argument(
        "--stages",
        type=comma_separated,
        metavar="NAMES",
        help="the stages, the earliest first: self,verified; the last one counts",
    )
    command.add_argument(
        "--fall-back",
        nargs="?",
        const=True,
        default=False,
        type=comma_separated,
        metavar="STAGES",
        help="fill blank cells of the last stage from earlier ones: all, latest first, or these",
    )


def comma_separated(text: str) -> list[str]:
    """Return the names that an option separates by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def add_table(command: argparse.ArgumentParser) -> None:
    """Add the options that locate a table in its file."""
    command.add_argument(
        "--sheet",
        action="append",
        help="of a workbook; of scoring sheets it may be given several times",
    )
    command.add_argument("--separator", help="between the columns of a CSV file")
    command.add_argument(
        "--header",
        type=_rows,
        metavar="N",
        help="row that holds the titles of the columns; 5,6 if they are split over two rows",
    )
    command.add_argument(
        "--errors",
        default="refuse",
        choices=["refuse", "missing"],
        help="cells that hold #DIV/0! and the like, or formulas never computed (default: refuse)",
    )


def add_office(command: argparse.ArgumentParser) -> None:
    """Add the options that say how the rubrics and scoring sheets of offices are read."""
    command.add_argument(
        "--column",
        action="append",
        default=[],
        type=name_and_value,
        metavar="NAME=COLUMN",
        help="what a column holds: a stage, number, name, maximum, notes … = its title or letters; "
        "may be given several times",
    )
    command.add_argument(
        "--hidden",
        default="refuse",
        choices=["refuse", "read", "skip"],
        help="what to do with points in hidden rows, columns and sheets (default: refuse)",
    )
    command.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="CODE",
        help="a kind of problem that is accepted, such as total.contradiction; it is listed",
    )


def name_and_value(text: str) -> tuple[str, str]:
    """Return the two sides of NAME=VALUE."""
    left, sign, right = (part.strip() for part in text.partition("="))
    if not (left and sign and right):
        raise argparse.ArgumentTypeError(f"'{text}' is not a pair such as NAME=VALUE")
    return left, right


def add_out(command: argparse.ArgumentParser, what: str) -> None:
    """Add the options that write a table to a file."""
    command.add_argument(
        "--out", type=Path, help=f"write {what} to a .csv, .xlsx, .parquet or .json file"
    )
    command.add_argument("--force", action="store_true", help="replace the file --out if it exists")


def add_text_out(command: argparse.ArgumentParser, what: str) -> None:
    """Add the options that write a text to a file."""
    command.add_argument("--out", type=Path, help=f"write {what} to a text file, UTF-8")
    command.add_argument("--force", action="store_true", help="replace the file --out if it exists")


def write_text(text: str, options: argparse.Namespace) -> str:
    """Write a text to the file --out, if one is named, and return it with a note of that."""
    if not options.out:
        return text

    def write(draft: Path) -> None:
        draft.write_text(f"{text}\n", encoding="utf-8")

    write_whole(options.out, write, overwrite=options.force)
    return f"{text}\n\n{words('command.written', options.language, file=options.out)}"


def _rows(text: str) -> tuple[int, ...]:
    rows = text.split(",")
    if not all(row.strip().isdecimal() for row in rows):
        raise argparse.ArgumentTypeError(f"'{text}' is not a row such as 5, or rows such as 5,6")
    return tuple(map(int, rows))


def whole_count(text: str) -> int:
    """Return a whole number from 1, as an option gives it."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least 1")
    return int(text)


def named_method(name: str) -> Methodology:
    """Return the methodology of an id or of a document."""
    if Path(name).suffix in (".toml", ".json"):
        return load_methodology(name)
    return methodology(name)


def scoring_method(options: argparse.Namespace) -> Methodology:
    """Return the methodology that scores the file: cut if it holds scores of dimensions."""
    method = named_method(options.method)
    if options.cut and not hasattr(method, "cut"):
        raise SettingError(
            f"'{method.id}' computes its scores with its own code and cannot be cut: give the data "
            "of its indicators, without --cut"
        )
    return method.cut() if options.cut else method


def input_table(options: argparse.Namespace, book: OpenedBook | None = None) -> pd.DataFrame:
    """Return the table of the file, which may be open, or of standard input."""
    if str(options.file) != "-":
        return _opened(book or options.file, options)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "standard input.csv"
        _copy_input(file)
        if _is_json(file):
            file = file.rename(file.with_suffix(".json"))
        return _opened(file, options)


def _opened(file: Path | OpenedBook, options: argparse.Namespace) -> pd.DataFrame:
    return read_table(
        file,
        sheet=only_sheet(options),
        separator=options.separator,
        header=options.header,
        errors=options.errors,
    )


def only_sheet(options: argparse.Namespace) -> str | None:
    """Return the sheet that a table or a rubric is on, None if none is named."""
    sheets: list[str] = options.sheet or []
    if len(sheets) > 1:
        raise SettingError(f"one sheet is read, and --sheet names {listing(sheets)}: name one")
    return sheets[0] if sheets else None


def _is_json(file: Path) -> bool:
    """Return whether a file begins as a list of records does."""
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        return re.match(r"\s*\[\s*\{", stream.read(1000)) is not None


def _copy_input(file: Path) -> None:
    if sys.stdin is None:
        raise DataError("there is no standard input to read from: name a file instead of '-'")
    with file.open("wb") as copy:
        while part := sys.stdin.buffer.read(_PART):
            copy.write(part)
            if copy.tell() > _LARGEST:
                raise DataError(
                    f"standard input has more than {_LARGEST:,} bytes: save the table as a file"
                )


def read_data(options: argparse.Namespace, book: OpenedBook | None = None) -> Observations:
    """Return the data of the file, which may be open."""
    frame = without_columns(input_table(options, book), options.ignore)
    columns = [str(column) for column in frame.columns]
    unit = options.unit or next((known for known in ("code", "unit") if known in columns), None)
    named = "unit" if unit == "code" and "name" not in columns else "name"
    name = options.name or (named if named in columns else None)
    league, kind, parent, ranked = (
        getattr(options, field) or (field if field in columns else None) for field in FIELDS
    )
    _check_stages(options, frame)
    return Observations.from_frame(
        frame,
        unit=unit,
        name=name,
        league=league,
        type=kind,
        parent=parent,
        ranked=ranked,
        notation=notation_of(options),
        period=options.period,
        fill_down=options.fill_down,
        stage=options.stage,
        stages=options.stages,
        fall_back=options.fall_back,
    )


def _check_stages(options: argparse.Namespace, frame: pd.DataFrame) -> None:
    """Refuse stages without their column or their order, in the words of the shell."""
    if options.stage is None:
        if options.stages or options.fall_back:
            option = "--stages" if options.stages else "--fall-back"
            raise SettingError(f"{option} needs the column of the stages: --stage COLUMN")
        return
    if not options.stages and options.stage in frame.columns:
        names = listing(sorted({str(name) for name in frame[options.stage].dropna()}))
        raise SettingError(
            f"the order of stages must be declared: column '{options.stage}' holds {names}; "
            "give them as --stages EARLIEST,…,LATEST"
        )


def units_of_file(file: Path) -> Units:
    """Return the units of a table with a column `unit` or `code` and fields such as `name`."""
    frame = read_table(file)
    known: dict[str, Any] = {name: name for name in ("name", *FIELDS) if name in frame.columns}
    code = "code" if "code" in frame.columns else "unit"
    if code == "code" and "name" not in known and "unit" in frame.columns:
        known["name"] = "unit"
    if code not in frame.columns:
        raise SettingError(f"'{file.name}' has no column 'unit' with the codes of the units")
    fields = frame[[code, *known.values()]].assign(**{_ANY_VARIABLE: 0})  # figures are not wanted
    return Observations.from_frame(fields, unit=code, variables=[_ANY_VARIABLE], **known).units
