"""Laws about results: that nothing is lost, and what is ranked, printed and classed alike."""

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

    Whoever reads a ranking next year must know which rules made it.
    """
    method = trial.method
    for what in ("id", "version", "fingerprint"):
        if not isinstance(getattr(method, what, None), str) or not getattr(method, what):
            raise Broken(f"its {what} is {getattr(method, what, None)!r}, no text")
    result = trial.result
    origin = result.provenance
    said = (origin.methodology, origin.version, origin.fingerprint)
    if said != (method.id, method.version, method.fingerprint):
        raise Broken(
            f"the result says that it comes from {said[0]}@{said[1]} with the fingerprint "
            f"{said[2]!r}, not from {method.id}@{method.version} with {method.fingerprint!r}"
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

    Whoever reports what the rules ask for must get a score.
    """
    assert trial.result is not None


@law()
def nothing_lost(trial: Trial) -> None:
    """A score is a number unless something is absent, and then the result says what.

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
            said = (
                "no score and no reason"
                if np.isnan(scores[row])
                else "a score and a reason why not"
            )
            raise Broken(f"unit '{unit}' has {said}")


@law(not_declarative, choose=(lambda draw, trial: {"decimals": draw(st.integers(0, 4))}))
def printed_alike_tie(trial: Trial, decimals: int) -> None:
    """Ranked at so many decimals, what prints the same ties, and what does not does not.

    Nobody can explain why one 61.89 stands before another 61.89.
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
                said = "tie" if keys[i] == keys[j] else "do not tie"
                raise Broken(
                    f"at {decimals} decimals '{one}' prints {printed[i]:.10g} and '{other}' "
                    f"{printed[j]:.10g}, and they {said}"
                )


def _has_bands(subject: Subject) -> bool:
    return getattr(subject.method, "bands", None) is not None


@law(without("bands", _has_bands))
def bands_follow_scores(trial: Trial) -> None:
    """Bands start where they say: a better score never has a worse one, equal scores the same.

    The letter that is announced must not contradict the number beside it.
    """
    result = trial.result
    bands = result.bands_spec
    if bands is None:
        raise Broken("the methodology has bands and the result has none")
    root = result.codes[0]
    found = result.band_of(root)
    rows = {"points": result.full_at(root), "percent": result.percent[0]}
    scores = rows.get(bands.by, result.full_at(root))
    group = result.units.group("league_period")
    order = {name: index for index, name in enumerate(bands.names)}
    size = 1e-9 * max(float(result.maxima[0]), 100.0 if bands.by == "percent" else 0.0)
    if not bands.peer_dependent:
        _expect_started(bands, trial.units, scores, found, size)
    if bands.by == "quantile":
        return _expect_divided(bands, result, found)
    for i, one in enumerate(trial.units):
        for j, other in enumerate(trial.units):
            apart = bands.peer_dependent and group[i] != group[j]
            if apart or np.isnan(scores[i]) or np.isnan(scores[j]):
                continue
            better = scores[i] > scores[j] + size or scores[i] == scores[j]
            if better and order.get(str(found[i]), 99) > order.get(str(found[j]), 99):
                raise Broken(
                    f"unit '{one}' ({scores[i]:.10g}) is in band {found[i]}, '{other}' "
                    f"({scores[j]:.10g}) in {found[j]}"
                )


def _expect_started(
    bands: Bands, units: Sequence[str], scores: Float, found: Sequence[str | None], size: float
) -> None:
    """Check the band of every score that lies clearly between two starts."""
    slack = size if bands.decimals is None else size + 10.0**-bands.decimals
    starts = {b.name: -np.inf if b.start is None else b.start for b in bands.bands}
    for unit, score, own in zip(units, scores, found, strict=True):
        if np.isnan(score) or any(abs(score - start) <= slack for start in starts.values()):
            continue
        want = next((name for name, start in starts.items() if score > start), None)
        if own != want:
            raise Broken(f"unit '{unit}' ({score:.10g}) is in band {own}, not in {want}")


def _expect_divided(bands: Bands, result: IndexResult, found: Sequence[str | None]) -> None:
    """Check that a better rank never has a worse band, ties share one, and each is as large."""
    root = result.codes[0]
    own = ranking_of(result, root)
    framework = attrs.evolve(result.framework, ranking=None)
    ranking = attrs.evolve(own, ties="dense", tie_break=(), best="highest")
    plain = attrs.evolve(result, framework=framework, ranking=ranking)
    tiers = plain.ranks_at(root)
    order = {name: index for index, name in enumerate(bands.names)}
    for *_, members in result.units.ranking_groups():
        placed = sorted((tiers[i], order.get(str(found[i]), 99), i) for i in members)
        placed = [row for row in placed if not np.isnan(row[0])]
        for (tier, letter, i), (below, other, j) in pairwise(placed):
            if letter > other or (tier == below and letter != other):
                names = [result.units.codes[k] for k in (i, j)]
                raise Broken(
                    f"units '{names[0]}' and '{names[1]}' are in bands {found[i]} and {found[j]}, "
                    f"and their scores are numbers {tier:g} and {below:g} from the best"
                )
        for band in bands.bands:
            if band.start is None:
                continue
            held = [tier for tier, letter, _ in placed if letter <= order[band.name]]
            rest = [tier for tier, letter, _ in placed if letter > order[band.name]]
            due = len(placed) * (1.0 - band.start / 100.0)
            least = len(held) - held.count(max(held, default=0.0))
            most = len(held) + rest.count(min(rest, default=0.0))
            if not (least <= due + 1 and most >= due - 1):
                raise Broken(
                    f"{len(held)} of {len(placed)} ranked units are in band {band.name} or above, "
                    f"which starts at {band.start:g} percent"
                )


@law()
def ranks_follow_scores(trial: Trial) -> None:
    """A rank counts those who are better, and who ties shares it by the declared rule.

    First, second, third and last are announced by these numbers: 1, 2, 2, 4 or 1, 2, 2, 3.
    """
    result = trial.result
    for code in result.codes:
        own = ranking_of(result, code)
        for overall in (False, True):
            together = result.units.group("period" if overall else "league_period").tolist()
            ranks = result.ranks_at(code, overall=overall)
            groups: dict[object, list[int]] = {}
            for unit in np.flatnonzero(result.units.ranked_mask):
                if not np.isnan(result.full_at(code)[unit]):
                    groups.setdefault(together[unit], []).append(int(unit))
            counted = [unit for members in groups.values() for unit in members]
            stray = sorted(set(np.flatnonzero(~np.isnan(ranks)).tolist()) - set(counted))
            if stray:
                raise Broken(
                    f"unit '{result.units.codes[stray[0]]}' is not ranked or has no score at "
                    f"'{code}', and has rank {ranks[stray[0]]:g}"
                )
            for members in groups.values():
                _expect_counted(result, code, own.ties, members, ranks)


def _expect_counted(
    result: IndexResult, code: str, ties: str, members: list[int], ranks: Any
) -> None:
    keys = {unit: int(key) for unit, key in zip(members, result._keys(code)[members], strict=True)}
    for unit, key in keys.items():
        better = sum(other > key for other in keys.values())
        equal = sum(other == key for other in keys.values())
        want = {
            "competition": better + 1.0,
            "ordinal": better + 1.0,
            "max": float(better + equal),
            "average": better + (equal + 1) / 2.0,
            "dense": len({other for other in keys.values() if other > key}) + 1.0,
        }[ties]
        if ranks[unit] != want:
            raise Broken(
                f"unit '{result.units.codes[unit]}' stands at rank {ranks[unit]:g} at '{code}': "
                f"{better} are better and {equal - 1} tie with it, which is rank {want:g} "
                f"by '{ties}'"
            )
    _expect_ordered(result, code, keys)


def _expect_ordered(result: IndexResult, code: str, keys: Mapping[int, int]) -> None:
    """Check that what units are ranked by runs with what is printed, where nothing has shrunk."""
    own = ranking_of(result, code)
    deciding = own.tie_break if own is result.node(code).ranking or code == result.codes[0] else ()
    if any(getattr(result.node(node).ranking, "tie_break", ()) for node in deciding):
        return
    columns = [(node, *_ranked_by(result, node)) for node in (code, *deciding)]
    for one, key in keys.items():
        for other, rival in keys.items():
            for node, scores, close, turn in columns if key > rival else ():
                if scores[one] < scores[other] - close:
                    names = (result.units.codes[one], result.units.codes[other])
                    raise Broken(
                        f"unit '{names[0]}' ({turn * scores[one]:.12g} at '{node}') is ranked "
                        f"before '{names[1]}' ({turn * scores[other]:.12g}) at '{code}'"
                    )
                if scores[one] != scores[other]:
                    break  # only where these tie do the next decide


def _ranked_by(result: IndexResult, code: str) -> tuple[Float, float, float]:
    """Return a node's scores, more is better, how close they may stand in any order, the sign."""
    own = ranking_of(result, code)
    turn = -1.0 if own.best == "lowest" else 1.0
    row = result.row_of(code)
    scores = turn * (result.shares[row] if own.by == "share" else result.full_at(code))
    size = 1.0 if own.by == "share" else max(float(result.maxima[row]), 1e-300)
    close = 1e-9 * size
    if own.decimals is not None:
        whole = max(float(result.maxima[row]), 1e-300) if own.by == "share" else 1.0
        close += 1.01 * 10.0**-own.decimals / whole
    return scores, close, turn
