"""Yes-or-no variables that earn a share each."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from govindex.contracts import BaseMeasure, Cells, Columns, Entry, EntryCells, in_formula, is_absent
from govindex.errors import CellError, SettingError
from govindex.mappings import FrozenMap
from govindex.measures.cells import masked, worst
from govindex.names import distinct

__all__ = ["Conditions"]


def _condition_shares(table: Mapping[str, float]) -> FrozenMap[str, float]:
    if not isinstance(table, Mapping) or not table:
        raise SettingError(f"Conditions needs a mapping of variables to shares, not {table!r}")
    for name, share in table.items():
        if not isinstance(name, str):
            raise SettingError(f"a condition is the name of a variable, a text, not {name!r}")
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not np.isfinite(share):
            raise SettingError(f"the share of condition '{name}' is a finite number, not {share!r}")
    return FrozenMap({name: float(share) for name, share in distinct(table, "the variable")})


@attrs.frozen
class Conditions(BaseMeasure):
    """The sum of the shares of the conditions that are met.

    Parameters
    ----------
    shares : mapping of str to float
        What each yes-or-no variable (1 or 0, true or false) earns when it is met.

    Raises
    ------
    CellError
        If a cell holds something other than 0 and 1.

    Examples
    --------
    >>> Conditions({"plan_issued": 0.5, "issued_on_time": 0.5}).variables
    ('plan_issued', 'issued_on_time')
    """

    shares: FrozenMap[str, float] = attrs.field(converter=_condition_shares)

    @property
    def variables(self) -> tuple[str, ...]:
        """The conditions."""
        return tuple(self.shares)

    @property
    def bounds(self) -> tuple[float, float]:
        """From the sum of the shares below 0 to the sum of those above."""
        shares = self.shares.values()
        return sum(min(share, 0.0) for share in shares), sum(max(share, 0.0) for share in shares)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return yes or no for each condition."""
        return dict.fromkeys(self.shares, Entry(yes_no=True))

    def spreadsheet_formula(self, cells: EntryCells) -> str:
        """Return the sum of the earned shares."""
        earned = [f"{in_formula(share)}*{cells[name]}" for name, share in self.shares.items()]
        return f"({'+'.join(earned)})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the sum of the earned shares."""
        total, status = np.zeros(1), np.zeros(1, dtype=np.uint8)
        for name, share in self.shares.items():
            if columns.levels(name):
                wrong = ~is_absent(columns[name].status)
                raise CellError(f"the condition {name} is 1 or 0, not a text", wrong)
            cells = columns[name]
            wrong = (cells.values != 0) & (cells.values != 1) & ~np.isnan(cells.values)
            if wrong.any():
                raise CellError(f"the condition {name} is met (1) or not (0)", wrong)
            total = total + share * cells.values
            status = worst(status, cells.status)
        return masked(total, status, float(sum(map(abs, self.shares.values()))))
