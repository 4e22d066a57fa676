"""The changes of an improvement as a table, and the figures that were left as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float
from govindex.improvement.levers import Held, Lever
from govindex.improvement.options import Options, effort_of
from govindex.improvement.searches import Search
from govindex.kernels.rounding import snap
from govindex.model.tree import Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["changes_table", "held_table"]

_COLUMNS = (
    *("name", "variable", "before", "after", "steps", "value_before", "value_after"),
    *("measure_unit", "points", "effort"),
)


def changes_table(
    search: Search, changed: Mapping[str, float], language: str | None
) -> pd.DataFrame:
    """Return a row per changed figure, those that gain the most points first."""
    import pandas as pd

    owners = [(x, o) for o in search.groups for x in o.levers if x.variable in changed]
    order = _by_gain(search, changed, [x for x, _ in owners])
    owners = [owners[i] for i in order]
    levers = [x for x, _ in owners]
    points = _gains(search, changed, levers)
    efforts = _efforts(search, changed, owners)
    rows = []
    for i, lever in enumerate(levers):
        leaf = _leaf(search, lever)
        before, after = (_value(search, leaf, known) for known in ({}, changed))
        steps = np.nan
        if lever.step is not None:
            steps = abs(round((changed[lever.variable] - lever.start) / lever.step))
        rows.append(
            {
                "node": leaf.code,
                "name": leaf.label(language),
                "variable": lever.variable,
                "before": _figure(search, lever, lever.start),
                "after": _figure(search, lever, changed[lever.variable]),
                "steps": steps,
                "value_before": before,
                "value_after": after,
                "measure_unit": leaf.measure_unit,
                "points": points[i],
                "effort": efforts[i],
            }
        )
    index = pd.Index([row["node"] for row in rows], name="node", dtype=object)
    table = pd.DataFrame(rows, columns=["node", *_COLUMNS]).drop(columns="node").set_index(index)
    return table.astype({"points": float, "effort": float, "steps": float})


def _leaf(search: Search, lever: Lever) -> Indicator:
    plan = search.score.plan
    leaf = next(plan.nodes[row] for row in lever.rows if plan.framework.is_scored(plan.codes[row]))
    assert isinstance(leaf, Indicator)
    return leaf


def _figure(search: Search, lever: Lever, figure: float) -> Any:
    texts = search.score.trials.data.levels.get(lever.variable, ())
    return texts[int(figure)] if texts else figure


def _value(search: Search, leaf: Indicator, figures: Mapping[str, float]) -> float:
    trials = search.score.trials
    value = trials.measured(leaf, {name: np.array([f]) for name, f in figures.items()})
    return float("nan") if trials.data.levels.get(leaf.measure.variables[0]) else value


def _by_gain(search: Search, changed: Mapping[str, float], levers: list[Lever]) -> list[int]:
    """Return the order of levers by what each gains alone, the most first."""
    if not levers:
        return []
    alone = {
        x.variable: np.where(np.arange(len(levers)) == i, changed[x.variable], x.start)
        for i, x in enumerate(levers)
    }
    top = search.result.codes[0]
    gained = search.score.sign * search.score.trials.shares(alone, (top,))[top]
    return [int(i) for i in np.argsort(-snap(gained, 1.0), kind="stable")]


def _so_far(changed: Mapping[str, float], levers: Iterable[Lever]) -> dict[str, Float]:
    """Return the figures after no change, one, two …, in this order."""
    some = list(levers)
    return {
        x.variable: np.where(np.arange(len(some) + 1) > i, changed[x.variable], x.start)
        for i, x in enumerate(some)
    }


def _gains(search: Search, changed: Mapping[str, float], levers: list[Lever]) -> Float:
    """Return the points that each change adds to those before it."""
    if not levers:
        return np.zeros(0)
    top, score = search.result.codes[0], search.score
    shares = score.trials.shares(_so_far(changed, levers), (top,))[top]
    row = score.result.row_of(top)
    size = float(score.result.maxima[row])
    points = snap(shares * size * score.result.applicable[row, score.unit], size or 1.0)
    return snap(np.diff(points), size or 1.0)


def _efforts(
    search: Search, changed: Mapping[str, float], owners: list[tuple[Lever, Options]]
) -> Float:
    """Return the effort that each change adds to those before it in its group."""
    efforts = np.zeros(len(owners))
    trials, sign = search.score.trials, search.score.sign
    for group in {id(options): options for _, options in owners}.values():
        rows = [i for i, (_, options) in enumerate(owners) if options is group]
        levers = [owners[i][0] for i in rows]
        codes = tuple(group.shares)
        known = _so_far(changed, levers)
        shares = trials.shares(known, codes)
        figures = np.array([known[x.variable] for x in levers])
        efforts[rows] = np.diff(effort_of(trials, tuple(levers), figures, shares, sign))
    return snap(efforts, 1.0)


def held_table(held: Iterable[Held]) -> pd.DataFrame:
    """Return the figures that were left as they are, with the reason."""
    import pandas as pd

    rows = [(x.variable, x.node, x.reason) for x in held]
    return pd.DataFrame(rows, columns=["variable", "node", "reason"])
