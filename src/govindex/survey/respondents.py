"""Rows of a sample: a respondent each, or a group of respondents that an engine added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Bool, Float
from govindex.survey.columns import first_rows

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["Respondents"]


@attrs.frozen(eq=False)
class Respondents:
    """The rows that a design is applied to.

    Parameters
    ----------
    table : narwhals DataFrame
        The columns that the design names.
    counts, weights : array, shape (rows,), optional
        Of groups, how many respondents they have, and the sum of their weights before any
        adjustment.
    """

    table: nw.DataFrame[Any]
    counts: Float | None = None
    weights: Float | None = None

    def __len__(self) -> int:
        return len(self.table)

    def described(self, mask: Bool) -> str:
        """Return how many respondents a mask marks, and the first ones: rows, or groups."""
        if self.counts is None:
            return first_rows(mask)
        count = int(self.counts[mask].sum())
        rows = np.flatnonzero(mask)[:3].tolist()
        named = "; ".join(
            ", ".join(f"{name} {_shown(self.table[name][row])}" for name in self.table.columns)
            for row in rows
        )
        more = "; …" if mask.sum() > len(rows) else ""
        return f"{count:,} row{'s' * (count != 1)}, first where {named}{more}"

    def first(self, mask: Bool) -> int | None:
        """Return the row of the first respondent that a mask marks, from 1; None of a group."""
        return int(np.argmax(mask)) + 1 if self.counts is None else None


def _shown(cell: Any) -> str:
    if cell is None or cell != cell:
        return "is blank"
    return f"'{cell}'"
