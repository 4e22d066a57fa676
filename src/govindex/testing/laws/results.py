"""Laws about results: their origin, completeness, ranks, printed ties and bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.contracts import Float, is_absent
from govindex.ranking import Bands
from govindex.results import IndexResult
from govindex.testing.compare import ranking_of
from govindex.testing.excuses import not_declarative, without
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial
from govindex.testing.variants import changed

__all__ = [
    "bands_follow_scores",
    "contract",
    "nothing_lost",
    "printed_alike_tie",
    "ranks_follow_scores",
    "scoring",
]


@law()
def contract(trial: Trial) -> None:
    """A methodology has an id, a version, a framework and a fingerprint, and its results name them.

    A reader of a ranking next year must know which rules made it.
    """
    method = trial.method
    for what in ("id", "version", "fingerprint"):
        if not isinstance(getattr(method, what, None), str) or not getattr(method, what):
            raise Broken(f"its {what} is {getattr(method, what, None)!r}, no text")
    result = trial.result
    origin = result.provenance
    if (origin.methodology, origin.version, origin.fingerprint) != (
        method.id,
        method.version,
        method.fingerprint,
    ):
        raise Broken(
            f"the result says that it comes from {origin.methodology}@{origin.version} with the "
            f"fingerprint {origin.fingerprint!r}, not from {method.id}@{method.version} with "
            f"{method.fingerprint!r}"
        )
    if result.codes[0] != method.framework.code:
        raise Broken(
            f"the total of the result is '{result.codes[0]}', not '{method.framework.code}'"
        )
    known = {*trial.subject.method.framework.codes}
    for _, framework in trial.subject.frameworks:
        known |= {*framework.codes, *(view.code for view in framework.views)}
    strange = [code for code in result.codes if code not in known]
    if strange:
        raise Broken(f"the result has a node '{strange[0]}', the framework has none")
    wrong = [code for code in result.codes if result.full_at(code).shape != (len(trial.units),)]
    if wrong:
        shape = result.full_at(wrong[0]).shape
        raise Broken(f"the scores at '{wrong[0]}' have shape {shape} for {len(trial.units)} units")


@law()
def scoring(trial: Trial) -> None:
    """Data that the parts accept are scored: no error, all units, in their order.

    A unit that reports everything the rules require must get a score.
    """
    assert trial.result is not None


@law()
def nothing_lost(trial: Trial) -> None:
    """A score is a number unless a figure is absent, and then the result says which.

    A province must not vanish from a table without a reason.
    """
    result = trial.result
    root = result.codes[0]
    scores = result.full_at(root)
    reasons = result.unscored
    for row, unit in enumerate(trial.units):
        if np.isinf(scores[row]):
            raise Broken(f"the score of unit '{unit}' is {scores[row]}")
        complete = (~is_absent(trial.data.status[row])).all()
        absent = any(is_absent(result.status[result.row_of(code), row]) for code in result.codes)
        if np.isnan(scores[row]) and complete and not absent:
            raise Broken(f"unit '{unit}' has every figure and no score")
        if np.isnan(scores[row]) != (unit in reasons.index):
            missing = np.isnan(scores[row])
            both = "no score and no reason" if missing else "a score and a reason why not"
            raise Broken(f"unit '{unit}' has {both}")


@law(not_declarative, choose=(lambda draw, trial: {"decimals": draw(st.integers(0, 4))}))
def printed_alike_tie(trial: Trial, decimals: int) -> None:
    """If a ranking uses rounded scores, units tie exactly if their printed scores are equal.

    Nobody can explain why one 61.89 is ranked before another 61.89.
    """
    method = trial.method
    ranking = attrs.evolve(method.ranking, decimals=decimals, by="points", tie_break=())
    if ranking.ties == "ordinal":
        ranking = attrs.evolve(ranking, ties="competition")
    variant = changed(method, lambda form: attrs.evolve(form, ranking=None), ranking=ranking)
    result = trial.of(trial.data, variant)
    root = result.codes[0]
    printing = attrs.evolve(result.printing, decimals=decimals)
    printed = printing(result.full_at(root))
    keys = result._keys(root)
    for i, one in enumerate(trial.units):
        for j, other in enumerate(trial.units[:i]):
            if np.isnan(printed[i]) or np.isnan(printed[j]):
                continue
            if (keys[i] == keys[j]) != (printed[i] == printed[j]):
                relation = "tie" if keys[i] == keys[j] else "do not tie"
                raise Broken(
                    f"at {decimals} decimals '{one}' prints {printed[i]:.10g} and '{other}' "
                    f"{printed[j]:.10g}, and they {relation}"
                )


def _has_bands(subject: Subject) -> bool:
    return getattr(subject.method, "bands", None) is not None


@law(without("bands", _has_bands))
def bands_follow_scores(trial: Trial) -> None:
    """Bands start where declared: a better score never has a worse band, equal scores share one.

    The announced band must not contradict the score.
    """
    result = trial.result
    bands = result.bands_spec
    if bands is None:
        raise Broken("the methodology has bands and the result has none")
    root = result.codes[0]
    by_unit = result.band_of(root)
    rows = {"points": result.full_at(root), "percent": result.percent[0]}
    scores = rows.get(bands.by, result.full_at(root))
    group = result.units.group("league_period")
    order = {name: index for index, name in enumerate(bands.names)}
    size = 1e-9 * max(float(result.maxima[0]), 100.0 if bands.by == "percent" else 0.0)
    if not bands.peer_dependent:
        _expect_starts(bands, trial.units, scores, by_unit, size)
    if bands.by == "quantile":
        return _expect_quantiles(bands, result, by_unit)
    for i, one in enumerate(trial.units):
        for j, other in enumerate(trial.units):
            apart = bands.peer_dependent and group[i] != group[j]
            if apart or np.isnan(scores[i]) or np.isnan(scores[j]):
                continue
            better = scores[i] > scores[j] + size or scores[i] == scores[j]
            if better and order.get(str(by_unit[i]), 99) > order.get(str(by_unit[j]), 99):
                raise Broken(
                    f"unit '{one}' ({scores[i]:.10g}) is in band {by_unit[i]}, '{other}' "
                    f"({scores[j]:.10g}) in {by_unit[j]}"
                )


def _expect_starts(
    bands: Bands, units: Sequence[str], scores: Float, by_unit: Sequence[str | None], size: float
) -> None:
    """Check the band of every score that is clearly between two starts."""
    slack = size if bands.decimals is None else size + 10.0**-bands.decimals
    starts = {b.name: -np.inf if b.start is None else b.start for b in bands.bands}
    for unit, score, name in zip(units, scores, by_unit, strict=True):
        if np.isnan(score) or any(abs(score - start) <= slack for start in starts.values()):
            continue
        right = next((name for name, start in starts.items() if score > start), None)
        if name != right:
            raise Broken(f"unit '{unit}' ({score:.10g}) is in band {name}, not in {right}")


def _expect_quantiles(bands: Bands, result: IndexResult, by_unit: Sequence[str | None]) -> None:
    """Check that a better rank never has a worse band, ties share one, and sizes are right."""
    root = result.codes[0]
    framework = attrs.evolve(result.framework, ranking=None)
    ranking = ranking_of(result, root)
    ranking = attrs.evolve(ranking, ties="dense", tie_break=(), best="highest")
    ranks = attrs.evolve(result, framework=framework, ranking=ranking).ranks_at(root)
    order = {name: index for index, name in enumerate(bands.names)}
    for *_, members in result.units.ranking_groups():
        ranked = sorted((ranks[i], order.get(str(by_unit[i]), 99), i) for i in members)
        ranked = [row for row in ranked if not np.isnan(row[0])]
        for (rank, band, i), (next_rank, next_band, j) in pairwise(ranked):
            if band > next_band or (rank == next_rank and band != next_band):
                names = [result.units.codes[k] for k in (i, j)]
                raise Broken(
                    f"units '{names[0]}' and '{names[1]}' are in bands {by_unit[i]} and "
                    f"{by_unit[j]}, and their scores are numbers {rank:g} and {next_rank:g} from "
                    "the best"
                )
        _expect_sizes(bands, [(rank, band) for rank, band, _ in ranked])


def _expect_sizes(bands: Bands, ranked: Sequence[tuple[float, int]]) -> None:
    """Check that each band has as many units as its start requires, up to ties."""
    for index, band in enumerate(bands.bands):
        if band.start is None:
            continue
        above = [rank for rank, number in ranked if number <= index]
        below = [rank for rank, number in ranked if number > index]
        due = len(ranked) * (1.0 - band.start / 100.0)
        least = len(above) - above.count(max(above, default=0.0))
        most = len(above) + below.count(min(below, default=0.0))
        if not (least <= due + 1 and most >= due - 1):
            raise Broken(
                f"{len(above)} of {len(ranked)} ranked units are in band {band.name} or above, "
                f"which starts at {band.start:g} percent"
            )


@law()
def ranks_follow_scores(trial: Trial) -> None:
    """A rank counts the better units, and tied units share it by the declared rule.

    First, second, third and last are announced by these numbers: 1, 2, 2, 4 or 1, 2, 2, 3.
    """
    result = trial.result
    for code in result.codes:
        ties = ranking_of(result, code).ties
        for overall in (False, True):
            group_of = result.units.group("period" if overall else "league_period").tolist()
            ranks = result.ranks_at(code, overall=overall)
            groups: dict[object, list[int]] = {}
            for unit in np.flatnonzero(result.units.ranked_mask):
                if not np.isnan(result.full_at(code)[unit]):
                    groups.setdefault(group_of[unit], []).append(int(unit))
            counted = [unit for members in groups.values() for unit in members]
            stray = sorted(set(np.flatnonzero(~np.isnan(ranks)).tolist()) - set(counted))
            if stray:
                raise Broken(
                    f"unit '{result.units.codes[stray[0]]}' is not ranked or has no score at "
                    f"'{code}', and has rank {ranks[stray[0]]:g}"
                )
            for members in groups.values():
                _expect_counted(result, code, ties, members, ranks)


def _expect_counted(
    result: IndexResult, code: str, ties: str, members: list[int], ranks: Any
) -> None:
    keys = {unit: int(key) for unit, key in zip(members, result._keys(code)[members], strict=True)}
    for unit, key in keys.items():
        better = sum(other > key for other in keys.values())
        equal = sum(other == key for other in keys.values())
        right = {
            "competition": better + 1.0,
            "ordinal": better + 1.0,
            "max": float(better + equal),
            "average": better + (equal + 1) / 2.0,
            "dense": len({other for other in keys.values() if other > key}) + 1.0,
        }[ties]
        if ranks[unit] != right:
            raise Broken(
                f"unit '{result.units.codes[unit]}' has rank {ranks[unit]:g} at '{code}': "
                f"{better} are better and {equal - 1} tie with it, which is rank {right:g} "
                f"by '{ties}'"
            )
    _expect_ordered(result, code, keys)


def _expect_ordered(result: IndexResult, code: str, keys: Mapping[int, int]) -> None:
    """Check that units are ranked in the order of their scores, then of their tie-breaks."""
    ranking = ranking_of(result, code)
    applies = ranking is result.node(code).ranking or code == result.codes[0]
    deciding = ranking.tie_break if applies else ()
    if any(getattr(result.node(node).ranking, "tie_break", ()) for node in deciding):
        return
    columns = [(node, *_ranked_by(result, node)) for node in (code, *deciding)]
    for one, key in keys.items():
        for other, rival in keys.items():
            for node, scores, close, sign in columns if key > rival else ():
                if scores[one] < scores[other] - close:
                    names = (result.units.codes[one], result.units.codes[other])
                    raise Broken(
                        f"unit '{names[0]}' ({sign * scores[one]:.12g} at '{node}') is ranked "
                        f"before '{names[1]}' ({sign * scores[other]:.12g}) at '{code}'"
                    )
                if scores[one] != scores[other]:
                    break  # the next node decides only if these tie


def _ranked_by(result: IndexResult, code: str) -> tuple[Float, float, float]:
    """Return a node's scores (more is better), the difference that may tie, and the sign."""
    ranking = ranking_of(result, code)
    sign = -1.0 if ranking.best == "lowest" else 1.0
    row = result.row_of(code)
    maximum = max(float(result.maxima[row]), 1e-300)
    scores = sign * (result.shares[row] if ranking.by == "share" else result.full_at(code))
    close = 1e-9 * (1.0 if ranking.by == "share" else maximum)
    if ranking.decimals is not None:
        whole = maximum if ranking.by == "share" else 1.0
        close += 1.01 * 10.0**-ranking.decimals / whole
    return scores, close, sign
