"""Reports of standard errors that are not known any more after a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from govindex.contracts import Bool
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LostErrorsReport", "lost_cells"]


@attrs.frozen(eq=False)
class LostErrorsReport:
    """The standard errors, or replicates, that a step could not carry on.

    Parameters
    ----------
    step : object
        The step, or what joined the data.
    what : {"errors", "replicates"}
        Cells without replicates keep their errors.
    rows : tuple of (variable, cells)
    """

    step: Any
    what: str
    rows: tuple[tuple[str, int], ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each variable: in how many cells they are not known any more."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=["variable", "cells"]).set_index("variable")

    @property
    def _cells(self) -> int:
        return sum(cells for _, cells in self.rows)

    def summary_in(self, language: str | None = None) -> str:
        """Return in how many cells they are not known any more, in words."""
        cells, count = (number_text(x, language) for x in (self._cells, len(self.rows)))
        return words(f"preparation.lost_{self.what}", language, cells=cells, count=count)

    def __repr__(self) -> str:
        return f"<LostErrorsReport: {self.what} of {self._cells} cells>"


def lost_cells(
    step: Any, what: str, variables: tuple[str, ...], lost: Bool
) -> tuple[LostErrorsReport, ...]:
    """Return a report of cells, shape (units, variables); none if nothing is lost."""
    counts = zip(variables, lost.sum(axis=0).tolist(), strict=True)
    rows = tuple((name, count) for name, count in counts if count)
    return (LostErrorsReport(step, what, rows),) if rows else ()
