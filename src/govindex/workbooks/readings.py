"""What was read of workbooks with scores: observations, checks of stated sums, problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from govindex.display import ShownPage, html
from govindex.errors import Problem, grouped
from govindex.model.observations import Observations
from govindex.workbooks.problem_texts import problem_table
from govindex.workbooks.reading_pages import scores_page

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHECK_COLUMNS", "NOTE_COLUMNS", "Scores"]

NOTE_COLUMNS = ("unit", "variable", "stage", "kind", "text", "cell")
CHECK_COLUMNS = ("unit", "stage", "node", "stated", "computed", "difference", "kind", "cell")


def _problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problems)


def _no_notes() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(NOTE_COLUMNS))


@attrs.frozen(eq=False, repr=False)
class Scores:
    """Scores that were read from workbooks or scoring forms.

    Parameters
    ----------
    observations : Observations
        What every unit reported, with its stages. A cell that cannot be read is missing, and a
        problem.
    checks : DataFrame
        A row per subtotal or total that differs from what its parts give: unit, stage, node,
        stated, computed (points), difference (stated less computed), kind ("printing error" if
        rounding explains it, else "contradiction") and cell. A stated total is never used.
    problems : tuple of Problem
        What could not be read as it stands, each with its code, unit, variable, stage and cell.
    notes : DataFrame
        What the sheets hold beside the scores: unit, variable, stage, kind ("note" from a column of
        notes, "comment" on a cell, "formula" whose stored result was read, "hidden", "left out"),
        text and cell.

    Examples
    --------
    >>> import pandas as pd
    >>> data = Observations.from_frame(pd.DataFrame({"unit": ["A"], "days": [3]}))
    >>> Scores(data, pd.DataFrame(columns=list(CHECK_COLUMNS)))
    <Scores: 1 units × 1 variables, 0 cells absent; 0 sums that differ, 0 problems>
    """

    observations: Observations
    checks: pd.DataFrame
    problems: tuple[Problem, ...] = attrs.field(default=(), converter=_problems)
    notes: pd.DataFrame = attrs.field(factory=_no_notes)

    def __repr__(self) -> str:
        cells = repr(self.observations).removeprefix("<Observations: ").removesuffix(">")
        return f"<Scores: {cells}; {self._found}>"

    @property
    def _found(self) -> str:
        return f"{len(self.checks)} sums that differ, {len(self.problems)} problems"

    def __str__(self) -> str:
        return "\n".join([repr(self), *(f"  {line}" for line in grouped(self.problems))])

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return scores_page(self.observations, self.checks, self.problems, language)

    def problem_table(self, language: str | None = None) -> pd.DataFrame:
        """Return the problems as a table that can go back to those who filled in the files.

        Parameters
        ----------
        language : str, optional
            Of the texts; English by default.

        Returns
        -------
        DataFrame
            unit, variable, stage, cell, code and text: the cause and the cure.
        """
        return problem_table(self.problems, language)
