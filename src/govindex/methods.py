"""The methodology: everything that turns observations into a ranking, as one versioned value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.anchoring import anchored_parts
from govindex.checks import instance_of, name_problem, names_of, text
from govindex.compute import (
    Block,
    Evaluation,
    Plan,
    Scale,
    Scored,
    combine,
    compile_framework,
    score,
)
from govindex.errors import (
    DataError,
    FrameworkError,
    Problems,
    UnknownNameError,
    near_miss,
)
from govindex.fingerprint import digest
from govindex.forms import joined
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.labels import Names, as_names, in_language
from govindex.model.observations import Observations
from govindex.model.tree import Node, View
from govindex.names import as_code
from govindex.prepare.codes import coded, uncoded
from govindex.prepare.flow import AnyStep, anchored_steps, prepared, read_by_steps
from govindex.ranking import Bands, Ranking, tie_break_loops
from govindex.results import IndexResult, Outcome, Provenance
from govindex.rounding import Levels, Rounding

__all__ = ["Methodology", "Source"]

_BANDS = "bands: "
_DATE = re.compile(r"(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?")


@attrs.frozen
class Source:
    """Where a methodology comes from.

    Parameters
    ----------
    title : str
        The document or page.
    url : str
        Where it stands.
    confidence : str
        How sure the figures taken from it are: "verified", "secondary", "inferred", "recalled" …
    note : str
        What was taken from it.
    """

    title: str = attrs.field(validator=text)
    url: str = attrs.field(default="", validator=text)
    confidence: str = attrs.field(default="", validator=text)
    note: str = attrs.field(default="", validator=text)


def _several(parts: Any) -> tuple[Any, ...]:
    if parts is None:
        return ()
    single = isinstance(parts, str) or not isinstance(parts, Iterable)
    return (parts,) if single else tuple(parts)


def _codes(codes: Any) -> tuple[Any, ...]:
    return tuple(map(as_code, _several(codes)))


def _forms(forms: Any) -> FrozenMap[str, Framework]:
    return FrozenMap(forms) if isinstance(forms, Mapping) or forms is None else forms


def _usual_scale(method: Any) -> Scale:
    sums = getattr(getattr(method.framework, "aggregate", None), "sums_points", False)
    return "points" if sums else 100.0


def _as_levels(rounding: Any) -> Levels:
    if rounding is None:
        return Levels()
    return Levels(total=rounding) if isinstance(rounding, Rounding) else rounding


@attrs.frozen(slots=False)
class Methodology:
    """A framework with all that decides how its scores are printed, ranked and classed.

    Variants are ``attrs.evolve(methodology, …)``.

    Parameters
    ----------
    id : str
        Dotted and lower case: "vn.service-766". Letters without accents, digits, and single dots or
        hyphens between them.
    version : str
        The edition: "2022". Made of the same signs.
    framework : Framework
    forms : mapping of str to Framework
        Forms of their own for units of a type; units without a type are scored by `framework`.
        A unit inherits from a parent of the same form only.
    scale : "points" or float
        Print points, or shares times this number. By default points if the root sums points, else
        shares from 0 to 100.
    rounding : Levels or Rounding, optional
        Tier by tier; a single rounding is that of the total.
    ranking : Ranking
        Ties, precision and what is ranked; nodes may have their own.
    bands : Bands, optional
    steps : iterable of callable
        Preparation, each ``Observations → Observations``, before anything is measured.
    display : iterable of str
        Codes of the nodes published beside the total; the root's children if empty.
    title : str or mapping of language to str
    sources : iterable of Source
    issued : str
        When the edition was issued: "2022-05-20", "2022"; the newest edition of an id is the one
        issued last.
    assesses : str
        Which units it assesses: "provinces", "departments with procedures" …
    depth : str
        How deep it is known: "complete to the indicator", "main indexes only" …
    confidence : str
        How sure its figures are on the whole; nodes and sources say it one by one.
    notes : str
        What a user must know: choices made, figures that are not known.
    deprecated : str
        Why the edition is not to be used any more, and what to use instead; blank while it may be.

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
    forms: FrozenMap[str, Framework] = attrs.field(default=None, converter=_forms, kw_only=True)
    scale: Scale = attrs.field(default=attrs.Factory(_usual_scale, takes_self=True), kw_only=True)
    rounding: Levels = attrs.field(default=None, converter=_as_levels, kw_only=True)
    ranking: Ranking = attrs.field(factory=Ranking, kw_only=True)
    bands: Bands | None = attrs.field(default=None, kw_only=True)
    steps: tuple[AnyStep, ...] = attrs.field(default=(), converter=_several, kw_only=True)
    display: tuple[str, ...] = attrs.field(default=(), converter=_codes, kw_only=True)
    title: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_several, kw_only=True)
    issued: str = attrs.field(default="", kw_only=True)
    assesses: str = attrs.field(default="", validator=text, kw_only=True)
    depth: str = attrs.field(default="", validator=text, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)
    notes: str = attrs.field(default="", validator=text, kw_only=True)
    deprecated: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        for what, name in (("id", self.id), ("version", self.version)):
            if problem := name_problem(name, what):
                problems.add(problem, code=f"methodology.{what}")
        if not isinstance(self.framework, Framework):
            problems.add(f"the framework is a Framework, not {self.framework!r}")
        if not isinstance(self.forms, Mapping):
            problems.add(f"forms are frameworks by the type of units, not {self.forms!r}")
        elif not all(isinstance(form, Framework) for form in self.forms.values()):
            problems.add(f"forms are frameworks by the type of units, not {dict(self.forms)!r}")
        problems.extend(self._part_problems())
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")
        for kind, form in self.forms.items():
            if form.code != self.framework.code:
                problems.add(
                    f"the form of units of type '{kind}' has the root '{form.code}', the "
                    f"framework '{self.framework.code}': one index has one root code"
                )
        named = {"display": self.display, "tie_break": self.ranking.tie_break}
        for node in self._nodes():
            named[f"tie_break of '{node.code}'"] = node.ranking.tie_break if node.ranking else ()
        for what, codes in named.items():
            for code in codes:
                if not any(form.has(code) for form in self.frameworks):
                    known = [node.code for node in self._nodes()]
                    problems.add(f"{what}: there is no node '{code}': {near_miss(code, known)}")
        problems.extend(self._tie_break_loops())
        for form in self.frameworks:
            try:
                compile_framework(form, self.scale, self.rounding)
            except FrameworkError as error:
                problems.add(str(error))
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")

    def _part_problems(self) -> Iterator[str]:
        tiers = attrs.asdict(self.rounding) if isinstance(self.rounding, Levels) else None
        if tiers is None:
            yield f"rounding is Levels(…) or a Rounding, not {self.rounding!r}"
        if not isinstance(self.ranking, Ranking):
            yield f"ranking is a Ranking(), not {self.ranking!r}"
        if not isinstance(self.issued, str) or not _DATE.fullmatch(self.issued):
            yield (
                f"issued is a date such as '2022-05-20', '2022-05' or '2022', not {self.issued!r}: "
                "the newest edition is found by it"
            )
        if self.bands is not None and not isinstance(self.bands, Bands):
            yield f"bands are Bands(…), not {self.bands!r}"
        for step in self.steps:
            if not callable(step) or isinstance(step, type):
                yield f"a step is a function of observations, not {step!r}"
        for source in self.sources:
            if not isinstance(source, Source):
                yield f"a source is a Source('title', …), not {source!r}"
        if not isinstance(self.deprecated, str):
            yield (
                f"deprecated is a text that says why, and what to use instead, not "
                f"{self.deprecated!r}"
            )

    def _tie_break_loops(self) -> Iterator[str]:
        links = {self.framework.code: self.ranking.tie_break}
        for node in self._nodes():
            if node.ranking is not None:
                links[node.code] = node.ranking.tie_break
        yield from tie_break_loops(links)

    def __repr__(self) -> str:
        return (
            f"<Methodology {self.id}@{self.version}: {len(self.framework.leaf_codes)} indicators>"
        )

    def label(self, language: str | None = None) -> str:
        """Return the title in a language, or the id."""
        return in_language(self.title, language, self.id)

    @cached_property
    def plan(self) -> Plan:
        """The compiled framework."""
        return compile_framework(uncoded(self.framework), self.scale, self.rounding)

    @property
    def printing(self) -> Rounding:
        """How scores are rounded where ranks or bands go by what is printed."""
        return self.rounding.total or self.rounding.leaf or Rounding(2)

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The framework and the forms."""
        return (self.framework, *self.forms.values())

    def _nodes(self) -> Iterator[Node | View]:
        for form in self.frameworks:
            yield from form.nodes
            yield from form.views

    def single(self, form: str | None = None) -> Methodology:
        """Return the methodology of one form alone: of a type of units, or of those without one."""
        if not self.forms:
            return self
        if form is not None and form not in self.forms:
            raise UnknownNameError(
                f"'{self.id}' has no form for units of type '{form}': "
                + near_miss(form, self.forms)
            )
        framework = self.framework if form is None else self.forms[form]
        display = tuple(code for code in self.display if framework.has(code))
        return attrs.evolve(
            self,
            framework=_with_own_ties(framework),
            forms={},
            display=display,
            ranking=_own_ties(self.ranking, _codes_of(framework)),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """The nodes published beside the total."""
        return self.display or tuple(child.code for child in self.framework.children)

    @property
    def peer_dependent(self) -> bool:
        """Whether one unit's data can move another unit's score."""
        return any(not part.startswith(_BANDS) for part in self.peer_dependent_parts())

    def peer_dependent_parts(self) -> tuple[str, ...]:
        """Name the parts through which one unit's data can move another unit's score or band."""
        parts = [f"step {step!r}" for step in self.steps if getattr(step, "peer_dependent", True)]
        for node in self._nodes():
            if node.rule is not None and node.rule.peer_dependent:
                parts.append(f"rule of '{node.code}': {node.rule!r}")
            aggregate = getattr(node, "aggregate", None)
            if aggregate is not None and aggregate.peer_dependent:
                parts.append(f"aggregator of '{node.code}': {aggregate!r}")
            if node.absence is not None:
                policies = node.absence.policies
                what = f"absence policy of '{node.code}'"
                parts += [f"{what}: {policy!r}" for policy in policies if policy.peer_dependent]
        if self.bands is not None and self.bands.peer_dependent:
            parts.append(f"{_BANDS}{self.bands!r}")
        return tuple(dict.fromkeys(parts))

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
            :attr:`variables <govindex.model.framework.Framework.variables>`.

        Raises
        ------
        DataError
            With every missing variable, or every cell that a measure, a rule or an absence policy
            refuses, by unit and indicator.
        """
        data = self.prepare(observations)
        return self.computed(data, self.scored(data))

    def scored(self, prepared: Observations) -> list[tuple[Methodology, Scored]]:
        """Return the methodology of each form that has units, with its scored indicators.

        Raises
        ------
        DataError
            As of :meth:`compute`.
        """
        return [(single, score(single.plan, Block.of(own))) for single, own in self.parts(prepared)]

    def computed(
        self, prepared: Observations, scored: Sequence[tuple[Methodology, Scored]]
    ) -> IndexResult:
        """Return the result of scored indicators, as :meth:`compute` does.

        Parameters
        ----------
        prepared : Observations
        scored : sequence of (Methodology, Scored)
            As of :meth:`scored`.
        """
        parts = [single._result(own.block.observations, combine(own)) for single, own in scored]
        if not self.forms:
            return parts[0]
        found = joined(parts, prepared, self._largest_maxima)
        unused = set.intersection(*(set(part.provenance.unused) for part in parts))
        origin = attrs.evolve(
            found.provenance,
            fingerprint=self.fingerprint,
            unused=tuple(name for name in prepared.variables if name in unused),
        )
        return attrs.evolve(found, provenance=origin, ranking=_own_ties(self.ranking, found.codes))

    @cached_property
    def _largest_maxima(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for form in (None, *self.forms):
            plan = self.single(form).plan
            for code, maximum in zip(plan.codes, plan.maxima.tolist(), strict=True):
                found[code] = max(maximum, found.get(code, maximum))
        return found

    def parts(self, prepared: Observations) -> list[tuple[Methodology, Observations]]:
        """Return the methodology of each form that has units, with their data after preparation."""
        if not self.forms:
            return [(self, prepared)]
        members = self._members(prepared).items()
        parts = [(self.single(form), prepared.take(codes)) for form, codes in members]
        if self.steps:  # what a step computes may happen to equal a code
            return parts
        return [(single, coded([single.framework], own)) for single, own in parts]

    def _members(self, data: Observations) -> dict[str | None, list[str]]:
        """Return the codes of the units of each form, the form of units without a type first."""
        types = data.units.types or (None,) * len(data.units)
        members: dict[str | None, list[str]] = {form: [] for form in (None, *self.forms)}
        problems = Problems()
        for code, kind in zip(data.units.codes, types, strict=True):
            if kind in members:
                members[kind].append(code)
            else:
                problems.add(
                    f"unit '{code}' is of type '{kind}', for which '{self.id}' has no "
                    f"form: {near_miss(kind, self.forms)}"
                )
        problems.raise_any(DataError, f"'{self.id}' cannot be computed")
        return {form: codes for form, codes in members.items() if codes}

    def _result(self, data: Observations, evaluation: Evaluation) -> IndexResult:
        states = evaluation.states
        read = (self.framework.variables, self.framework.optional_variables)
        known = {name for names in (*read, read_by_steps(self.steps)) for name in names}
        return IndexResult(
            framework=self.framework,
            units=data.units,
            codes=self.plan.codes,
            outcome=Outcome(
                values=tuple(_first(state.value) for state in states),
                shares=tuple(_first(state.share) for state in states),
                applicable=tuple(_first(state.applicable) for state in states),
                status=tuple(_first(state.status) for state in states),
            ),
            maxima=_first(self.plan.maxima[None]),
            in_force={
                code: np.stack([weight[0] for weight in state.in_force])
                for code, state in zip(self.plan.codes, states, strict=True)
                if state.in_force is not None
            },
            scale=self.scale,
            ranking=self.ranking,
            bands_spec=self.bands,
            printing=self.printing,
            print_rounding=self.plan.print_rounding,
            display=self.shown,
            observations=data,
            provenance=Provenance(
                methodology=self.id,
                version=self.version,
                fingerprint=self.fingerprint,
                period=data.period,
                stage=data.stage,
                unused=tuple(name for name in data.variables if name not in known),
            ),
        )

    def cut(self, at: int | Iterable[str] | None = None) -> Methodology:
        """Return the methodology for results that are published for dimensions only.

        Parameters
        ----------
        at : int or iterable of str, optional
            As of :meth:`Framework.cut <govindex.model.framework.Framework.cut>`; by default the
            displayed nodes.
        """
        wanted = self.shown if at is None else at

        def cut(form: Framework) -> Framework:
            return form.cut(
                wanted
                if isinstance(wanted, int) or not self.forms
                else [code for code in wanted if form.has(code)]
            )

        # What was a dimension is rounded as one; the indicators that are left say their own.
        framework = self._rounded_leaves(cut(self.framework), self.framework)
        forms = {kind: self._rounded_leaves(cut(form), form) for kind, form in self.forms.items()}
        left = (framework, *forms.values())
        display = tuple(code for code in self.display if any(form.has(code) for form in left))
        return attrs.evolve(
            self,
            framework=framework,
            forms=forms,
            display=display,
            rounding=attrs.evolve(self.rounding, leaf=self.rounding.node),
        )

    def without(self, codes: str | Iterable[str]) -> Methodology:
        """Return the methodology without some nodes, and what is below them.

        Forms lose those that they have; what is displayed and breaks ties is what is left.

        Parameters
        ----------
        codes : str or iterable of str
            As of :meth:`Framework.without <govindex.model.framework.Framework.without>`.
        """
        gone = set(names_of(codes, "codes"))
        for code in gone:
            if not any(form.has(code) for form in self.frameworks):
                known = [node.code for node in self._nodes()]
                raise UnknownNameError(f"there is no node '{code}': {near_miss(code, known)}")

        def left(form: Framework) -> Framework:
            own = {code for code in gone if form.has(code)}
            return _with_own_ties(form.without(own)) if own else form

        framework = left(self.framework)
        forms = {kind: left(form) for kind, form in self.forms.items()}
        kept = (framework, *forms.values())
        display = tuple(code for code in self.display if any(form.has(code) for form in kept))
        ties = tuple(c for c in self.ranking.tie_break if any(form.has(c) for form in kept))
        ranking = attrs.evolve(self.ranking, tie_break=ties)
        return attrs.evolve(
            self, framework=framework, forms=forms, display=display, ranking=ranking
        )

    def _rounded_leaves(self, cut: Framework, whole: Framework) -> Framework:
        own = {
            leaf.code: self.rounding.leaf
            for leaf in cut.leaves
            if leaf.code in whole.leaf_codes and leaf.rounding is None and self.rounding.leaf
        }
        return cut.with_roundings(own)

    def anchored(self, reference: Observations) -> Methodology:
        """Return the methodology with every peer-dependent part frozen on a reference.

        Scores of an anchored methodology depend on the unit's own data only: they compare across
        years, and no third unit can reverse a pair. Bands by quantile or by the league's maximum
        stay what they are, as ranks do: a standing among the units of the day.

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
        if self.forms:
            problems.raise_any(FrameworkError, f"'{self.id}' cannot be anchored")
            frozen = {
                form: attrs.evolve(self.single(form), steps=()).anchored(data.take(codes)).framework
                for form, codes in self._members(data).items()
            }
            forms = {kind: frozen.get(kind, form) for kind, form in self.forms.items()}
            framework = frozen.get(None, self.framework)
            found = attrs.evolve(self, framework=framework, forms=forms, steps=steps)
            if found.peer_dependent:
                raise FrameworkError(
                    f"'{self.id}' cannot be anchored: the reference has no units of some forms"
                )
            return found
        parts = anchored_parts(self.plan, data, problems)
        absolute = self.framework.with_rules(parts.rules).with_aggregates(parts.aggregates)
        anchored = attrs.evolve(self, framework=absolute, steps=steps)
        named = ("rule of", "aggregator of", "step ", _BANDS)
        problems.extend(p for p in anchored.peer_dependent_parts() if not p.startswith(named))
        problems.raise_any(FrameworkError, f"'{self.id}' cannot be anchored")
        return anchored

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that decides scores, ranks and bands.

        Names, sources, notes, deprecation and the order of children do not matter; numbers and
        structure do. A function counts by its source and what it reads, whatever its name; where
        that cannot be told, it is given a name and version with :class:`~govindex.functions.Named`.
        """
        return digest(
            {
                "framework": self.framework,
                "forms": self.forms,
                "scale": self.scale,
                "rounding": self.rounding,
                "ranking": self.ranking,
                "bands": self.bands,
                "steps": self.steps,
                # A class of somebody's own may compute otherwise.
                **({} if type(self) is Methodology else {"class": type(self)}),
            }
        )


def _first(draws: Any) -> Any:
    """Return the only draw, that nobody can write to: results share it with the methodology."""
    if draws is None:
        return None
    row = draws[0]
    row.flags.writeable = False
    return row


def _own_ties(ranking: Ranking, codes: Sequence[str]) -> Ranking:
    # What has only some of the nodes is ranked by those that it has.
    return attrs.evolve(ranking, tie_break=tuple(c for c in ranking.tie_break if c in codes))


def _codes_of(framework: Framework) -> tuple[str, ...]:
    return (*framework.codes, *(view.code for view in framework.views))


def _with_own_ties(framework: Framework) -> Framework:
    codes = _codes_of(framework)
    own = {
        node.code: _own_ties(node.ranking, codes)
        for node in framework.nodes
        if node.ranking is not None and node.ranking.tie_break
    }
    return framework.with_rankings(own)
