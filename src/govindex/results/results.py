"""What came out: scores, ranks and bands at every node, with their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs
import numpy as np

from govindex.checks import among, names_of, true_or_false
from govindex.errors import SettingError
from govindex.model.fallen import FALLEN
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.results.marks import mark_rows, status_counts, unscored_reasons
from govindex.results.node_ranks import NodeRanks
from govindex.results.periods import as_observations, at_period
from govindex.results.tables import announced, publication_order, published
from govindex.statuses import footnotes, summaries

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IndexResult"]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class IndexResult(NodeRanks):
    """Scores of units at every node.

    Results are made by :meth:`Methodology.compute <govindex.Methodology.compute>`, and
    of scores that were computed otherwise by :func:`~govindex.result_from_scores`.
    Arrays are nodes × units, nodes in the order of `codes`.

    Parameters
    ----------
    framework : Framework
        What was scored.
    units : Units
        Who was scored.
    codes : tuple of str
        The nodes: the tree from the root down, then the views. Where scores were computed otherwise
        there may be some of them only.
    outcome : Outcome
        What came of each node, array by array.
    maxima : array, shape (nodes,)
        The printed score of a share of 1: points, or the common scale. Nodes that are weighed by
        variables of the data, and so are worth other points for every unit, have their branch's.
    in_force : mapping of code to array, shape (children, units)
        For branches where absence moved weights: each child's part of the node.
    scale : "points" or float
        What scores are printed in.
    ranking, bands, printing
        How ranks and bands are given, and how printed scores are rounded.
    print_rounding : mapping of code to Rounder
        How scores are rounded that are printed rounded and ranked in full.
    display : tuple of str
        The nodes shown beside the total.
    observations : Observations
        What was scored, after preparation.
    provenance : Provenance
    opaque : bool
        Whether scores were computed by code of the methodology's own: then weights and rules of the
        framework do not explain them.
    reasons : mapping of (unit, node) to str
        Why there is no score, where the methodology said so itself.
    """

    display: tuple[str, ...] = ()

    def __repr__(self) -> str:
        scored = int((~np.isnan(self._outcome.shares[0])).sum())
        origin = self.provenance
        return (
            f"<IndexResult of {origin.methodology or self.framework.code}"
            f"{f'@{origin.version}' if origin.version else ''}: "
            f"{scored} of {len(self.units)} units scored, {len(self.codes)} nodes>"
        )

    # -- tables -------------------------------------------------------------------------------

    def table(
        self,
        *,
        columns: Iterable[str] | None = None,
        language: str | None = None,
        status: bool = False,
    ) -> pd.DataFrame:
        """Return the ranking as it is published, best first, league by league.

        In a panel period by period, the earliest first.

        Parameters
        ----------
        columns : iterable of str, optional
            Codes of the nodes shown beside the total; by default the methodology's display, which
            is the root's children if it names none.
        language : str, optional
            Of units' and nodes' names, such as "vi".
        status : bool
            Whether a column says which of a unit's indicators do not stand as they were reported.

        Returns
        -------
        DataFrame
            Indexed by `unit`, the code: `rank`, `name`, `period`, `league`, `overall_rank`,
            `score`, `maximum`, `percent`, `band`, a column per node, and on request `status`
            ("imputed: 1.1, 1.2; treated: 3 (raw 900)"). Columns that do not apply are there and
            empty.
        """
        chosen = self.display if columns is None else names_of(columns, "columns")
        shown = tuple(dict.fromkeys(chosen))
        noted = true_or_false(status, "status")
        notes = summaries(self.marks, self.units.codes) if noted else None
        return published(self, shown, self.publication_order(self.codes[0]), notes, language)

    @property
    def marks(self) -> pd.DataFrame:
        """The figures that do not stand as they were reported.

        Returns
        -------
        DataFrame
            A row per unit and indicator: unit, name, node, status ("missing", "not applicable",
            "suppressed", "imputed", "fallen back", "treated" …), the indicator's value, and raw,
            what it was before treatment. A unit has rows for the indicators of its own form.
        """
        import pandas as pd

        rows = self._mark_rows(dict(zip(self.units.codes, self.units.labels(), strict=True)))
        return pd.DataFrame(rows, columns=["unit", "name", "node", "status", "value", "raw"])

    def _mark_rows(self, names: Mapping[str, str]) -> list[tuple[Any, ...]]:
        return mark_rows(self, names)

    @property
    def fallen_back(self) -> pd.DataFrame:
        """The cells of the data that fell back to an earlier stage.

        As :attr:`Observations.fallen_back
        <govindex.Observations.fallen_back>` lists them, after preparation.
        """
        import pandas as pd

        data = self.observations
        return pd.DataFrame(columns=list(FALLEN)) if data is None else data.fallen_back

    @property
    def footnotes(self) -> list[str]:
        """What belongs below a printed table: figures that do not stand as they were reported."""
        return footnotes(self.marks)

    def status_counts(
        self, code: str | None = None, *, by: Literal["cells", "weight"] = "cells"
    ) -> pd.DataFrame:
        """Count the indicators below a node by status, unit by unit.

        Parameters
        ----------
        code : str, optional
            The node, by default the root.
        by : {"cells", "weight"}
            Count indicators, or add up which part of the node's declared weight they have; what
            lies outside the maximum has none.

        Returns
        -------
        DataFrame
            Units × reported, fallen_back, imputed, missing, not_applicable, suppressed, which add
            up to all; and treated, which counts reported or imputed figures again.
        """
        if not among(by, ("cells", "weight")):
            raise SettingError(f"statuses are counted by 'cells' or 'weight', not {by!r}")
        top = self.codes[0] if code is None else code
        self.row_of(top)
        counts = self._status_counts(top, by=by)
        return counts.astype(np.int64) if by == "cells" else counts

    def _status_counts(self, top: str, *, by: str) -> pd.DataFrame:
        return status_counts(self, top, by=by)

    def publication_order(self, code: str) -> list[int]:
        """Return the units' ranks in the order of publication: periods, leagues, best first.

        Units that share a rank stand in the order of their codes, those without one at the end.
        """
        return publication_order(self.units, self.ranks_at(code))

    def announce(self, *, language: str | None = None) -> pd.DataFrame:
        """Return first, second, third and last of every league, with how many were ranked.

        Ranks are counted 1, 2, 2, 4 whatever the rule for ties. Units that share a rank stand
        together; a rank that ties leave empty is empty, and where all units share one there is no
        last. In a panel every period has rows of its own.
        """
        return announced(self.units, self._keys(self.codes[0]), language)

    @property
    def unscored(self) -> pd.DataFrame:
        """Units without a total, with the reason: which indicators are absent, and why.

        A methodology that computes scores by code of its own says the reason itself.
        """
        import pandas as pd

        reasons = self._unscored()
        rows = [(code, reasons[code]) for code in self.units.codes if code in reasons]
        return pd.DataFrame(rows, columns=["unit", "reason"]).set_index("unit")

    def _unscored(self) -> dict[str, str]:
        return unscored_reasons(self)

    # -- other results ------------------------------------------------------------------------

    def as_observations(self, at: At = 0) -> Observations:
        """Return printed scores as the data of another index.

        Parameters
        ----------
        at : int, str or iterable of str
            A tier of the framework (0: the total), or the codes of nodes; of a tier, the nodes that
            have scores.

        Returns
        -------
        Observations
            Scores that an absence policy filled are imputed, and those of indicators that were
            imputed or have fallen back stay so.
        """
        return as_observations(self, selected(at, self.codes, self._frameworks))

    @property
    def _frameworks(self) -> tuple[Framework, ...]:
        return (self.framework,)

    def at_period(self, period: str) -> Self:
        """Return what came out for one period, under the codes of the units themselves.

        Ranks and bands are those of the whole result, since units are ranked inside periods.

        Raises
        ------
        UnknownNameError
            If nothing was scored for that period.
        """
        return at_period(self, period)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.footnotes)
        return str(self.table()._repr_html_()) + notes  # type: ignore[operator]
