"""The methodology: everything that turns observations into a ranking, as one versioned value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import attrs
import numpy as np

from govindex.compute import Block, Evaluation, Plan, Scale, compile_framework, evaluate
from govindex.contracts import RelativeRule, Rule, Scope
from govindex.errors import DataError, FrameworkError, GovIndexError, Problems, SettingError
from govindex.model.framework import Framework
from govindex.model.labels import Names, as_names, in_language
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator, View
from govindex.ranking import Bands, Ranking
from govindex.result import IndexResult, Outcome, Provenance
from govindex.rounding import Levels, Rounding

__all__ = ["Methodology", "Source"]

Step = Callable[[Observations], Observations]
# What is said about a node but decides no score.
_LABELS = frozenset({"name", "title", "sources", "notes", "reference", "confidence", "evidence"})


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

    title: str
    url: str = ""
    confidence: str = ""
    note: str = ""


def _several(parts: Any) -> tuple[Any, ...]:
    if parts is None:
        return ()
    single = isinstance(parts, str) or not isinstance(parts, Iterable)
    return (parts,) if single else tuple(parts)


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
        Dotted and lower case: "vn.service-766".
    version : str
        The edition: "2022".
    framework : Framework
    scale : "points" or float
        Print points, or shares times this number.
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
    notes : str
        What a user must know: choices made, figures that are not known.

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
    scale: Scale = attrs.field(default=100.0, kw_only=True)
    rounding: Levels = attrs.field(default=None, converter=_as_levels, kw_only=True)
    ranking: Ranking = attrs.field(factory=Ranking, kw_only=True)
    bands: Bands | None = attrs.field(default=None, kw_only=True)
    steps: tuple[Step, ...] = attrs.field(default=(), converter=_several, kw_only=True)
    display: tuple[str, ...] = attrs.field(default=(), converter=_several, kw_only=True)
    title: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_several, kw_only=True)
    notes: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        for what, text in (("id", self.id), ("version", self.version)):
            if not isinstance(text, str) or not text.strip() or "@" in text or " " in text:
                problems.add(f"the {what} is a text without blanks or '@', not {text!r}")
        if not isinstance(self.framework, Framework):
            problems.add(f"the framework is a Framework, not {self.framework!r}")
        problems.extend(self._part_problems())
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")
        named = {"display": self.display, "tie_break": self.ranking.tie_break}
        for node in (*self.framework.nodes, *self.framework.views):
            named[f"tie_break of '{node.code}'"] = node.ranking.tie_break if node.ranking else ()
        for what, codes in named.items():
            for code in codes:
                try:
                    self.framework.node(code)
                except GovIndexError as error:
                    problems.add(f"{what}: {error}")
        problems.extend(self._tie_break_loops())
        try:
            self.plan  # noqa: B018 - compiling finds what is wrong with the scale
        except FrameworkError as error:
            problems.add(str(error))
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")

    def _part_problems(self) -> Iterator[str]:
        tiers = attrs.asdict(self.rounding) if isinstance(self.rounding, Levels) else None
        if tiers is None:
            yield f"rounding is Levels(…) or a Rounding, not {self.rounding!r}"
        if not isinstance(self.ranking, Ranking):
            yield f"ranking is a Ranking(), not {self.ranking!r}"
        if self.bands is not None and not isinstance(self.bands, Bands):
            yield f"bands are Bands(…), not {self.bands!r}"
        for step in self.steps:
            if not callable(step) or isinstance(step, type):
                yield f"a step is a function of observations, not {step!r}"
        for source in self.sources:
            if not isinstance(source, Source):
                yield f"a source is a Source('title', …), not {source!r}"

    def _tie_break_loops(self) -> Iterator[str]:
        links = {self.framework.code: self.ranking.tie_break}
        for node in (*self.framework.nodes, *self.framework.views):
            if node.ranking is not None:
                links[node.code] = node.ranking.tie_break
        for code in links:
            found = list(links[code])
            for other in found:
                found += [link for link in links.get(other, ()) if link not in found]
            if code in found:
                yield f"tie_break: the ties of '{code}' are to be broken by '{code}' itself"

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
        return compile_framework(self.framework, self.scale, self.rounding)

    @property
    def shown(self) -> tuple[str, ...]:
        """The nodes published beside the total."""
        return self.display or tuple(child.code for child in self.framework.children)

    @property
    def peer_dependent(self) -> bool:
        """Whether one unit's data can move another unit's score."""
        return bool(self.peer_dependent_parts())

    def peer_dependent_parts(self) -> tuple[str, ...]:
        """Name the parts through which one unit's data can move another unit's score."""
        parts = [f"step {step!r}" for step in self.steps if getattr(step, "peer_dependent", True)]
        for node in (*self.framework.nodes, *self.framework.views):
            if node.rule is not None and node.rule.peer_dependent:
                parts.append(f"rule of '{node.code}': {node.rule!r}")
            aggregate = getattr(node, "aggregate", None)
            if aggregate is not None and aggregate.peer_dependent:
                parts.append(f"aggregator of '{node.code}': {aggregate!r}")
            if node.absence is not None:
                policies = (node.absence.missing, node.absence.not_applicable)
                what = f"absence policy of '{node.code}'"
                parts += [f"{what}: {policy!r}" for policy in policies if policy.peer_dependent]
        return tuple(dict.fromkeys(parts))

    def prepare(self, observations: Observations) -> Observations:
        """Return the observations after all preparation steps."""
        if not isinstance(observations, Observations):
            raise DataError(
                f"'{self.id}' scores Observations, not {type(observations).__name__}: "
                "Observations.from_frame(…) reads a data frame"
            )
        for step in self.steps:
            observations = step(observations)
            if not isinstance(observations, Observations):
                raise SettingError(
                    f"the step {step!r} of '{self.id}' returned {type(observations).__name__}, "
                    "not Observations"
                )
        return observations

    def compute(self, observations: Observations) -> IndexResult:
        """Score, aggregate and rank.

        Parameters
        ----------
        observations : Observations
            Holding at least :attr:`Framework.variables <govindex.model.framework.Framework.variables>`.

        Raises
        ------
        DataError
            With every missing variable, or every cell that a measure, a rule or an absence policy
            refuses, by unit and indicator.
        """
        prepared = self.prepare(observations)
        return self._result(prepared, evaluate(self.plan, Block.of(prepared)))

    def _result(self, data: Observations, evaluation: Evaluation) -> IndexResult:
        states = evaluation.states
        known = {*self.framework.variables, *self.framework.optional_variables}
        return IndexResult(
            framework=self.framework,
            units=data.units,
            codes=self.plan.codes,
            outcome=Outcome(
                values=tuple(None if s.value is None else s.value[0] for s in states),
                shares=tuple(s.share[0] for s in states),
                applicable=tuple(None if s.applicable is None else s.applicable[0] for s in states),
                status=tuple(s.status[0] for s in states),
            ),
            maxima=self.plan.maxima,
            in_force={
                code: np.stack([weight[0] for weight in state.in_force])
                for code, state in zip(self.plan.codes, states, strict=True)
                if state.in_force is not None
            },
            scale=self.scale,
            ranking=self.ranking,
            bands_spec=self.bands,
            printing=self.rounding.total or self.rounding.leaf or Rounding(2),
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
            As of :meth:`Framework.cut <govindex.model.framework.Framework.cut>`; by default the displayed nodes.
        """
        framework = self.framework.cut(self.shown if at is None else at)
        left = {*framework.codes, *(view.code for view in framework.views)}
        display = tuple(code for code in self.display if code in left)
        return attrs.evolve(self, framework=framework, display=display)

    def anchored(self, reference: Observations) -> Methodology:
        """Return the methodology with every peer-dependent part frozen on a reference.

        Scores of an anchored methodology depend on the unit's own data only: they compare across
        years, and no third unit can reverse a pair.

        Raises
        ------
        FrameworkError
            Naming every part that cannot be anchored.
        """
        if not self.peer_dependent:
            return self
        prepared = self.prepare(reference)
        evaluation = evaluate(self.plan, Block.of(prepared))
        problems = Problems()
        rules: dict[str, Rule] = {}
        for node, state in zip(
            (*self.framework.nodes, *self.framework.views), evaluation.states, strict=True
        ):
            rule = node.rule
            if rule is None or not rule.peer_dependent:
                continue
            if not isinstance(rule, RelativeRule):
                problems.add(f"rule of '{node.code}': {rule!r} has no anchor()")
                continue
            is_leaf = isinstance(node, Indicator)
            values = state.value if is_leaf else state.before_rule
            assert values is not None
            maximum = self.plan.maxima[self.plan.rows[node.code]]
            scope = Scope(maximum, "higher", peers=prepared.units)
            if isinstance(node, Indicator):
                texts = (prepared.levels.get(name, ()) for name in node.measure.variables)
                answers = next((levels for levels in texts if levels), ())
                scope = attrs.evolve(scope, direction=node.direction, levels=answers)
            try:
                rules[node.code] = rule.anchor(values[0], scope)
            except GovIndexError as error:
                problems.add(f"rule of '{node.code}': {error}")
                continue
            if rules[node.code].peer_dependent:
                problems.add(f"rule of '{node.code}': {rule!r} looks at peers after anchor() too")
        anchored = self._with_rules(rules)
        problems.extend(p for p in anchored.peer_dependent_parts() if not p.startswith("rule of"))
        problems.raise_any(FrameworkError, f"'{self.id}' cannot be anchored")
        return anchored

    def _with_rules(self, rules: Mapping[str, Rule]) -> Methodology:
        views = {view.code for view in self.framework.views}
        framework = self.framework.with_rules({c: r for c, r in rules.items() if c not in views})
        seen = tuple(
            attrs.evolve(view, rule=rules.get(view.code, view.rule)) for view in framework.views
        )
        return attrs.evolve(self, framework=attrs.evolve(framework, views=seen))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that decides scores, places and bands.

        Names, sources, notes and the order of children do not matter; numbers and structure do. A
        function counts by its module and name, not by what it does.
        """
        import hashlib
        import json

        content = {
            "framework": _canonical(self.framework),
            "scale": _canonical(self.scale),
            "rounding": _canonical(self.rounding),
            "ranking": _canonical(self.ranking),
            "bands": _canonical(self.bands),
            "steps": _canonical(self.steps),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(part: Any) -> Any:
    if part is None or isinstance(part, (bool, str)):
        return part
    if isinstance(part, (int, float, np.number)):
        return repr(float(part))
    if isinstance(part, Mapping):
        pairs = [[str(key), _canonical(value)] for key, value in part.items()]
        return {"map": sorted(pairs, key=lambda pair: str(pair[0]))}
    if isinstance(part, (tuple, list)):
        return [_canonical(item) for item in part]
    if isinstance(part, np.ndarray):
        return _canonical(part.tolist())
    if attrs.has(type(part)):
        return {_kind(type(part)): _canonical_fields(part)}
    if isinstance(part, partial):
        return {"partial": [_canonical(p) for p in (part.func, part.args, part.keywords)]}
    name = getattr(part, "__qualname__", repr(part))
    if callable(part) and " at 0x" not in name:
        return f"{getattr(part, '__module__', '')}.{name}"
    raise FrameworkError(f"{part!r} has no canonical form: use attrs classes for parts")


def _canonical_fields(part: Any) -> dict[str, Any]:
    is_node = isinstance(part, (Indicator, Dimension, View, Framework))
    fields = {
        field.name: _canonical(getattr(part, field.name))
        for field in attrs.fields(type(part))
        if field.init and not (is_node and field.name in {*_LABELS, "children", "views"})
    }
    if isinstance(part, (Dimension, Framework)):
        children = sorted(part.children, key=lambda child: child.code)
        fields["children"] = [_canonical(child) for child in children]
    if isinstance(part, Framework):
        # A selection may ask for labels: what it finds decides, not how it was asked for.
        views = sorted(part.views, key=lambda view: view.code)
        found = [attrs.evolve(v, of=sorted(part.seen_by(v)), where={}) for v in views]
        fields["views"] = [_canonical(view) for view in found]
    return fields


def _kind(kind: type) -> str:
    own = kind.__module__.partition(".")[0] == "govindex"
    return kind.__qualname__ if own else f"{kind.__module__}.{kind.__qualname__}"
