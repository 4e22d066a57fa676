"""Weights of a framework, as parts of a group or as points."""

from __future__ import annotations

from collections.abc import Mapping

from govindex.aggregate.means import Arithmetic
from govindex.aggregate.signed import SignedMean
from govindex.contracts import Aggregator, BaseRule, completed
from govindex.errors import FrameworkError, Problems, listing
from govindex.model.framework import Framework
from govindex.model.tree import Dimension

__all__ = ["part_of", "refuse_other_maxima", "reweighed", "with_branches", "with_signs"]


def with_branches(framework: Framework, parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a whole tier, with those of branches above: the sums below them."""
    weights = dict(parts)
    for node in reversed(framework.nodes):  # a branch comes after its children
        if isinstance(node, Dimension) and node.code not in weights:
            inside = [weights[child.code] for child in node.inside if child.code in weights]
            if inside:
                weights[node.code] = sum(sorted(inside))
    return weights


def reweighed(framework: Framework, parts: Mapping[str, float]) -> Framework:
    """Return the framework with other weights at some nodes.

    Parameters
    ----------
    framework : Framework
    parts : mapping of code to float
        The weight of each node among its siblings; of a weighed group all that count.

    Returns
    -------
    Framework
        Weights of siblings add up to 1 under a mean. Under a sum a group keeps its points, and the
        points below a branch change in proportion.
    """
    new: dict[str, float] = {}
    for branch in framework.nodes:
        if not isinstance(branch, Dimension):
            continue
        if framework.aggregator(branch.code).sums_points:
            new |= _points(framework, branch, parts, new)
        else:
            judged = {c.code: parts[c.code] for c in branch.inside if c.code in parts}
            total = sum(sorted(judged.values()))
            # If a tier gives a whole branch 0, its children keep their weights.
            new |= {code: part / total for code, part in judged.items()} if total > 0 else {}
    return framework.with_weights({code: w for code, w in new.items() if _stated(framework, code)})


def _points(
    framework: Framework, branch: Dimension, parts: Mapping[str, float], new: Mapping[str, float]
) -> dict[str, float]:
    old = {child.code: float(framework.weight(child.code)) for child in branch.inside}
    whole = sum(sorted(old.values()))
    above = framework.parent(branch.code)
    summed = above is not None and framework.aggregator(above.code).sums_points
    kept = new.get(branch.code, whole) if summed else whole
    judged = {code: parts[code] for code in old if code in parts}
    total = sum(sorted(judged.values()))
    if total > 0:
        return {code: kept * part / total for code, part in judged.items()}
    # The children have no new weights: they follow the branch.
    return {} if kept == whole else {code: points * kept / whole for code, points in old.items()}


def _stated(framework: Framework, code: str) -> bool:
    """Return whether a weight must be stated: that of a sum without one follows from its points."""
    node = framework.node(code)
    above = framework.parent(code)
    if above is None:
        return False
    summed = framework.aggregator(above.code).sums_points
    sums_itself = isinstance(node, Dimension) and framework.aggregator(code).sums_points
    return not (sums_itself and summed and getattr(node, "weight", None) is None)


def with_signs(framework: Framework, weights: Mapping[str, float]) -> Framework:
    """Return the framework with signed means where weights are negative, and plain ones elsewhere.

    Raises
    ------
    FrameworkError
        Naming branches that are neither.
    """
    problems = Problems()
    means: dict[str, Aggregator] = {}
    for branch in framework.nodes:
        if not isinstance(branch, Dimension):
            continue
        weighed = [child.code for child in branch.inside if child.code in weights]
        negative = [code for code in weighed if weights[code] < 0]
        aggregate = framework.aggregator(branch.code)
        if isinstance(aggregate, SignedMean) and weighed:
            means[branch.code] = SignedMean(negative) if negative else Arithmetic()
        elif negative and not isinstance(aggregate, Arithmetic):
            problems.add(
                f"{listing(negative)} would have negative weights under {aggregate!r} of "
                f"'{branch.code}': negative weights need aggregate=Arithmetic()"
            )
        elif negative:
            means[branch.code] = SignedMean(negative)
    problems.raise_any(FrameworkError, f"'{framework.code}' cannot be given these weights")
    return framework.with_aggregates(means) if means else framework


def part_of(framework: Framework, code: str, top: str) -> float | None:
    """Return a node's part of a branch above it, None if a variable decides on it."""
    part = 1.0
    while code != top and (above := framework.parent(code)) is not None:
        weights = [framework.weight(child.code) for child in above.inside]
        numbers = [weight for weight in weights if not isinstance(weight, str)]
        weight = framework.weight(code)
        if len(numbers) < len(weights) or isinstance(weight, str):
            return None
        part *= weight / sum(sorted(numbers))
        code = above.code
    return part


def refuse_other_maxima(before: Framework, after: Framework) -> None:
    """Refuse weights that change the maximum of a rule, printed in points.

    Raises
    ------
    FrameworkError
        Naming the nodes whose rule reads their points as a maximum.
    """
    problems = Problems()
    whole = float(before.weight(before.code))
    for node in before.nodes:
        if node.rule is None:
            continue
        rule = completed(node.rule, BaseRule)
        if rule.curve(1.0) == rule.curve(2.0):
            continue
        old, new = (part_of(framework, node.code, before.code) for framework in (before, after))
        if old is not None and new is not None and abs(new - old) > 1e-12 * old:
            problems.add(
                f"'{node.code}' has {whole * old:g} points and would have {whole * new:.4g}, but "
                f"{node.rule!r} reads them as the maximum of its values: give it a rule that names "
                f"the maximum itself, such as Goalposts(worst=0, best={whole * old:g})"
            )
    problems.raise_any(FrameworkError, f"'{before.code}' cannot be given these points")
