"""Frameworks in tables: one row per node, as rubrics are written in spreadsheets.

Rules, measures and aggregators are named by their kind; each of their settings has a column. Every
problem is reported with its row (counted below the header) and its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from govindex.checks import instance_of, mapping_of, names_of
from govindex.contracts import Aggregator, Measure, Rounder, Rule
from govindex.errors import FrameworkError, Problems, listing, near_miss
from govindex.frames import YES_OR_NO, column_texts, open_table, require_columns
from govindex.mappings import FrozenMap
from govindex.model.links import children_of, parent_problems
from govindex.model.tree import NOT_OF_ROOT, Dimension, Indicator, Node
from govindex.parts import FAMILIES, Reader, hints, kinds, part_of, settings

__all__ = ["read_tree"]

_LABELS = ("measure_unit", "data_source", "reference", "confidence", "evidence")
_FIELDS = ("code", "name", "weight", "direction", *_LABELS, "outside_maximum")
# The root's weight is checked against the points below it.
_NOT_OF_ROOT = tuple(field for field in NOT_OF_ROOT if field != "weight")


@attrs.frozen
class _NodeRow:
    """The cells of one node that are not blank, by field or setting."""

    number: int
    code: str
    cells: dict[str, str]
    headers: Mapping[str, str]
    problems: Problems

    def refuse(self, path: str, why: str) -> None:
        """Note a problem of a field or, ``rule.target``, of a part's setting."""
        family, setting = f"{path.partition('[')[0]}.".split(".")[:2]
        key = family if setting in ("", "kind") else setting
        header = next((h for k, h in self.headers.items() if k in (path, key)), key)
        self.problems.add(f"row {self.number} ('{self.code}'), column '{header}': {why}")


def read_tree(
    frame: Any,
    columns: Mapping[str, str | None],
    rule: Rule | None,
    rules: Mapping[str, Rule],
    *,
    ignore: Iterable[str] = (),
    decimal: str = ".",
    of_root: Aggregator | None = None,
) -> tuple[dict[str, Any], float | None]:
    """Read the settings of a framework, children among them, and the weight of its root.

    Parameters are those of :meth:`~govindex.Framework.from_table`; `columns` are
    the headers of fields that are called otherwise, and `of_root` is the aggregator that was given
    for the root.
    """
    problems = Problems()
    rows = _rows(frame, columns, set(names_of(ignore, "ignore")), problems)
    links = {row.code: row.cells.get("parent") for row in rows}
    problems.extend(parent_problems(links, "node"))
    roots = [row for row in rows if "parent" not in row.cells]
    if len(roots) != 1:
        count = f"{len(roots)} do: {listing(row.code for row in roots)}" if roots else "none does"
        problems.add(f"exactly one row names no parent, the root; {count}")
    for code in mapping_of(rules, "rules", "a mapping of codes to rules"):
        if code not in links:
            known = near_miss(code, links)
            problems.add(f"there is a rule for '{code}', which does not exist: {known}")
    below = children_of(links)
    read = {row.code: _settings(row, row.code in below, decimal) for row in rows}
    _check_blank_weights([row for row in rows if row.code not in below], links, read, of_root)
    problems.raise_any(FrameworkError, "The table is not a framework")
    for code, special in rules.items():
        read[code]["rule"] = special

    def children(code: str) -> list[Node]:
        return [
            Dimension(children=children(child), **read[child])
            if child in below
            else Indicator(**{"rule": rule, **read[child]})
            for child in below.get(code, [])
        ]

    root = read[roots[0].code]
    points = root.pop("weight", None)
    return {**root, "children": children(root["code"])}, points


def _rows(
    frame: Any, columns: Mapping[str, str | None], ignored: set[str], problems: Problems
) -> list[_NodeRow]:
    table = open_table(frame)
    renamed = {
        instance_of(column, str, f"{field}="): field
        for field, column in columns.items()
        if column is not None
    }
    require_columns(table, renamed, problems)
    problems.raise_any(FrameworkError, "The table is not a framework")
    known = _known()
    keys: dict[str, str] = {}
    for name in (*renamed, *(n for n in table.columns if n not in renamed and n not in ignored)):
        key = _key(name, renamed)
        if key in keys.values():
            both = " and ".join(f"'{n}'" for n in (*keys, name) if _key(n, renamed) == key)
            problems.add(f"the columns {both} mean the same; ignore one")
        elif key not in known and not key.startswith("name_"):
            hint = near_miss(name, [k for k in known if "." not in k])
            problems.add(f"there is no use for the column '{name}': {hint}; or ignore it")
        else:
            keys[name] = key
    cells = {key: column_texts(table, name) for name, key in keys.items()}
    headers = {key: name for name, key in keys.items()}
    rows: dict[str, _NodeRow] = {}
    if not len(table):
        problems.add("it has no rows")
    for number in range(1, len(table) + 1):
        texts = {key: column[number - 1] for key, column in cells.items()}
        row_cells = {key: text for key, text in texts.items() if text is not None}
        code = row_cells.get("code")
        if code in rows:
            first = rows[code].number
            problems.add(f"rows {first} and {number} have the code '{code}': codes are unique")
        elif code is not None:
            rows[code] = _NodeRow(number, code, row_cells, headers, problems)
        elif row_cells:
            problems.add(f"row {number} has no code")
    return list(rows.values())


def _check_blank_weights(
    leaves: Iterable[_NodeRow],
    links: Mapping[str, str | None],
    read: Mapping[str, dict[str, Any]],
    of_root: Aggregator | None,
) -> None:
    """Note a problem if an indicator has no points where its branch sums them; else 1 is meant."""
    for row in leaves:
        blank = "weight" in row.headers and "weight" not in row.cells
        if blank and _sums_points(row.code, links, read, of_root):
            row.refuse("weight", "is blank; under a sum of points every indicator has points")


def _sums_points(
    code: str,
    links: Mapping[str, str | None],
    read: Mapping[str, dict[str, Any]],
    of_root: Aggregator | None,
) -> bool:
    """Return whether the aggregator in force above a node sums points."""
    above, seen = links.get(code), {code}
    while above is not None and above in read and above not in seen:
        seen.add(above)
        is_root = links[above] is None
        named = of_root if is_root and of_root is not None else read[above].get("aggregate")
        if named is not None or is_root:
            return bool(getattr(named, "sums_points", False))
        above = links[above]
    return False


def _key(column: str, renamed: Mapping[str, str]) -> str:
    prefix = next((header for header, field in renamed.items() if field == "name"), "name")
    usual = column.replace(prefix, "name", 1) if column.startswith(f"{prefix}_") else column
    return renamed.get(column, usual)


def _known() -> dict[str, None]:
    known = dict.fromkeys((*_FIELDS, "parent", *FAMILIES))
    for name in FAMILIES:
        for cls in kinds(FAMILIES[name]).values():
            known |= dict.fromkeys(hints(cls))
            known |= dict.fromkeys(f"{name}.{setting}" for setting in hints(cls))
    return known


def _settings(row: _NodeRow, is_branch: bool, decimal: str) -> dict[str, Any]:
    """Return the settings of a row's node, as the node's class takes them."""
    names = {k[5:]: text for k, text in row.cells.items() if k == "name" or k.startswith("name_")}
    table: dict[str, Any] = {key: row.cells[key] for key in _FIELDS if key in row.cells}
    table |= {"name": names} | _parts(row, decimal)
    if "weight" in table:
        table["weight"] = _plain(table["weight"], float, decimal)
        if isinstance(table["weight"], str):
            row.refuse("weight", f"expected a number, not '{table['weight']}'")
    if "outside_maximum" in table:
        table["outside_maximum"] = _plain(table["outside_maximum"], bool, decimal)
    is_root = "parent" not in row.cells
    readers: dict[str, Any] = {**_READERS, **dict.fromkeys(_NOT_OF_ROOT if is_root else ())}
    wrong = Problems()
    read = settings(Dimension if is_branch or is_root else Indicator, table, "", wrong, readers)
    for problem in wrong:
        row.refuse(problem.path or "", problem.cause)
    return read


def _parts(row: _NodeRow, decimal: str) -> dict[str, dict[str, Any]]:
    """Return a row's rule, measure and aggregator as tables of a kind and its settings."""
    named = {name: row.cells[name] for name in FAMILIES if name in row.cells}
    tables: dict[str, dict[str, Any]] = {name: {"kind": kind} for name, kind in named.items()}
    for key, text in row.cells.items():
        if key in (*_FIELDS, *FAMILIES, "parent") or key.startswith("name_"):
            continue
        family, _, setting = key.rpartition(".")
        takers = {n: _hint(n, k, setting) for n, k in named.items() if family in ("", n)}
        takers = {name: hint for name, hint in takers.items() if hint is not None}
        if len(takers) == 1:
            [(name, hint)] = takers.items()
            tables[name][setting] = _plain(text, hint, decimal)
        elif takers:
            both = " or ".join(f"'{name}.{setting}'" for name in takers)
            row.refuse(key, f"{' and '.join(named.values())} have it; call the column {both}")
        else:
            owner = " and ".join(named.values()) or "a row without rule, measure or aggregate"
            row.refuse(key, f"{owner} has no such setting; leave the cell blank")
    return tables


_READERS: dict[str, Reader | None] = {name: part_of(name) for name in FAMILIES}
_READERS |= {"name": lambda names, *_: names, "children": None}


def _hint(family: str, kind: str, setting: str) -> Any:
    """Return the type of a part's setting, None if it has no such setting."""
    offered = kinds(FAMILIES[family])
    # An unknown kind is reported as such; its settings may be those of any kind.
    classes = [offered[kind]] if kind in offered else offered.values()
    return next((hints(cls)[setting] for cls in classes if setting in hints(cls)), None)


def _plain(text: str, hint: Any, decimal: str) -> Any:
    """Return a cell as a value of a declared type; a cell that does not fit stays text."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if bool in options:
        return YES_OR_NO.get(text.casefold(), text)
    if Rounder in options:
        return {"decimals": _number(text, decimal)}
    if float in options or int in options:
        return _number(text, decimal)
    option = next((option for option in options if get_origin(option) is tuple), hint)
    kind, inside = get_origin(option), get_args(option)[:1]
    if kind not in (tuple, FrozenMap):
        return text
    items = [item.strip() for item in text.replace("\n", ";").split(";") if item.strip()]
    if kind is tuple and get_origin(inside[0]) is not tuple:
        return items if inside[0] is Measure else [_number(item, decimal) for item in items]
    if kind is tuple and len(get_args(inside[0])) > 2:
        return [[_number(number, decimal) for number in item.split(":")] for item in items]
    pairs = [item.rpartition(":") for item in items]  # an answer may hold colons
    keys = [key.strip() if inside[0] is str else _number(key, decimal) for key, _, _ in pairs]
    if len(set(keys)) < len(pairs):
        return text  # an answer with two shares
    return dict(zip(keys, (_number(share, decimal) for _, _, share in pairs), strict=True))


def _number(text: str, decimal: str) -> float | str:
    text = text.strip()
    # In a table with decimal commas "1.000" may be a thousand; "0.5" is how a number cell reads.
    if "_" in text or (decimal == "," and re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", text)):
        return text
    try:
        number = float(text.replace(",", ".") if decimal == "," else text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
