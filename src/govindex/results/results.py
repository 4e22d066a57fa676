"""The result of an index, with its tables, its use as data, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, runtime_checkable

import attrs
import numpy as np

from govindex.checks import among, names_of, true_or_false
from govindex.contracts import CellStatus, is_absent
from govindex.display import ShownPage, html, plain
from govindex.errors import SettingError, UnknownNameError, near_miss
from govindex.extras import Interchanged, Later, later
from govindex.language import check_language
from govindex.mappings import FrozenMap
from govindex.model.fallbacks import FALLEN
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.panels import out_of_period
from govindex.model.selection import At, selected
from govindex.periods import sorted_periods
from govindex.results.announcements import announcement_sentences, league_scores
from govindex.results.equality import same_results
from govindex.results.marks import letters_at, mark_rows, status_counts, unscored_reasons
from govindex.results.node_ranks import NodeRanks
from govindex.results.pages import result_page
from govindex.results.provenance import Provenance
from govindex.results.rank_groups import rank_groups
from govindex.results.styles import Target, styled
from govindex.results.tables import announced, published
from govindex.statuses import TreatedCells, footnotes, summaries

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

__all__ = ["AnyMethodology", "IndexResult", "Provenance"]


# The functions of `govindex.plot` that take a result first.
_PICTURES = (
    *("bump", "change", "contributions", "distribution", "framework", "heatmap", "league_table"),
    *("map", "missing", "profile", "radar", "ranking", "scatter", "weights"),
)


@attrs.frozen(eq=False, slots=False, kw_only=True)
class IndexResult(NodeRanks, Interchanged):
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
    states : tuple of State
        The share, the applicable part and the status of each node, in a block of one draw.
    maxima : array, shape (nodes,)
        The printed score of a share of 1: points, or the common scale. Nodes weighted by variables
        of the data, whose points differ from unit to unit, have the maximum of their branch.
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
    method : AnyMethodology, optional
        That computed the result.
    given : Observations, optional
        The data before preparation, of all periods.
    opaque : bool
        Whether the methodology's own code computed the scores: then weights and rules of the
        framework do not explain them.
    reasons : mapping of (unit, node) to str
        The reasons that such code gives for a missing score.
    plan : Plan, optional
        The compiled framework, of scores that a methodology of one form computed.
    """

    display: tuple[str, ...] = ()
    provenance: Provenance = attrs.field(factory=Provenance)
    method: AnyMethodology | None = None
    given: Observations | None = None

    def __eq__(self, other: object) -> bool:
        """Return whether methodology, units, data and all numbers are the same."""
        if not isinstance(other, IndexResult) or type(self) is not type(other):
            return NotImplemented
        return same_results(self, other)

    def __hash__(self) -> int:
        return hash((self.provenance, self.units, self.codes))

    def __repr__(self) -> str:
        scored = int((~np.isnan(self._share(0))).sum())
        origin = self.provenance
        return (
            f"<IndexResult of {origin.methodology or self.framework.code}"
            f"{f'@{origin.version}' if origin.version else ''}: "
            f"{scored} of {len(self.units)} units scored, {len(self.codes)} nodes>"
        )

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        origin = self.provenance
        name = origin.methodology or self.framework.code
        title = f"{name}@{origin.version}" if origin.version else name
        unscored = [f"{unit}: {reason}" for unit, reason in self._unscored(language).items()]
        notes = [*unscored, *self.footnotes_in(language)]
        letters = letters_at(
            self.status_counts, (self.codes[0], *self.display), self.units.codes, language
        )
        return result_page(self, title, self.display, letters, notes, language)

    def table(
        self,
        *,
        columns: Iterable[str] | None = None,
        language: str | None = None,
        status: bool = False,
        groups: pd.DataFrame | None = None,
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
        groups : DataFrame, optional
            What :func:`~govindex.robustness.tied_groups` returned, for a column `rank_group` of
            ranks that are statistically the same: "1–3".

        Returns
        -------
        DataFrame
            Indexed by `unit`, the code: `rank`, on request `rank_group`, `name`, `period`,
            `league`, `overall_rank`, `score`, `maximum`, `percent`, `band`, a column "Band: …" for
            each node that has its own bands, a column per node, and on request `status` ("imputed:
            1.1, 1.2; treated: 3 (raw 900)"). Columns that do not apply are empty.

        Raises
        ------
        DataError
            If `groups` are of other units or ranks.
        """
        chosen = self.display if columns is None else names_of(columns, "columns")
        shown = tuple(dict.fromkeys(chosen))
        noted = true_or_false(status, "status")
        notes = None
        if noted:
            notes = summaries(self.marks_in(language), self.units.codes, language)
        tied = rank_groups(self, groups)
        order = self.publication_order(self.codes[0])
        return published(self, shown, order, notes, language, tied)

    def style(
        self,
        *,
        columns: Iterable[str] | None = None,
        language: str | None = None,
        decimals: int | None = None,
        target: Target = "html",
        groups: pd.DataFrame | None = None,
    ) -> Styler:
        """Return the ranking as published, formatted: a pandas Styler.

        Numbers have the decimals that scores are printed with and the decimal mark of the language,
        shared ranks an equals sign, scores a bar up to their maximum, bands a colour that the
        colour-blind can distinguish, as can readers of a black-and-white print, leagues a line
        between them. A column holds the letters of marks, which the caption explains.

        Parameters
        ----------
        columns, language, groups
            As of :meth:`table`.
        decimals : int, optional
            Of scores, by default those of the methodology.
        target : {"html", "latex", "typst"}
            What is written next: ``result.style().to_html()``,
            ``result.style(target="latex").to_latex(hrules=True)`` (with the LaTeX packages booktabs
            and xcolor with its option table), ``result.style(target="typst").to_typst()`` (pandas
            3). LaTeX has no bars and no lines between leagues.

        Returns
        -------
        pandas.io.formats.style.Styler

        Raises
        ------
        SettingError
            If jinja2 is not installed (``pip install "govindex[report]"``), or a setting is
            impossible.

        Examples
        --------
        >>> import govindex as gi
        >>> groups = gi.methodology("vn.service-766").cut()
        >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
        >>> "68,80" in result.style(language="vi").to_html()
        True
        """
        chosen = self.display if columns is None else names_of(columns, "columns")
        codes = list(dict.fromkeys(chosen))
        table = self.table(columns=codes, language=language, groups=groups)
        totals = (self.codes[0],)
        letters = letters_at(self.status_counts, totals, table.index.to_list(), language)
        return styled(
            self,
            table,
            codes,
            letters[totals[0]],
            target=target,
            language=language,
            decimals=decimals,
        )

    def archive(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write data, methodology, result, versions and hashes to one file.

        The data are those before preparation. The same result gives the same bytes under the same
        versions. :func:`~govindex.verify_archive` and ``govindex verify`` compute the result again
        and compare every number.

        Parameters
        ----------
        path : path
            A file ending in ``.zip``, written whole or not at all.
        overwrite : bool
            Whether a file that exists is replaced.

        Raises
        ------
        DataError
            If the file exists and is not to be replaced, or cannot be written; if the result does
            not have the data before preparation.
        """
        later("govindex.interchange", self, ("write_archive",)).write_archive(
            path, overwrite=overwrite
        )

    @property
    def plot(self) -> Later:
        """The pictures of a result: `result.plot.ranking()` is `govindex.plot.ranking(result)`."""
        return later("govindex.plot", self, _PICTURES)

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

    def announce(self, *, language: str | None = None) -> pd.DataFrame:
        """Return first, second, third and last of every league, with how many were ranked.

        Ranks are counted 1, 2, 2, 4 whatever the rule for ties. Units that share a rank are listed
        together; a rank skipped by ties is empty, and if all units tie there is no last. A panel
        has a row per period and league.
        """
        return announced(self.units, self._keys(self.codes[0]), language)

    def announcement_sentences(
        self, *, language: str | None = None, groups: pd.DataFrame | None = None
    ) -> list[str]:
        """Return what is announced, in words: a text for every league (and period).

        How many units are ranked; first, second, third and last with their scores, units that share
        a rank together; the mean, highest and lowest score of the ranked units; and the units that
        are not ranked or have no score.

        Parameters
        ----------
        language : str, optional
            Of the sentences, English by default, and of the units' names.
        groups : DataFrame, optional
            What :func:`~govindex.robustness.tied_groups` returned: the units that do not differ
            statistically from those that are named are named, too, with their ranks.

        Raises
        ------
        SettingError
            If there are no words in the language.
        DataError
            If `groups` are of other units or ranks.

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
        return announcement_sentences(self, language, rank_groups(self, groups))

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
        codes = selected(at, self.codes, self._frameworks)
        rows = [self.row_of(code) for code in codes]
        values, status = self.printed[rows].T, self.status[rows].T
        filled = ~np.isnan(values) & is_absent(status)
        status = np.where(filled, np.uint8(CellStatus.IMPUTED), status)
        blank = np.isnan(values) & ~is_absent(status)
        status = np.where(blank, CellStatus.MISSING, status).astype(np.uint8)
        return Observations(self.units, codes, values, status, period=self.provenance.period)

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
        units, data = self.units, self.observations
        only = () if self.provenance.period is None else (self.provenance.period,)
        known = only if units.periods is None else sorted_periods(units.periods)
        if not among(period, known):
            raise UnknownNameError(f"there is no period '{period}': {near_miss(period, known)}")
        if units.periods is None:
            return self
        rows = np.flatnonzero(np.array(units.periods) == period)
        codes = {units.codes[row]: units.bodies[row] for row in rows}
        reasons = {(codes[u], n): why for (u, n), why in self.reasons.items() if u in codes}
        single_period = attrs.evolve(
            self,
            units=out_of_period(units, rows, period),
            states=tuple(state.of_units(rows) for state in self._states),
            observations=None if data is None else data.at_period(period),
            provenance=attrs.evolve(self.provenance, period=period),
            reasons=FrozenMap(reasons),
        )
        # A measure over time cannot be computed from one period.
        single_period.__dict__["_treated"] = {
            code: TreatedCells(cells.mask[rows], cells.raw[rows])
            for code, cells in self._treated.items()
        }
        return single_period


@runtime_checkable
class AnyMethodology(Protocol):
    """The protocol of a methodology, which no class needs to inherit.

    :class:`~govindex.Methodology` follows it, and so may an object of any class.

    Examples
    --------
    >>> import govindex as gi
    >>> isinstance(gi.methodology("vn.service-766"), AnyMethodology)
    True
    """

    @property
    def id(self) -> str:
        """Dotted and lower case: "vn.service-766"."""

    @property
    def version(self) -> str:
        """The edition: "2022"."""

    @property
    def framework(self) -> Framework:
        """The nodes that have scores, and the variables that are read."""

    @property
    def fingerprint(self) -> str:
        """A text that changes as soon as the same data may get other scores."""

    def compute(self, observations: Observations, /) -> IndexResult:
        """Score, aggregate and rank."""
