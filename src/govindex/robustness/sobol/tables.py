"""Tables of Sobol' indices of scores and ranks, by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.display import ShownPage, html
from govindex.errors import SettingError
from govindex.extras import Later, later
from govindex.model.units import Units
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.sobol.estimators import SobolEstimates, SobolIndices
from govindex.robustness.sobol.pages import sensitivity_page
from govindex.robustness.sobol.summaries import summary, title

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sensitivity"]

Order = Literal["first", "total"]


@attrs.frozen(eq=False)
class Sensitivity:
    """Sobol' indices: which variation moves scores and ranks.

    Tables list units in the order of publication. Without variance of an output, its indices are
    missing, with the reason.

    Parameters
    ----------
    nominal : IndexResult
        The result without variation.
    node : str
        The node that is ranked.
    points : int
        Points in each sample.
    groups : tuple of str
        The groups of inputs.
    indices : SobolIndices
        Of the scores of units, their ranks, and the mean shift of ranks, units in the order of
        their codes: shape (groups, 2 · units + 1).
    """

    nominal: IndexResult
    node: str
    points: int
    groups: tuple[str, ...]
    indices: SobolIndices

    def __repr__(self) -> str:
        return f"<Sensitivity to {len(self.groups)} groups: {len(self.units)} units>"

    @property
    def plot(self) -> Later:
        """The picture of the indices: `found.plot.sensitivity()`."""
        return later("govindex.plot", self, ("sensitivity",))

    @property
    def units(self) -> Units:
        """The units, in the order of their codes."""
        return self.nominal.units

    @property
    def evaluations(self) -> int:
        """How often the index was computed."""
        orders = 1 if self.indices.second is None else 2
        return self.points * (2 + orders * len(self.groups))

    @property
    def mean_shift(self) -> pd.DataFrame:
        """Indices of the mean distance of ranks from the nominal ones, by group.

        `first` and `total` with the ends of their intervals, and the `reason` if they are missing.
        """
        return self._by_group(2 * len(self.units))

    def ranks(self, order: Order = "total") -> pd.DataFrame:
        """Return indices of the ranks of units.

        Parameters
        ----------
        order : {"first", "total"}

        Returns
        -------
        DataFrame, units × groups
            With the name of each `unit`, its nominal `rank`, and the `reason` if indices are
            missing.
        """
        return self._by_unit(order, len(self.units))

    def scores(self, order: Order = "total") -> pd.DataFrame:
        """Return indices of the printed scores of units, as :meth:`ranks` does for ranks."""
        return self._by_unit(order, 0)

    def of(self, unit: str, *, output: Literal["rank", "score"] = "rank") -> pd.DataFrame:
        """Return the indices of one unit, groups × (`first`, `total`, their ends, `reason`)."""
        return self._by_group(self._output_index(unit, output))

    def interactions(
        self, unit: str | None = None, *, output: Literal["rank", "score"] = "rank"
    ) -> pd.DataFrame:
        """Return second-order indices of pairs of groups: their interactions.

        Parameters
        ----------
        unit : str, optional
            Whose output; the mean shift of ranks by default.
        output : {"rank", "score"}

        Returns
        -------
        DataFrame
            `first_group`, `second_group`, the index `second` with the ends of its interval, and the
            `reason` if it is missing.
        """
        import pandas as pd

        if self.indices.second is None:
            raise SettingError("there are no second-order indices: sensitivity(…, second=True)")
        index = 2 * len(self.units) if unit is None else self._output_index(unit, output)
        one, two = np.triu_indices(len(self.groups), 1)
        pairs = self.indices.second[one, two, index]
        names = np.array(self.groups, dtype=object)
        reason = self.indices.reasons[index]
        columns = {"first_group": names[one], "second_group": names[two]}
        return pd.DataFrame({**columns, **_ends("second", pairs), "reason": reason})

    @property
    def missing(self) -> pd.DataFrame:
        """The outputs without indices: `output`, `code` of the unit and `reason`."""
        frame = self.to_frame()
        absent = frame[frame["reason"] != ""][["output", "unit", "reason"]]
        return absent.drop_duplicates().reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """Return all first-order and total indices, a row for each output and group."""
        import pandas as pd

        units = self._order()
        count = len(units)
        rows = [*units, *(count + index for index in units), 2 * count]
        codes = [self.units.codes[index] for index in units]
        repeats = len(self.groups)
        outputs = ["score"] * count + ["rank"] * count + ["mean_shift"]
        reasons = [self.indices.reasons[index] for index in rows]
        indices = {
            **_ends("first", _flat(self.indices.first, rows)),
            **_ends("total", _flat(self.indices.total, rows)),
        }
        return pd.DataFrame(
            {
                "output": np.repeat(np.array(outputs, dtype=object), repeats),
                "unit": np.repeat(np.array([*codes, *codes, None], dtype=object), repeats),
                "group": list(self.groups) * len(rows),
                **indices,
                "reason": np.repeat(np.array(reasons, dtype=object), repeats),
            }
        )

    @property
    def summary(self) -> str:
        """A summary in words on one screen, in English."""
        return self.summary_in()

    def summary_in(self, language: str | None = None) -> str:
        """Return a summary in words on one screen.

        Parameters
        ----------
        language : str, optional
            Of the words and the numbers; English words by default.

        Raises
        ------
        SettingError
            If the language has no catalogue.
        """
        return summary(self, language)

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return sensitivity_page(title(self, language), self.mean_shift, language)

    def _order(self) -> list[int]:
        return self.nominal.publication_order(self.node)

    def _output_index(self, unit: str, output: str) -> int:
        if not among(output, ("rank", "score")):
            raise SettingError(f"output is 'rank' or 'score', not {output!r}")
        return self.units.locate(unit) + (len(self.units) if output == "rank" else 0)

    def _by_group(self, index: int) -> pd.DataFrame:
        import pandas as pd

        columns: dict[str, Any] = {
            **_ends("first", self.indices.first[:, index]),
            **_ends("total", self.indices.total[:, index]),
            "reason": self.indices.reasons[index],
        }
        return pd.DataFrame(columns, index=pd.Index(self.groups, name="group"))

    def _by_unit(self, order: str, first: int) -> pd.DataFrame:
        import pandas as pd

        if not among(order, ("first", "total")):
            raise SettingError(f"order is 'first' or 'total', not {order!r}")
        columns = slice(first, first + len(self.units))
        numbers: SobolEstimates = getattr(self.indices, order)
        index = pd.Index(self.units.codes, name="unit")
        start = {"name": self.units.labels(), "rank": as_ranks(self.nominal.ranks_at(self.node))}
        parts = [
            pd.DataFrame(start, index=index),
            pd.DataFrame(numbers.value[:, columns].T, index=index, columns=list(self.groups)),
            pd.DataFrame({"reason": list(self.indices.reasons[columns])}, index=index),
        ]
        return pd.concat(parts, axis=1).iloc[self._order()]


def _ends(name: str, estimates: SobolEstimates) -> dict[str, Any]:
    """Return the columns of estimates, with their ends if there are bootstraps."""
    columns: dict[str, Any] = {name: estimates.value}
    if estimates.low is not None:
        columns |= {f"{name}_low": estimates.low, f"{name}_high": estimates.high}
    return columns


def _flat(estimates: SobolEstimates, rows: list[int]) -> SobolEstimates:
    """Return estimates in one row, by output and then by group."""
    some = estimates[:, rows]
    value, low, high = (
        part if part is None else part.T.reshape(-1) for part in (some.value, some.low, some.high)
    )
    return SobolEstimates(value, low, high)  # type: ignore[arg-type]
