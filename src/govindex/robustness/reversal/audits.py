"""Audits of rank reversal: pairs whose order changes as a third unit comes or goes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.checks import true_or_false
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, SettingError
from govindex.meters import Meter, Progress
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.reversal.cases import CaseResult, Judge, cases_of
from govindex.robustness.reversal.frozen_parts import FrozenPart, parts_of
from govindex.robustness.reversal.pages import reversals_page
from govindex.robustness.reversal.summaries import summary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reversals", "reversals"]

_ELSEWHERE = "no declared part"


@attrs.frozen(eq=False, slots=False)
class Reversals:
    """Pairs of units that change order because a third one comes or goes.

    Parameters
    ----------
    nominal : IndexResult
    node : str
    parts : tuple of FrozenPart
        The parts that depend on peers.
    found : tuple of CaseResult
        The results of the cases.
    """

    nominal: IndexResult
    node: str
    parts: tuple[FrozenPart, ...]
    found: tuple[CaseResult, ...]

    def __repr__(self) -> str:
        return f"<Reversals: {self.count:,} in {len(self.found):,} cases>"

    @property
    def count(self) -> int:
        """How many pairs change order, over all cases."""
        return sum(len(case.pairs) for case in self.found)

    @property
    def left(self) -> int:
        """How many pairs still do if all parts that can be frozen are."""
        return sum(case.left for case in self.found)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each pair and case.

        `case` and `unit` (the change), `first` and `second` with their ranks `before` and `after`,
        `how` ("reversed", "tied": they now share a rank, "parted": they did before), the `parts`
        that made it possible, and `alone`: whether freezing any one of them undoes it.
        """
        import pandas as pd

        units = self.nominal.units
        codes, labels = np.array(units.codes, dtype=object), np.array(units.labels(), dtype=object)
        pairs = np.concatenate([case.pairs for case in self.found]).reshape(-1, 2)
        before = np.concatenate([case.before for case in self.found]).reshape(-1, 2)
        after = np.concatenate([case.after for case in self.found]).reshape(-1, 2)
        sizes = [len(case.pairs) for case in self.found]
        causes = [numbers for case in self.found for numbers in case.causes]
        how = np.where(after[:, 0] == after[:, 1], "tied", "reversed").astype(object)
        how[before[:, 0] == before[:, 1]] = "parted"
        return pd.DataFrame(
            {
                "case": np.repeat([case.what for case in self.found], sizes),
                "unit": np.repeat(np.array([c.unit for c in self.found], dtype=object), sizes),
                "first": codes[pairs[:, 0]],
                "second": codes[pairs[:, 1]],
                "first_name": labels[pairs[:, 0]],
                "second_name": labels[pairs[:, 1]],
                "first_before": as_ranks(before[:, 0]),
                "second_before": as_ranks(before[:, 1]),
                "first_after": as_ranks(after[:, 0]),
                "second_after": as_ranks(after[:, 1]),
                "how": how,
                "parts": [self._named(numbers) for numbers in causes],
                "alone": np.concatenate([case.alone for case in self.found]),
            }
        )

    def _named(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.parts[n].name for n in numbers) or (_ELSEWHERE,)

    @property
    def cases(self) -> pd.DataFrame:
        """A row for each case: `flips`, how many are `left` with all parts frozen, `problem`."""
        import pandas as pd

        return pd.DataFrame(
            {
                "case": [case.what for case in self.found],
                "unit": [case.unit for case in self.found],
                "flips": [len(case.pairs) for case in self.found],
                "left": [case.left for case in self.found],
                "unranked": [case.unranked for case in self.found],
                "problem": [case.problem for case in self.found],
            }
        )

    @cached_property
    def causes(self) -> pd.DataFrame:
        """A row for each part that depends on peers.

        The `flips` that it made possible, those that freezing it `alone` undoes, whether it can be
        `frozen`, and the `problem` if not.
        """
        import pandas as pd

        flips, alone = np.zeros((2, len(self.parts)), dtype=np.int64)
        for case in self.found:
            for numbers, by_itself in zip(case.causes, case.alone, strict=True):
                flips[list(numbers)] += 1
                alone[list(numbers)] += bool(by_itself)
        return pd.DataFrame(
            {
                "flips": flips,
                "alone": alone,
                "frozen": [bool(part.frozen) for part in self.parts],
                "problem": [part.problem for part in self.parts],
            },
            index=pd.Index([part.name for part in self.parts], name="part"),
        )

    @property
    def summary(self) -> str:
        """A summary in words, in English."""
        return self.summary_in()

    def summary_in(self, language: str | None = None) -> str:
        """Return a summary in words.

        Parameters
        ----------
        language : str, optional
            Of the words and the numbers; English words by default. Names of parts and errors stay
            English.

        Raises
        ------
        SettingError
            If the language has no catalogue.
        """
        return summary(self, language)

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return reversals_page(self.cases, self.causes, self.to_frame(), language)


def reversals(
    method: AnyMethodology,
    data: Observations,
    *,
    remove: Iterable[str] | None = None,
    newcomers: Iterable[str] = (),
    copies: bool = False,
    node: str | None = None,
    progress: Progress = None,
) -> Reversals:
    """Remove and add units one at a time, and list the pairs whose order changes.

    If parts depend on peers, a third unit that comes or goes can reverse the order of two others.
    Each flip is listed with the parts that made it possible, found by freezing them one at a time
    on the data.

    Parameters
    ----------
    method : Methodology or any object that follows its protocol
        The flips of an object that computes by its own code cannot be traced to parts.
    data : Observations
    remove : iterable of str, optional
        The units that go, one at a time; by default all. In a panel a unit goes in all periods.
    newcomers : iterable of str
        Units of the data that are not in the nominal ranking, and come one at a time.
    copies : bool
        Add a copy of each unit under another code, one at a time.
    node : str, optional
        The node that is ranked; the total by default.
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` with the
        cases.

    Returns
    -------
    Reversals
        Pairs that are ranked together, before and after. A case that cannot be computed has a
        reason.

    Raises
    ------
    SettingError
        Without a unit to remove or to add, or for copies of a panel.
    UnknownNameError
        If there is no such unit or node.

    Notes
    -----
    The index is computed twice for each case, and in a case with flips once for each part that
    may have caused them.

    References
    ----------
    V. Belton, T. Gear, "On a short-coming of Saaty's method of analytic hierarchies", Omega 11
    (1983): a copy of a unit reverses two others.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> method = gi.Methodology("example.two", "1", gi.Framework("index", [
    ...     gi.Indicator("x", rule=gi.rules.MinMax()), gi.Indicator("y", rule=gi.rules.MinMax())]))
    >>> frame = pd.DataFrame({"unit": list("ABCD"), "x": [1, 3, 0, 10], "y": [8, 5, 0, 9]})
    >>> audit = reversals(method, gi.Observations.from_frame(frame))
    >>> audit.to_frame()[["case", "unit", "first", "second", "how"]]
          case unit first second       how
    0  without    D     A      B  reversed
    >>> audit.to_frame()["parts"][0]
    ("rule of 'x': MinMax(low=0.0, high=1.0, over='all', degenerate='error')",)
    """
    if not isinstance(data, Observations):
        raise DataError(f"give Observations, not {type(data).__name__}")
    if not callable(getattr(method, "compute", None)):
        raise SettingError(f"give a methodology first, not {type(method).__name__}")
    if true_or_false(copies, "copies") and data.is_panel:
        raise SettingError("units of a panel are not copied: audit one period, at_period(…)")
    data = data.take(sorted(data.units.codes))
    base, cases, count = cases_of(data, remove, newcomers, copies=copies)
    nominal = method.compute(base)
    code = nominal.codes[0] if node is None else node
    nominal.row_of(code)
    parts = parts_of(method, base) if isinstance(method, Methodology) else ()
    judge = Judge(method, nominal, code, parts)
    found = []
    with Meter(count, progress, "cases") as meter:
        for case in cases:
            found.append(judge(case))
            meter()
    return Reversals(nominal, code, parts, tuple(found))
