"""Replication of published robustness tables: an index computed with other choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any, Literal

import attrs

from govindex.absence import Absence
from govindex.checks import instance_of, tuple_of
from govindex.comparison import Comparison, compare
from govindex.compute.weights import Scale
from govindex.contracts import AbsencePolicy, Aggregator, Rounder, Rule
from govindex.errors import DataError, GovIndexError, SettingError, UnknownNameError, near_miss
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.prepare.flow import AnyStep
from govindex.ranking import Ranking
from govindex.results import IndexResult
from govindex.robustness.variations.choices import Option, checked_weights
from govindex.rounding import Levels, Rounding

__all__ = ["replicate", "variant"]

Variant = AnyMethodology | IndexResult | Mapping[str, Any]


def variant(
    method: Methodology,
    *,
    weights: Mapping[str, float] | Literal["equal", "flat"] | None = None,
    rule: Rule | Mapping[str, Rule] | None = None,
    aggregate: Aggregator | Mapping[str, Aggregator] | None = None,
    absence: Absence | AbsencePolicy | None = None,
    steps: Iterable[AnyStep] | None = None,
    scale: Scale | None = None,
    rounding: Levels | Rounding | Mapping[str, Rounder | None] | None = None,
    ranking: Ranking | Mapping[str, Ranking | None] | None = None,
) -> Methodology:
    """Return a methodology with other choices; choices that are not given stay.

    Parameters
    ----------
    method : Methodology
    weights : mapping of str to float, "equal" or "flat", optional
        By code; or equal weights for siblings ("equal"); or equal weights for indicators, so that a
        dimension weighs as much as its indicators together ("flat"). Unscored nodes stay unscored,
        bonuses and penalties keep their weights. Where points are summed, rules that read the
        maximum read the new one.
    rule : Rule or mapping of str to Rule, optional
        For every indicator that has one, or by code.
    aggregate : Aggregator or mapping of str to Aggregator, optional
        For every branch, or by code.
    absence : AbsencePolicy or Absence, optional
        For the root, and for branches that inherit its policy.
    steps : iterable of callable, optional
        Preparation instead of the methodology's; () for no preparation.
    scale : "points" or float, optional
        The printed unit. Rules that read the maximum, and roundings, act on the new one.
    rounding : Levels, Rounding or mapping of str to Rounding, optional
        Tier by tier instead of the methodology's (``Levels()`` for none), where a single rounding
        applies to the total; or of nodes by code, where None leaves a node to its tier. Nodes with
        a rounding that is not named keep it.
    ranking : Ranking or mapping of str to Ranking, optional
        Instead of the methodology's, or of nodes by code, in the same way.

    Raises
    ------
    SettingError, FrameworkError
        If a choice does not apply.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("undp.hdi")
    >>> variant(method, aggregate=gi.aggregate.Arithmetic()).framework.aggregate
    Arithmetic()
    >>> variant(method, scale=100, rounding=gi.Rounding(1)).rounding.total
    Rounding(decimals=1, mode='half-up', printed_only=False)
    """
    instance_of(method, Methodology, "method")
    if weights is not None:
        method = Option("weights", checked_weights(weights), None)(method)
    if rule is not None:
        method = Option("rule", rule, None)(method)
    if aggregate is not None:
        method = Option("aggregate", aggregate, None)(method)
    if absence is not None:
        method = Option("absence", absence, None)(method)
    if steps is not None:
        method = Option("steps", tuple_of(steps, "steps", "steps"), None)(method)
    if isinstance(rounding, Mapping):
        method = _with_nodes(method, "with_roundings", rounding)
    if isinstance(ranking, Mapping):
        method = _with_nodes(method, "with_rankings", ranking)
    printing: dict[str, Any] = {"scale": scale}
    if not isinstance(rounding, Mapping):
        printing["rounding"] = rounding
    if not isinstance(ranking, Mapping):
        printing["ranking"] = ranking
    settings = {name: choice for name, choice in printing.items() if choice is not None}
    return attrs.evolve(method, **settings) if settings else method


def _with_nodes(method: Methodology, change: str, settings: Mapping[str, Any]) -> Methodology:
    """Return the methodology with a setting of nodes changed in every form that has them."""
    forms = method.frameworks
    for code in settings:
        if not any(form.has(code) for form in forms):
            known = dict.fromkeys(code for form in forms for code in form.codes)
            raise UnknownNameError(f"there is no node '{code}': {near_miss(code, known)}")

    def changed(_: object, form: Framework) -> Framework:
        own = {code: setting for code, setting in settings.items() if form.has(code)}
        with_nodes: Framework = getattr(form, change)(own)
        return with_nodes

    return method._changed(changed)


_CHOICES = tuple(signature(variant).parameters)[1:]


def replicate(
    method: Methodology,
    data: Observations,
    variants: Mapping[str, Variant],
    *,
    node: str | None = None,
    name: str = "as it is",
) -> Comparison:
    """Compute an index with other choices, as a published table of robustness does.

    Parameters
    ----------
    method : Methodology
    data : Observations
    variants : mapping of str to variant
        By the name in the table: the choices of :func:`variant` as a mapping, another methodology,
        or a result (the published one, or that of other data).
    node : str, optional
        The node compared; by default the total.
    name : str
        The name of the index itself, the base of the comparison.

    Returns
    -------
    Comparison
        Its :attr:`~govindex.Comparison.summary` counts changed scores and ranks, with
        the size of the shifts and correlations.

    Raises
    ------
    SettingError
        If a choice of a variant does not exist or does not apply.
    DataError
        If a variant cannot be computed.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 7 (uncertainty and
    sensitivity analysis).

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> method = gi.Methodology("example.two", "1", gi.Framework("index", [
    ...     gi.Indicator("x", rule=gi.rules.MinMax(), weight=3),
    ...     gi.Indicator("y", rule=gi.rules.MinMax())]))
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C"], "x": [1, 2, 9], "y": [7, 2, 1]})
    >>> table = replicate(method, gi.Observations.from_frame(frame), {
    ...     "equal weights": {"weights": "equal"},
    ...     "ranks": {"rule": gi.rules.Rank()},
    ...     "geometric": {"aggregate": gi.aggregate.Geometric(offset=1)},
    ... })
    >>> table.summary[["rescored", "changed", "mean_shift", "largest_shift"]].round(2)
                   rescored  changed  mean_shift  largest_shift
    as it is              0        0        0.00            0.0
    equal weights         3        1        0.33            1.0
    ranks                 3        2        0.67            1.0
    geometric             3        0        0.00            0.0
    """
    if not isinstance(variants, Mapping) or not variants:
        raise SettingError(
            f"variants is a mapping of names to at least one variant, not {variants!r}"
        )
    instance_of(name, str, "name")
    results = {name: instance_of(method, Methodology, "method").compute(data)}
    for key, choice in variants.items():
        if key == name:
            raise SettingError(f"the index and a variant are both called '{name}': give name=")
        results[key] = (
            choice
            if isinstance(choice, IndexResult)
            else _computed(key, _methodology(key, method, choice), data)
        )
    return compare(results, node, base=name)


def _methodology(key: str, method: Methodology, choice: Any) -> AnyMethodology:
    if not isinstance(choice, Mapping):
        if not callable(getattr(choice, "compute", None)):
            raise SettingError(
                f"variant '{key}' is a mapping of choices, a methodology or a result, not "
                f"{choice!r}"
            )
        other: AnyMethodology = choice
        return other
    for setting in choice:
        if setting not in _CHOICES:
            raise SettingError(
                f"variant '{key}': there is no choice '{setting}': {near_miss(setting, _CHOICES)}"
            )
    try:
        return variant(method, **choice)
    except GovIndexError as error:
        raise SettingError(f"variant '{key}': {error}", error.problems) from error


def _computed(key: str, method: AnyMethodology, data: Observations) -> IndexResult:
    try:
        return method.compute(data)
    except GovIndexError as error:
        raise DataError(f"variant '{key}': {error}", error.problems) from error
