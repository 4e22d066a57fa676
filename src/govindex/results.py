"""What came out: scores, ranks and bands at every node, with their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import attrs
import numpy as np

from govindex.checks import among, names_of, true_or_false
from govindex.contracts import ABSENT, Bool, CellStatus, Float, Report, Rounder, Status, is_absent
from govindex.errors import SettingError, UnknownNameError, near_miss
from govindex.kernels.keys import merge_keys, ranks_of
from govindex.kernels.rounding import snap, twelve_digits
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.panels import out_of_period
from govindex.model.signs import shared_of_one_sign
from govindex.model.stages import FALLEN
from govindex.model.tree import Node, View
from govindex.model.units import Units
from govindex.periods import sorted_periods
from govindex.ranking import (
    Bands,
    Ranking,
    as_ranks,
    chained_keys,
    node_keys,
    rank_labels,
    ranking_at,
)
from govindex.rounding import Rounding
from govindex.statuses import (
    TreatedCells,
    counted,
    footnotes,
    in_words,
    leaf_weights,
    summaries,
    treated,
)

if TYPE_CHECKING:
    import pandas as pd

Array = TypeVar("Array", bound=np.ndarray[Any, Any])

__all__ = ["IndexResult", "Outcome", "Provenance"]


def _hundredths() -> Rounding:
    return Rounding(2)


@attrs.frozen(kw_only=True)
class Provenance:
    """Where a result comes from.

    Parameters
    ----------
    methodology, version, fingerprint : str
        What scored: its id, its version and the hash of everything that decides scores.
    period, stage : str or None
        What the data were about, and how far their assessment had come.
    unused : tuple of str
        Variables of the data that the methodology does not read.
    """

    methodology: str = ""
    version: str = ""
    fingerprint: str = ""
    period: str | None = None
    stage: str | None = None
    unused: tuple[str, ...] = ()


@attrs.frozen(eq=False, kw_only=True)
class Outcome:
    """What came of each node: an array of shape (units,), None where it is all 1 or all NaN.

    Arrays stay apart until a whole table is wanted: a ranking of ten thousand units looks at few.
    """

    values: tuple[Float | None, ...]
    shares: tuple[Float, ...]
    applicable: tuple[Float | None, ...]
    status: tuple[Status, ...]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class IndexResult:
    """Scores of units at every node.

    Results are made by :meth:`Methodology.compute <govindex.methods.Methodology.compute>`, and
    of scores that were computed otherwise by :func:`~govindex.opaque.result_from_scores`.
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
    parts : tuple of IndexResult
        The results of the methodology's forms, if units were scored by several.
    opaque : bool
        Whether scores were computed by code of the methodology's own: then weights and rules of the
        framework do not explain them.
    reasons : mapping of (unit, node) to str
        Why there is no score, where the methodology said so itself.
    """

    framework: Framework
    units: Units
    codes: tuple[str, ...]
    outcome: Outcome
    maxima: Float
    in_force: Mapping[str, Float]
    scale: str | float
    ranking: Ranking = attrs.field(factory=Ranking)
    bands_spec: Bands | None = None
    printing: Rounding = attrs.field(factory=_hundredths)
    print_rounding: Mapping[str, Rounder] = attrs.field(factory=dict)
    display: tuple[str, ...] = ()
    observations: Observations | None = None
    provenance: Provenance = attrs.field(factory=Provenance)
    parts: tuple[IndexResult, ...] = ()
    opaque: bool = False
    reasons: FrozenMap[tuple[str, str], str] = attrs.field(factory=FrozenMap)

    def __repr__(self) -> str:
        scored = int((~np.isnan(self.outcome.shares[0])).sum())
        origin = self.provenance
        return (
            f"<IndexResult of {origin.methodology or self.framework.code}"
            f"{f'@{origin.version}' if origin.version else ''}: "
            f"{scored} of {len(self.units)} units scored, {len(self.codes)} nodes>"
        )

    def node(self, code: str) -> Node | View:
        """Return a node by its code, of whatever form has it."""
        forms = [part.framework for part in self.parts] or [self.framework]
        form = next((form for form in forms if form.has(code)), self.framework)
        return form.node(code)

    @property
    def preparation(self) -> tuple[Report, ...]:
        """What each preparation step did to the data: who left, what was filled, what was cut."""
        return () if self.observations is None else self.observations.reports

    def part_of(self, unit: str) -> IndexResult:
        """Return the result of the form that scored a unit; this one if there are no forms."""
        code = self.units.codes[self.units.locate(unit)]
        return next((part for part in self.parts if code in part.units.codes), self)

    # -- scores -------------------------------------------------------------------------------

    def row_of(self, code: str) -> int:
        """Return the row of a node.

        Raises
        ------
        UnknownNameError
            If there is no such node.
        """
        try:
            return self.codes.index(code)
        except ValueError:
            message = f"there is no node '{code}': {near_miss(code, self.codes)}"
            raise UnknownNameError(message) from None

    @cached_property
    def values(self) -> Float:
        """The indicators' values in their measure units, NaN for other nodes (nodes, units)."""
        return _fixed(self._stacked(self.outcome.values, np.nan))

    @cached_property
    def shares(self) -> Float:
        """Attained share of the applicable maximum, NaN without a score, shape (nodes, units)."""
        return _fixed(self._stacked(self.outcome.shares, np.nan))

    @cached_property
    def applicable(self) -> Float:
        """Part of the maximum that applies, below 1 where it has shrunk, shape (nodes, units)."""
        return _fixed(self._stacked(self.outcome.applicable, 1.0))

    @cached_property
    def status(self) -> Status:
        """Of the indicators' values, and why a dimension has no score, shape (nodes, units)."""
        rows = [np.broadcast_to(row, len(self.units)) for row in self.outcome.status]
        return _fixed(np.stack(rows))

    @cached_property
    def _treated(self) -> dict[str, TreatedCells]:
        if self.observations is None:
            return {}
        if not self.parts:
            return treated(self.framework.leaves, self.observations)
        found: dict[str, TreatedCells] = {}
        for part in self.parts:
            rows = [self.units.locate(unit) for unit in part.units.codes]
            for code, own in part._treated.items():
                if code not in found:
                    blank = np.full(len(self.units), np.nan)
                    found[code] = TreatedCells(np.zeros(len(self.units), dtype=bool), blank)
                found[code].mask[rows], found[code].raw[rows] = own.mask, own.raw
        return found

    @cached_property
    def treated(self) -> Bool:
        """Whether an indicator's value follows from treated cells, shape (nodes, units)."""
        found = np.zeros((len(self.codes), len(self.units)), dtype=bool)
        for code, own in self._treated.items():
            found[self.row_of(code)] = own.mask
        return _fixed(found)

    @cached_property
    def raw_values(self) -> Float:
        """The indicators' values before treatment, NaN where not treated, (nodes, units)."""
        found = np.full((len(self.codes), len(self.units)), np.nan)
        for code, own in self._treated.items():
            found[self.row_of(code)] = own.raw
        return _fixed(found)

    def _stacked(self, rows: Sequence[Float | None], fill: float) -> Float:
        return np.stack([np.full(len(self.units), fill) if r is None else r for r in rows])

    def _part(self, row: int) -> Float | float:
        part = self.outcome.applicable[row]
        return 1.0 if part is None else part

    @cached_property
    def printed(self) -> Float:
        """Scores in the printed unit (points or the common scale), shape (nodes, units)."""
        return _fixed(np.stack([self.printed_at(code) for code in self.codes]))

    def printed_at(self, code: str) -> Float:
        """Return one node's scores as they are printed, shape (units,)."""
        found = self.full_at(code)
        if self.parts:
            for part in self.parts:
                if code in part.print_rounding:
                    members = [self.units.locate(unit) for unit in part.units.codes]
                    found[members] = part._print(code, found[members])
            return found
        return self._print(code, found) if code in self.print_rounding else found

    def _print(self, code: str, scores: Float) -> Float:
        row = self.row_of(code)
        if not self.maxima[row] > 0:
            return scores
        return self._snapped(self.print_rounding[code](scores), row)

    def full_at(self, code: str) -> Float:
        """Return one node's scores in the printed unit as they are ranked, shape (units,).

        They differ from :meth:`printed_at` where a rounding is ``printed_only``.
        """
        row = self.row_of(code)
        return self._snapped(self.outcome.shares[row] * self._part(row) * self.maxima[row], row)

    @cached_property
    def percent(self) -> Float:
        """Scores in percent of the applicable maximum, shape (nodes, units)."""
        return _fixed(snap(self.shares * 100.0, 100.0))

    @cached_property
    def applicable_points(self) -> Float:
        """The applicable maximum in the printed unit, shape (nodes, units)."""
        rows = range(len(self.codes))
        return _fixed(
            np.stack([self._snapped(self.applicable[row] * self.maxima[row], row) for row in rows])
        )

    def _size(self, row: int) -> float:
        return float(self.maxima[row]) if self.maxima[row] > 0 else 1.0

    def _snapped(self, scores: Float, row: int) -> Float:
        return self.on_paper(self.codes[row], scores)

    def on_paper(self, code: str, scores: Float, size: Float | float = 0.0) -> Float:
        """Return scores of a node, or differences of scores up to a size, without their last bits.

        They keep twelve digits of the node's scale, or of themselves where nothing cancels.
        """
        if code in self.of_one_sign:
            return twelve_digits(scores, size)
        return snap(scores, self._size(self.row_of(code)))

    @property
    def score(self) -> pd.Series[float]:
        """The total of each unit in the printed unit, NaN for a unit without a score."""
        return self.scores[self.codes[0]]

    @property
    def scores(self) -> pd.DataFrame:
        """Scores in the printed unit, units × nodes."""
        return self._frame(self.printed)

    def _frame(self, array: Any, codes: Sequence[str] | None = None) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.units.codes, name="unit")
        return pd.DataFrame(np.array(array.T), index=index, columns=list(codes or self.codes))

    # -- ranks -------------------------------------------------------------------------------

    def ranking_of(self, code: str) -> Ranking:
        """Return the ranking in force at a node: its own, or the methodology's."""
        return ranking_at(self.node(code).ranking, self.ranking, total=code == self.codes[0])

    def keys(self, code: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the integers that units are ranked by at a node, shape (units,)."""
        found = self._tied_keys(code)
        if self.ranking_of(code).ties == "ordinal":
            order = np.empty(len(self.units), dtype=np.int64)
            order[np.argsort(np.array(self.units.codes), kind="stable")] = -np.arange(len(order))
            found = merge_keys(found, order)
        return found

    def _tied_keys(self, code: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        return chained_keys(
            code,
            self.ranking_of,
            self._outcome_of,
            self.printing,
            of_one_sign=self.of_one_sign,
        )

    def level_keys(self, code: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return integers that are equal where scores tie, whatever breaks the tie (units,)."""
        return self._keys_of_scores(code, self.ranking_of(code))

    def _keys_of_scores(self, code: str, ranking: Ranking) -> np.ndarray[Any, np.dtype[np.int64]]:
        one_sign = code in self.of_one_sign
        return node_keys(*self._outcome_of(code), ranking, self.printing, one_sign=one_sign)

    @cached_property
    def of_one_sign(self) -> frozenset[str]:
        """The nodes in whose scores nothing cancels, in every form that has them."""
        if self.opaque:
            return frozenset()
        return shared_of_one_sign(part.framework for part in self.parts or (self,))

    def _outcome_of(self, code: str) -> tuple[Float, Float | float, float]:
        row = self.row_of(code)
        return self.outcome.shares[row], self._part(row), float(self.maxima[row])

    def _rounding_to(self, decimals: int | None) -> Rounder:
        if decimals is None or decimals == self.printing.decimals:
            return self.printing
        return attrs.evolve(self.printing, decimals=decimals)

    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        """Return each unit's rank at a node, NaN for units without one, shape (units,).

        Parameters
        ----------
        code : str
            The node.
        overall : bool
            Among all units (of a period) instead of inside leagues.
        """
        code, overall = self.node(code).code, true_or_false(overall, "overall")
        known: dict[tuple[str, bool], Float] = self.__dict__.setdefault("_known_ranks", {})
        if (code, overall) not in known:
            known[code, overall] = self._placed(code, overall=overall)
        return known[code, overall].copy()

    def _placed(self, code: str, *, overall: bool) -> Float:
        keys = self.keys(code)
        ranks = np.full(len(self.units), np.nan)
        together = self.units.groups("period") if overall else self.units.ranking_groups()
        for *_, members in together:
            chosen = members[self.units.ranked_mask[members]]
            ranks[chosen] = ranks_of(keys[chosen], self.ranking_of(code).ties)
        return ranks

    @property
    def ranks(self) -> pd.DataFrame:
        """Ranks inside leagues (and periods), units × nodes; missing for units without one."""
        return self._ranks_frame(overall=False)

    @property
    def overall_ranks(self) -> pd.DataFrame:
        """Ranks among all units (of a period), units × nodes; missing for units without one."""
        return self._ranks_frame(overall=True)

    def _ranks_frame(self, *, overall: bool) -> pd.DataFrame:
        ranks = [self.ranks_at(code, overall=overall) for code in self.codes]
        frame = self._frame(np.array(ranks))
        return frame.astype(as_ranks(np.concatenate(ranks)).dtype)

    def rank_labels(self, code: str | None = None, *, overall: bool = False) -> list[str]:
        """Return ranks as text, "=12" where several units of a league share one."""
        ranks = self.ranks_at(self.codes[0] if code is None else code, overall=overall)
        labels = [""] * len(ranks)
        together = self.units.groups("period") if overall else self.units.ranking_groups()
        for *_, members in together:
            for member, label in zip(members, rank_labels(ranks[members]), strict=True):
                labels[member] = label
        return labels

    # -- bands --------------------------------------------------------------------------------

    def band_of(self, code: str) -> list[str | None]:
        """Return each unit's band at a node, None without bands or score."""
        bands = self.bands_spec
        row = self.row_of(code)
        if bands is None:
            return [None] * len(self.units)
        if bands.by == "points":
            values, scale = self.full_at(code), float(self.maxima[row])
        elif bands.by == "percent":
            values, scale = self.percent[row], 100.0
        elif bands.by == "quantile":
            return self._quantile_bands(code, bands)
        else:
            values, scale = 100.0 * self.full_at(code) / self._league_maximum(row), 100.0
        rounding, one_sign = self._rounding_to(bands.decimals), code in self.of_one_sign
        return bands.classify(values, scale or 1.0, rounding, one_sign=one_sign)

    def _quantile_bands(self, code: str, bands: Bands) -> list[str | None]:
        # Quantiles are of scores: neither which end is first nor what breaks ties matters.
        ranking = attrs.evolve(self.ranking_of(code), best="highest")
        keys = self._keys_of_scores(code, ranking)
        names: list[str | None] = [None] * len(self.units)
        for *_, members in self.units.ranking_groups():
            found = bands.classify_among(keys[members], self.units.ranked_mask[members])
            for member, name in zip(members, found, strict=True):
                names[member] = name
        return names

    def _league_maximum(self, row: int) -> Float:
        largest = np.empty(len(self.units))
        for *_, members in self.units.ranking_groups():
            largest[members] = self.applicable_points[row][members].max()
        return np.where(largest > 0, largest, np.nan)

    @property
    def bands(self) -> pd.DataFrame:
        """Bands, units × nodes; bands in points speak of the total only."""
        codes = self.codes
        if self.bands_spec is None or self.bands_spec.by == "points":
            codes = codes[:1]
        table = np.array([self.band_of(code) for code in codes], dtype=object)
        return self._frame(table, codes)

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
        import pandas as pd

        root = self.codes[0]
        chosen = self.display if columns is None else names_of(columns, "columns")
        shown = tuple(dict.fromkeys(chosen))
        listed = self.publication_order(root)
        order = np.array(listed, dtype=np.intp)

        def ordered(column: Sequence[Any]) -> list[Any]:
            return [column[i] for i in listed]

        index = pd.Index(self.units.codes, name="unit").take(order)
        blank = [None] * len(order)
        data: dict[str, Any] = {
            "rank": as_ranks(self.ranks_at(root)[order]),
            "name": ordered(self.units.body_labels(language)),
            **{name: ordered(column) for name, column in self.units.league_columns().items()},
            "overall_rank": as_ranks(self.ranks_at(root, overall=True)[order]),
            "score": self.printed_at(root)[order],
            "maximum": self.applicable_points[0][order],
            "percent": self.percent[0][order],
            "band": blank if self.bands_spec is None else ordered(self.band_of(root)),
        }
        for code in shown:
            label = self.node(code).label(language)
            label = next(c for c in (label, code, f"{label} ({code})") if c not in data)
            data[label] = self.printed_at(code)[order]
        if true_or_false(status, "status"):
            label = next(c for c in ("status", "status of figures") if c not in data)
            data[label] = ordered(summaries(self.marks, self.units.codes))
        return pd.DataFrame(data, index=index)

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

        labels = self.units.labels()
        rows = []
        for part in self.parts or (self,):
            leaves = [leaf.code for leaf in part.framework.leaves if leaf.code in part.codes]
            own = [part.row_of(code) for code in leaves]
            marked = (part.status[own] != CellStatus.REPORTED) | part.treated[own]
            for unit, leaf in np.argwhere(marked.T):
                row, code = own[leaf], part.units.codes[unit]
                said = in_words(part.status[row, unit], treated=bool(part.treated[row, unit]))
                figures = float(part.values[row, unit]), float(part.raw_values[row, unit])
                name = labels[self.units.locate(code)]
                rows.append((code, name, leaves[leaf], said, *figures))
        return pd.DataFrame(rows, columns=["unit", "name", "node", "status", "value", "raw"])

    @property
    def fallen_back(self) -> pd.DataFrame:
        """The cells of the data that fell back to an earlier stage.

        As :attr:`Observations.fallen_back
        <govindex.model.observations.Observations.fallen_back>` lists them, after preparation.
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
        import pandas as pd

        if not among(by, ("cells", "weight")):
            raise SettingError(f"statuses are counted by 'cells' or 'weight', not {by!r}")
        top = self.codes[0] if code is None else code
        self.row_of(top)
        frames = []
        for part in self.parts or (self,):
            if top not in part.codes:
                continue
            count = len(part.units)
            if by == "weight":
                weights = leaf_weights(part.framework, top, part.observations, count)
            else:
                below = part.framework.below(top)
                weights = {leaf.code: np.ones(count) for leaf in below}
            weights = {leaf: weight for leaf, weight in weights.items() if leaf in part.codes}
            status = {leaf: part.status[part.row_of(leaf)] for leaf in weights}
            masks = {leaf: part.treated[part.row_of(leaf)] for leaf in weights}
            found = counted(status, masks, weights)
            index = pd.Index(part.units.codes, name="unit")
            frames.append(pd.DataFrame({k: v + np.zeros(count) for k, v in found.items()}, index))
        joined = pd.concat(frames)
        joined = joined.loc[[unit for unit in self.units.codes if unit in joined.index]]
        return joined.astype(np.int64) if by == "cells" else joined

    def publication_order(self, code: str) -> list[int]:
        """Return the units' ranks in the order of publication: periods, leagues, best first.

        Units that share a rank stand in the order of their codes, those without one at the end.
        """
        ranks = self.ranks_at(code)
        codes = self.units.codes
        order: list[int] = []
        for *_, members in self.units.ranking_groups():
            # Twice a rank is whole even for shared averages, and small numbers sort fastest.
            doubled = np.nan_to_num(2.0 * ranks[members], nan=2.0 * len(ranks) + 2.0)
            kind = np.uint16 if len(ranks) < 32_000 else np.int64
            ranked = members[np.argsort(doubled.astype(kind), kind="stable")]
            values = np.nan_to_num(ranks[ranked], nan=len(ranks) + 1.0)
            starts = np.flatnonzero(np.diff(values, prepend=0.0) > 0)
            sizes = np.diff(starts, append=len(ranked))
            listed = ranked.tolist()
            for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
                run = slice(start, start + size)
                listed[run] = sorted(listed[run], key=codes.__getitem__)
            order += listed
        return order

    def announce(self, *, language: str | None = None) -> pd.DataFrame:
        """Return first, second, third and last of every league, with how many were ranked.

        Ranks are counted 1, 2, 2, 4 whatever the rule for ties. Units that share a rank stand
        together; a rank that ties leave empty is empty, and where all units share one there is no
        last. In a panel every period has rows of its own.
        """
        import pandas as pd

        keys = self.keys(self.codes[0])
        labels = self.units.body_labels(language)
        rows = []
        for league, period, members in self.units.ranking_groups():
            chosen = members[self.units.ranked_mask[members]]
            found = ranks_of(keys[chosen], "competition")
            told = [
                (labels[i], rank)
                for i, rank in zip(chosen, found.tolist(), strict=True)
                if not np.isnan(rank)
            ]
            row: dict[str, Any] = {"period": period, "league": league, "ranked": len(told)}
            last = max((rank for _, rank in told), default=1.0)
            ends = {"first": 1.0, "second": 2.0, "third": 3.0, "last": last if last > 1 else 0.0}
            for word, wanted in ends.items():
                row[word] = ", ".join(label for label, rank in told if rank == wanted)
            rows.append(row)
        if self.units.periods is None:
            return pd.DataFrame(rows).drop(columns="period").set_index("league")
        return pd.DataFrame(rows).set_index(["period", "league"])

    @property
    def unscored(self) -> pd.DataFrame:
        """Units without a total, with the reason: which indicators are absent, and why.

        A methodology that computes scores by code of its own says the reason itself.
        """
        import pandas as pd

        if self.parts:
            found = pd.concat([part.unscored for part in self.parts])
            return found.loc[[code for code in self.units.codes if code in found.index]]
        rows = []
        leaves = [
            (self.row_of(leaf.code), leaf.code)
            for leaf in self.framework.leaves
            if leaf.code in self.codes and self.framework.is_scored(leaf.code)
        ]
        for unit in np.flatnonzero(np.isnan(self.outcome.shares[0])):
            gone = {kind: [c for i, c in leaves if self.status[i, unit] == kind] for kind in ABSENT}
            reason = "; ".join(
                f"{kind.label}: {', '.join(codes)}" for kind, codes in gone.items() if codes
            )
            code = self.units.codes[unit]
            said = self.reasons.get((code, self.codes[0]), reason)
            rows.append({"unit": code, "reason": said})
        return pd.DataFrame(rows, columns=["unit", "reason"]).set_index("unit")

    def as_observations(self, level: int | Iterable[str] = 0) -> Observations:
        """Return printed scores as the data of another index.

        Parameters
        ----------
        level : int or iterable of str
            A tier of the framework (0: the total), or the codes of nodes; of a tier, the nodes that
            have scores.

        Returns
        -------
        Observations
            Scores that an absence policy filled are imputed, and those of indicators that were
            imputed or have fallen back stay so.
        """
        if isinstance(level, int):
            forms = [part.framework for part in self.parts] or [self.framework]
            tier = [c for form in forms for c in form.codes if form.depth(c) == level]
            codes = [code for code in dict.fromkeys(tier) if code in self.codes]
        else:
            codes = list(names_of(level, "level"))
        rows = [self.row_of(code) for code in codes]
        values = self.printed[rows].T
        status = self.status[rows].T
        filled = ~np.isnan(values) & is_absent(status)
        status = np.where(filled, np.uint8(CellStatus.IMPUTED), status)
        gone = np.isnan(values) & ~is_absent(status)
        status = np.where(gone, CellStatus.MISSING, status).astype(np.uint8)
        return Observations(self.units, codes, values, status, period=self.provenance.period)

    def at_period(self, period: str) -> IndexResult:
        """Return what came out for one period, under the codes of the units themselves.

        Ranks and bands are those of the whole result, since units are ranked inside periods.

        Raises
        ------
        UnknownNameError
            If nothing was scored for that period.
        """
        units = self.units
        single = () if self.provenance.period is None else (self.provenance.period,)
        known = single if units.periods is None else sorted_periods(units.periods)
        if period not in known:
            raise UnknownNameError(f"there is no period '{period}': {near_miss(period, known)}")
        if units.periods is None:
            return self
        rows = np.flatnonzero(np.array(units.periods) == period)
        codes = {units.codes[row]: units.bodies[row] for row in rows}

        def picked(arrays: Iterable[Array | None]) -> tuple[Any, ...]:
            return tuple(
                a if a is None or a.shape[-1] == 1 else _fixed(a[..., rows]) for a in arrays
            )

        outcome = {
            field.name: picked(getattr(self.outcome, field.name)) for field in attrs.fields(Outcome)
        }
        data = self.observations
        parts = [part for part in self.parts if period in (part.units.periods or ())]
        found = attrs.evolve(
            self,
            units=out_of_period(units, rows, period),
            outcome=Outcome(**outcome),
            in_force={
                code: array if array.shape[-1] == 1 else array[..., rows]
                for code, array in self.in_force.items()
            },
            observations=None if data is None else data.at_period(period),
            provenance=attrs.evolve(self.provenance, period=period),
            parts=tuple(part.at_period(period) for part in parts),
            reasons=FrozenMap(
                {(codes[u], n): s for (u, n), s in self.reasons.items() if u in codes}
            ),
        )
        # A measure over time cannot be asked of one period alone.
        found.__dict__["_treated"] = {
            code: TreatedCells(own.mask[rows], own.raw[rows]) for code, own in self._treated.items()
        }
        return found

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.footnotes)
        return str(self.table()._repr_html_()) + notes  # type: ignore[operator]


def _fixed(array: Array) -> Array:
    """Return an array that nobody can write to: a result is shared, and stays what it was."""
    array.flags.writeable = False
    return array
