"""The change of each unit split exactly into its data, the rules and the league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.changes.crossing import Edition, Populations, merged_data, populations, variables_of
from govindex.changes.tables import Compared, same_league
from govindex.changes.unit_pairs import UnitPairs
from govindex.contracts import Bool, Float
from govindex.errors import DataError, GovIndexError, Problems, SettingError
from govindex.kernels.keys import ranks_of
from govindex.kernels.rounding import snap
from govindex.language import words
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PARTS", "QUANTITIES", "Splitting", "check_data", "split_table"]

QUANTITIES = ("score", "percent", "rank")
PARTS = ("merger", "data", "rules", "league")
# The corners: whose figures of the unit itself, whose rules, whose league.
Corner = tuple[int, ...]
# Twice a third and a sixth of a step, by how many of the others have moved.
_SHARES = {0: 2.0, 1: 1.0, 2: 2.0}


@attrs.frozen(eq=False)
class Splitting:
    """What the change of each unit is split with.

    Parameters
    ----------
    before, after : IndexResult
    methods : (methodology, methodology)
    data : (Observations, Observations)
        Before preparation.
    units : UnitPairs
    same : tuple of (code before, code after)
        The nodes that are the same.
    pair : (code before, code after)
        The node whose change is split.
    """

    before: IndexResult
    after: IndexResult
    methods: tuple[Any, Any]
    data: tuple[Observations, Observations]
    units: UnitPairs
    same: tuple[tuple[str, str], ...]
    pair: tuple[str, str]
    language: str | None

    def say(self, key: str, side: int, **values: str) -> str:
        """Return the words of a reason; `side` is the edition that lacks something."""
        edition = words(f"change.{('before', 'after')[side]}", self.language)
        return words(f"change.unsplit.{key}", self.language, edition=edition, **values)


def split_table(splitting: Splitting, values: Compared) -> pd.DataFrame:
    """Return a row per unit and quantity, as :class:`Change` describes them."""
    count = len(splitting.units.rows)
    corners: Mapping[Corner, Mapping[str, Float]] = {}
    reasons = [""] * count
    problems = Problems()
    try:
        _check(splitting)
        corners = _corners(splitting, problems, reasons)
    except _UnscoredError as error:
        problems.add(str(error))
    whole = "; ".join(problems)
    if whole:
        reasons = [whole] * count
    return _table(splitting, values, corners, reasons)


class _UnscoredError(Exception):
    """Units cannot be scored together."""


def _check(splitting: Splitting) -> None:
    """Refuse methods and data that do not give the results."""
    results = (splitting.before, splitting.after)
    for side, (name, result) in enumerate(zip(("before", "after"), results, strict=True)):
        method, data = splitting.methods[side], splitting.data[side]
        own = result.provenance.fingerprint
        if own and own != method.fingerprint:
            raise DataError(
                f"methods=…: '{method.id}@{method.version}' is not the methodology of `{name}`, "
                f"{result.provenance.methodology}@{result.provenance.version}: give "
                "methods=(old, new) in this order"
            )
        try:
            computed = method.compute(data)
        except GovIndexError as error:
            reason = splitting.say("own_rules", side, reason=_short(error))
            raise _UnscoredError(reason) from None
        if not _is_result(computed, result, splitting.pair[side]):
            raise DataError(
                f"'{method.id}@{method.version}' does not give the scores and ranks of `{name}` "
                "from its data, so its change cannot be split: give data=(before, after) as they "
                "were scored, or leave methods= out"
            )


def _is_result(computed: IndexResult, result: IndexResult, code: str) -> bool:
    """Return whether what was computed again has the scores and ranks of the result."""
    number = {unit: row for row, unit in enumerate(result.units.codes)}
    if set(number) != set(computed.units.codes):
        return False
    rows = [number[unit] for unit in computed.units.codes]
    size = float(result.maxima[result.row_of(code)]) or 1.0
    pairs = (
        (result.printed_at(code)[rows], computed.printed_at(code), size),
        (result.ranks_at(code)[rows], computed.ranks_at(code), 1.0),
    )
    return all(
        np.allclose(one, other, rtol=0.0, atol=1e-9 * scale, equal_nan=True)
        for one, other, scale in pairs
    )


def _corners(
    splitting: Splitting, problems: Problems, reasons: list[str]
) -> dict[Corner, dict[str, Float]]:
    """Return score, percent and rank of each unit at each corner."""
    read = {*variables_of(splitting.methods[0]), *variables_of(splitting.methods[1])}
    data = splitting.data
    names = [name for name in data[0].variables if name in read]
    try:
        earlier, rows = merged_data(data[0], splitting.units, names)
    except DataError as error:
        raise _UnscoredError(splitting.say("merging", 0, reason=_short(error))) from None
    number = {code: row for row, code in enumerate(data[1].units.codes)}
    later = [number[code] for code in splitting.units.codes]
    editions = (
        Edition(splitting.methods[0], earlier, rows, _maxima(splitting.before)),
        Edition(splitting.methods[1], data[1], later, _maxima(splitting.after)),
    )
    found = [populations(r, editions, splitting.same, problems, splitting.say) for r in (0, 1)]
    corners: dict[Corner, dict[str, Float]] = {}
    for rules, both in enumerate(found):
        if both is not None and not problems:
            scored = _Rules(splitting, rules, both).corners(reasons)
            corners |= {(d, rules, league): part for (d, league), part in scored.items()}
    return {} if problems else corners


def _maxima(result: IndexResult) -> dict[str, float]:
    """Return the maximum of each node, NaN where forms have different ones."""
    maxima: dict[str, float] = {}
    for part in parts_of(result):
        for code, maximum in zip(part.codes, part.maxima.tolist(), strict=True):
            maxima[code] = maximum if maxima.get(code, maximum) == maximum else np.nan
    return maxima


def _short(error: GovIndexError) -> str:
    """Return the first problem of an error, on one line."""
    first = str(error.problems[0]).splitlines()[0]
    return f"{first}; …" if len(error.problems) > 1 else first


@attrs.frozen(eq=False, slots=False)
class _Rules:
    """One edition's rules, with the units of both editions."""

    splitting: Splitting
    side: int
    both: Populations

    @property
    def method(self) -> Any:
        return self.splitting.methods[self.side]

    @property
    def code(self) -> str:
        return self.splitting.pair[self.side]

    def corners(self, reasons: list[str]) -> dict[tuple[int, int], dict[str, Float]]:
        """Return the units' figures by data and league, each of either edition."""
        whole = [self._computed(league, self.both.data[league]) for league in (0, 1)]
        corners = {(e, e): _figures(whole[e], self.code, self.both.rows[e]) for e in (0, 1)}
        for league in (0, 1):
            if self._alone(whole[league]):
                corners[1 - league, league] = self._inserted(whole, league)
            else:
                corners[1 - league, league] = self._replaced(league, reasons)
        return corners

    def _computed(self, league: int, data: Observations) -> IndexResult:
        try:
            result: IndexResult = self.method.compute(data)
        except GovIndexError as error:
            reason = self.splitting.say("unscored", league, reason=_short(error))
            raise _UnscoredError(reason) from None
        if result.units.codes != data.units.codes:
            raise _UnscoredError(self.splitting.say("left_out", league))
        return result

    def _alone(self, result: IndexResult) -> bool:
        """Return whether a unit's score and key depend on its own figures only."""
        method, ranking = self.method, result.ranking_of(self.code)
        return (
            type(method) is Methodology
            and not method.peer_dependent
            and not ranking.tie_break
            and ranking.ties != "ordinal"
            and all((data.units.parent_index < 0).all() for data in self.both.data)
        )

    def _inserted(self, whole: Sequence[IndexResult], league: int) -> dict[str, Float]:
        """Return scores of the other edition, ranked in this one."""
        other, result, code = whole[1 - league], whole[league], self.code
        sources, rows = self.both.rows[1 - league], self.both.rows[league]
        figures = _figures(other, code, sources)
        keys, moved = result._level_keys(code), other._level_keys(code)
        ties, ranked = result.ranking_of(code).ties, result.units.ranked_mask
        group = np.empty(len(result.units), dtype=np.intp)
        members = []
        for number, (*_, some) in enumerate(result.units.ranking_groups()):
            group[some] = number
            members.append(some[ranked[some]])
        ranks = np.full(len(rows), np.nan)
        for pair, (row, source) in enumerate(zip(rows, sources, strict=True)):
            if ranked[row]:
                among = members[group[row]]
                some = np.where(among == row, moved[source], keys[among])
                ranks[pair] = ranks_of(some, ties)[np.flatnonzero(among == row)[0]]
        return {**figures, "rank": ranks}

    def _replaced(self, league: int, reasons: list[str]) -> dict[str, Float]:
        """Score each unit with its figures of the other edition among the units of this one."""
        rows = self.both.rows[league]
        figures = {name: np.full(len(rows), np.nan) for name in QUANTITIES}
        for pair, row in enumerate(rows):
            try:
                result = self._computed(league, self.both.with_figures(league, pair))
            except _UnscoredError as error:
                reasons[pair] = reasons[pair] or str(error)
                continue
            for name, value in _figures(result, self.code, [row]).items():
                figures[name][pair] = value[0]
        return figures


def _figures(result: IndexResult, code: str, rows: Sequence[int]) -> dict[str, Float]:
    some = list(rows)
    return {
        "score": result.printed_at(code)[some],
        "percent": result._percent_of(result.row_of(code))[some],
        "rank": result.ranks_at(code)[some],
    }


def _table(
    splitting: Splitting,
    values: Compared,
    corners: Mapping[Corner, Mapping[str, Float]],
    reasons: Sequence[str],
) -> pd.DataFrame:
    import pandas as pd

    units, (old, new) = splitting.units, splitting.pair
    ranks = splitting.after.ranks_at(new)[units.rows]
    ranks_before = units.only_single(splitting.before.ranks_at(old))
    known = same_league(units)
    published = {
        "score": (values.score_before, values.score, values.score_change),
        "percent": (values.percent_before, values.percent, values.percent_change),
        "rank": (ranks_before, ranks, np.where(known, ranks_before - ranks, np.nan)),
    }
    sizes = {"score": values.size, "percent": 100.0, "rank": 1.0}
    blank = np.full(len(ranks), np.nan)
    blocks = []
    for name, (before, after, change) in published.items():
        at = {corner: figures[name] for corner, figures in corners.items()}
        parts = _parts(before, at, sizes[name]) if at else dict.fromkeys(PARTS, blank)
        if name == "rank":
            parts = {part: 0.0 - numbers for part, numbers in parts.items()}
        undone = np.isnan(np.stack([change, *parts.values()])).any(axis=0)
        undone |= np.array([bool(reason) for reason in reasons])
        absent = np.isnan(before) | np.isnan(after)
        kinds = _kinds(name, absent, known)
        why = [
            (reason or words(f"change.unsplit.{kind}", splitting.language)) if is_undone else ""
            for reason, kind, is_undone in zip(reasons, kinds, undone.tolist(), strict=True)
        ]
        split = {part: np.where(undone, np.nan, numbers) for part, numbers in parts.items()}
        columns = {"before": before, "after": after, "change": change, **split, "reason": why}
        blocks.append(pd.DataFrame({"unit": units.codes, "quantity": name, **columns}))
    frame = pd.concat(blocks, ignore_index=True)
    order = np.arange(len(frame)).reshape(len(blocks), -1).T.ravel()
    return frame.iloc[order].set_index(["unit", "quantity"])


def _kinds(quantity: str, absent: Bool, same: Bool) -> list[str]:
    """Return why a unit has no parts of a quantity, if it has none, by the unit."""
    if quantity == "rank":
        return ["no_rank" if stays else "other_league" for stays in same]
    if quantity == "percent":
        return ["no_score"] * len(absent)
    return ["no_score" if missing else "other_maximum" for missing in absent]


def _parts(before: Float, at: Mapping[Corner, Float], size: float) -> dict[str, Float]:
    """Return the mean over all orders of what each step changes, from before on."""
    parts = {"merger": at[0, 0, 0] - before}
    for axis, name in enumerate(PARTS[1:]):
        total = np.zeros_like(before)
        for others in product((0, 1), repeat=2):
            low, high = ((*others[:axis], moved, *others[axis:]) for moved in (0, 1))
            total += _SHARES[sum(others)] * (at[high] - at[low])
        parts[name] = total / 6.0
    return {name: snap(part, size) + 0.0 for name, part in parts.items()}


def check_data(
    given: Any, results: tuple[IndexResult, IndexResult], methods: tuple[Any, Any]
) -> tuple[Observations, Observations]:
    """Return the data of both editions before preparation; refuse what cannot be them."""
    if given is not None:
        several = isinstance(given, (tuple, list)) and len(given) == 2
        if not several or not all(isinstance(data, Observations) for data in given):
            raise SettingError("data is a pair of Observations, (before, after)")
        for name, data, result in zip(("before", "after"), given, results, strict=True):
            unknown = set(result.units.codes) - set(data.units.codes)
            if unknown:
                raise DataError(f"data=…: those of `{name}` lack units of its result")
        return given[0], given[1]
    for name, result, method in zip(("before", "after"), results, methods, strict=True):
        if getattr(method, "steps", ()):
            raise DataError(
                f"'{method.id}@{method.version}' prepares its data by steps: give "
                "data=(before, after) as they were before preparation"
            )
        if result.observations is None:
            raise DataError(f"`{name}` holds no data: give data=(before, after)")
    one, other = (result.observations for result in results)
    assert one is not None
    assert other is not None
    return one, other
