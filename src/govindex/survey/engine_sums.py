"""Answers added up in the engine that holds them, by group of respondents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.engines import RecordTable, first_rows, grouped_sums, open_records
from govindex.engines.groups import collected, failed
from govindex.errors import DataError, Problems
from govindex.frames import open_table
from govindex.names import as_code
from govindex.survey.columns import CURE_OF_MISSING
from govindex.survey.designs import ReplicateWeights, SampleDesign
from govindex.survey.engine_answers import as_flag, first_where
from govindex.survey.respondents import Respondents
from govindex.survey.samples import CURE_OF_WEIGHTS, columns_of
from govindex.survey.sums import GroupedItem, RowSums

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["EngineItem", "added_up", "gathered", "is_grouped", "open_answers", "with_numbers"]

_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_WEIGHT = "govindex_weight"


def open_answers(answers: Any) -> nw.DataFrame[Any] | RecordTable:
    """Return answers as a table in memory, or as one of an engine, of which no row is read."""
    import narwhals as nw

    if not _is_outside(answers):
        return open_table(answers)
    table = open_records(answers, rows="answers")
    if isinstance(table.frame, nw.DataFrame):
        return open_table(table.frame.to_native())
    titles = {name: as_code(name) for name in table.schema if as_code(name) != name}
    if not titles:
        return table
    if len({as_code(name) for name in table.schema}) < len(table.schema):
        raise DataError("columns have the same name when accents are composed: rename all but one")
    frame = table.frame.rename(columns=titles) if table.is_dask else table.frame.rename(titles)
    schema = {as_code(name): kind for name, kind in table.schema.items()}
    return attrs.evolve(table, frame=frame, schema=schema)


def _is_outside(answers: Any) -> bool:
    """Return whether answers are files, or a table whose rows are not in memory."""
    import narwhals as nw

    if isinstance(answers, RecordTable) or nw.dependencies.is_dask_dataframe(answers):
        return True
    if isinstance(answers, (str, list, tuple)) or hasattr(answers, "__fspath__"):
        return bool(answers)
    return isinstance(nw.from_native(answers, pass_through=True), nw.LazyFrame)


def is_grouped(design: SampleDesign) -> bool:
    """Return whether groups of respondents hold all that estimates and their errors need.

    Without clusters each respondent is one, and second-stage units that no column names are
    respondents; replicate weights differ from respondent to respondent.
    """
    alone = design.clusters is None or (len(design.fpc) == 2 and design.second_stage is None)
    return not alone and not isinstance(design.replication, ReplicateWeights)


def gathered(
    table: RecordTable, design: SampleDesign, by: str | None, others: Iterable[str]
) -> nw.DataFrame[Any]:
    """Return the columns that are needed, of every respondent, in memory."""
    import narwhals as nw

    names = [*columns_of(design, by), *others]
    problems = Problems()
    table = with_numbers(table, design, others=(), problems=problems)
    problems.raise_any(DataError, "The answers cannot be used")
    there = [name for name in dict.fromkeys(names) if name in table.schema]
    if table.is_dask:
        try:
            frame: nw.DataFrame[Any] = nw.from_native(table.frame[there].compute())
        except Exception as error:  # any error of a worker or of what reads the partitions
            raise failed("dask", error, table.rows) from error
        return frame
    return collected(table.frame.select(*there), table.engine, table.rows)


def with_numbers(
    table: RecordTable, design: SampleDesign, others: Iterable[str], problems: Problems
) -> RecordTable:
    """Return the table with weights, counts of the population and other variables as numbers.

    Cells of CSV files are texts, which are read; texts of other tables are refused.
    """
    import narwhals as nw

    replicates = design.replication
    weights = replicates.columns if isinstance(replicates, ReplicateWeights) else ()
    names = [design.weights, *design.fpc, *weights, *others]
    read: dict[str, nw.Expr] = {}
    for name in dict.fromkeys(name for name in names if name is not None):
        kind = table.schema.get(name)
        if kind is None or kind.is_numeric():
            continue
        column = nw.col(name)
        if not isinstance(kind, (nw.String, nw.Categorical, nw.Enum)):
            cause = f"column '{name}' must hold numbers, not {kind}"
            problems.add(cause, code="survey.number", variable=name)
            continue
        text = column.cast(nw.String).str.strip_chars()
        wrong = ~column.is_null() & (text != "")
        if table.files:
            wrong = wrong & ~text.str.contains(_NUMBER)
        found = first_rows(table, wrong, [name], most=1)
        if found:
            cause = f"column '{name}' must hold numbers, not texts, such as '{found[0][name]}'"
            problems.add(cause, code="survey.number", variable=name)
            continue
        read[name] = nw.when(text != "").then(text).cast(nw.Float64)
    return table.with_columns(**read) if read else table


@attrs.frozen(eq=False)
class EngineItem:
    """What is estimated, as expressions of the columns of an engine.

    Parameters
    ----------
    code : str
    top, valid : narwhals expression
        The value of a respondent, 0 without a valid answer; 1 with one, else 0.
    bottom : narwhals expression, optional
        The denominator if it is not `valid`.
    is_total : bool
        Whether the sum of the top is estimated.
    are_flags : bool
        Whether tops are 0 or 1.
    scale : float
        What tops are multiplied by when they are added up.
    """

    code: str
    top: nw.Expr
    valid: nw.Expr
    bottom: nw.Expr | None = None
    is_total: bool = False
    are_flags: bool = False
    scale: float = 1.0

    def columns(self) -> dict[str, nw.Expr]:
        """Return the columns to add up."""
        columns = {"top": self.top, "valid": self.valid}
        return columns if self.bottom is None else {**columns, "bottom": self.bottom}

    def sums(self, column: Callable[[str], nw.Expr], weight: nw.Expr | None) -> dict[str, nw.Expr]:
        """Return the sums that differ from each other, by the names of :class:`RowSums`."""

        def weighted(name: str) -> nw.Expr:
            return column(name) if weight is None else column(name) * weight

        found = {"top": weighted("top"), "n": column("valid")}
        if weight is not None:
            found["weight"] = weighted("valid")
            found["weight2"] = weighted("valid") * weight
        if not self.are_flags:
            found["top2"] = weighted("top") * column("top")
        if self.bottom is not None:
            found["bottom"] = weighted("bottom")
            found["both"] = weighted("top") * column("bottom")
            found["bottom2"] = weighted("bottom") * column("bottom")
        return found

    def grouped(self, sums: dict[str, Float]) -> GroupedItem:
        """Return the item with the sums of every group."""
        scale, found = self.scale, dict(sums)
        found["top2"] = found.get("top2", found["top"]) * scale**2
        found["top"] = found["top"] * scale
        found.setdefault("weight", found["n"])
        found.setdefault("weight2", found["n"])
        found["both"] = found["both"] * scale if "both" in found else found["top"]
        found.setdefault("bottom", found["weight"])
        found.setdefault("bottom2", found["weight"])
        return GroupedItem(self.code, self.is_total, RowSums(**found))


def added_up(
    table: RecordTable,
    items: Sequence[EngineItem],
    design: SampleDesign,
    by: str | None,
    problems: Problems,
    unlisted: nw.Expr | None = None,
) -> tuple[Respondents, list[GroupedItem]] | None:
    """Return groups of respondents and the sums of items in them; None if weights are not valid.

    Parameters
    ----------
    table : RecordTable
    items : sequence of EngineItem
    design : SampleDesign
        One that groups are enough for (:func:`is_grouped`).
    by : str, optional
    problems : Problems
    unlisted : narwhals expression, optional
        How many answers of a respondent the scale does not have: groups are None if there are any.
    """
    import narwhals as nw

    before = len(problems)
    keys = [name for name in columns_of(design, by) if name != design.weights]
    if not table.require([*keys, *([design.weights] if design.weights else [])], problems):
        return None
    table = with_numbers(table, design, (), problems)
    if len(problems) > before:
        return None
    every = {f"key {number}": nw.col(name) for number, name in enumerate(keys)}
    sums = _sums(items, is_weighted=design.weights is not None)
    if unlisted is not None:
        sums["unlisted"] = unlisted
    groups = grouped_sums(table.with_columns(**_columns(items, design.weights)), every, sums)
    if not groups["rows"].sum():
        problems.add("there are no answers: the table has no rows", code="survey.nothing")
    if design.weights is not None:
        _note_weights(groups, table, design.weights, keys, problems)
    if len(problems) > before or ("unlisted" in groups and groups["unlisted"].any()):
        return None
    found = [
        item.grouped({n: _floats(groups[f"{number} {n}"]) for n in _names(groups, number)})
        for number, item in enumerate(items)
    ]
    counts = _floats(groups["rows"])
    named = groups[list(every)].set_axis(keys, axis="columns")
    weights = counts if design.weights is None else _floats(groups["weight"])
    return Respondents(nw.from_native(named, eager_only=True), counts, weights), found


def _columns(items: Sequence[EngineItem], weights: str | None) -> dict[str, nw.Expr]:
    """Return the columns that are added to the table."""
    import narwhals as nw

    columns = {
        f"govindex_{number}_{name}": column
        for number, item in enumerate(items)
        for name, column in item.columns().items()
    }
    if weights is not None:
        columns[_WEIGHT] = nw.col(weights).cast(nw.Float64)
    return columns


def _sums(items: Sequence[EngineItem], *, is_weighted: bool) -> dict[str, nw.Expr]:
    """Return what is added up by group."""
    import narwhals as nw

    weight, sums = nw.col(_WEIGHT) if is_weighted else None, dict[str, "nw.Expr"]()
    if weight is not None:
        sums["weight"] = weight
        sums["lost"] = as_flag(weight.is_null() | ~weight.is_finite())
        sums["low"] = as_flag(weight <= 0)
    for number, item in enumerate(items):
        each = item.sums(_columns_of_item(number), weight)
        sums.update({f"{number} {name}": expression for name, expression in each.items()})
    return sums


def _columns_of_item(number: int) -> Callable[[str], nw.Expr]:
    import narwhals as nw

    return lambda name: nw.col(f"govindex_{number}_{name}")


def _names(groups: pd.DataFrame, number: int) -> list[str]:
    start = f"{number} "
    names = map(str, groups)
    return [name.removeprefix(start) for name in names if name.startswith(start)]


def _floats(column: pd.Series[Any]) -> Float:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _note_weights(
    groups: pd.DataFrame, table: RecordTable, name: str, keys: Sequence[str], problems: Problems
) -> None:
    import narwhals as nw

    number = nw.col(name).cast(nw.Float64)
    for flag, wrong, what, code, cure in (
        (
            "lost",
            number.is_null() | ~number.is_finite(),
            "missing or infinite",
            "number",
            CURE_OF_MISSING,
        ),
        ("low", number <= 0, "not above 0", "weight", CURE_OF_WEIGHTS),
    ):
        count = int(groups[flag].sum())
        if count:
            here = first_where(table, wrong, [*keys, name])
            problems.add(
                f"column '{name}' is {what} in {count:,} row{'s' * (count != 1)}, {here}",
                code=f"survey.{code}",
                cure=cure,
            )
