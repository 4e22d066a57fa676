"""Tables of robustness from their description: an index computed otherwise, choice by choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any, Literal

from govindex.checks import instance_of, tuple_of
from govindex.comparison import Comparison, compare
from govindex.contracts import Aggregator, Rule
from govindex.errors import DataError, GovIndexError, SettingError, near_miss
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.prepare.flow import AnyStep
from govindex.results import IndexResult
from govindex.robustness.variations.choices import Option, checked_weights

__all__ = ["replicate", "variant"]

Variant = AnyMethodology | IndexResult | Mapping[str, Any]


def variant(
    method: Methodology,
    *,
    weights: Mapping[str, float] | Literal["equal", "flat"] | None = None,
    rule: Rule | Mapping[str, Rule] | None = None,
    aggregate: Aggregator | Mapping[str, Aggregator] | None = None,
    absence: Any = None,
    steps: Iterable[AnyStep] | None = None,
) -> Methodology:
    """Return a methodology with other choices; what is not given stays.

    Parameters
    ----------
    method : Methodology
    weights : mapping of str to float, "equal" or "flat", optional
        By code; or siblings weigh alike ("equal"); or indicators do, a dimension as much as it has
        of them ("flat"). What is not scored stays so, bonuses and penalties keep what they have.
        Where points are summed, rules that read the maximum read the new one.
    rule : Rule or mapping of str to Rule, optional
        Of every indicator that has one, or by code.
    aggregate : Aggregator or mapping of str to Aggregator, optional
        Of every branch, or by code.
    absence : AbsencePolicy or Absence, optional
        Of the root, and of branches without one of their own.
    steps : iterable of callable, optional
        Preparation instead of the methodology's own; () for none.

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
    return (
        method
        if steps is None
        else Option("steps", tuple_of(steps, "steps", "steps"), None)(method)
    )


_CHOICES = tuple(signature(variant).parameters)[1:]


def replicate(
    method: Methodology,
    data: Observations,
    variants: Mapping[str, Variant],
    *,
    node: str | None = None,
    name: str = "as it is",
) -> Comparison:
    """Compute an index otherwise, choice by choice, as a published table of robustness does.

    Parameters
    ----------
    method : Methodology
    data : Observations
    variants : mapping of str to variant
        By the name in the table: the choices of :func:`variant` as a mapping, a methodology of its
        own, or a result (the published one, or that of other data).
    node : str, optional
        The node compared; by default the total.
    name : str
        What the index itself is called, which all others are compared with.

    Returns
    -------
    Comparison
        Its :attr:`~govindex.Comparison.summary` counts the scores and ranks that
        change, and says by how much and how alike they are.

    Raises
    ------
    SettingError
        Naming the variant, if one of its choices does not exist or does not apply.
    DataError
        Naming the variant, if it cannot be computed.

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
    >>> found = replicate(method, gi.Observations.from_frame(frame), {
    ...     "equal weights": {"weights": "equal"},
    ...     "ranks": {"rule": gi.rules.Rank()},
    ...     "geometric": {"aggregate": gi.aggregate.Geometric(offset=1)},
    ... })
    >>> found.summary[["rescored", "changed", "mean_shift", "largest_shift"]].round(2)
                   rescored  changed  mean_shift  largest_shift
    as it is              0        0        0.00            0.0
    equal weights         3        1        0.33            1.0
    ranks                 3        2        0.67            1.0
    geometric             3        0        0.00            0.0
    """
    if not isinstance(variants, Mapping) or not variants:
        raise SettingError(
            f"variants are what is computed otherwise, by name: at least one, not {variants!r}"
        )
    instance_of(name, str, "name")
    results = {name: instance_of(method, Methodology, "method").compute(data)}
    for key, choice in variants.items():
        if key == name:
            raise SettingError(f"'{name}' is what the index itself is called; give another name=")
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
                f"variant '{key}' is choices by name, a methodology or a result, not {choice!r}"
            )
        own: AnyMethodology = choice
        return own
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
