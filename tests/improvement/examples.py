"""Small indices whose figures take few values, and every combination of them computed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import attrs
import numpy as np
import pandas as pd
from hypothesis import strategies as st

import govindex as gi

__all__ = ["Case", "cases", "cheapest"]

RIVALS = 3
ANSWERS = ("none", "draft", "issued")


@attrs.frozen
class Case:
    """An index, its data by unit and variable, and what is asked.

    `choices` are the values that each figure of U0 may take, the present one among them.
    """

    method: gi.Methodology
    table: pd.DataFrame
    choices: Mapping[str, list[Any]]
    groups: Mapping[str, tuple[str, ...]]
    effort: Mapping[str, float]
    steps: Mapping[str, float]
    to: Any

    @property
    def data(self) -> gi.Observations:
        """The observations."""
        return gi.Observations.from_frame(self.table, unit="unit")


def _points(draw: st.DrawFn, code: str) -> tuple[gi.Indicator, dict[str, list[Any]]]:
    most = draw(st.integers(1, 4))
    leaf = gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=most), weight=most)
    return leaf, {code: list(range(most + 1))}


def _ratio(draw: st.DrawFn, code: str) -> tuple[gi.Indicator, dict[str, list[Any]]]:
    whole = draw(st.integers(1, 4))
    rules: list[Any] = [
        gi.rules.Identity(),
        gi.rules.Proportional(0.8),
        gi.rules.Steps([(0.3, 0.25), (0.7, 0.9)]),
        gi.rules.Goalposts(worst=1, best=0),
    ]
    leaf = gi.Indicator(
        code,
        measure=gi.measures.Ratio(f"{code}.a", f"{code}.b"),
        rule=draw(st.sampled_from(rules)),
        weight=draw(st.sampled_from([1, 2, 3.5])),
    )
    return leaf, {f"{code}.a": list(range(whole + 1)), f"{code}.b": [whole]}


def _choice(draw: st.DrawFn, code: str) -> tuple[gi.Indicator, dict[str, list[Any]]]:
    shares = draw(st.permutations([0.0, 0.4, 1.0]))
    rule = gi.rules.Choice(dict(zip(ANSWERS, shares, strict=True)))
    return gi.Indicator(code, rule=rule, weight=2), {code: list(ANSWERS)}


def _conditions(draw: st.DrawFn, code: str) -> tuple[gi.Indicator, dict[str, list[Any]]]:
    measure = gi.measures.Conditions({f"{code}.x": 0.5, f"{code}.y": 0.3})
    leaf = gi.Indicator(code, measure=measure, rule=gi.rules.Identity(), weight=3)
    return leaf, {f"{code}.x": [0, 1], f"{code}.y": [0, 1]}


KINDS = (_points, _ratio, _choice, _conditions)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw an index of four indicators in two dimensions, with data and a goal."""
    made = [draw(st.sampled_from(KINDS))(draw, f"i{number}") for number in range(4)]
    leaves = [leaf for leaf, _ in made]
    choices = {name: values for _, own in made for name, values in own.items()}
    mean: Any = draw(st.sampled_from([gi.aggregate.Arithmetic(), gi.aggregate.Sum()]))
    others: list[Any] = [gi.aggregate.Geometric(offset=0.01), gi.aggregate.Minimum()]
    summed = mean.sums_points
    top = mean if summed else draw(st.sampled_from([mean, mean, others[0]]))
    inner = mean if summed else draw(st.sampled_from([mean, mean, *others]))
    rule = draw(st.sampled_from([None, None, gi.rules.Clip(0.25, 0.9)]))
    rounding = draw(st.sampled_from([None, None, gi.Rounding(0), gi.Rounding(1, "truncate")]))
    bonus = draw(st.booleans())
    if bonus:
        leaves[1] = attrs.evolve(leaves[1], outside_maximum=True, weight=0.5)
    framework = gi.Framework(
        "index",
        [
            gi.Dimension("d0", leaves[:2], aggregate=inner if not bonus else mean, rule=rule),
            gi.Dimension("d1", leaves[2:], rounding=rounding, weight=None if summed else 2),
        ],
        aggregate=top,
    )
    leaf_rounding = draw(st.sampled_from([None, None, gi.Rounding(1), gi.Rounding(0)]))
    ranking = gi.Ranking(
        ties=draw(st.sampled_from(["competition", "dense", "max", "ordinal"])),
        decimals=draw(st.sampled_from([None, None, 0])),
        best=draw(st.sampled_from(["highest", "highest", "lowest"])),
        tie_break=draw(st.sampled_from([(), ("d1",), ("d1", "i0")])),
    )
    method = gi.Methodology(
        "test.case", "1", framework, rounding=gi.Levels(leaf=leaf_rounding), ranking=ranking
    )
    rows = [
        {"unit": f"U{i}", **{n: draw(st.sampled_from(v)) for n, v in choices.items()}}
        for i in range(1 + RIVALS)
    ]
    to = draw(st.sampled_from([1, 2, {"score": 50.0}, {"score": 80.0}]))
    movable = [name for name in choices if not name.endswith(".b")]
    efforts = {n: draw(st.sampled_from([0.5, 1.0, 3.0])) for n in movable if draw(st.booleans())}
    steps = {c: 1.0 for c in choices if "." not in c and not isinstance(choices[c][0], str)}
    groups = {leaf.code: tuple(n for n in own if n in movable) for leaf, own in made}
    return Case(method, pd.DataFrame(rows), choices, groups, efforts, steps, to)


def cheapest(case: Case) -> float | None:
    """Return the least effort that reaches the goal, by computing every combination.

    Each combination is a league of its own: the unit with other figures, and its rivals.
    None if none does.
    """
    names = [name for name in case.choices if not name.endswith(".b")]
    own = case.table.iloc[0]
    lowest = case.method.ranking.best == "lowest"

    def choices(name: str) -> list[Any]:
        """Return the values of a figure, of a condition those that are no worse."""
        if not name.endswith((".x", ".y")):
            return case.choices[name]
        return [v for v in case.choices[name] if (v <= own[name] if lowest else v >= own[name])]

    combinations = list(product(*map(choices, names)))
    rows, count = len(case.table), len(combinations)
    whole = case.table.iloc[np.tile(np.arange(rows), count)].reset_index(drop=True)
    for at, name in enumerate(names):
        column = whole[name].to_numpy(dtype=object)
        column[::rows] = [values[at] for values in combinations]
        whole[name] = column
    whole["league"] = [f"L{number}" for number in range(count) for _ in range(rows)]
    whole["unit"] = [f"U{i}.{number}" for number in range(count) for i in range(rows)]
    result = case.method.compute(
        gi.Observations.from_frame(whole.infer_objects(), unit="unit", league="league")
    )
    first = [f"U0.{number}" for number in range(len(combinations))]
    own_rows = [result.units.locate(code) for code in first]
    ranks = result.ranks_at("index")[own_rows]
    decimals = case.method.ranking.decimals
    scores = result.full_at("index")[own_rows]
    if decimals is not None:
        scores = np.floor(scores * 10**decimals + 0.5) / 10**decimals
    else:
        scores = result.printed_at("index")[own_rows]
    sign = -1 if lowest else 1
    if isinstance(case.to, dict):
        reached = sign * scores >= sign * case.to["score"] - 1e-8
    else:
        reached = ranks <= case.to
    start = combinations.index(tuple(own[name] for name in names))
    efforts = np.zeros(len(combinations))
    for code, group in case.groups.items():
        shares = result.shares[result.row_of(code)][own_rows]
        gains = np.maximum(sign * (shares - shares[start]), 0.0)
        by_shares = np.zeros(len(combinations), dtype=bool)
        for name in group:
            at = names.index(name)
            values = [values[at] for values in combinations]
            moved = np.array([value != own[name] for value in values])
            if name not in case.effort:
                by_shares |= moved
            elif isinstance(own[name], str) or ".x" in name or ".y" in name:
                efforts += moved * case.effort[name]
            else:
                away = [abs(value - own[name]) for value in values]
                efforts += np.array(away) * case.effort[name]
        efforts += np.where(by_shares, gains, 0.0)
    if not reached.any():
        return None
    return float(efforts[reached].min())
