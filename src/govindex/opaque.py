"""Methodologies of somebody's own making: what they promise, and how they hand back a result.

Whatever cannot be said as a tree of measures, rules and aggregators may be an object of any class
that keeps to :class:`AnyMethodology`. It computes scores as it likes; :func:`result_from_scores`
makes the result of them, so that ranks, leagues, bands and tables are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from govindex.checks import among, is_number, name_problem, shown
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
from govindex.ranking.ties import tie_break_loops
from govindex.results import IndexResult, Provenance
from govindex.results.node_scores import Outcome
from govindex.rounding import Rounding
from govindex.scores import Scores, read_scores, size_problems

__all__ = ["AnyMethodology", "contract_problems", "result_from_scores"]

_CONTRACT = ("id", "version", "framework", "fingerprint", "compute")


@runtime_checkable
class AnyMethodology(Protocol):
    """What every methodology has; nothing needs to inherit from it.

    :class:`~govindex.methods.Methodology` keeps to it, and so may an object of any class.

    Examples
    --------
    >>> import govindex as gi
    >>> isinstance(gi.methodology("vn.service-766"), AnyMethodology)
    True
    """

    @property
    def id(self) -> str:
        """Dotted and lower case: "vn.service-766"."""

    @property
    def version(self) -> str:
        """The edition: "2022"."""

    @property
    def framework(self) -> Framework:
        """The nodes that scores are given for, and the variables that are read."""

    @property
    def fingerprint(self) -> str:
        """A text that is another one as soon as the same data may score otherwise."""

    def compute(self, observations: Observations, /) -> IndexResult:
        """Score, aggregate and rank."""


def contract_problems(method: object) -> Iterator[str]:
    """Yield what an object lacks to be a methodology, by name.

    Examples
    --------
    >>> list(contract_problems(3))
    ['has no id, version, framework, fingerprint, compute']
    """
    found = {}
    for name in (*_CONTRACT, "deprecated", "peer_dependent", "monotone"):
        try:
            found[name] = getattr(method, name)
        except AttributeError:
            continue
        except Exception as error:  # a property may raise anything
            yield f"its {name} raises {type(error).__name__}: {error}"
            found[name] = None
            continue
        yield from _attribute_problems(name, found[name])
    missing = [name for name in _CONTRACT if name not in found]
    if missing:
        yield f"has no {', '.join(missing)}"


def _attribute_problems(name: str, found: object) -> Iterator[str]:
    if name in ("id", "version", "fingerprint"):
        if not (isinstance(found, str) and found.strip()):
            yield f"its {name} is {found!r}, no text"
        elif name != "fingerprint" and (problem := name_problem(found, name)):
            yield problem
    elif name == "deprecated" and not isinstance(found, str):
        yield f"its deprecated is {found!r}, no text that says why"
    elif name == "framework" and not isinstance(found, Framework):
        yield f"its framework is {found!r}, no Framework"
    elif name == "compute" and not callable(found):
        yield "its compute is no function"
    elif name in ("peer_dependent", "monotone") and not isinstance(
        found, (bool, np.bool_, type(None))
    ):
        yield f"its {name} is {found!r}, neither True nor False"


def result_from_scores(
    method: AnyMethodology,
    observations: Observations,
    scores: Mapping[str, Any],
    *,
    scale: float | Literal["points"] = 100.0,
    ranking: Ranking | None = None,
    bands: Bands | None = None,
    rounding: Rounding | None = None,
    absent: Mapping[Any, str] | None = None,
) -> IndexResult:
    """Make a result of scores that were computed by code of one's own.

    Parameters
    ----------
    method : AnyMethodology
        Whose result it is.
    observations : Observations
        What was scored. An indicator whose measure is a plain variable shows that variable's values
        and statuses.
    scores : mapping of str to array, shape (units,)
        By the codes of the framework's nodes, in the printed unit and in the order of
        ``observations.units``; the root's are required. Nodes without scores are not in the result.
    scale : "points" or float
        What a full score is printed as: one number for all nodes, or each node's points in the
        framework.
    ranking : Ranking, optional
        Ties, precision and what is ranked, by default that of ``Ranking()``; nodes may have their
        own.
    bands : Bands, optional
    rounding : Rounding, optional
        Of scores where ranking or bands go by so many decimals, by default ``Rounding(2)``. The
        scores themselves are taken as they are.
    absent : mapping of str, or of (str, str), to str
        Why a unit has no score, or has none at a node: ``{"B": "founded in May"}`` speaks for every
        node of B, ``{("B", "speed"): "no office yet"}`` for one. Every NaN needs such a word, but
        for indicators whose variable is absent in the data.

    Returns
    -------
    IndexResult
        Everything but :func:`~govindex.explain` works on it.

    Raises
    ------
    DataError
        With every problem of the scores, by node and unit: unknown nodes, no root, wrong lengths or
        orders, no numbers, infinite ones, NaN without a reason, reasons for what has a score.
    FrameworkError
        If `method` is no methodology, with all that it lacks.
    SettingError
        With every impossible setting.

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
    problems = Problems()
    problems.extend(contract_problems(method))
    problems.raise_any(FrameworkError, f"{type(method).__name__} is no methodology")
    if not isinstance(observations, Observations):
        raise DataError(f"'{method.id}' scores Observations, not {type(observations).__name__}")
    framework, ranking = method.framework, Ranking() if ranking is None else ranking
    rounding = Rounding(2) if rounding is None else rounding
    problems.extend(_setting_problems(framework, scale, ranking, bands, rounding))
    problems.raise_any(SettingError, f"The result of '{method.id}' cannot be made")
    given = read_scores(framework, observations, scores, {} if absent is None else absent, problems)
    maxima = _maxima(framework, scale, given)
    problems.extend(size_problems(given.columns, maxima, observations.units))
    problems.extend(_tie_problems(framework, ranking, given))
    problems.raise_any(DataError, f"The scores of '{method.id}' cannot be used")
    codes = tuple(given.columns)
    return IndexResult(
        framework=framework,
        units=observations.units,
        codes=codes,
        outcome=Outcome(
            values=tuple(given.cells[code][0] for code in codes),
            shares=tuple(given.columns[code] / maxima[code] for code in codes),
            applicable=(None,) * len(codes),
            status=tuple(given.cells[code][1] for code in codes),
        ),
        maxima=np.array([maxima[code] for code in codes]),
        in_force={},
        scale=scale,
        ranking=ranking,
        bands_spec=bands,
        printing=rounding,
        display=tuple(child.code for child in framework.children if child.code in codes),
        observations=observations,
        provenance=_provenance(method, observations),
        opaque=True,
        reasons=given.reasons,
    )


def _provenance(method: AnyMethodology, data: Observations) -> Provenance:
    known = {*method.framework.variables, *method.framework.optional_variables}
    return Provenance(
        methodology=method.id,
        version=method.version,
        fingerprint=method.fingerprint,
        period=data.period,
        stage=data.stage,
        unused=tuple(name for name in data.variables if name not in known),
    )


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


def _tie_problems(framework: Framework, ranking: Ranking, given: Scores) -> Iterator[str]:
    links = {framework.code: ranking.tie_break}
    for code in given.columns:
        own = framework.node(code).ranking
        if own is not None:
            links[code] = own.tie_break
    for code, others in links.items():
        for other in others:
            if other not in given.columns:
                known = near_miss(other, given.columns)
                yield f"the ties of '{code}' are broken by '{other}', which has no scores: {known}"
    yield from tie_break_loops(links)


def _maxima(framework: Framework, scale: Any, given: Scores) -> dict[str, float]:
    if scale != "points":
        return dict.fromkeys(given.columns, float(scale))
    whole = float(framework.weight(framework.code))
    return {code: whole * framework.effective_weights[code] for code in given.columns}
