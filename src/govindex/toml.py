"""Methodologies as documents: TOML (or JSON) files that say everything the model can say.

A document is a flat list of nodes with their parents, so that a rubric reads like the table it was
in. Errors carry the path in the file, ``nodes[12].rule.target``, all of them at once.
"""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path
from typing import Any

from govindex import prepare
from govindex.errors import DataError, FrameworkError, GovIndexError, Problems, listing, near_miss
from govindex.files.documents import check_keys, check_values
from govindex.files.saving import write_whole
from govindex.files.tables import check_regular
from govindex.forms import Forms
from govindex.methods import Methodology, Source
from govindex.model.framework import Framework
from govindex.model.labels import as_names
from govindex.model.links import children_of, circles
from govindex.model.tree import NOT_OF_ROOT, Dimension, Indicator, View
from govindex.names import composed, json_object
from govindex.parts import (
    FAMILIES,
    RECORDS,
    Reader,
    build,
    build_absence,
    kinds,
    made,
    part_of,
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


# -- reading --------------------------------------------------------------------------------------


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
        raise FrameworkError(f"'{file.name}' is no methodology: it ends neither in .toml nor .json")
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
        problems.add(f"format: this version reads format {FORMAT}, not {edition!r}")
    try:
        method = _methodology(document, problems)
    except RecursionError as error:
        raise FrameworkError(f"'{name}' nests its tables too deeply") from error
    problems.raise_any(FrameworkError, f"'{name}' is not a methodology")
    assert method is not None
    return method


def _methodology(document: dict[str, Any], problems: Problems) -> Methodology | None:
    nodes = _tables(document.pop("nodes", None), "nodes", problems)
    views = _tables(document.pop("views", []), "views", problems)
    others = _tables(document.pop("forms", []), "forms", problems)
    readers: dict[str, Reader | None] = {
        **{key: record(cls) for key, cls in RECORDS.items()},
        "rounding": record(Levels),
        "sources": records(Source),
        "title": _names,
        "display": texts,
        "framework": None,
        "steps": _steps,
    }
    read = settings(Methodology, document, "", problems, readers)  # type: ignore[arg-type]
    framework = _framework(nodes, views, "", problems)
    forms = _forms(others, problems)
    if not problems:
        try:
            if forms:
                return Forms(framework=framework, forms=forms, **read)  # type: ignore[arg-type]
            return Methodology(framework=framework, **read)  # type: ignore[arg-type]
        except GovIndexError as error:
            problems.extend(error.problems)
        except (TypeError, ValueError) as error:
            problems.add(str(error))
    return None


def _steps(value: Any, path: str, problems: Problems) -> Any:
    several = _tables(value, path, problems)
    return [build(prepare, item, f"{path}[{i}]", problems) for i, item in enumerate(several)]


def _as_given(value: Any, _: str, __: Problems) -> Any:
    return value


def _names(value: Any, path: str, problems: Problems) -> Any:
    try:
        return as_names(value)
    except GovIndexError as error:
        problems.add(f"{path}: {error}")
        return None


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
    found: dict[str, Any] = {}
    for key, item in value.items():
        own = composed(key)
        where = f"{path}.{own}" if path else own
        if own in found:
            problems.add(f"{where}: stands there twice, with its accents written in two ways")
        found[own] = _composed(item, where, problems)
    return found


def _tables(given: Any, path: str, problems: Problems) -> list[dict[str, Any]]:
    fits = isinstance(given, list) and all(isinstance(item, dict) for item in given)
    if fits and (given or not path.endswith("nodes")):
        return list(given)
    name = re.sub(r"\[\d+\]", "", path)
    problems.add(f"{path}: expected a list of tables ([[{name}]] in TOML)")
    return []


def _forms(tables: list[dict[str, Any]], problems: Problems) -> dict[str, Framework]:
    forms: dict[str, Framework] = {}
    for index, table in enumerate(tables):
        path = f"forms[{index}]"
        known = ["type", "nodes", "views"]
        for key in table:
            if key not in known:
                problems.add(f"{path}.{key}: there is no such setting: {near_miss(key, known)}")
        kind = table.get("type")
        if not isinstance(kind, str) or not kind.strip() or kind in forms:
            problems.add(f"{path}.type: a type of units is a text of its own, not {kind!r}")
            continue
        nodes = _tables(table.get("nodes"), f"{path}.nodes", problems)
        views = _tables(table.get("views", []), f"{path}.views", problems)
        form = _framework(nodes, views, f"{path}.", problems)
        if form is not None:
            forms[kind] = form
    return forms


def _framework(
    nodes: list[dict[str, Any]], views: list[dict[str, Any]], at: str, problems: Problems
) -> Framework | None:
    """Build a framework from the lists that stand at a path."""
    at = f"{at}nodes"
    before = len(problems)
    parents = _parents(nodes, at, problems)
    inner = {parent for parent in parents.values() if parent is not None}
    read = [_node(table, f"{at}[{i}]", inner, problems) for i, table in enumerate(nodes)]
    places_of_views = at.removesuffix("nodes") + "views"
    seen = [_view(table, f"{places_of_views}[{i}]", problems) for i, table in enumerate(views)]
    if len(problems) > before or not nodes:
        return None
    rows = {table["code"]: i for i, table in enumerate(nodes)}
    below = children_of(parents)
    order = list(below[None])
    for code in order:
        order += below.get(code, [])
    built: dict[str, Any] = {}
    for code in reversed(order):  # children before their parents
        own, path = read[rows[code]], f"{at}[{rows[code]}]"
        children = [built[child] for child in below.get(code, [])]
        if parents[code] is None:
            whole = {**own, "children": children, "views": seen}
            found: Framework | None = made(Framework, whole, at, problems)
            return found
        if children:
            built[code] = made(Dimension, {**own, "children": children}, path, problems)
        else:
            built[code] = made(Indicator, own, path, problems)
    return None


def _parents(nodes: list[dict[str, Any]], at: str, problems: Problems) -> dict[str, str | None]:
    parents: dict[str, str | None] = {}
    for index, table in enumerate(nodes):
        code = table.get("code")
        if not isinstance(code, str) or not code.strip():
            problems.add(f"{at}[{index}].code: a code is a text that is not blank, not {code!r}")
        elif code in parents:
            problems.add(f"{at}[{index}].code: '{code}' is used more than once")
        else:
            parents[code] = parent if isinstance(parent := table.get("parent"), str) else None
    for index, table in enumerate(nodes):
        parent = table.get("parent")
        if parent is not None and not isinstance(parent, str):
            problems.add(f"{at}[{index}].parent: expected the code of a node, not {parent!r}")
        elif parent is not None and parent not in parents:
            problems.add(
                f"{at}[{index}].parent: there is no node '{parent}': {near_miss(parent, parents)}"
            )
    roots = [table.get("code") for table in nodes if table.get("parent") is None]
    if len(roots) != 1 and nodes:
        found = f"there are {len(roots)}: {listing(roots)}" if roots else "there is none"
        problems.add(f"{at}: exactly one node has no parent, the root; {found}")
    for circle in circles(parents):
        problems.add(f"{at}: they are each other's parents: {' → '.join(circle)}")
    return parents


def _node(
    table: dict[str, Any],
    path: str,
    inner: set[str],
    problems: Problems,
) -> dict[str, Any]:
    own = {key: value for key, value in table.items() if key != "parent"}
    code = table.get("code")
    is_branch = (isinstance(code, str) and code in inner) or table.get("parent") is None
    readers: dict[str, Any] = {**_NODE_READERS, "children": None}
    if table.get("parent") is None:
        readers |= dict.fromkeys(NOT_OF_ROOT)
    return settings(Dimension if is_branch else Indicator, own, path, problems, readers)


def _view(table: dict[str, Any], path: str, problems: Problems) -> Any:
    readers = {**_NODE_READERS, "of": texts, "where": _as_given, "weights": _as_given}
    before = len(problems)
    read = settings(View, table, path, problems, readers)
    return made(View, read, path, problems) if len(problems) == before else None


_NODE_READERS: dict[str, Reader] = {
    **{name: part_of(name) for name in FAMILIES},
    **{name: record(cls) for name, cls in RECORDS.items() if name != "bands"},
    "absence": build_absence,
    "name": _names,
}


# -- writing --------------------------------------------------------------------------------------


def save_methodology(
    method: Methodology, path: str | PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a methodology to a TOML or JSON file; reading it gives the same methodology.

    The file is written beside its target and renamed when it is complete.

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
        If the file exists and is not to be replaced, or cannot be written; it is then as it was.
    FrameworkError
        If a part cannot be said in a document: a function, a step, a class of one's own.
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
            f"a document holds a Methodology; {type(method).__name__} is a class of its own, whose "
            "code no document can hold"
        )
    offered = {cls: kind for kind, cls in kinds(prepare).items()}
    own = [step for step in method.steps if type(step) not in offered]
    if own:
        raise FrameworkError(
            f"preparation steps of '{method.id}' that are functions or classes of one's own cannot "
            f"be said in a document: {listing(own)}"
        )
    document: dict[str, Any] = {"format": FORMAT}
    document |= plain_table(method, frozenset({"framework", "forms", "sources", "steps"}))
    if method.steps:
        steps = [{"kind": offered[type(step)]} | plain_table(step) for step in method.steps]
        document["steps"] = steps
    if method.sources:
        document["sources"] = [plain_table(source) for source in method.sources]
    document |= _tree(method.framework)
    if isinstance(method, Forms):
        forms = method.forms.items()
        document["forms"] = [{"type": kind} | _tree(form) for kind, form in forms]
    return document


def _tree(framework: Framework) -> dict[str, Any]:
    rows = []
    for node in framework.nodes:
        above = framework.parent(node.code)
        index = {"code": node.code} | ({} if above is None else {"parent": above.code})
        rows.append(index | plain_table(node, frozenset({"children", "code"})))
    tree: dict[str, Any] = {"nodes": rows}
    if framework.views:
        tree["views"] = [plain_table(view) for view in framework.views]
    return tree
