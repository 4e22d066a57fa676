"""The result of an index, with its tables and its use as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs
import numpy as np

from govindex.checks import among, names_of, true_or_false
from govindex.errors import SettingError
from govindex.language import check_language
from govindex.model.fallbacks import FALLEN
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.results.announcements import announcement_sentences, league_scores
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

    :meth:`Methodology.compute <govindex.Methodology.compute>` makes results, and
    :func:`~govindex.result_from_scores` makes them from scores that were computed
    elsewhere. Arrays are nodes × units, nodes in the order of `codes`.

    Parameters
    ----------
    framework : Framework
    units : Units
    codes : tuple of str
        The nodes: the tree from the root down, then the views. Scores that were computed elsewhere
        may have some of them only.
    outcome : Outcome
        The arrays of each node.
    maxima : array, shape (nodes,)
        The printed score of a share of 1: points, or the common scale. Nodes weighted by variables
        of the data, whose points differ from unit to unit, have the maximum of their branch.
    in_force : mapping of code to array, shape (children, units)
        For branches where absence moved weights: each child's part of the node.
    scale : "points" or float
        The printed unit of scores.
    ranking, bands, printing
        The rules for ranks and bands, and the rounding of printed scores.
    print_rounding : mapping of code to Rounder
        The rounding of scores that are printed rounded but ranked in full.
    display : tuple of str
        The nodes shown with the total.
    observations : Observations
        The data after preparation.
    provenance : Provenance
    opaque : bool
        Whether the methodology's own code computed the scores: then weights and rules of the
        framework do not explain them.
    reasons : mapping of (unit, node) to str
        The reasons that such code gives for a missing score.
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

    def table(
        self,
        *,
        columns: Iterable[str] | None = None,
        language: str | None = None,
        status: bool = False,
    ) -> pd.DataFrame:
        """Return the ranking as published, best first, league by league.

        A panel is listed period by period, the earliest first.

        Parameters
        ----------
        columns : iterable of str, optional
            Codes of the nodes shown with the total; by default the methodology's display, or else
            the root's children.
        language : str, optional
            Of units' and nodes' names, and of statuses, such as "vi".
        status : bool
            Whether to add a column with each unit's marked indicators.

        Returns
        -------
        DataFrame
            Indexed by `unit`, the code: `rank`, `name`, `period`, `league`, `overall_rank`,
            `score`, `maximum`, `percent`, `band`, a column per node, and on request `status`
            ("imputed: 1.1, 1.2; treated: 3 (raw 900)"). Columns that do not apply are empty.
        """
        chosen = self.display if columns is None else names_of(columns, "columns")
        shown = tuple(dict.fromkeys(chosen))
        noted = true_or_false(status, "status")
        notes = None
        if noted:
            notes = summaries(self.marks_in(language), self.units.codes, language)
        return published(self, shown, self.publication_order(self.codes[0]), notes, language)

    @property
    def marks(self) -> pd.DataFrame:
        """The figures that differ from what was reported, or were not reported.

        As :meth:`marks_in` gives them in English.
        """
        return self.marks_in()

    def marks_in(self, language: str | None = None) -> pd.DataFrame:
        """Return the figures that differ from what was reported, or were not reported.

        Parameters
        ----------
        language : str, optional
            Of the units' names and of statuses.

        Returns
        -------
        DataFrame
            A row per unit and indicator: unit, name, node, status ("missing", "not applicable",
            "suppressed", "imputed", "fallen back", "treated" …), the indicator's value, and its raw
            value before treatment. A unit has rows for the indicators of its own form.
        """
        import pandas as pd

        names = dict(zip(self.units.codes, self.units.labels(language), strict=True))
        rows = self._mark_rows(names, check_language(language))
        return pd.DataFrame(rows, columns=["unit", "name", "node", "status", "value", "raw"])

    def _mark_rows(self, names: Mapping[str, str], language: str | None) -> list[tuple[Any, ...]]:
        return mark_rows(self, names, language)

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
        """The footnotes of a printed table, which list marked figures, in English."""
        return self.footnotes_in()

    def footnotes_in(self, language: str | None = None) -> list[str]:
        """Return the footnotes of a printed table, which list marked figures.

        Raises
        ------
        SettingError
            If there are no words in the language.
        """
        return footnotes(self.marks_in(language), language)

    def status_counts(
        self, code: str | None = None, *, by: Literal["cells", "weight"] = "cells"
    ) -> pd.DataFrame:
        """Count the indicators below a node by status, unit by unit.

        Parameters
        ----------
        code : str, optional
            The node, by default the root.
        by : {"cells", "weight"}
            Count indicators, or add up their parts of the node's declared weight; indicators
            outside the maximum have no weight.

        Returns
        -------
        DataFrame
            Units × reported, fallen_back, imputed, missing, not_applicable, suppressed, which
            together count every indicator; and treated, which counts some of them again.
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
        """Return the units' rows in the order of publication: periods, leagues, best first.

        Units that share a rank are listed by code, units without a rank last.
        """
        return publication_order(self.units, self.ranks_at(code))

    def announce(self, *, language: str | None = None) -> pd.DataFrame:
        """Return first, second, third and last of every league, with how many were ranked.

        Ranks are counted 1, 2, 2, 4 whatever the rule for ties. Units that share a rank are listed
        together; a rank skipped by ties is empty, and if all units tie there is no last. A panel
        has a row per period and league.
        """
        return announced(self.units, self._keys(self.codes[0]), language)

    def announcement_sentences(self, *, language: str | None = None) -> list[str]:
        """Return what is announced, in words: a text for every league (and period).

        How many units are ranked; first, second, third and last with their scores, units that share
        a rank together; the mean, highest and lowest score of the ranked units; and the units that
        are not ranked or have no score.

        Parameters
        ----------
        language : str, optional
            Of the sentences, English by default, and of the units' names.

        Raises
        ------
        SettingError
            If there are no words in the language.

        Examples
        --------
        >>> import govindex as gi
        >>> groups = gi.methodology("vn.service-766").cut()
        >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
        >>> text, = result.announcement_sentences(language="vi")
        >>> text.split(";")[0]
        'Có 34 đơn vị được xếp hạng. Đứng đầu là UBND tỉnh Đồng Tháp (68,80 điểm)'
        """
        check_language(language)
        return announcement_sentences(self, language)

    def league_scores(self) -> pd.DataFrame:
        """Return the mean, highest and lowest score of every league (and period).

        Returns
        -------
        DataFrame
            Indexed by league (or period and league): `ranked`, the number of ranked units, and the
            `mean`, `highest` and `lowest` of their printed totals; NaN if no unit is ranked.
        """
        return league_scores(self)

    @property
    def unscored(self) -> pd.DataFrame:
        """Units without a total, with the reason: which indicators are absent, and why.

        As :meth:`unscored_in` gives them in English.
        """
        return self.unscored_in()

    def unscored_in(self, language: str | None = None) -> pd.DataFrame:
        """Return units without a total, with the reason in words.

        A methodology that computes scores by its own code gives its own reasons, which are not
        translated.
        """
        import pandas as pd

        reasons = self._unscored(check_language(language))
        rows = [(code, reasons[code]) for code in self.units.codes if code in reasons]
        return pd.DataFrame(rows, columns=["unit", "reason"]).set_index("unit")

    def _unscored(self, language: str | None) -> dict[str, str]:
        return unscored_reasons(self, language)

    def as_observations(self, at: At = 0) -> Observations:
        """Return printed scores as the data of another index.

        Parameters
        ----------
        at : int, str or iterable of str
            A tier of the framework (0: the total), of which nodes with scores are taken, or the
            codes of nodes.

        Returns
        -------
        Observations
            Scores that an absence policy filled are marked as imputed; indicators that were imputed
            or have fallen back keep that mark.
        """
        return as_observations(self, selected(at, self.codes, self._frameworks))

    @property
    def _frameworks(self) -> tuple[Framework, ...]:
        return (self.framework,)

    def at_period(self, period: str) -> Self:
        """Return the result of one period, with the codes of the units themselves.

        Ranks and bands do not change, since units are ranked inside periods.

        Raises
        ------
        UnknownNameError
            If nothing was scored for that period.
        """
        return at_period(self, period)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.footnotes)
        return str(self.table()._repr_html_()) + notes  # type: ignore[operator]
