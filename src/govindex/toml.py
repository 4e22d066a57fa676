"""Methodologies as documents: TOML (or JSON) files.

A document is a flat list of nodes with their parents, so that a rubric reads like the table it was
in. All errors are reported at once, each with its path in the file, ``nodes[12].rule.target``.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from govindex import prepare
from govindex.errors import DataError, FrameworkError, GovIndexError, Problems, listing
from govindex.files.documents import check_keys, check_values
from govindex.files.saving import write_whole
from govindex.files.tables import check_regular
from govindex.forms import Forms
from govindex.method_definitions import unread_problems
from govindex.methods import Methodology, Source
from govindex.model.definitions import Definition
from govindex.names import composed, json_object
from govindex.node_tables import (
    framework_tables,
    list_of_tables,
    read_forms,
    read_framework,
    read_names,
)
from govindex.parts import (
    RECORDS,
    Reader,
    build,
    kinds,
    made,
    plain_table,
    record,
    records,
    settings,
    texts,
)
from govindex.rounding import Levels

__all__ = ["dumps", "load_methodology", "loads", "save_methodology"]

FORMAT = 1
_LARGEST = 5_000_000


def load_methodology(path: str | PathLike[str]) -> Methodology:
    """Read a methodology from a TOML or JSON file.

    Parameters
    ----------
    path : path
        A file ending in ``.toml`` or ``.json``, UTF-8.

    Raises
    ------
    FrameworkError
        With every problem of the file and its path in it; or if the file cannot be read.
    """
    file = _path(path)
    if file.suffix not in (".toml", ".json"):
        raise FrameworkError(
            f"a methodology is a .toml or .json file, and '{file.name}' is neither"
        )
    try:
        check_regular(file)
        size = file.stat().st_size
        if size > _LARGEST:
            raise FrameworkError(
                f"'{file.name}' has {size:,} bytes; a methodology has at most {_LARGEST:,}"
            )
        text = file.read_text(encoding="utf-8-sig")
    except DataError as error:
        raise FrameworkError(str(error)) from error
    except OSError as error:
        raise FrameworkError(f"'{file.name}' cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FrameworkError(
            f"'{file.name}' is not UTF-8: {error.reason} at byte {error.start}"
        ) from error
    except ValueError as error:  # a path with a NUL in it
        raise FrameworkError(f"{file.name!r} cannot be read: {error}") from error
    return loads(text, name=file.name)


def _path(path: object) -> Path:
    if not isinstance(path, (str, PathLike)):
        raise FrameworkError(f"a file is a path, not {path!r}")
    return Path(path)


def loads(text: str, *, name: str = "document.toml") -> Methodology:
    """Read a methodology from text.

    Parameters
    ----------
    text : str
        A TOML document, or a JSON one if `name` ends in ``.json``.
    name : str
        For messages.

    Examples
    --------
    >>> loads('''
    ... format = 1
    ... id = "example.speed"
    ... version = "1"
    ... [[nodes]]
    ... code = "speed"
    ... [[nodes]]
    ... code = "days"
    ... parent = "speed"
    ... direction = "lower"
    ... rule = "MinMax"
    ... ''')
    <Methodology example.speed@1: 1 indicators>
    """
    problems = Problems()
    try:
        document = _composed(_parsed(text, name), "", problems)
    except RecursionError as error:
        raise FrameworkError(f"'{name}' nests its tables too deeply") from error
    edition = document.pop("format", None)
    if edition != FORMAT or isinstance(edition, bool):
        found = (
            f"not {edition!r}"
            if edition is not None
            else f"and none is given: write format = {FORMAT}"
        )
        problems.add(f"this version reads format {FORMAT}, {found}", path="format")
    try:
        method = _methodology(document, problems)
    except RecursionError as error:
        raise FrameworkError(f"'{name}' nests its tables too deeply") from error
    problems.raise_any(FrameworkError, f"'{name}' is not a methodology")
    assert method is not None
    return method


def _methodology(document: dict[str, Any], problems: Problems) -> Methodology | None:
    nodes = list_of_tables(document.pop("nodes", None), "nodes", problems)
    views = list_of_tables(document.pop("views", []), "views", problems)
    others = list_of_tables(document.pop("forms", []), "forms", problems)
    readers: dict[str, Reader | None] = {
        **{key: record(cls) for key, cls in RECORDS.items()},
        "rounding": record(Levels),
        "definitions": _definitions,
        "sources": records(Source),
        "title": read_names,
        "display": texts,
        "framework": None,
        "steps": _steps,
    }
    read = settings(Methodology, document, "", problems, readers)
    framework = read_framework(nodes, views, "", problems)
    forms = read_forms(others, problems)
    if not problems:
        try:
            method = (
                Forms(framework=framework, forms=forms, **read)  # type: ignore[arg-type]
                if forms
                else Methodology(framework=framework, **read)  # type: ignore[arg-type]
            )
            unread_problems(method.definitions, method._variables, problems)
            return method
        except GovIndexError as error:
            problems.extend(error.problems)
        except (TypeError, ValueError) as error:
            problems.add(str(error))
    return None


def _definitions(value: Any, path: str, problems: Problems) -> list[Definition]:
    readers: dict[str, Reader] = {
        "variables": texts,
        "name": read_names,
        "measure_unit": read_names,
        "note": read_names,
    }
    read = []
    for index, table in enumerate(list_of_tables(value, path, problems)):
        where, before = f"{path}[{index}]", len(problems)
        fields = settings(Definition, table, where, problems, readers)
        if len(problems) == before:
            read.append(made(Definition, fields, where, problems))
    return [definition for definition in read if definition is not None]


def _steps(value: Any, path: str, problems: Problems) -> Any:
    several = list_of_tables(value, path, problems)
    return [build(prepare, item, f"{path}[{i}]", problems) for i, item in enumerate(several)]


def _parsed(text: str, name: str) -> dict[str, Any]:
    if not name.endswith(".json"):
        check_keys(text, name)
    try:
        if name.endswith(".json"):
            import json

            reader = json_object(FrameworkError, name)
            document = json.loads(text, object_pairs_hook=reader)
        else:
            import tomllib

            document = tomllib.loads(text)
    except GovIndexError:
        raise
    except ValueError as error:
        raise FrameworkError(f"'{name}' is not well formed: {error}") from error
    except RecursionError as error:
        raise FrameworkError(f"'{name}' nests its tables too deeply") from error
    if not isinstance(document, dict):
        raise FrameworkError(f"'{name}' holds a {type(document).__name__}, not a table")
    check_values(document, name)
    return document


def _composed(value: Any, path: str, problems: Problems) -> Any:
    """Return a document with the accents of all its texts composed, keys among them."""
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, list):
        return [_composed(item, f"{path}[{i}]", problems) for i, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    table: dict[str, Any] = {}
    for key, item in value.items():
        name = composed(key)
        where = f"{path}.{name}" if path else name
        if name in table:
            problems.add("appears twice, with its accents written in two ways", path=where)
        table[name] = _composed(item, where, problems)
    return table


def save_methodology(
    method: Methodology, path: str | PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a methodology to a TOML or JSON file; reading it gives the same methodology.

    The file is written whole or not at all.

    Parameters
    ----------
    method : Methodology
    path : path
        A file ending in ``.toml`` or ``.json``.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be replaced, or cannot be written; it is then unchanged.
    FrameworkError
        If a document cannot hold a part: a function, or a class from outside govindex.
    """
    file = _path(path)
    if not isinstance(method, Methodology):
        raise FrameworkError(f"a document holds a Methodology, not {type(method).__name__}")
    if file.suffix not in (".toml", ".json"):
        raise FrameworkError(f"a methodology is written to .toml or .json, not to '{file.name}'")
    text = dumps(method, json=file.suffix == ".json")
    write_whole(file, lambda draft: draft.write_bytes(text.encode("utf-8")), overwrite=overwrite)


def dumps(method: Methodology, *, json: bool = False) -> str:
    """Return a methodology as a TOML (or JSON) document."""
    document = _document(method)
    if json:
        from json import dumps as to_json

        return to_json(document, ensure_ascii=False, indent=2) + "\n"
    import tomli_w

    return tomli_w.dumps(document)


def _document(method: Methodology) -> dict[str, Any]:
    if type(method) not in (Methodology, Forms):
        raise FrameworkError(
            f"a document holds a Methodology; it cannot hold the code of the class "
            f"{type(method).__name__}: keep the methodology as an object"
        )
    offered = {cls: kind for kind, cls in kinds(prepare).items()}
    foreign = [step for step in method.steps if type(step) not in offered]
    if foreign:
        raise FrameworkError(
            f"a document cannot hold preparation steps of '{method.id}' that are functions or your "
            f"own classes: {listing(foreign)}; keep the methodology as an object"
        )
    document: dict[str, Any] = {"format": FORMAT}
    apart = frozenset({"definitions", "framework", "forms", "sources", "steps"})
    document |= plain_table(method, apart)
    if method.steps:
        steps = [{"kind": offered[type(step)]} | plain_table(step) for step in method.steps]
        document["steps"] = steps
    if method.sources:
        document["sources"] = [plain_table(source) for source in method.sources]
    definitions = _definition_tables(method)
    if definitions:
        document["definitions"] = definitions
    document |= framework_tables(method.framework)
    if isinstance(method, Forms):
        forms = method.forms.items()
        document["forms"] = [{"type": kind} | framework_tables(form) for kind, form in forms]
    return document


def _definition_tables(method: Methodology) -> list[dict[str, Any]]:
    """Return the definitions of variables that are read; a variant may read fewer."""
    tables = []
    for definition in method.definitions:
        names = [name for name in definition.variables if name in method._variables]
        if names:
            table = plain_table(definition, frozenset({"variables"}))
            tables.append({"variables": names[0] if len(names) == 1 else names} | table)
    return tables
