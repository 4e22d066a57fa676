"""Columns of wide and long frames: stages, a period of all rows, numbers of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus, Index
from govindex.errors import DataError, Problems
from govindex.frames import column_texts
from govindex.model.stages import Stage, check_stages, declared, fallback_order, staged
from govindex.periods import parts_of_year

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["UNUSABLE", "StageColumn", "check_columns", "row_numbers", "single_period"]

UNUSABLE = "The frame cannot be used"


def check_columns(**columns: Any) -> None:
    """Raise if the name of a column is not a text."""
    for argument, column in columns.items():
        if column is not None:
            instance_of(column, str, f"{argument}=, the name of a column,")


@attrs.frozen
class StageColumn:
    """The stage of every row, the declared order, and which stages cells fall back to."""

    names: Sequence[str]
    order: tuple[str, ...]
    earlier: tuple[str, ...]

    @classmethod
    def of(
        cls,
        frame: nw.DataFrame[Any],
        column: str | None,
        stages: Sequence[str] | None,
        fall_back: bool | Sequence[str],
        problems: Problems,
    ) -> StageColumn:
        """Return the stages of a column; without a column one nameless stage."""
        if column is None:
            return cls([""] * len(frame), ("",), ())
        names = [text or "" for text in column_texts(frame, column)]
        order = declared(stages, column, names)
        earlier = fallback_order(fall_back, order)
        check_stages(names, order, column, earlier, problems)
        problems.raise_any(DataError, UNUSABLE)
        return cls(names, order, earlier)

    @property
    def numbers(self) -> Index:
        """The number of each row's stage."""
        number = {name: i for i, name in enumerate(self.order)}
        return np.array([number[name] for name in self.names], dtype=np.intp)

    def fields(self, shape: tuple[int, int], at: Any, values: Any, status: Any) -> dict[str, Any]:
        """Return the stages of observations, with cells at ``[stage, unit, variable]``."""
        numbers = np.full((len(self.order), *shape), np.nan)
        marks = np.full(numbers.shape, np.uint8(CellStatus.MISSING))
        numbers[at], marks[at] = values, status
        stages = [Stage(*stage) for stage in zip(self.order, numbers, marks, strict=True)]
        return staged(stages, self.earlier)


def single_period(frame: nw.DataFrame[Any], headers: dict[str, str]) -> str | None:
    """Return the period of all rows, and take it out of the headers; None if a column has periods.

    A text that is spelled as a period is one, also if a column has that name.
    """
    period = headers.get("periods")
    if period is None or (period in frame.columns and parts_of_year(period) is None):
        return None
    return headers.pop("periods")


def row_numbers(names: Iterable[str], known: Iterable[str]) -> Index:
    """Return the number of each name among the known ones."""
    number = {name: i for i, name in enumerate(known)}
    return np.array([number[name] for name in names], dtype=np.intp)
