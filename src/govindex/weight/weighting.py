"""Weights for a whole framework, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

import attrs
import numpy as np

from govindex.checks import among, called, mapping_of, shown
from govindex.errors import DataError, FrameworkError, Problems, SettingError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.model.tree import Dimension, Node
from govindex.weight.common import (
    Children,
    Tier,
    Weigher,
    WeightSet,
    as_ranked,
    as_shares,
    ranked_only,
)
from govindex.weight.points import (
    part_of,
    refuse_other_maxima,
    reweighed,
    with_branches,
    with_signs,
)
from govindex.weight.tiers import tier_of, with_fixed_branches

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["Weighting", "apply", "weighted"]


@attrs.frozen(eq=False)
class _InTier:
    """A method that weighs a tier below branches that keep their weights."""

    how: Weigher
    tier: Tier
    weigh: Callable[[Any, Tier], WeightSet]

    @property
    def peer_dependent(self) -> bool:
        return self.how.peer_dependent

    def __repr__(self) -> str:
        return repr(self.how)

    def __call__(self, children: Children) -> WeightSet:
        return self.weigh(children, self.tier)


def _groups(groups: Mapping[str, WeightSet]) -> FrozenMap[str, WeightSet]:
    return FrozenMap(groups)


@attrs.frozen(kw_only=True)
class Weighting:
    """A framework with new weights, and their method.

    Parameters
    ----------
    framework : Framework
        With the weights, which are plain numbers now: later data do not change them.
    before : Framework
        Without them.
    how : Weigher
    groups : mapping of str to WeightSet
        The weights of the children of a branch, by the branch's code; of a whole tier, by the
        root's code: as parts of the root.
    """

    framework: Framework
    before: Framework
    how: Weigher
    groups: FrozenMap[str, WeightSet] = attrs.field(converter=_groups)

    @property
    def weights(self) -> dict[str, float]:
        """The new weights by code; each group adds up to 1."""
        return {code: w for group in self.groups.values() for code, w in group.weights.items()}

    @property
    def report(self) -> pd.DataFrame:
        """A row per node that was weighed.

        Its ``group``, its part of the group ``before`` and now (``weight``), its part of the root
        (``effective``, missing where a branch above is weighted by a variable of the data), and
        the figures of the method.
        """
        import pandas as pd

        frames = []
        for group, weight_set in self.groups.items():
            frame = weight_set.report
            before = [part_of(self.before, code, group) for code in frame.index]
            now = [part_of(self.framework, code, self.framework.code) for code in frame.index]
            frame.insert(0, "group", group)
            frame.insert(1, "before", before)
            effective = np.array(now, dtype=np.float64)
            effective[frame["weight"].to_numpy() < 0] *= -1.0
            frame.insert(3, "effective", effective)
            frames.append(frame)
        return pd.concat(frames)

    @property
    def diagnostics(self) -> pd.DataFrame:
        """The diagnostics of the method, a row per group."""
        import pandas as pd

        rows = {
            group: {
                "children": len(weight_set.weights),
                **({} if weight_set.units is None else {"units": weight_set.units}),
                "left_out": len(weight_set.left_out),
                **weight_set.diagnostics,
            }
            for group, weight_set in self.groups.items()
        }
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index.name = "group"
        return frame


class Computing(Protocol):
    """A methodology whose framework computes its scores."""

    @property
    def framework(self) -> Framework:
        """The framework, whose weights are found."""

    def compute(self, observations: Observations, /) -> object:
        """Return the result."""


def apply(
    of: Framework | Computing,
    how: Weigher,
    data: Observations | IntoFrame | None = None,
    *,
    at: At | None = None,
    over: Literal["all", "ranked"] = "all",
    above: Literal["sums", "fixed"] = "sums",
) -> Weighting:
    """Find weights and put them into a framework.

    Weights that depend on scores use the normalised shares that a methodology computes. Deep
    branches come first, and branches above are weighed on the scores under the new weights.
    Indicators and dimensions of weight 0, which are shown and not scored, stay so; bonuses and
    penalties keep their points.

    Parameters
    ----------
    of : Methodology or Framework
        A framework is enough for weights by judgement, or with a frame of shares as `data`.
    how : Weigher
        A method of :mod:`govindex.weight`, or any other that takes a frame of units × children, or
        their codes, and returns a :class:`~govindex.weight.WeightSet`.
    data : Observations or data frame, optional
        Observations for a methodology; for a framework a frame of shares with a column per node
        that is weighed. Not needed for weights by judgement.
    at : str, iterable of str or int, optional
        The branch whose children are weighed, or several branches, each by itself; by default all.
        A number weighs a whole tier as one group (1: the root's children), ``"leaves"`` all
        indicators; see `above`.
    over : {"all", "ranked"}
        Whose scores count: all units, or those that are ranked.
    above : {"sums", "fixed"}
        With a whole tier: the branches above weigh as much as their nodes together, or they keep
        their weights, and the nodes of each share its weight. :class:`~govindex.weight.Balance` and
        :class:`~govindex.weight.Infomax` then look at the correlations with the total as the whole
        methodology computes it, and search for the weights, whatever the aggregators above.

    Returns
    -------
    Weighting
        Its ``framework`` has the weights. Under a mean they add up to 1; under a sum of points a
        group keeps its points, and points below are changed in proportion. Negative weights of a
        method that declares them have their signs in
        :class:`~govindex.aggregate.SignedMean`, which replaces the mean of their branch.

    Raises
    ------
    SettingError, UnknownNameError
        If `at` names no branch or tier, or judgements are of other nodes.
    FrameworkError
        If a weight is a variable of the data, new points would change the maximum of an
        indicator's rule, or a negative weight is to stand in a branch that is no plain mean.
    DataError
        If data are needed and not given, or the method refuses the scores.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> method = gi.Methodology("example.service", "1", gi.Framework("service", [
    ...     gi.Indicator("days", direction="lower", rule=gi.rules.MinMax()),
    ...     gi.Indicator("online", rule=gi.rules.MinMax()),
    ... ]))
    >>> data = gi.Observations.from_frame(pd.DataFrame(
    ...     {"unit": list("ABCD"), "days": [3, 5, 4, 4], "online": [10, 90, 80, 85]}
    ... ))
    >>> found = apply(method, gi.weight.StandardDeviation(), data)
    >>> {code: round(weight, 3) for code, weight in found.weights.items()}
    {'days': 0.464, 'online': 0.536}
    >>> attrs.evolve(method, framework=found.framework).compute(data).ranks["service"].to_list()
    [4, 3, 2, 1]
    """
    framework = _framework(of)
    _check_method(how, of, data, over)
    whole = isinstance(at, int) or (among(at, ("leaves",)) and not framework.has("leaves"))
    fixed = _is_fixed(above, at, whole=whole)
    method: Callable[[Sequence[str]], Weigher] = (
        partial(_in_tier, how, of, data) if fixed else lambda _: how
    )
    before = framework
    groups: dict[str, WeightSet] = {}
    for tier in [_whole_tier(framework, at)] if whole else _tiers(framework, at):
        scores = _source(of, framework, data, over) if how.peer_dependent else list
        weight_sets = {
            name: _weighed_by(method(codes), name, codes, scores(codes))
            for name, codes in tier.items()
        }
        groups |= weight_sets
        signed = {code: w for group in weight_sets.values() for code, w in group.weights.items()}
        if _declares_signs(how):
            framework = with_signs(framework, signed)
        parts = {code: abs(weight) for code, weight in signed.items()}
        if whole:
            parts = (with_fixed_branches if fixed else with_branches)(framework, parts)
        framework = reweighed(framework, parts)
    if _printed_in_points(of, framework):
        refuse_other_maxima(before, framework)
    order = [code for code in before.codes if code in groups]
    return Weighting(
        framework=framework, before=before, how=how, groups={code: groups[code] for code in order}
    )


def _check_method(how: object, of: object, data: object, over: Any) -> None:
    if isinstance(how, type) or not isinstance(how, Weigher):
        raise SettingError(f"how is a way to find weights, such as Equal(), not {shown(how)}")
    if how.peer_dependent and data is None:
        raise DataError(f"{how!r} finds weights from scores: give the data")
    if ranked_only(over) and isinstance(of, Framework):
        raise SettingError(
            "a frame does not say which units are ranked: leave the others out of it"
        )


def _is_fixed(above: object, at: object, *, whole: bool) -> bool:
    """Return whether branches above a tier keep their weights."""
    if not among(above, ("sums", "fixed")):
        raise SettingError(f"above is 'sums' or 'fixed', not {shown(above)}")
    if above == "fixed" and not whole:
        raise SettingError(
            "above='fixed' keeps the weights above a whole tier: name it, such as at=2 or "
            f"at='leaves', not {shown(at)}"
        )
    return above == "fixed"


def _in_tier(how: Weigher, of: Any, data: Any, codes: Sequence[str]) -> Weigher:
    """Return a method that looks at the total above a tier, if it is one that does."""
    weigh_tier = getattr(how, "_weigh_tier", None)
    return how if weigh_tier is None else _InTier(how, tier_of(of, data, codes), weigh_tier)


def _framework(of: Any) -> Framework:
    if isinstance(of, Framework):
        return of
    if not attrs.has(type(of)) or not isinstance(getattr(of, "framework", None), Framework):
        raise SettingError(
            "weights are put into a Framework, or into that of a Methodology whose parts compute, "
            f"not into {type(of).__name__}"
        )
    if len(getattr(of, "frameworks", ())) > 1:
        raise SettingError(
            f"'{of.id}' scores units by several forms: weigh them one by one, "
            "methodology.single(form)"
        )
    framework: Framework = of.framework
    return framework


def _printed_in_points(of: Any, framework: Framework) -> bool:
    if isinstance(of, Framework):
        return framework.aggregate.sums_points
    return bool(getattr(of, "scale", None) == "points")


def _weighed_by(how: Weigher, name: str, codes: list[str], children: Children) -> WeightSet:
    # A method may be a user's.
    part = f"{how!r}, weighing below '{name}',"
    weight_set = called(part, how, children)
    if not isinstance(weight_set, WeightSet) or not isinstance(weight_set.weights, Mapping):
        raise SettingError(f"{part} returned {type(weight_set).__name__}, not gi.weight.WeightSet")
    numbers = np.array([weight_set.weights.get(code, np.nan) for code in codes])
    complete = len(weight_set.weights) == len(codes) and np.isfinite(numbers).all()
    signed = _declares_signs(how)
    sizes = np.abs(numbers) if signed else numbers
    if not complete or (sizes < 0).any() or not np.isclose(sizes.sum(), 1.0, rtol=1e-9):
        wanted = "that add up to 1 without their signs" if signed else "of at least 0 that add up"
        raise SettingError(
            f"{part} must give {listing(codes)} weights {wanted}{'' if signed else ' to 1'}, not "
            f"{dict(weight_set.weights)}"
        )
    return weight_set


def _declares_signs(how: Weigher) -> bool:
    return getattr(how, "signed", False) is True


def _tiers(framework: Framework, at: Any) -> list[dict[str, list[str]]]:
    """Return groups of nodes that are weighed together, by branch; the deepest first."""
    branches = [n.code for n in framework.nodes if isinstance(n, Dimension)]
    chosen = branches if at is None else selected(at, branches, what="branch to weigh below")
    tiers: dict[int, dict[str, list[str]]] = {}
    for code in chosen:
        branch = framework.node(code)
        assert isinstance(branch, Dimension)
        nodes = _weighed(framework, branch.inside)
        if nodes and (at is not None or framework.is_scored(code)):
            tiers.setdefault(framework.depth(code), {})[code] = nodes
        elif at is not None:
            raise SettingError(f"'{code}' has no children with a weight above 0")
    return [tiers[depth] for depth in sorted(tiers, reverse=True)]


def _whole_tier(framework: Framework, at: Any) -> dict[str, list[str]]:
    """Return the nodes of a tier, or all indicators, as one group."""
    problems = Problems()
    tier = () if at == "leaves" else selected(at, framework.codes, [framework])
    if at == "leaves":
        nodes: list[Node] = list(framework.leaves)
    else:
        nodes = [node for node in framework.nodes if node.code in tier]
        covered = {leaf.code for node in nodes for leaf in framework.below(node.code)}
        for leaf in framework.leaves:
            if leaf.code not in covered and framework.is_scored(leaf.code):
                problems.add(f"the indicator '{leaf.code}' is not at or below tier {at}")
    scored = [n for n in nodes if framework.is_scored(n.code) and not framework.is_bonus(n.code)]
    if not scored or at == 0:
        problems.add(f"tier {at} has no nodes to weigh; 1 is that of the root's children")
    problems.raise_any(SettingError, f"A tier of '{framework.code}' cannot be weighed as one")
    above = [n for n in framework.nodes if isinstance(n, Dimension) and n.code != framework.code]
    _weighed(framework, above)  # refused if one of them is weighted by a variable
    return {framework.code: _weighed(framework, scored)}


def _weighed(framework: Framework, nodes: Iterable[Node]) -> list[str]:
    problems = Problems()
    kept = []
    for node in nodes:
        weight = framework.weight(node.code)
        if isinstance(weight, str):
            problems.add(f"'{node.code}' is weighted by the variable '{weight}'")
        elif weight > 0:
            kept.append(node.code)
    problems.raise_any(FrameworkError, "New weights need weights that are numbers")
    return kept


def _source(
    of: Any, framework: Framework, data: Any, over: str
) -> Callable[[list[str]], pd.DataFrame]:
    """Return a function that gives the scores of nodes as a frame, of the units that count."""
    import pandas as pd

    if isinstance(of, Framework):
        shares = as_shares(data)
        values, codes, units = shares.values, shares.names, shares.units
    else:
        result = attrs.evolve(of, framework=framework).compute(data)
        counts = result.units.ranked_mask if over == "ranked" else np.ones(len(result.units), bool)
        # Snapped, so that scores that tie in ranks are equal.
        codes = result.codes
        values = as_ranked(result.shares[:, counts], codes, framework._of_one_sign)
        units = tuple(u for u, kept in zip(result.units.codes, counts, strict=True) if kept)

    def scores(nodes: list[str]) -> pd.DataFrame:
        problems = Problems()
        for code in nodes:
            if code not in codes:
                problems.add(f"the frame has no column '{code}': {near_miss(code, codes)}")
        problems.raise_any(DataError, "Weights cannot be found")
        rows = [codes.index(code) for code in nodes]
        index = pd.Index(
            units, name="unit", dtype=object
        )  # object, so that texts are not converted
        return pd.DataFrame(values[rows].T, index=index, columns=nodes)

    return scores


def weighted(
    frameworks: Sequence[Framework], weights: WeightSet | Weighting | Mapping[str, float | str]
) -> list[Framework]:
    """Return the frameworks of a methodology with other weights for their nodes."""
    if isinstance(weights, Weighting):
        return [weights.framework, *frameworks[1:]]
    numbers = weights.weights if isinstance(weights, WeightSet) else weights
    new = mapping_of(numbers, "weights", "a mapping of codes to weights")
    codes = [node.code for form in frameworks for node in (*form.nodes, *form.views)]
    selected(new, codes, where="with_weights")

    def changed(form: Framework) -> Framework:
        changes: dict[str, Any] = {code: weight for code, weight in new.items() if form.has(code)}
        return reweighed(form, changes) if new is not weights else form.with_weights(changes)

    return [changed(form) for form in frameworks]
