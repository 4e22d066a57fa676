"""Where points were lost: from the total down to the leaves, adding up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import product
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import (
    Aggregator,
    BranchScope,
    Float,
    RelativeAggregator,
    Rule,
    Scope,
    combined,
)
from govindex.errors import DataError, SettingError
from govindex.kernels.rounding import snap
from govindex.kernels.scaling import tame
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator, Node
from govindex.results import IndexResult
from govindex.rules.chain import Chain
from govindex.statuses import in_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain"]

_EXACT_CHILDREN = 12
_ALIKE = 1e-10


@attrs.frozen(eq=False)
class Explanation:
    """Why a unit has the score it has.

    Parameters
    ----------
    unit : str
        The unit's name.
    score, maximum, lost : float
        In the printed unit, the score as it is ranked; ``score + lost == maximum``.
    table : DataFrame
        A row per node in the order of the tree: name, tier, maximum, `worth` (what the node is
        worth in the total of this unit, where others' weight or a scale moves it from its maximum;
        `lost` is worth minus what the node contributes), score, lost, `here` (the part that is lost
        at a branch itself, by its own rule, rounding or clipping), the indicator's value, what it
        was before treatment (`raw`), whether it stands as it was reported (`status`: "reported",
        "imputed", "fallen back", "treated", "missing", "not applicable" …; of a dimension why it
        has no score), its measure unit, and the figures behind it.
    decimals : int
        How many decimals are shown as text.
    """

    unit: str
    score: float
    maximum: float
    lost: float
    table: pd.DataFrame
    decimals: int = 2

    @property
    def leaves(self) -> pd.DataFrame:
        """The indicators, the largest loss first."""
        leaves = self.table[self.table["is_leaf"]].drop(columns=["is_leaf", "here", "tier"])
        return leaves.sort_values("lost", ascending=False, kind="stable")

    def __repr__(self) -> str:
        return f"<Explanation of '{self.unit}': {self._summary}>"

    @property
    def _summary(self) -> str:
        score, maximum, lost = (
            f"{round(points, self.decimals) + 0.0:.15g}"  # no negative zero
            for points in (self.score, self.maximum, self.lost)
        )
        return f"{score} of {maximum}, {lost} lost"

    def __str__(self) -> str:
        shown = self.table.drop(columns=["is_leaf", "tier"]).copy()
        names = ["  " * t + n for t, n in zip(self.table["tier"], self.table["name"], strict=True)]
        width = max(len(name) for name in names)
        shown["name"] = [name.ljust(width) for name in names]
        shown.columns = [c.ljust(width) if c == "name" else c for c in shown.columns]
        if not self.table["here"].any():
            shown = shown.drop(columns="here")
        if self.table["raw"].isna().all():
            shown = shown.drop(columns="raw")
        if self.table["status"].isin(["", "reported"]).all():
            shown = shown.drop(columns="status")
        else:
            shown["status"] = shown["status"].replace("reported", "")
        if np.allclose(shown["worth"], shown["maximum"], rtol=_ALIKE, atol=0.0):
            shown = shown.drop(columns="worth")
        text = shown.to_string(na_rep="", float_format=lambda x: f"{x:.{self.decimals}f}")
        return f"{self.unit}: {self._summary}\n{text}"

    def _repr_html_(self) -> str:
        head = f"<p>{escape(self.unit)}: {self._summary}</p>"
        return head + str(self.table.drop(columns="is_leaf")._repr_html_())  # type: ignore[operator]


def explain(result: IndexResult, unit: str, *, language: str | None = None) -> Explanation:
    """Attribute the points a unit is short of the maximum to the nodes that lost them.

    Where a node is a mean or a sum, a child loses its weight times its own shortfall. Elsewhere the
    loss is divided by Shapley values: each child's loss averaged over the orders in which children
    could be brought to their maximum (all orders up to twelve children; twice as many orders as
    children beyond). Either way the losses of indicators, and what branches lose by rules and
    rounding of their own, add up to the shortfall of the total.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    unit : str
        Code or name.
    language : str, optional
        Of names.

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    DataError
        If the unit has no score.
    SettingError
        If a rule has no largest share, such as a z-score, or a dimension's rule turns better into
        worse: there is no maximum to fall short of. Or if scores were computed by code of the
        methodology's own. Or if an aggregator looks at peers: anchor the methodology first.

    Examples
    --------
    >>> import govindex as gi
    >>> data = gi.datasets.load("vn.service-766.phu-tho-2026")
    >>> result = gi.methodology("vn.service-766").compute(data)
    >>> why = explain(result, "UBND tỉnh Phú Thọ")
    >>> why.score, why.lost, why.leaves.index[0]
    (61.89, 38.11, '1.1')
    """
    if instance_of(result, IndexResult, "result").opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by code of its own: no weights "
            "and rules explain them; a declarative Methodology can be explained"
        )
    result = result.part_of(unit)
    index = result.units.locate(unit)
    name = result.units.labels(language)[index]
    if np.isnan(result.outcome.shares[0][index]):
        reason = result.unscored["reason"].get(result.units.codes[index], "")
        raise DataError(f"unit '{name}' has no score to explain ({reason})")
    found = _Losses(result, index)
    root = result.framework.root
    maximum = float(result.maxima[0] * result.applicable[0, index])
    found.descend(root, maximum)
    table = _table(result, index, found, language)
    first = table.iloc[0]
    score, best, lost = (float(first[column]) for column in ("score", "maximum", "lost"))
    return Explanation(name, score, best, lost, table, _decimals(result))


def _decimals(result: IndexResult) -> int:
    # Two decimals of a scale from 0 to 1 hide most of what tells units apart.
    least = 4 if result.maxima[0] <= 1 else 0
    return max(result.printing.decimals, least)


class _Losses:
    """Losses in the printed unit of the total, filled from the root down."""

    def __init__(self, result: IndexResult, index: int) -> None:
        self.result = result
        self.framework = result.framework
        self.unit = index
        self.lost: dict[str, float] = {}
        self.here: dict[str, float] = {}
        self.worth: dict[str, float] = {}
        self.full: dict[str, float] = {}
        # Nothing is lost to what is not scored, and a bonus is nothing one falls short of.
        self.extra = {code for code in self.framework.codes if self.framework.is_bonus(code)}
        for node in reversed(self.framework.nodes):
            scored = node.code not in self.extra and self.framework.is_scored(node.code)
            self.full[node.code] = self._reference(node) if scored else 0.0

    def share(self, code: str) -> float:
        return float(self.result.shares[self.result.row_of(code), self.unit])

    def parts(self, branch: Dimension) -> list[tuple[Node, float]]:
        """Return the children that count for the unit, with their part of the branch."""
        inside = sorted((c for c in branch.inside if c.weight != 0), key=lambda c: c.code)
        moved = self.result.in_force.get(branch.code)
        if moved is not None:
            weights = list(moved[:, self.unit])
        else:
            given = [self._weight(child) for child in inside]
            given = tame(np.array(given)).tolist()
            weights = [weight / sum(given) for weight in given]
        return [(c, float(w)) for c, w in zip(inside, weights, strict=True) if w > 0]

    def _weight(self, node: Node) -> float:
        weight = self.framework.weight(node.code)
        if not isinstance(weight, str):
            return weight
        assert self.result.observations is not None
        data = self.result.observations
        return float(data.values[self.unit, data.column_of(weight)])

    def _reference(self, node: Node) -> float:
        """Return the share of a node whose indicators all have their largest share."""
        if isinstance(node, Indicator):
            best = 1.0 if node.rule is None else _full_share(node.rule)
            if best is None:
                raise SettingError(
                    f"indicator '{node.code}' is scored by {node.rule!r}, which has no largest "
                    "share: there is no maximum to fall short of"
                )
            return best
        parts = self.parts(node)
        best = self._aggregated(node, [self.full[child.code] for child, _ in parts])
        if node.rule is None or not parts:
            return best
        own = _full_share(node.rule)
        if own is not None:
            return own
        if node.rule.peer_dependent or not node.rule.monotone:
            why = "has no largest share" if node.rule.peer_dependent else "turns better into worse"
            raise SettingError(
                f"'{node.code}' is rescaled by {node.rule!r}, which {why}: "
                "there is no maximum to fall short of"
            )
        scope = Scope(float(self.result.maxima[self.result.row_of(node.code)]), computed=True)
        return float(node.rule(np.array([best]), scope)[0])

    def _aggregated(self, branch: Dimension, shares: Sequence[float]) -> float:
        parts = self.parts(branch)
        if not parts:
            return 1.0
        aggregate = self.framework.aggregator(branch.code)
        _check_maximum(branch, aggregate)
        columns = [np.array([share]) for share in shares]
        weights = [np.array([weight]) for _, weight in parts]
        scope = BranchScope(tuple(child.code for child, _ in parts))
        return float(combined(aggregate, columns, weights, scope)[0])

    def descend(self, node: Node, points: float) -> None:
        """Attribute what a node lost, where a share of it is worth `points` of the total."""
        self.worth[node.code] = points * self.full[node.code]
        self.lost[node.code] = points * (self.full[node.code] - self.share(node.code))
        if not isinstance(node, Dimension):
            return
        parts = self.parts(node)
        attributed = self._bonuses(node, points)
        for (child, _), worth in zip(parts, self._worth(node, parts), strict=True):
            self.descend(child, points * worth)
            attributed += self.lost[child.code]
        self.here[node.code] = self.lost[node.code] - attributed

    def _worth(self, branch: Dimension, parts: Sequence[tuple[Node, float]]) -> list[float]:
        """Return what a share of each child is worth in shares of the branch."""
        weights = [weight for _, weight in parts]
        aggregate = self.framework.aggregator(branch.code)
        if aggregate.linear:
            return weights
        if branch.code in self.extra:
            return [0.0] * len(parts)  # what a mean of bonuses gains cannot be divided
        shares = [self.share(child.code) for child, _ in parts]
        full = [self.full[child.code] for child, _ in parts]
        scope = BranchScope(tuple(child.code for child, _ in parts))
        losses = _shapley(aggregate, full, shares, weights, scope)
        # A child that lost nothing is worth its weight: there is no loss to divide.
        return [
            loss / (best - share) if abs(best - share) > _ALIKE else weight
            for loss, best, share, weight in zip(losses, full, shares, weights, strict=True)
        ]

    def _bonuses(self, branch: Dimension, points: float) -> float:
        # A bonus is worth its points, however much of the branch's maximum applies.
        children = [*branch.inside, *branch.bonuses]
        sized = tame(np.array([self._weight(child) for child in children])).tolist()
        inside = sum(sized[: len(branch.inside)])
        row = self.result.row_of(branch.code)
        applicable = self.result.applicable[row, self.unit]
        total = 0.0
        for child, weight in zip(branch.bonuses, sized[len(branch.inside) :], strict=True):
            if child.weight != 0 and not np.isnan(self.share(child.code)):
                part = self.result.applicable[self.result.row_of(child.code), self.unit]
                worth = weight * part / (inside * applicable)
                self.descend(child, points * worth)
                total += self.lost[child.code]
        return total


def _check_maximum(branch: Dimension, aggregate: Aggregator) -> None:
    """Refuse a branch that has no most, reached where every child has its own."""
    if aggregate.peer_dependent:
        advice = (
            "explain the result of the anchored methodology, anchored(…)"
            if isinstance(aggregate, RelativeAggregator)
            else "there is no maximum to fall short of"
        )
        raise SettingError(
            f"'{branch.code}' is combined by {aggregate!r}, which looks at peers: {advice}"
        )
    tame = ("monotone", "mean", "below_arithmetic")
    if not any(getattr(aggregate, declared, False) for declared in tame):
        raise SettingError(
            f"'{branch.code}' is combined by {aggregate!r}, where better children can score less: "
            "there is no maximum to fall short of"
        )


def _full_share(rule: Rule) -> float | None:
    """Return the largest share that a rule is meant to give, None if it is meant to have none."""
    if np.isfinite(rule.bounds[1]):
        return float(rule.bounds[1])
    if not isinstance(rule, Chain):
        full = getattr(rule, "full_share", None)
        return None if full is None else float(full)
    *before, last = rule.rules
    full = _full_share(last)
    if full is not None or not before or last.peer_dependent or not last.monotone:
        return full
    best = _full_share(Chain(*before))
    return None if best is None else float(last(np.array([best]), Scope())[0])


def _shapley(
    aggregate: Aggregator,
    full: Sequence[float],
    shares: Sequence[float],
    weights: Sequence[float],
    scope: BranchScope,
) -> list[float]:
    """Divide f(full) − f(shares) among the children."""
    count = len(full)
    columns = [np.array([weight]) for weight in weights]
    best, own = np.array(full), np.array(shares)

    def values_of(worlds: Any) -> Float:
        mixed = np.where(worlds, own, best)
        return np.asarray(combined(aggregate, list(mixed.T), columns, scope))

    if count <= _EXACT_CHILDREN:
        worlds = np.array(list(product((False, True), repeat=count)))  # True: at the own share
        values = values_of(worlds)
        sizes = worlds.sum(axis=1)
        factor = np.array([_coefficient(count, taken) for taken in range(count)])
        losses = []
        for child in range(count):
            without = ~worlds[:, child]
            index = np.flatnonzero(without)
            partner = index + 2 ** (count - 1 - child)
            losses.append(float(np.sum(factor[sizes[index]] * (values[index] - values[partner]))))
        return losses
    orders = [np.roll(np.arange(count), shift) for shift in range(count)]
    orders += [order[::-1] for order in orders]
    total = np.zeros(count)
    for order in orders:
        worlds = np.zeros((count + 1, count), dtype=bool)
        for step in range(count):
            worlds[step + 1 :, order[step]] = True
        values = values_of(worlds)
        total[order] += values[:-1] - values[1:]
    return [float(loss) for loss in total / len(orders)]


def _coefficient(count: int, size: int) -> float:
    from math import factorial

    return factorial(size) * factorial(count - size - 1) / factorial(count)


def _table(result: IndexResult, index: int, found: _Losses, language: str | None) -> pd.DataFrame:
    import pandas as pd

    scale = float(result.maxima[0]) or 1.0
    rows = []
    for node in result.framework.nodes:
        row = result.row_of(node.code)
        is_leaf = isinstance(node, Indicator)
        share, part = result.shares[row, index], result.applicable[row, index]
        absent = np.isnan(share)
        falls_short = node.code in found.lost and node.code not in found.extra
        best = found.full[node.code] if falls_short else 1.0
        maximum = result.maxima[row] * part * best
        rows.append(
            {
                "node": node.code,
                "name": node.label(language),
                "tier": result.framework.depth(node.code),
                "maximum": 0.0 if absent else float(snap(np.array(maximum), scale)),
                "worth": _clean(found.worth.get(node.code, 0.0), scale),
                "score": result.full_at(node.code)[index],
                "lost": _clean(found.lost.get(node.code, np.nan if absent else 0.0), scale),
                "here": _clean(found.here.get(node.code, 0.0), scale),
                "value": result.values[row, index],
                "raw": result.raw_values[row, index],
                "status": _status(result, node, row, index),
                "measure_unit": node.measure_unit if isinstance(node, Indicator) else "",
                "data": _figures(result, node, index) if is_leaf else "",
                "is_leaf": is_leaf,
            }
        )
    return pd.DataFrame(rows).set_index("node")


def _status(result: IndexResult, node: Any, row: int, index: int) -> str:
    status = int(result.status[row, index])
    said = in_words(status, treated=bool(result.treated[row, index]))
    return said or ("reported" if isinstance(node, Indicator) else "")


def _clean(loss: float, scale: float) -> float:
    return float(snap(np.array(loss), scale)) if not np.isnan(loss) else loss


def _figures(result: IndexResult, node: Any, index: int) -> str:
    data = result.observations
    if data is None:
        return ""
    unit = data.units.codes[index]
    shown = []
    for name in node.measure.variables:
        if name in data.variables:
            value = data.value(unit, name)
            said = value if isinstance(value, str) else "" if value is None else f"{value:.10g}"
            status, treated = data.cell(unit, name), _treatment(data, unit, name)
            notes = [*([status.label] if said and status else []), *treated]
            noted = f" ({', '.join(notes)})" if notes else ""
            shown.append(f"{said}{noted}" if said else status.label)
    return " / ".join(shown)


def _treatment(data: Observations, unit: str, variable: str) -> list[str]:
    """Return that a cell was treated, with what it was before."""
    if not data.treated[data.units.locate(unit), data.column_of(variable)]:
        return []
    raw = data.raw_value(unit, variable)
    return ["treated" if raw is None else f"treated, raw {raw:.10g}"]
