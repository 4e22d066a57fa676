"""Counts as TOML documents: columns, rules and variables, with conditions as tables."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs

from govindex.errors import FrameworkError, GovIndexError, Problems, near_miss
from govindex.files.documents import check_format, document_text, parsed_toml
from govindex.mappings import FrozenMap
from govindex.parts import made, records, settings
from govindex.records.columns import Column, Columns
from govindex.records.conditions import STATE_DAY, Condition, RecordValue, time_between, where
from govindex.records.counting import count
from govindex.records.counts import Counts
from govindex.records.spans import AtDates
from govindex.records.variables import Count, CountedVariable, Distinct, Elapsed, Sum

if TYPE_CHECKING:
    from govindex.engines import Records

__all__ = ["CountDefinition", "load_count_definition"]

_FORMAT = 1
_KINDS: dict[str, type[CountedVariable]] = {
    "count": Count,
    "sum": Sum,
    "distinct": Distinct,
    "elapsed": Elapsed,
}
_COMPARISONS: dict[str, Callable[[RecordValue, Any], Any]] = {
    "is": lambda value, other: value == other,
    "is_not": lambda value, other: value != other,
    "below": lambda value, other: value < other,
    "at_most": lambda value, other: value <= other,
    "above": lambda value, other: value > other,
    "at_least": lambda value, other: value >= other,
    "is_in": lambda value, other: value.is_in(other),
    "missing": lambda value, other: value.is_missing() if other else value.is_known(),
}
_SETTINGS = ("period", "date", "unit", "parents", "time_zone", "missing", "silent")


@attrs.frozen(eq=False)
class CountDefinition:
    """What is counted of a table of records, as a document says it.

    Parameters
    ----------
    variables : mapping of str to Count, Sum, Distinct or Elapsed
    columns : Columns or None
    settings : mapping of str to value
        What :func:`count` takes besides: unit, period, date, parents, time_zone, missing, silent.
    """

    variables: Mapping[str, CountedVariable]
    columns: Columns | None
    settings: Mapping[str, object]

    def count(self, table: Records, **changes: object) -> Counts:
        """Count the records of a table.

        Parameters
        ----------
        table : data frame, or path, glob or sequence of paths
            As in :func:`count`.
        **changes
            Settings of :func:`count` that replace those of the document.

        Raises
        ------
        DataError, SettingError
            As :func:`count` does.
        """
        given: dict[str, Any] = {"columns": self.columns, **self.settings, **changes}
        return count(table, self.variables, **given)


def load_count_definition(path: str | PathLike[str]) -> CountDefinition:
    """Read what is counted from a TOML file.

    Parameters
    ----------
    path : path
        A file in UTF-8 with ``format = 1``; ``unit``, ``period`` (a word, or a table with dates,
        start and end), ``date``, ``parents``, ``time_zone``, ``missing`` and ``silent`` as
        :func:`count` takes them; a list ``[[columns]]`` of what :class:`Column` takes; a table
        ``[rules]`` of conditions; and a table ``[variables.NAME]`` for each variable, with its kind
        (count, sum, distinct, elapsed) and what the class takes. A condition is a table such as
        ``{column = "status", is = "done"}``, with one of is, is_not, below, at_most, above,
        at_least, is_in and missing; ``{all = […]}``, ``{any = […]}`` or ``{not = {…}}``. Instead of
        a fixed value stands ``{column = "due"}`` or ``{state_day = true}``, instead of a column
        ``time_between = ["received", "returned"]`` with its unit.

    Raises
    ------
    FrameworkError
        With every problem of the file and its path in it; or if the file cannot be read.
    """
    text, name = document_text(path)
    document = parsed_toml(text, name)
    problems = Problems()
    found = _definition(document, problems)
    problems.raise_any(FrameworkError, f"'{name}' does not say what to count")
    assert found is not None
    return found


def _definition(document: dict[str, Any], problems: Problems) -> CountDefinition | None:
    check_format(document, _FORMAT, problems)
    known = ("columns", "rules", "variables", *_SETTINGS)
    for name in document:
        if name not in known:
            problems.add(f"there is no setting '{name}': {near_miss(name, known)}", path=name)
    columns = _columns(document, problems)
    tables = document.get("variables", {})
    if not isinstance(tables, Mapping) or not tables:
        problems.add("expected a table [variables.NAME] for each variable", path="variables")
        tables = {}
    variables = {
        name: _variable(table, f"variables.{name}", problems) for name, table in tables.items()
    }
    chosen = {name: document[name] for name in _SETTINGS if name in document}
    if isinstance(chosen.get("period"), Mapping):
        read = settings(AtDates, chosen["period"], "period", problems, {"dates": _as_given})
        chosen["period"] = made(AtDates, read, "period", problems)
    if len(problems):
        return None
    return CountDefinition(FrozenMap(variables), columns, FrozenMap(chosen))  # type: ignore[arg-type]


def _as_given(value: Any, _: str, __: Problems) -> Any:
    return value


def _columns(document: Mapping[str, Any], problems: Problems) -> Columns | None:
    if "columns" not in document:
        if "rules" in document:
            problems.add("rules need [[columns]]", path="rules")
        return None
    before = len(problems)
    columns = records(Column)(document["columns"], "columns", problems)
    tables = document.get("rules", {})
    if not isinstance(tables, Mapping):
        problems.add("expected a table of conditions", path="rules")
        return None
    rules = {name: _condition(table, f"rules.{name}", problems) for name, table in tables.items()}
    if len(problems) > before:
        return None
    try:
        return Columns(columns, rules=rules)
    except GovIndexError as error:
        problems.extend(error.problems)
        return None


def _variable(table: Any, path: str, problems: Problems) -> CountedVariable | None:
    kind = table.get("kind") if isinstance(table, Mapping) else None
    if kind not in _KINDS:
        listed = near_miss(kind, _KINDS)
        problems.add(f"expected a table with a kind, not {kind!r}: {listed}", path=path)
        return None
    cls, given = _KINDS[kind], {name: value for name, value in table.items() if name != "kind"}
    before = len(problems)
    readers = {
        "where": _condition,
        "column": _as_given,
        "holidays": _as_given,
        "start": _as_given,
        "end": _as_given,
    }
    names = [field.name for field in attrs.fields(cls)]
    for name in given:
        if name not in names:
            problems.add(f"there is no setting '{name}': {near_miss(name, names)}", path=path)
    if len(problems) > before:
        return None
    read = {
        name: readers.get(name, _as_given)(value, f"{path}.{name}", problems)
        for name, value in given.items()
    }
    return None if len(problems) > before else made(cls, read, path, problems)


def _condition(table: Any, path: str, problems: Problems) -> Any:
    if isinstance(table, list):
        table = {"all": table}
    if not isinstance(table, Mapping):
        problems.add(f"expected a condition, which is a table, not {table!r}", path=path)
        return None
    for word in ("all", "any", "not"):
        if word in table:
            return _joined(word, table, path, problems)
    try:
        return _comparison(table, path, problems)
    except GovIndexError as error:
        for problem in error.problems:
            problems.add(str(problem), path=path)
        return None


def _joined(word: str, table: Mapping[str, Any], path: str, problems: Problems) -> Any:
    inside = table[word] if word != "not" else [table[word]]
    if len(table) > 1 or not isinstance(inside, list) or not inside:
        problems.add(f"'{word}' stands alone, with conditions in it", path=path)
        return None
    before = len(problems)
    parts = [_condition(t, f"{path}.{word}[{i}]", problems) for i, t in enumerate(inside)]
    if len(problems) > before:
        return None
    found: Condition = parts[0]
    for part in parts[1:]:
        found = found & part if word == "all" else found | part
    return ~found if word == "not" else found


def _comparison(table: Mapping[str, Any], path: str, problems: Problems) -> Condition | None:
    words = [word for word in table if word in _COMPARISONS]
    left = {name: value for name, value in table.items() if name not in _COMPARISONS}
    known = (*_COMPARISONS, "column", "time_between", "unit", "holidays", "all", "any", "not")
    for name in left:
        if name not in known:
            problems.add(f"there is no setting '{name}': {near_miss(name, known)}", path=path)
            return None
    if len(words) != 1:
        named = ", ".join(_COMPARISONS)
        problems.add(f"a condition has one of {named}, not {len(words)} of them", path=path)
        return None
    other = table[words[0]]
    if words[0] == "missing" and not isinstance(other, bool):
        problems.add(f"missing is true or false, not {other!r}", path=path)
        return None
    compared: Condition = _COMPARISONS[words[0]](_value(left), _other(other))
    return compared


def _value(left: Mapping[str, Any]) -> RecordValue:
    if "time_between" not in left:
        return where(left.get("column"))  # type: ignore[arg-type]
    between = left["time_between"]
    start, end = between if isinstance(between, list) and len(between) == 2 else (between, None)
    settings_ = {name: left[name] for name in ("unit", "holidays") if name in left}
    return time_between(start, end, **settings_)  # type: ignore[arg-type]


def _other(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value == {"state_day": True}:
            return STATE_DAY
        if list(value) == ["column"]:
            return where(value["column"])
    if isinstance(value, datetime.time):
        return str(value)
    return value
