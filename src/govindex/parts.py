"""Parts by the name of their kind: plain tables ↔ rules, measures, aggregators and policies.

In documents and spreadsheets a part is a table with a ``kind`` and its settings. A part without
settings may be the name of its kind, and a measure of one variable the name of the variable. Every
problem is noted with its path, ``nodes[12].rule.target``.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import numpy as np

from govindex import absence, aggregate, impute, measures, rules, treat
from govindex.contracts import AbsencePolicy, Aggregator, GapFill, Rule, Settled, Treatment
from govindex.errors import FrameworkError, GovIndexError, Problem, Problems, near_miss
from govindex.mappings import FrozenMap
from govindex.ranking import Band, Bands, Ranking
from govindex.renamed import name_now
from govindex.rounding import Levels, Rounding

__all__ = [
    "FAMILIES",
    "RECORDS",
    "Reader",
    "as_given",
    "build",
    "build_absence",
    "family_of",
    "hints",
    "is_default",
    "is_function",
    "kinds",
    "made",
    "part_of",
    "plain",
    "plain_table",
    "record",
    "records",
    "settings",
    "texts",
]

Reader = Callable[[Any, str, Problems], Any]

# The family of parts that a field of this name holds, and the record likewise.
FAMILIES: dict[str, ModuleType] = {"rule": rules, "measure": measures, "aggregate": aggregate}
RECORDS: dict[str, type] = {"rounding": Rounding, "ranking": Ranking, "bands": Bands}
# The family of parts that a setting of this type takes.
_FAMILY_OF_TYPE: dict[Any, ModuleType] = {
    AbsencePolicy: absence,
    Aggregator: aggregate,
    GapFill: impute,
    Rule: rules,
    Settled: treat,
    Treatment: treat,
}
_NAMES = ("name", "title", "measure_unit", "note")
_HIDDEN = frozenset({"Scope", "Absence", "Callable", "Custom"})


@lru_cache(maxsize=16)
def kinds(family: ModuleType) -> dict[str, type]:
    """Return the parts that a family offers, by their kind."""
    offered = {name: getattr(family, name) for name in family.__all__}
    return {n: c for n, c in offered.items() if inspect.isclass(c) and n not in _HIDDEN}


@lru_cache(maxsize=128)
def hints(cls: type) -> dict[str, Any]:
    """Return the declared types of a class's settings."""
    declared = get_type_hints(cls)
    return {field.name: declared[field.name] for field in attrs.fields(cls)}


def family_of(cls: type) -> ModuleType | None:
    """Return the family that a part belongs to, None for another class."""
    for family in (measures, rules, absence, aggregate, impute, treat):
        if cls in kinds(family).values():
            return family
    return None


def settings(
    cls: type,
    table: Mapping[str, Any],
    path: str,
    problems: Problems,
    readers: Mapping[str, Reader | None],
) -> dict[str, Any]:
    """Read the settings of a class from a table.

    Parameters
    ----------
    cls : attrs class
    table : mapping
        Plain values by the names of settings.
    path : str
        The path of the table, for messages.
    problems : Problems
        Collects unknown, missing and mistyped settings.
    readers : mapping of str to callable
        ``(value, path, problems) -> value`` for settings that are not plain; None for a setting
        that a table may not hold.
    """
    fields = {field.alias or field.name: field for field in attrs.fields(cls) if field.init}
    known = [name for name in fields if readers.get(name, True) is not None]
    read: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{path}.{key}" if path else key
        if key not in known:
            problems.add(f"there is no such setting: {near_miss(key, known)}", path=where)
            continue
        reader = readers.get(key)
        if reader is not None:
            read[key] = reader(value, where, problems)
            continue
        wrong = _mismatch(value, hints(cls).get(fields[key].name))
        if wrong:
            problems.add(f"expected {wrong}, not {value!r}", path=where)
        read[key] = value
    for key in known:
        if fields[key].default is attrs.NOTHING and key not in table:
            where = f"{path}.{key}" if path else key
            problems.add(f"is missing; {cls.__name__} needs it", path=where)
    return read


def _mismatch(value: Any, hint: Any) -> str:
    """Return the expected type of a plain value, "" if it has that type."""
    if get_origin(hint) in (Union, types.UnionType):
        wrong = [_mismatch(value, option) for option in get_args(hint) if option is not type(None)]
        return "" if not all(wrong) else " or ".join(dict.fromkeys(wrong))
    if get_origin(hint) is Literal:
        if value in get_args(hint) and not isinstance(value, bool):
            return ""
        return "one of " + ", ".join(f"'{option}'" for option in get_args(hint))
    if hint is bool:
        return "" if isinstance(value, bool) else "true or false"
    if hint in (int, float):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        whole = hint is float or isinstance(value, int)
        return "" if number and whole else "a number" if hint is float else "a whole number"
    if hint is str:
        return "" if isinstance(value, str) else "a text"
    return ""


def build(family: ModuleType, value: Any, path: str, problems: Problems) -> Any:
    """Build a part of a family from a table with a kind, or from the name of its kind.

    Returns None, with the reason among the problems, if it cannot be built.
    """
    offered = kinds(family)
    if isinstance(value, str):
        if family is measures:
            return measures.Value(value)
        value = {"kind": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("kind"), str):
        problems.add(
            f"expected the name of a kind or a table with a kind, not {value!r}", path=path
        )
        return None
    kind = value["kind"]
    if kind not in offered:
        successor = name_now(family.__name__, kind)
        advice = f"it is '{successor}' now" if successor else near_miss(kind, offered)
        problems.add(f"there is no '{kind}': {advice}", path=f"{path}.kind")
        return None
    cls = offered[kind]
    before = len(problems)
    table = {key: item for key, item in value.items() if key != "kind"}
    read = settings(cls, table, path, problems, _readers(family, cls))
    return made(cls, read, path, problems) if len(problems) == before else None


def _readers(family: ModuleType, cls: type) -> dict[str, Reader | None]:
    """Return readers for the settings of a part that are not plain, None for functions."""

    def nested(inner: Any, where: str, noted: Problems) -> Any:
        return _nested(family, inner, where, noted)

    def chained(inner: Any, where: str, noted: Problems) -> Any:
        several = inner if isinstance(inner, list) else [inner]
        return [build(family, item, f"{where}[{i}]", noted) for i, item in enumerate(several)]

    readers: dict[str, Reader | None] = {
        field.name: as_given if _is_map(hint) else nested
        for field in attrs.fields(cls)
        if _is_open(hint := hints(cls).get(field.name))
    }
    readers |= {name: None for name in readers if is_function(hints(cls).get(name))}
    families = {name: _family_in(hints(cls).get(name)) for name in readers if readers[name]}
    readers |= {name: _parts_of(other) for name, other in families.items() if other is not None}
    readers |= {name: record(RECORDS[name]) for name in RECORDS if name in hints(cls)}
    if cls is rules.Chain:
        readers["rules"] = chained
    return readers


def part_of(name: str) -> Reader:
    """Return a reader for parts of the family that a field of this name holds."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        return build(FAMILIES[name], value, path, problems)

    return read


def _is_open(hint: Any) -> bool:
    # Settings that are neither numbers, texts nor choices: other parts, tables, lists.
    plain = (bool, int, float, str, type(None))
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return not all(option in plain or get_origin(option) is Literal for option in options)


def is_function(hint: Any) -> bool:
    """Return whether a setting of this type is a function, which a document cannot hold."""
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return any(get_origin(option) is Callable for option in options)


def _family_in(hint: Any) -> ModuleType | None:
    """Return the family of the parts in a declared type, None if it has no parts."""
    if hint in _FAMILY_OF_TYPE:
        return _FAMILY_OF_TYPE[hint]
    return next((f for option in get_args(hint) if (f := _family_in(option)) is not None), None)


def _parts_of(family: ModuleType) -> Reader:
    """Return a reader for a part, a list of parts or a table of parts by other names."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if isinstance(value, list):
            return [read(item, f"{path}[{i}]", problems) for i, item in enumerate(value)]
        if isinstance(value, Mapping) and not isinstance(value.get("kind"), str):
            return {key: read(item, f"{path}.{key}", problems) for key, item in value.items()}
        return build(family, value, path, problems)

    return read


def _is_map(hint: Any) -> bool:
    # The keys of a look-up table may be any name, "kind" among them.
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return any(get_origin(option) is FrozenMap for option in options)


def as_given(value: Any, _: str, __: Problems) -> Any:
    """Return a plain value unread."""
    return value


def _nested(family: ModuleType, value: Any, path: str, problems: Problems) -> Any:
    # Inside a part, a table with a kind is a part of the same family; other tables are look-ups.
    if isinstance(value, Mapping) and isinstance(value.get("kind"), str):
        return build(family, value, path, problems)
    if isinstance(value, list):
        return [_nested(family, v, f"{path}[{i}]", problems) for i, v in enumerate(value)]
    return value


def build_absence(value: Any, path: str, problems: Problems) -> Any:
    """Build one absence policy, or those for missing, not applicable and suppressed children."""
    if not isinstance(value, Mapping) or "kind" in value:
        return build(absence, value, path, problems)

    def policy(inner: Any, where: str, noted: Problems) -> Any:
        return build(absence, inner, where, noted)

    before = len(problems)
    readers = dict.fromkeys(("missing", "not_applicable", "suppressed"), policy)
    read = settings(absence.Absence, value, path, problems, readers)
    return made(absence.Absence, read, path, problems) if len(problems) == before else None


def record(cls: type) -> Reader:
    """Return a reader for tables of a plain record."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            problems.add(f"expected a table of {cls.__name__} settings, not {value!r}", path=path)
            return None
        readers: dict[str, Reader] = {}
        if cls is Levels:
            readers = dict.fromkeys(("leaf", "node", "total"), record(Rounding))
        if cls is Bands:
            readers = {"bands": records(Band)}
        if cls is Ranking:
            readers = {"tie_break": texts}
        before = len(problems)
        fields = settings(cls, value, path, problems, readers)
        return made(cls, fields, path, problems) if len(problems) == before else None

    return read


def records(cls: type) -> Reader:
    """Return a reader for lists of tables of a plain record."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, list):
            problems.add(f"expected a list of tables, not {value!r}", path=path)
            return []
        built = [record(cls)(item, f"{path}[{i}]", problems) for i, item in enumerate(value)]
        return [item for item in built if item is not None]

    return read


def texts(value: Any, path: str, problems: Problems) -> Any:
    """Read a text or a list of texts."""
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in several):
        problems.add(f"expected a text or a list of texts, not {value!r}", path=path)
        return ()
    return several


def made(cls: Callable[..., Any], read: dict[str, Any], path: str, problems: Problems) -> Any:
    """Make an object from its settings; None, with the reason noted, if they do not fit."""
    try:
        if cls is rules.Chain:
            return cls(*read["rules"])
        return cls(**read)
    except GovIndexError as error:
        problems.extend(Problem(problem, path=path) for problem in error.problems)
    except (TypeError, ValueError) as error:
        problems.add(str(error), path=path)
    return None


def plain(value: Any) -> Any:
    """Return a part as plain tables, lists, texts and numbers; `build` makes it again.

    Raises
    ------
    FrameworkError
        If it has no plain form: a function, or a class from outside govindex.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, measures.Value) and not value.missing_when:
        return value.variable
    if isinstance(value, absence.Absence):
        kinds_of = {"missing": plain(value.missing), "not_applicable": plain(value.not_applicable)}
        if value.suppressed != absence.Refuse():
            return {**kinds_of, "suppressed": plain(value.suppressed)}
        return kinds_of if value.missing != value.not_applicable else kinds_of["missing"]
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: plain(item) for key, item in value.items()}
        return [[key, plain(item)] for key, item in value.items()]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    family = family_of(type(value))
    if family is not None:
        table = plain_table(value)
        name = type(value).__name__
        return {"kind": name, **table} if table or family is measures else name
    if type(value) in (*RECORDS.values(), Levels, Band):
        return plain_table(value)
    raise FrameworkError(
        f"a document holds built-in parts only, not {value!r}: keep the methodology as an object"
    )


def plain_table(part: Any, skip: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the settings of a part that differ from their defaults, as plain values."""
    table = {}
    for field in attrs.fields(type(part)):
        value = getattr(part, field.name)
        if not field.init or field.name in skip or value is None or is_default(field, part, value):
            continue
        named = isinstance(value, Mapping) and set(value) == {""}
        name = field.alias or field.name
        # A name in one language, without saying which, is a text.
        table[name] = value[""] if named and name in _NAMES else plain(value)
    return table


def is_default(field: attrs.Attribute[Any], part: Any, value: Any) -> bool:
    """Return whether a setting of a part has its default."""
    default: Any = field.default
    if default is attrs.NOTHING:
        return False
    if hasattr(default, "takes_self"):
        default = default.factory(part) if default.takes_self else default.factory()
    if callable(field.converter):
        default = field.converter(default)
    return type(default) is type(value) and bool(default == value)
