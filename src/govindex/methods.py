"""The methodology of an index: its framework, preparation, scale, rounding, ranking and bands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

import attrs

from govindex.anchoring import Part, anchored_parts, relative_parts
from govindex.checks import instance_of, text
from govindex.compute import (
    Block,
    Plan,
    Scale,
    Scored,
    combine,
    compile_framework,
    evaluate_nodes,
    score,
)
from govindex.contracts import Float
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, FrameworkError, Problems
from govindex.fingerprint import digest
from govindex.method_definitions import DefinedVariable, described_variables, printed_maxima
from govindex.method_pages import methodology_page
from govindex.method_problems import node_problems, nodes_of, setting_problems
from govindex.model.definitions import Definition
from govindex.model.framework import Framework
from govindex.model.labels import Names, as_names, in_language
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.names import as_code
from govindex.prepare.codes import uncoded
from govindex.prepare.flow import AnyStep, GivenStep, anchored_steps, prepared, read_by_steps
from govindex.ranking import Bands, Ranking
from govindex.results import IndexResult, Provenance
from govindex.rounding import Levels, Rounding
from govindex.sources import Source

if TYPE_CHECKING:
    from govindex.weight import Weighting, WeightSet

__all__ = ["Form", "Methodology", "MethodologySettings", "PreparedSettings", "Source"]

Form = str | None


def _several(parts: Any) -> tuple[Any, ...]:
    if parts is None:
        return ()
    single = isinstance(parts, str) or not isinstance(parts, Iterable)
    return (parts,) if single else tuple(parts)


def _codes(codes: str | Iterable[str] | None) -> tuple[str, ...]:
    return tuple(map(as_code, _several(codes)))


def _steps(steps: GivenStep | Iterable[GivenStep] | None) -> tuple[AnyStep, ...]:
    return _several(steps)


def _definitions(definitions: Definition | Iterable[Definition] | None) -> tuple[Definition, ...]:
    return _several(definitions)


def _sources(sources: Source | Iterable[Source] | None) -> tuple[Source, ...]:
    return _several(sources)


def _default_scale(method: Any) -> Scale:
    sums = getattr(getattr(method.framework, "aggregate", None), "sums_points", False)
    return "points" if sums else 100.0


def _as_levels(rounding: Levels | Rounding | None) -> Levels:
    if rounding is None:
        return Levels()
    return Levels(total=rounding) if isinstance(rounding, Rounding) else rounding


class MethodologySettings(TypedDict, total=False):
    """Settings of a methodology, as keyword arguments."""

    scale: Scale
    rounding: Levels | Rounding | None
    ranking: Ranking
    bands: Bands | None
    display: str | Iterable[str] | None
    title: str | Mapping[str, str] | None
    definitions: Definition | Iterable[Definition] | None
    sources: Source | Iterable[Source] | None
    issued: str
    assesses: str
    depth: str
    confidence: str
    notes: str
    deprecated: str


class PreparedSettings(MethodologySettings, total=False):
    """Settings of a methodology, with its preparation."""

    steps: GivenStep | Iterable[GivenStep] | None


@attrs.frozen(slots=False)
class Methodology:
    """A framework with everything that decides how its scores are printed, ranked and classed.

    ``attrs.evolve(methodology, …)`` makes a variant.

    Parameters
    ----------
    id : str
        Dotted and lower case: "vn.service-766". Letters without accents, digits, and single dots or
        hyphens between them.
    version : str
        The edition: "2022". It takes the same characters as the id.
    framework : Framework
        Of all units; :class:`~govindex.Forms` adds frameworks for units of some types.
    scale : "points" or float
        Print points, or shares times this number. By default points if the root sums points, else
        shares from 0 to 100.
    rounding : Levels or Rounding, optional
        Tier by tier; a single rounding applies to the total.
    ranking : Ranking
        Ties, precision and what is ranked; a node may have its own.
    bands : Bands, optional
    steps : iterable of callable
        Preparation before measuring, each step ``Observations → Observations``.
    display : iterable of str
        Codes of the nodes published with the total; by default the root's children.
    title : str or mapping of language to str
    definitions : iterable of Definition
        What variables are that no indicator stands for by itself: numerators, counts, conditions.
        :func:`~govindex.describe_variables` lists every variable.
    sources : iterable of Source
    issued : str
        When the edition was issued: "2022-05-20", "2022". The newest edition of an id is the one
        issued last.
    assesses : str
        Which units it assesses: "provinces", "departments with procedures" …
    depth : str
        How much of the tree is known: "complete to the indicator", "main indexes only" …
    confidence : str
        How certain its figures are as a whole; nodes and sources may have their own.
    notes : str
        What a user must know: choices made, unknown figures.
    deprecated : str
        Why the edition must not be used any more, and what to use instead; blank if it may be used.

    Raises
    ------
    FrameworkError
        With every problem found.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> method = gi.Methodology("example.speed", "1", gi.Framework("speed", [
    ...     gi.Indicator("days", direction="lower", rule=gi.rules.MinMax()),
    ... ]))
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C"], "days": [3, 5, 4]})
    >>> method.compute(gi.Observations.from_frame(frame)).score.to_dict()
    {'A': 100.0, 'B': 0.0, 'C': 50.0}
    """

    id: str
    version: str
    framework: Framework
    scale: Scale = attrs.field(default=attrs.Factory(_default_scale, takes_self=True), kw_only=True)
    rounding: Levels = attrs.field(default=None, converter=_as_levels, kw_only=True)
    ranking: Ranking = attrs.field(factory=Ranking, kw_only=True)
    bands: Bands | None = attrs.field(default=None, kw_only=True)
    steps: tuple[AnyStep, ...] = attrs.field(default=(), converter=_steps, kw_only=True)
    display: tuple[str, ...] = attrs.field(default=(), converter=_codes, kw_only=True)
    title: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    definitions: tuple[Definition, ...] = attrs.field(
        default=(), converter=_definitions, kw_only=True
    )
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources, kw_only=True)
    issued: str = attrs.field(default="", kw_only=True)
    assesses: str = attrs.field(default="", validator=text, kw_only=True)
    depth: str = attrs.field(default="", validator=text, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)
    notes: str = attrs.field(default="", validator=text, kw_only=True)
    deprecated: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = setting_problems(self)
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")
        problems.extend(node_problems(self))
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")

    def __repr__(self) -> str:
        return (
            f"<Methodology {self.id}@{self.version}: {len(self.framework.leaf_codes)} indicators>"
        )

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        settings = attrs.asdict(self, recurse=False) | {"fingerprint": self.fingerprint}
        settings["variables"] = self._variables
        return methodology_page(self.label(language), self.framework, settings, language)

    def label(self, language: str | None = None) -> str:
        """Return the title in a language, or the id."""
        return in_language(self.title, language, self.id)

    @cached_property
    def _plan(self) -> Plan:
        """The compiled framework."""
        return compile_framework(uncoded(self.framework), self.scale, self.rounding)

    @cached_property
    def _variables(self) -> dict[str, DefinedVariable]:
        """Every variable that is read, with what it is."""
        singles = self._singles.values()
        forms = [(one.framework, printed_maxima(one.framework, one._plan)) for one in singles]
        return described_variables(forms, self.definitions, read_by_steps(self.steps))

    @cached_property
    def printing(self) -> Rounding:
        """The rounding of scores where ranks or bands depend on printed values."""
        return self.rounding.total or self.rounding.leaf or Rounding(2)

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks that units are scored by."""
        return (self.framework,)

    @property
    def shown(self) -> tuple[str, ...]:
        """The nodes published with the total."""
        return self.display or tuple(child.code for child in self.framework.children)

    @property
    def peer_dependent(self) -> bool:
        """Whether one unit's data can move another unit's score."""
        return any(part.kind != "bands" for part in self.peer_dependent_parts())

    def peer_dependent_parts(self) -> tuple[Part, ...]:
        """Return the parts through which one unit's data can move another unit's score or band."""
        return relative_parts(self.steps, {None: self.framework}, self.bands)

    def prepare(self, observations: Observations) -> Observations:
        """Return the observations after all preparation steps."""
        if not isinstance(observations, Observations):
            raise DataError(
                f"'{self.id}' scores Observations, not {type(observations).__name__}: "
                "Observations.from_frame(…) reads a data frame"
            )
        return prepared(self.steps, self.frameworks, observations)

    def compute(self, observations: Observations) -> IndexResult:
        """Score, aggregate and rank.

        Parameters
        ----------
        observations : Observations
            Holding at least the framework's
            :attr:`variables <govindex.Framework.variables>`.

        Raises
        ------
        DataError
            With every missing variable, or every cell that a measure, a rule or an absence policy
            refuses, by unit and indicator.
        """
        data = self.prepare(observations)
        return attrs.evolve(self._result(data, self._scored(data)), given=observations)

    @property
    def _singles(self) -> Mapping[Form, Methodology]:
        """The methodology of each form: for units without a type, and for each type."""
        return {None: self}

    def _units(self, prepared: Observations) -> list[tuple[Form, Methodology, Observations]]:
        """Return each form that has units, its methodology, and their data after preparation."""
        return [(None, self, prepared)]

    def _scored(self, prepared: Observations) -> list[Scored]:
        """Return the scored indicators of each form that has units."""
        units = self._units(prepared)
        return [score(single._plan, Block.of(part)) for _, single, part in units]

    def _totals(
        self, observations: Observations
    ) -> tuple[tuple[str, ...], Callable[[Mapping[str, Float]], Float]]:
        """Return the units, and the total as a function of weights by code, (draws, units)."""
        data, root = self.prepare(observations), self.framework.code
        (scored,) = self._scored(data)
        totals = lambda weights: evaluate_nodes(scored, weights, [root])[root].share  # noqa: E731
        return scored.block.observations.units.codes, totals

    def _result(self, prepared: Observations, scored: Sequence[Scored]) -> IndexResult:
        """Return the result of the scored indicators of each form."""
        return result_of(self, scored[0])

    def _changed(
        self, change: Callable[[Form, Framework], Framework], **settings: Any
    ) -> Methodology:
        """Return the methodology with the framework of each form changed."""
        return attrs.evolve(self, framework=change(None, self.framework), **settings)

    def cut(self, at: At | None = None) -> Methodology:
        """Return the methodology for results that are published for dimensions only.

        Parameters
        ----------
        at : int, str or iterable of str, optional
            As of :meth:`Framework.cut <govindex.Framework.cut>`; by default the
            displayed nodes.
        """
        framework = self.framework.cut(self.shown if at is None else at)
        # Former dimensions keep the rounding of dimensions; remaining indicators get theirs.
        roundings = {
            leaf.code: self.rounding.leaf
            for leaf in framework.leaves
            if leaf.code in self.framework.leaf_codes
            and leaf.rounding is None
            and self.rounding.leaf
        }
        framework = framework.with_roundings(roundings)
        return attrs.evolve(
            self,
            framework=framework,
            display=tuple(code for code in self.display if framework.has(code)),
            rounding=attrs.evolve(self.rounding, leaf=self.rounding.node),
        )

    def with_weights(
        self, weights: WeightSet | Weighting | Mapping[str, float | str]
    ) -> Methodology:
        """Return the methodology with other weights.

        Parameters
        ----------
        weights : WeightSet, Weighting or mapping of code to weight
            The result of a method of :mod:`govindex.weight`, where every group of siblings keeps
            its points in sum; or the new weights by code.

        Raises
        ------
        UnknownNameError
            If there is no such node.
        """
        from govindex.weight.weighting import weighted

        (framework,) = weighted((self.framework,), weights)
        return attrs.evolve(self, framework=framework)

    def without(self, at: At) -> Methodology:
        """Return the methodology without some nodes and everything below them.

        Displays and tie-breaks keep the remaining nodes.

        Parameters
        ----------
        at : int, str or iterable of str
            As of :meth:`Framework.without <govindex.Framework.without>`.
        """
        codes = [node.code for node in nodes_of(self.frameworks)]
        framework = with_known_ties(self.framework.without(selected(at, codes, self.frameworks)))
        return attrs.evolve(
            self,
            framework=framework,
            display=tuple(code for code in self.display if framework.has(code)),
            ranking=known_ties(self.ranking, framework),
        )

    def anchored(self, reference: Observations) -> Methodology:
        """Return the methodology with every peer-dependent part frozen on a reference.

        Scores of an anchored methodology depend on the unit's own data only: they are comparable
        across years, and no third unit can reverse a pair. Ranks, and bands by quantile or by the
        league's maximum, still depend on the units that are scored together.

        Raises
        ------
        FrameworkError
            Naming every part that cannot be anchored.
        """
        instance_of(reference, Observations, "reference")
        if not self.peer_dependent:
            return self
        problems = Problems()
        steps, data = anchored_steps(self.steps, self.frameworks, reference, problems)
        parts = anchored_parts(self._plan, data)
        problems.extend(parts.problems)
        absolute = self.framework.with_rules(parts.by_code("rule"))
        absolute = absolute.with_aggregates(parts.by_code("aggregator"))
        anchored = attrs.evolve(self, framework=absolute, steps=steps)
        remaining = anchored.peer_dependent_parts()
        problems.extend(str(part) for part in remaining if part.kind == "policy")
        problems.raise_any(FrameworkError, f"'{self.id}' cannot be anchored")
        return anchored

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that decides scores, ranks and bands.

        Names, definitions, sources, notes, deprecation and the order of children do not matter;
        numbers and structure do. A function is hashed by its source and what it reads, not by its
        name; a function without source needs a name and version, see :class:`~govindex.Named`.
        """
        return digest(self._meaning)

    @property
    def _meaning(self) -> dict[str, Any]:
        """What decides scores, ranks and bands, with the class if it is a subclass."""
        names = ("framework", "scale", "rounding", "ranking", "bands", "steps")
        subclass = {} if type(self) is Methodology else {"class": type(self)}
        return {**{name: getattr(self, name) for name in names}, "forms": {}, **subclass}


def result_of(method: Methodology, scored: Scored) -> IndexResult:
    """Return the result of scored indicators."""
    data, states = scored.block.observations, combine(scored)
    return IndexResult(
        framework=method.framework,
        units=data.units,
        codes=method._plan.codes,
        states=tuple(states.values()),
        maxima=method._plan.maxima,
        scale=method.scale,
        ranking=method.ranking,
        bands_spec=method.bands,
        printing=method.printing,
        print_rounding=method._plan.print_rounding,
        plan=method._plan,
        display=method.shown,
        observations=data,
        provenance=Provenance._of(method, data, read_by_steps(method.steps)),
        method=method,
    )


def known_ties(ranking: Ranking, framework: Framework) -> Ranking:
    """Return a ranking whose ties are broken by nodes of a framework only."""
    ties = tuple(code for code in ranking.tie_break if framework.has(code))
    return attrs.evolve(ranking, tie_break=ties)


def with_known_ties(framework: Framework) -> Framework:
    """Return a framework whose nodes' ties are broken by its own nodes only."""
    rankings = {
        node.code: known_ties(node.ranking, framework)
        for node in framework.nodes
        if node.ranking is not None and node.ranking.tie_break
    }
    return framework.with_rankings(rankings)
