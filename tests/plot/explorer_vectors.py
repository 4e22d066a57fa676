"""Test vectors of the explorer: made-up trees, weights and data, with what Python makes of them.

The page's script computes the same cases in node.js and in a browser; `explorer_vectors.js`
compares them bit by bit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np

import govindex as gi
from govindex import absence, aggregate, rules
from govindex.compute import combine
from govindex.compute.weights import checked, redraw
from govindex.errors import GovIndexError
from govindex.kernels.keys import key_of, merge_keys, ranks_of
from govindex.kernels.rounding import snap, twelve_digits
from govindex.plot.explorer_models import Explored, explored
from govindex.ranking.rankings import chained_keys, node_keys
from govindex.testing import NA, observed

__all__ = ["REAL", "Vectors", "vectors"]

# Values whose sums tie, lie on a boundary of the key or at a power of ten.
VALUES = (
    *(0.0, 1.0, 2.0, 2.5, 5.0, 7.5, 9.0, 10.0, 9.999999999, 9.9999999999, 1e-9, 5e-10, 4.9e-10),
    *(0.1, 0.2, 0.3, 0.7, 1e-3, 3.3333, 6.6667, 10 / 3, 20 / 3, 1 / 7, 4.863e-10, 99e-11),
)
WEIGHTS = (1.0, 2.0, 3.0, 4.5, 0.1, 0.2, 0.3, 0.7, 1 / 3, 10.0, 18.0, 22.0, 1e-4, 100.0)
# Dataset, edition, whether it is cut at the published nodes, and whose weights move.
REAL: tuple[tuple[str, str, bool, Any], ...] = (
    ("vn.service-766.provinces-2026-10-10", "vn.service-766", True, 1),
    ("vn.service-766.phu-tho-2026", "vn.service-766", False, 2),
    ("vn.par.ministries-2023", "vn.par.ministry", False, 1),
    ("vn.procedure-handling.lai-chau-2021", "vn.procedure-handling-lai-chau", False, 1),
    ("vn.sipas.national-2024", "vn.sipas", True, 1),
    ("vn.dti.provinces-2022-main-indexes", "vn.dti.province@922", False, 1),
)
ZERO, FULL = (
    absence.Absence(missing=policy, not_applicable=policy, suppressed=policy)
    for policy in (absence.AsZero(), absence.Full())
)
MODES = ("half-up", "half-even", "truncate")  # of every node
OF_LEAVES = (*MODES, "binary")
TIES = ("competition", "dense", "max", "average", "ordinal")


@attrs.frozen
class Vectors:
    """Cases as plain data, and how many there are of each kind."""

    data: dict[str, Any]

    @property
    def draws(self) -> int:
        return sum(len(case["draws"]) for case in self.data["trees"])


@attrs.frozen
class _Draw:
    """One made-up index."""

    rng: np.random.Generator
    numbers: Iterator[int] = attrs.field(factory=itertools.count)

    def of(self, choices: Any) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def one_in(self, count: int) -> bool:
        return bool(self.rng.integers(count) == 0)

    def policy(self) -> absence.Absence:
        def one() -> Any:
            kind = self.of([absence.Renormalise, absence.Shrink])
            if self.one_in(2):
                return kind()
            least = {"min_share": self.of([0.0, 0.3, 0.5, 1.0]), "min_count": self.of([1, 1, 2])}
            return kind(**least, of=self.of(["children", "leaves"]))

        first = one()
        second = first if self.one_in(2) else one()
        return absence.Absence(missing=first, not_applicable=second, suppressed=one())

    def children(self, tier: int, *, sums: bool) -> list[Any]:
        nodes: list[Any] = []
        for _ in range(1 + (tier == 0) + int(self.rng.integers(4))):
            code = f"{self.of('dcba')}{next(self.numbers)}"
            weight = 0.0 if self.one_in(12) and nodes else self.of(WEIGHTS)
            if tier < 2 and self.one_in(3):
                nodes.append(self.dimension(code, weight, tier, sums=sums))
                continue
            own = self.of([None, None, None, ZERO, FULL, self.policy()])
            rule = self.rule(relative=not sums)
            nodes.append(gi.Indicator(code, weight=weight, rule=rule, absence=own))
        return nodes

    def dimension(self, code: str, weight: float, tier: int, *, sums: bool) -> gi.Dimension:
        summed = self.one_in(2)  # then its points are the sum of its children's
        return gi.Dimension(
            code,
            self.children(tier + 1, sums=summed),
            weight=None if summed else weight,
            aggregate=aggregate.Sum() if summed else aggregate.Arithmetic(),
            absence=self.policy() if self.one_in(3) else None,
            rounding=gi.Rounding(2) if self.one_in(8) else None,
            ranking=self.ranking(()) if self.one_in(3) else None,
        )

    def rule(self, *, relative: bool) -> Any:
        goalposts = rules.Goalposts(worst=0, best=10)
        return self.of(
            [goalposts, rules.Identity(), rules.SumShare()] + [rules.ZScore()] * relative
        )

    def ranking(self, codes: tuple[str, ...]) -> gi.Ranking:
        ties = [self.of(codes) for _ in range(2) if codes and self.one_in(3)]
        return gi.Ranking(
            ties=self.of(TIES),
            decimals=self.of([None, None, None, 0, 1, 2, 4, 9]),
            by=self.of(["share", "points"]),
            best=self.of(["highest", "highest", "lowest"]),
            tie_break=tuple(dict.fromkeys(ties)),
        )

    def level(self, modes: tuple[str, ...] = MODES) -> gi.Rounding | None:
        if self.one_in(2):
            return None
        decimals, only = int(self.rng.integers(-1, 5)), self.one_in(3)
        return gi.Rounding(decimals, self.of(modes), printed_only=only)

    def method(self) -> gi.Methodology:
        points = self.one_in(2)
        sums = points or self.one_in(4)
        root = aggregate.Sum() if sums else aggregate.Arithmetic()
        children = self.children(0, sums=sums)
        framework = gi.Framework("root", children, aggregate=root, absence=self.policy())
        counted = [code for code in framework.codes[1:] if framework.is_scored(code)]
        levels = gi.Levels(leaf=self.level(OF_LEAVES), node=None, total=self.level())
        return gi.Methodology(
            "made-up.index",
            "1",
            framework,
            scale="points" if points else self.of([1, 10, 100.0, 1000, 45, 1e-3]),
            rounding=levels if self.one_in(2) else None,
            ranking=self.ranking(tuple(counted)),
        )

    def data(self, method: gi.Methodology) -> gi.Observations:
        count = 3 + int(self.rng.integers(9))
        gaps = self.of([0.0, 0.0, 0.1, 0.4])
        leagues, some_unranked = self.one_in(2), self.one_in(3)
        units = [
            gi.Unit(
                f"U{(7 * i) % 23:02d}{i}",
                league=self.of(["one", "two", None]) if leagues else None,
                ranked=not (some_unranked and self.one_in(4)),
            )
            for i in range(count)
        ]
        columns: dict[str, Any] = {}
        marks: dict[tuple[str, str], str] = {}
        few = [self.of(VALUES) for _ in range(3)]
        for leaf in method.framework.leaves:
            values = [self.of(few) if self.one_in(2) else self.of(VALUES) for _ in units]
            if isinstance(leaf.rule, rules.Identity):
                values = [value / 10 for value in values]
            if isinstance(leaf.rule, (rules.ZScore, rules.SumShare)):
                values = [value + 0.5 * i for i, value in enumerate(values)]  # never constant
            columns[leaf.code] = cells = list(values)
            for i in np.flatnonzero(self.rng.random(count) < gaps).tolist():
                if i > 1 and self.one_in(3):
                    marks[units[i].code, leaf.code] = "suppressed"
                elif i > 1:
                    cells[i] = self.of([None, NA])
        return observed(columns, units, marks=marks)

    def weights(self, group: dict[str, Any]) -> list[float]:
        given = np.array(group["weights"])
        kind = int(self.rng.integers(6))
        if kind == 0:
            given = self.rng.permutation(given)
        elif kind == 1:
            given = given * self.rng.uniform(0.2, 3.0, len(given))
        elif kind == 2:
            given = np.where(self.rng.random(len(given)) < 0.4, 0.0, given)
        elif kind == 3:
            given = np.full(len(given), group["total"] / len(given))
        elif kind == 4:
            given = np.round(self.rng.dirichlet(np.ones(len(given))) * group["total"], 2)
        return [float(weight) for weight in given]


def _plain(numbers: Any) -> list[float | None]:
    return [None if value != value else value for value in np.asarray(numbers).tolist()]


def _expected(
    method: gi.Methodology, found: Explored, drawn: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what Python makes of draws of weights, draw by draw."""
    plan, result = method._plan, found.result
    assert result.observations is not None
    weights = checked(redraw(plan.declared, drawn), drawn)
    (scored,) = method._scored(result.observations)
    count = len(next(iter(drawn.values())))
    try:
        states = combine(scored, weights)
    except GovIndexError:
        if count == 1:
            return [{"refused": True}]
        return [
            single
            for i in range(count)
            for single in _expected(method, found, {code: w[[i]] for code, w in drawn.items()})
        ]
    shape = (count, len(result.units))

    def outcome_of(code: str) -> tuple[Any, Any, Any]:
        state, maximum = states[code], weights.maximum(code)[:, None]
        part = 1.0 if state.applicable is None else state.applicable
        return np.broadcast_to(state.share, shape), np.broadcast_to(part, shape), maximum

    nodes = {number: _node(found, code, outcome_of) for number, code in _ranked(found)}
    share, part, maximum = outcome_of(found.codes[0])
    scores = share * part * maximum
    one_sign = found.codes[0] in result._of_one_sign
    scores = twelve_digits(scores) if one_sign else snap(scores, maximum)
    return [
        {
            "refused": False,
            "nodes": {number: _row(node, i) for number, node in nodes.items()},
            "texts": [result.score_text(x).replace(",", "") for x in scores[i]],
        }
        for i in range(count)
    ]


def _row(node: Mapping[str, Any], draw: int) -> dict[str, list[float | None]]:
    return {name: _plain(values[draw]) for name, values in node.items()}


def _ranked(found: Explored) -> Iterator[tuple[str, str]]:
    return ((str(number), found.codes[number]) for number in found.model["rankings"])


def _node(found: Explored, code: str, outcome_of: Any) -> dict[str, Any]:
    """Return the shares, applicable parts, keys and ranks of a node, shape (draws, units)."""
    result, units = found.result, found.result.units
    ranking, signs = result.ranking_of(code), result._of_one_sign
    share, part, maximum = outcome_of(code)
    level = node_keys(share, part, maximum, ranking, result.printing, one_sign=code in signs)
    keys = chained_keys(code, result.ranking_of, outcome_of, result.printing, of_one_sign=signs)
    if ranking.ties == "ordinal":
        first = np.argsort(np.argsort(np.array(units.codes), kind="stable"), kind="stable")
        keys = merge_keys(keys, np.broadcast_to(-first, keys.shape))
    ranks = np.full(share.shape, np.nan)
    for *_, members in units.ranking_groups():
        ranked = members[units.ranked_mask[members]]
        ranks[:, ranked] = ranks_of(keys[:, ranked], ranking.ties)
    known = ~np.isnan(share)
    return {
        "shares": share,
        "parts": np.where(known, part, np.nan),
        "keys": np.where(known, level.astype(np.float64), np.nan),
        "ranks": ranks,
    }


def _tree(rng: np.random.Generator, draws: int) -> dict[str, Any] | None:
    draw = _Draw(rng)
    try:
        method = draw.method()
        every = [*method.framework.codes[1:]]
        found = explored(method, draw.data(method), at=draw.of([1, every]))
    except GovIndexError:
        return None
    return _case(method, found, draw, draws)


def _case(method: gi.Methodology, found: Explored, draw: _Draw, draws: int) -> dict[str, Any]:
    rows = [
        # The first draw has the weights as declared.
        [w for g in found.model["moved"] for w in (draw.weights(g) if i else g["weights"])]
        for i in range(draws)
    ]
    numbers = [number for group in found.model["moved"] for number in group["nodes"]]
    codes = [found.codes[number] for number in numbers]
    drawn = dict(zip(codes, np.array(rows).T.copy(), strict=True))
    moved = [list(zip(numbers, row, strict=True)) for row in rows]
    cases = zip(moved, _expected(method, found, drawn), strict=True)
    return {"model": found.model, "draws": [{"moved": m, **wanted} for m, wanted in cases]}


def real_cases(draws: int) -> list[dict[str, Any]]:
    """Return the cases of real data that can be explored."""
    cases = []
    for number, (name, edition, is_cut, at) in enumerate(REAL):
        method = gi.methodology(edition)
        method = method.cut() if is_cut else method
        found = explored(method, gi.datasets.load(name), at)
        cases.append(_case(method, found, _Draw(np.random.default_rng([766, number])), draws))
    return cases


def _numbers(rng: np.random.Generator, count: int) -> list[float]:
    """Return numbers at powers of ten and boundaries of keys, or a few last bits beside."""
    steps = rng.integers(1, 10**6, count) + rng.choice([0.0, 0.4863, 0.5, 0.5137], count)
    decades = 10.0 ** rng.integers(-14, 15, count)
    at = [
        decades,
        steps * 1e-10,
        steps * decades,
        rng.normal(0, 1, count) * decades,
        np.round(rng.uniform(-100, 100, count), 3),
        np.zeros(count),
    ]
    chosen = np.choose(rng.integers(0, len(at), count), at)
    return list((chosen * (1.0 + rng.integers(-3, 4, count) * 2.0**-52)).tolist())


def _functions(rng: np.random.Generator, count: int) -> dict[str, Any]:
    """Return numbers with their keys and rounded values."""
    keys, rounded = [], []
    for score in _numbers(rng, count):
        scale = float(rng.choice([1, 10, 100, 1000, 45, 0.3, 84, 1e-3, 1e20, 99.99999999999999]))
        one_sign = bool(rng.integers(2)) and score >= 0
        key = int(key_of(np.array([score]), scale, times=scale, one_sign=one_sign)[0])
        keys.append([score, scale, scale, one_sign, float(key)])
    for value in _numbers(rng, count):
        decimals, mode = int(rng.integers(-3, 10)), str(rng.choice(OF_LEAVES))
        printed = float(gi.Rounding(decimals, mode)(np.array([value]))[0])  # type: ignore[arg-type]
        rounded.append([value, decimals, mode, printed])
    return {"keys": keys, "rounded": rounded}


def vectors(trees: int, draws: int, numbers: int, seed: int = 766) -> Vectors:
    """Return test vectors: made-up trees with draws of weights, and single numbers.

    A tree that cannot be explored, or whose data are refused, is drawn again. Real data come last.
    """
    made: list[dict[str, Any]] = []
    for number in itertools.count():
        if len(made) == trees:
            break
        tree = _tree(np.random.default_rng([seed, number]), draws)
        made += [] if tree is None else [tree]
    made += real_cases(draws)
    functions = _functions(np.random.default_rng([seed, 10**6]), numbers)
    return Vectors({"trees": made, **functions})
