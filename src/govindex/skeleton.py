"""New packages of a user's methodology: their files, from the templates in ``templates``.

A package is written whole or not at all.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from govindex.errors import DataError, FrameworkError, Problems
from govindex.files import read_grids, read_table, write_table
from govindex.files.grids import open_book
from govindex.files.sheets import OpenedBook
from govindex.methods import Methodology, Source
from govindex.model.framework import Framework
from govindex.toml import dumps, load_methodology, loads
from govindex.workbooks import read_rubric as read_annex

__all__ = ["package_files", "read_rubric", "write_package"]

_ID = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
# Packages that the new one depends on: a package of the same name would hide it.
_TAKEN = frozenset(
    [
        *sys.stdlib_module_names,
        *keyword.kwlist,
        *("govindex", "test", "tests", "attr", "attrs", "hatchling", "hypothesis", "narwhals"),
        *("numpy", "pandas", "pip", "pytest", "scipy", "setuptools", "tomli_w"),
    ]
)
_DEVICES = frozenset(
    [
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
    ]
)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_SHEETS = (*_WORKBOOKS, ".csv")
_PART = re.compile(r"[A-Za-z0-9._@-]*[A-Za-z0-9_-]")
_HEAD = """\
# Made from {name} by govindex new. Add what the table does not hold: issued, assesses, the title
# and address of the sources with your confidence in them, how scores are rounded and ranked, bands,
# and what becomes of absent figures (absence of the node without a parent).
"""


def package_files(name: str, document: str | None = None) -> dict[str, str]:
    """Return the files of a package that offers a methodology: their texts by path.

    Parameters
    ----------
    name : str
        The methodology's id, dotted and lower case: "my-province.reform".
    document : str, optional
        The methodology as TOML; a small made-up example by default.

    Raises
    ------
    FrameworkError
        If the name cannot be the id of a package, or is not the document's.

    Examples
    --------
    >>> list(package_files("my-province.reform"))[-1]
    'tests/test_my_province_reform.py'
    """
    _check_name(name)
    module = re.sub(r"[.-]", "_", name)
    text = _filled("example.toml", id=_in_toml(name)) if document is None else document
    method = loads(text, name=f"{name}.toml")
    if method.id != name:
        raise FrameworkError(
            f"a package is called by the id of its methodology; the document says '{method.id}', "
            f"the name is '{name}': change one of them"
        )
    edition, project = f"{name}@{method.version}", name.replace(".", "-")
    return {
        "README.md": _filled("README.md", id=name, edition=edition, module=module, project=project),
        "pyproject.toml": _filled(
            "pyproject.toml",
            project=_in_toml(project),
            about=_in_toml(f"The methodology {edition}, for govindex."),
            module=_in_toml(module),
            source=_in_toml(f"src/{module}"),
        ),
        f"src/{module}/__init__.py": _filled(
            "package.py",
            about=_in_python(f"The methodology {name}; its documents are in this folder."),
        ),
        f"src/{module}/{edition}.toml": text,
        "tests/figures.csv": _filled("example.csv") if document is None else _header(method),
        f"tests/test_{module}.py": _test(edition, module, typed=len(method.frameworks) > 1),
    }


def _test(edition: str, module: str, *, typed: bool) -> str:
    about = f"Tests of {edition}: the laws of its parts, and known scores."
    return _filled(
        "test_methodology.py",
        about=_in_python(about),
        module=_in_python(module),
        document=_in_python(f"{edition}.toml"),
        edition=_in_python(edition),
        columns='unit="unit"' + (', type="type"' if typed else ""),
    )


def read_rubric(
    name: str,
    path: Path,
    *,
    sheet: str | None = None,
    separator: str | None = None,
    header: int | Sequence[int] | None = None,
    errors: Literal["refuse", "missing"] = "refuse",
    decimal: Literal[".", ","] | None = None,
    ignore: Iterable[str] = (),
    columns: Mapping[str, str] | None = None,
    hidden: Literal["refuse", "read", "skip"] = "refuse",
    accept: Iterable[str] = (),
) -> str:
    """Return a rubric as a methodology document.

    Parameters
    ----------
    name : str
        The methodology's id.
    path : path
        The annex of a decision, which :func:`govindex.workbooks.read_rubric` reads; a table that
        :meth:`Framework.from_table <govindex.Framework.from_table>` reads (.csv, .xlsx …); or a
        document (.toml), which is kept unchanged.
    sheet, separator, header, errors
        As of :func:`~govindex.read_table`.
    decimal, ignore
        As of :meth:`Framework.from_table <govindex.Framework.from_table>`.
    columns, hidden
        As of :func:`govindex.workbooks.read_rubric`, for the annex of a decision.
    accept
        As of :meth:`Rubric.methodology <govindex.workbooks.Rubric.methodology>`, likewise.

    Raises
    ------
    DataError, FrameworkError
        With every problem of the file.
    """
    _check_name(name)
    _check_file_name(path.name)
    if path.suffix == ".toml":
        load_methodology(path)
        return path.read_text(encoding="utf-8-sig")
    file = open_book(path) if path.suffix.lower() in _WORKBOOKS else path
    if path.suffix.lower() in _SHEETS and _is_annex(file, sheet, separator):
        rubric = read_annex(
            file,
            sheet=sheet,
            header=header,
            columns=columns,
            decimal=decimal,
            hidden=hidden,
            separator=separator,
        )
        method = rubric.methodology(name, "1", accept=accept)
    else:
        table = read_table(file, sheet=sheet, separator=separator, header=header, errors=errors)
        framework = Framework.from_table(table, decimal=decimal or ".", ignore=ignore)
        source = Source(path.name, note="The table that this document was made from.")
        method = Methodology(name, "1", framework, title=framework.name, sources=source)
    return _HEAD.format(name=_in_toml(path.name)) + dumps(method)


def _check_file_name(name: str) -> None:
    if not name.isprintable():
        raise DataError(
            f"the name of a rubric's file is written into the document and holds printable signs "
            f"only, not {name!r}: rename the file"
        )


def _is_annex(file: Path | OpenedBook, sheet: str | None, separator: str | None) -> bool:
    """Return whether a file is the annex of a decision: without columns of codes and parents."""
    for grid in read_grids(file, sheet, separator=separator):
        texts: dict[int, set[str]] = {}
        for (row, _), cell in grid.cells.items():
            texts.setdefault(row, set()).add(str(cell.value).strip())
        if any({"code", "parent"} & found for found in texts.values()):
            return False
    return True


def write_package(texts: dict[str, str], folder: Path) -> None:
    """Write a package into a new folder, complete or not at all.

    Parameters
    ----------
    texts : mapping of str to str
        The texts of :func:`package_files`, by paths inside the folder.
    folder : path
        Does not exist yet; the folder above it does.

    Raises
    ------
    DataError
        If it exists, if there is no folder to write it in, if it cannot be written, or if a path
        leads out of the folder or cannot be the name of a file on every system.
    """
    _check_paths(texts)
    try:
        if folder.exists() or folder.is_symlink():
            raise DataError(
                f"'{folder}' exists already and is not changed: remove it, or write elsewhere"
            )
        if not folder.parent.is_dir():
            raise DataError(f"there is no folder '{folder.parent}' to write in: make it first")
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".govindex-new-") as draft:
            whole = Path(draft) / folder.name
            for path, text in texts.items():
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode("utf-8"))
            whole.rename(folder)
    except OSError as error:
        raise DataError(f"'{folder}' cannot be written: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise DataError(f"'{folder}' cannot be written: a text is not Unicode: {error}") from error


def _check_paths(paths: Iterable[str]) -> None:
    problems = Problems()
    for path in paths:
        for part in path.split("/"):
            if not _PART.fullmatch(part):
                problems.add(
                    "names in a path of a package have letters without accents, digits, '.', '-', "
                    f"'_' and '@', and do not end in a dot: {path!r} has another name"
                )
            elif part.partition(".")[0].casefold() in _DEVICES:
                problems.add(f"Windows keeps the name '{part}' for a device: rename {path!r}")
    problems.raise_any(DataError, "The package cannot be written")


def _check_name(name: str) -> None:
    rule = (
        "a methodology's id is made of lower-case letters, digits, dots and hyphens, begins with a "
        "letter and has no two marks side by side"
    )
    if not _ID.fullmatch(name):
        raise FrameworkError(f"{rule}; '{name}' is not: try '{_near_id(name)}'")
    module, device = re.sub(r"[.-]", "_", name), name.partition(".")[0]
    if module in _TAKEN:
        raise FrameworkError(
            f"the package would be called '{module}', like one that Python, govindex or its tests "
            f"need: try 'my-{name}'"
        )
    if device in _DEVICES:
        raise FrameworkError(
            f"Windows keeps the name '{device}' for a device, and no file there begins with "
            f"'{device}.': try 'my-{name}'"
        )


def _near_id(name: str) -> str:
    # Unicode does not decompose the Vietnamese đ.
    plain = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    parts = [re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in letters.split(".")]
    near = ".".join(part for part in parts if part)
    if not near:
        return "my-province.reform"
    taken = re.sub(r"[.-]", "_", near) in _TAKEN or near.partition(".")[0] in _DEVICES
    return near if _ID.fullmatch(near) and not taken else f"my-{near}"


def _filled(template: str, **words: str) -> str:
    text = files("govindex").joinpath("templates", f"{template}.in").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _in_toml(text: str) -> str:
    import tomli_w

    return tomli_w.dumps({"x": text}).removeprefix("x = ").rstrip("\n")


def _in_python(text: str) -> str:
    """Return a literal in double quotes; Python reads the escapes of JSON, too."""
    return json.dumps(text, ensure_ascii=False)


def _header(method: Methodology) -> str:
    """Return a table without rows, with a column for every variable that decides a score."""
    import pandas as pd

    needed = [name for form in method.frameworks for name in form.variables]
    used = [name for form in method.frameworks for name in form.optional_variables]
    units = ["unit", "type"] if len(method.frameworks) > 1 else ["unit"]
    columns = list(dict.fromkeys([*units, *needed, *used, "expected score"]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.csv"
        write_table(pd.DataFrame(columns=columns, index=pd.RangeIndex(0)), file)
        return file.read_bytes().decode("utf-8-sig")
