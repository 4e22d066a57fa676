"""The weights of a block of draws, and the printed maxima that follow from them.

Sums run in the order of codes, so that the order of children does not change a bit.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, cast

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import FrameworkError, SettingError
from govindex.kernels.reductions import total
from govindex.kernels.scaling import in_proportion, powers
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Node, View

__all__ = ["DrawnWeights", "Rows", "Scale", "checked", "draw", "parts_of_view", "redraw"]

Scale = float | Literal["points"]


class Rows(Mapping[str, Float]):
    """Weights that are the rows of one table.

    Parameters
    ----------
    rows : mapping of code to int
        The row of each node in the table.
    table : array, shape (nodes, draws or 1)
    """

    def __init__(self, rows: Mapping[str, int], table: Float) -> None:
        self.rows, self.table = rows, table

    def __getitem__(self, code: str) -> Float:
        """Return the weights of a node."""
        return np.asarray(self.table[self.rows[code]])

    def __iter__(self) -> Iterator[str]:
        """Yield the codes."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return len(self.rows)

    def __contains__(self, code: object) -> bool:
        """Return whether the table has the weights of a node."""
        return code in self.rows

    def has(self, codes: Sequence[str]) -> bool:
        """Return whether the table has the weights of all these nodes."""
        return self.rows.keys() >= set(codes)


@attrs.frozen(eq=False, slots=False)
class DrawnWeights:
    """The weights of some draws.

    Parameters
    ----------
    framework : Framework
    weights : mapping of code to array of shape (draws or 1,), or to a variable
        Of the nodes of the tree among their siblings.
    scale : "points" or float
    """

    framework: Framework
    weights: Mapping[str, Float | str]
    scale: Scale
    _rows: Rows | None = None

    @cached_property
    def of_branches(self) -> dict[int, tuple[list[Float], list[Float], Float]]:
        """The weights of children and of bonuses, and the sum of the first, filled by branch."""
        return {}

    def draws(self, codes: Sequence[str]) -> int:
        """Return how many draws the weights of nodes have, 1 if they are the same in all."""
        if self._rows is not None and self._rows.has(codes):
            return int(self._rows.table.shape[1])
        return max((len(weight) for weight in self._numbers(codes)), default=1)

    def write(self, codes: Sequence[str], out: Float) -> None:
        """Write the weights of nodes that are numbers, shape (nodes, draws)."""
        if self._rows is not None and self._rows.has(codes):
            rows = [self._rows.rows[code] for code in codes]
            np.take(self._rows.table, rows, axis=0, out=out, mode="clip")
            return
        for row, weight in zip(out, self._numbers(codes), strict=True):
            row[:] = weight

    def _numbers(self, codes: Sequence[str]) -> Iterator[Float]:
        return (w for code in codes if not isinstance(w := self.weights[code], str))

    @cached_property
    def effective(self) -> dict[str, Float]:
        """Each node's part of the root's maximum."""
        parts = {self.framework.code: np.ones(1)}
        for branch in self.framework.nodes:
            if not isinstance(branch, Dimension):
                continue
            weights = {child.code: self._number(child.code) for child in branch.children}
            weights, whole = _added(weights, [child.code for child in _inside(branch)])
            for code, weight in weights.items():
                parts[code] = _part(parts[branch.code] * weight, whole)
        return parts

    def _number(self, code: str) -> Float:
        weight = self.weights[code]
        if isinstance(weight, str):
            raise FrameworkError(
                f"a view without its own weights needs nodes weighted by numbers: '{code}' is "
                f"weighted by the variable '{weight}'"
            )
        return weight

    def seen(self, view: View, code: str) -> Float:
        """Return the weight that a view gives to a node, shape (draws or 1,)."""
        if view.weights:
            return np.array([float(view.weights.get(code, 0.0))])
        return self.effective[code]

    @cached_property
    def maxima(self) -> Float:
        """The printed score of a share of 1, shape (nodes, draws or 1)."""
        if not self.framework._views_of_ranks:
            return self.mean_maxima
        codes = (*self.framework.codes, *(view.code for view in self.framework.views))
        ranks = np.array([code in self.framework._views_of_ranks for code in codes])
        return np.where(ranks[:, None], 1.0, self.mean_maxima)

    @cached_property
    def mean_maxima(self) -> Float:
        """The printed score of a mean of 1, before the node's rule, shape (nodes, draws or 1)."""
        codes = (*self.framework.codes, *(view.code for view in self.framework.views))
        if self.scale != "points":
            return np.full((len(codes), 1), float(self.scale))
        return np.stack(np.broadcast_arrays(*map(self.mean_maximum, codes)))

    def maximum(self, code: str) -> Float:
        """Return the printed score of a node's share of 1, shape (draws or 1,).

        A view whose rule gives ranks or counts prints these.
        """
        return np.ones(1) if code in self.framework._views_of_ranks else self.mean_maximum(code)

    def mean_maximum(self, code: str) -> Float:
        """Return the printed score of a node's mean of 1, before its rule, shape (draws or 1,)."""
        if self.scale != "points":
            return np.array([float(self.scale)])
        return self._number(code) if code == self.framework.code else self._points[code]

    @cached_property
    def _points(self) -> dict[str, Float]:
        points = {self.framework.code: self._number(self.framework.code)}
        for branch in self.framework.nodes:
            if isinstance(branch, Dimension):
                points.update(self._parts(branch, points[branch.code]))
        for view in self.framework.views:
            inside, _ = parts_of_view(self.framework, view)
            points[view.code] = total([points[code] for code in inside])
        return points

    def _parts(self, branch: Dimension, maximum: Float) -> dict[str, Float]:
        weights = {child.code: self.weights[child.code] for child in branch.children}
        numbers = {code: w for code, w in weights.items() if not isinstance(w, str)}
        if self.framework.aggregator(branch.code).sums_points and not self._rescaled(branch):
            return numbers
        inside = [child.code for child in _inside(branch)]
        numbers, whole = _added(numbers, [code for code in inside if code in numbers])
        points = {code: maximum * _part(number, whole) for code, number in numbers.items()}
        if any(code not in numbers for code in inside):
            # Their points differ between units: they are printed as their branch is.
            points.update(dict.fromkeys(inside, maximum))
        return {code: points.get(code, maximum) for code in weights}

    def _rescaled(self, branch: Dimension) -> bool:
        # The points of a sum inside a rescaled branch are not points of the total.
        above = self.framework.parent(branch.code)
        while above is not None:
            if not self.framework.aggregator(above.code).sums_points:
                return True
            above = self.framework.parent(above.code)
        return False


def draw(
    framework: Framework, scale: Scale, replaced: Mapping[str, Float] | None = None
) -> DrawnWeights:
    """Return the framework's weights, replaced at some nodes.

    Parameters
    ----------
    framework : Framework
    scale : "points" or float
    replaced : mapping of code to array of shape (draws,), optional

    Raises
    ------
    UnknownNameError
        If there is no such node.
    SettingError
        If a weight is negative or not finite, or the node is a view or has weight 0.
    """
    drawn = {code: _checked(framework, code, weight) for code, weight in (replaced or {}).items()}
    weights: dict[str, Float | str] = {}
    for node in reversed(framework.nodes):
        if node.code in drawn:
            weights[node.code] = drawn[node.code]
        elif isinstance(node.weight, str):
            weights[node.code] = node.weight
        elif node.weight is not None:
            weights[node.code] = np.array([float(node.weight)])
        elif node in framework._summed:
            weights[node.code] = _summed(node, weights)
        else:
            weights[node.code] = np.ones(1)
    return DrawnWeights(framework, weights, scale)


def redraw(drawn: DrawnWeights, replaced: Mapping[str, Float]) -> DrawnWeights:
    """Return weights, replaced at some nodes as :func:`draw` does, but not yet checked."""
    rows = replaced if isinstance(replaced, Rows) else None
    numbers: Mapping[str, Float] = rows or {
        code: np.asarray(weight, dtype=np.float64).reshape(-1) for code, weight in replaced.items()
    }
    summed: dict[str, Float | str] = {}
    weights = ChainMap(summed, cast(Any, numbers), cast(Any, drawn.weights))
    for node in drawn.framework._summed:
        if node.code not in replaced:
            summed[node.code] = _summed(node, weights)
    return DrawnWeights(drawn.framework, weights, drawn.scale, rows)


def checked(drawn: DrawnWeights, codes: Iterable[str]) -> DrawnWeights:
    """Return drawn weights after a check of those at some nodes.

    Raises
    ------
    UnknownNameError, SettingError
        As in :func:`draw`.
    """
    for code in codes:
        weight = drawn.weights.get(code)
        _checked(
            drawn.framework,
            code,
            np.empty(0) if isinstance(weight, str) or weight is None else weight,
        )
    return drawn


_LEAST_SUM = 1e-290


def _summed(branch: Dimension, weights: Mapping[str, Float | str]) -> Float:
    parts = [weights[child.code] for child in _inside(branch)]
    with np.errstate(over="ignore"):
        whole = total([part for part in parts if not isinstance(part, str)])
    if not np.isfinite(whole).all():
        raise FrameworkError(
            f"the weights of the children of '{branch.code}' add up to more than a number can "
            "hold: give smaller ones, only their proportions count"
        )
    if ((whole > 0) & (whole < _LEAST_SUM)).any():
        raise FrameworkError(
            f"the weights of the children of '{branch.code}' add up to less than {_LEAST_SUM:g}, "
            "where numbers lose their digits: give larger ones, only their proportions count"
        )
    return whole


def parts_of_view(framework: Framework, view: View) -> tuple[list[str], list[str]]:
    """Return the codes in a view: those that make its maximum, and the bonuses.

    If a view has only bonuses, they make its maximum.
    """
    seen = sorted(framework.seen_by(view))
    bonuses = [code for code in seen if framework.is_bonus(code)]
    inside = [code for code in seen if code not in bonuses]
    return (inside, bonuses) if inside else (seen, [])


def _checked(framework: Framework, code: str, weight: Float) -> Float:
    node = framework.node(code)
    if isinstance(node, View):
        raise SettingError(f"'{code}' is a view: it has no weight to draw")
    if node.weight == 0:
        raise SettingError(f"'{code}' has weight 0, is shown and not scored: nothing to draw")
    draws = np.asarray(weight, dtype=np.float64).reshape(-1)
    if not (draws.min(initial=0.0) >= 0 and draws.max(initial=0.0) < np.inf):
        wrong = draws[~(np.isfinite(draws) & (draws >= 0))]
        raise SettingError(
            f"drawn weights are finite numbers of at least 0; '{code}' was given {wrong[0]:g}"
        )
    return draws


def _inside(branch: Dimension) -> list[Node]:
    return sorted(branch.inside, key=lambda child: child.code)


def _added(numbers: dict[str, Float], inside: Sequence[str]) -> tuple[dict[str, Float], Float]:
    """Return weights scaled so that they can be summed, and the sum of those inside the maximum."""
    counted = [numbers[code] for code in inside] or [np.ones(1)]
    with np.errstate(over="ignore"):
        whole = total(counted)
    if powers(whole) is None:
        return numbers, whole
    sized = in_proportion(counted, list(numbers.values()))
    return dict(zip(numbers, sized[len(counted) :], strict=True)), total(sized[: len(counted)])


def _part(number: Float, whole: Float) -> Float:
    # Weights that are all 0 are refused by name when their branch is aggregated.
    return np.asarray(number / np.where(whole > 0, whole, 1.0))
