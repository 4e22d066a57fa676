"""Methodologies of any class: results from their scores.

A methodology that is not a tree of measures, rules and aggregators may be an object of any class
that follows :class:`~govindex.AnyMethodology`. It computes scores by its own code;
:func:`result_from_scores` turns them into a result, so that ranks, leagues, bands and tables are
the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among, is_number, name_problem, shown
from govindex.compute import State
from govindex.errors import (
    DataError,
    FrameworkError,
    Problems,
    SettingError,
    listing,
    near_miss,
)
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.ranking import Bands, Ranking
from govindex.ranking.rankings import tie_break_loops
from govindex.results import IndexResult, Provenance
from govindex.results.results import AnyMethodology
from govindex.rounding import Rounding
from govindex.scores import GivenScores, read_scores, size_problems

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["AnyMethodology", "contract_problems", "result_from_scores"]

_CONTRACT = ("id", "version", "framework", "fingerprint", "compute")


def contract_problems(method: object) -> Iterator[str]:
    """Yield what an object lacks to be a methodology, named.

    Examples
    --------
    >>> list(contract_problems(3))
    ['has no id, version, framework, fingerprint, compute']
    """
    attributes = {}
    for name in (*_CONTRACT, "deprecated", "peer_dependent", "monotone"):
        try:
            attributes[name] = getattr(method, name)
        except AttributeError:
            continue
        except Exception as error:  # a property may raise anything
            yield f"its {name} raises {type(error).__name__}: {error}"
            attributes[name] = None
            continue
        yield from _attribute_problems(name, attributes[name])
    missing = [name for name in _CONTRACT if name not in attributes]
    if missing:
        yield f"has no {', '.join(missing)}"


def _attribute_problems(name: str, value: object) -> Iterator[str]:
    if name in ("id", "version", "fingerprint"):
        if not (isinstance(value, str) and value.strip()):
            yield f"its {name} is {value!r}, no text"
        elif name != "fingerprint" and (problem := name_problem(value, name)):
            yield problem
    elif name == "deprecated" and not isinstance(value, str):
        yield f"its deprecated is {value!r}, no text that says why"
    elif name == "framework" and not isinstance(value, Framework):
        yield f"its framework is {value!r}, no Framework"
    elif name == "compute" and not callable(value):
        yield "its compute is no function"
    elif name in ("peer_dependent", "monotone") and not isinstance(
        value, (bool, np.bool_, type(None))
    ):
        yield f"its {name} is {value!r}, neither True nor False"


def result_from_scores(
    method: AnyMethodology,
    observations: Observations,
    scores: Mapping[str, ArrayLike],
    *,
    scale: float | Literal["points"] = 100.0,
    ranking: Ranking | None = None,
    bands: Bands | None = None,
    rounding: Rounding | None = None,
    absent: Mapping[tuple[str, str], str] | None = None,
) -> IndexResult:
    """Make a result from scores that your own code computed.

    Parameters
    ----------
    method : AnyMethodology
        The methodology of the result.
    observations : Observations
        The scored data. An indicator whose measure is a plain variable shows the values and
        statuses of that variable.
    scores : mapping of str to array, shape (units,)
        By the codes of the framework's nodes, in the printed unit and in the order of
        ``observations.units``; the root's are required. Nodes without scores are not in the result.
    scale : "points" or float
        The printed full score: one number for all nodes, or each node's points in the framework.
    ranking : Ranking, optional
        How ties, precision and the ranked number are chosen, by default ``Ranking()``; nodes may
        have their own.
    bands : Bands, optional
    rounding : Rounding, optional
        Applies where ranking or bands use a number of decimals, by default ``Rounding(2)``. The
        scores themselves are not rounded.
    absent : mapping of str, or of (str, str), to str
        Why a unit has no score, or no score at a node: ``{"B": "founded in May"}`` is the reason
        for every node of B, ``{("B", "speed"): "no office yet"}`` for one. Every NaN needs a
        reason, except at indicators whose variable is absent in the data.

    Returns
    -------
    IndexResult
        Everything but :func:`~govindex.explain` works on it.

    Raises
    ------
    DataError
        With every problem of the scores, by node and unit: unknown nodes, no root, wrong lengths or
        orders, texts, infinite numbers, NaN without a reason, a reason for a score that exists.
    FrameworkError
        If `method` is not a methodology, with everything it lacks.
    SettingError
        With every invalid setting.

    Examples
    --------
    >>> import govindex as gi
    >>> import numpy as np
    >>> class Median:
    ...     id, version, fingerprint = "example.median", "1", "example.median@1: median of three"
    ...     framework = gi.Framework("total", [
    ...         gi.Indicator(code, rule=gi.rules.Identity()) for code in ("a", "b", "c")])
    ...     def compute(self, observations):
    ...         return gi.result_from_scores(
    ...             self, observations, {"total": np.median(observations.values, axis=1)})
    >>> data = gi.Observations(
    ...     [gi.Unit("A"), gi.Unit("B")], ["a", "b", "c"], [[10, 20, 90], [30, 40, 50]])
    >>> Median().compute(data).table()["score"].to_dict()
    {'B': 40.0, 'A': 20.0}
    """
    _check_inputs(method, observations)
    problems = Problems()
    framework, ranking = method.framework, Ranking() if ranking is None else ranking
    rounding = Rounding(2) if rounding is None else rounding
    problems.extend(_setting_problems(framework, scale, ranking, bands, rounding))
    problems.raise_any(SettingError, f"The result of '{method.id}' cannot be made")
    read = read_scores(framework, observations, scores, {} if absent is None else absent, problems)
    maxima = _maxima(framework, scale, read)
    problems.extend(size_problems(read.columns, maxima, observations.units))
    problems.extend(_tie_problems(framework, ranking, read))
    problems.raise_any(DataError, f"The scores of '{method.id}' cannot be used")
    codes = tuple(read.columns)
    return IndexResult(
        framework=framework,
        units=observations.units,
        codes=codes,
        states=tuple(_state(read, code, maxima[code]) for code in codes),
        maxima=np.array([maxima[code] for code in codes]),
        scale=scale,
        ranking=ranking,
        bands_spec=bands,
        printing=rounding,
        display=tuple(child.code for child in framework.children if child.code in codes),
        observations=observations,
        opaque=True,
        reasons=read.reasons,
        **_origin(method, observations),
    )


def _origin(method: AnyMethodology, observations: Observations) -> dict[str, Any]:
    provenance = Provenance._of(method, observations)
    return {"provenance": provenance, "method": method, "given": observations}


def _check_inputs(method: AnyMethodology, observations: Observations) -> None:
    problems = Problems()
    problems.extend(contract_problems(method))
    problems.raise_any(FrameworkError, f"{type(method).__name__} is not a methodology")
    if not isinstance(observations, Observations):
        raise DataError(f"'{method.id}' scores Observations, not {type(observations).__name__}")


def _state(read: GivenScores, code: str, maximum: float) -> State:
    share, (value, status) = read.columns[code] / maximum, read.cells[code]
    known = None if value is None else value[None]
    return State(share[None], status[None], not np.isnan(share).any(), value=known)


def _setting_problems(
    framework: Framework, scale: Any, ranking: Any, bands: Any, rounding: Any
) -> Iterator[str]:
    if among(scale, ("points",)):
        if not framework.aggregate.sums_points:
            yield (
                f"points need a root that sums them: '{framework.code}' aggregates with "
                f"{framework.aggregate!r}; use aggregate.Sum(), or a number as scale"
            )
        named = [node.code for node in framework.nodes if isinstance(node.weight, str)]
        if named:
            yield f"points are numbers; weighted by a variable: {listing(named)}"
    elif not is_number(scale) or scale <= 0:
        yield f"a scale is 'points' or a finite number above 0, not {shown(scale)}"
    if not isinstance(ranking, Ranking):
        yield f"ranking is a Ranking(), not {ranking!r}"
    if bands is not None and not isinstance(bands, Bands):
        yield f"bands are Bands(…), not {bands!r}"
    if not isinstance(rounding, Rounding):
        yield f"rounding is a Rounding(…), not {rounding!r}"
    elif rounding.printed_only:
        yield "scores are taken as they are: printed_only is for the rounding of a Methodology"


def _tie_problems(framework: Framework, ranking: Ranking, scores: GivenScores) -> Iterator[str]:
    breakers = {framework.code: ranking.tie_break}
    for code in scores.columns:
        declared = framework.node(code).ranking
        if declared is not None:
            breakers[code] = declared.tie_break
    for code, others in breakers.items():
        for other in others:
            if other not in scores.columns:
                known = near_miss(other, scores.columns)
                yield f"the ties of '{code}' are broken by '{other}', which has no scores: {known}"
    yield from tie_break_loops(breakers)


def _maxima(framework: Framework, scale: Any, scores: GivenScores) -> dict[str, float]:
    if scale != "points":
        return dict.fromkeys(scores.columns, float(scale))
    whole = float(framework.weight(framework.code))
    return {code: whole * framework.effective_weights[code] for code in scores.columns}
