"""Methodologies of several forms: units of some types have another framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from govindex.anchoring import Part, relative_parts
from govindex.checks import instance_of
from govindex.compute import Scored
from govindex.errors import DataError, FrameworkError, Problems, UnknownNameError, near_miss
from govindex.mappings import FrozenMap
from govindex.method_problems import node_problems, nodes_of, setting_problems
from govindex.methods import Form, Methodology, known_ties, result_of, with_known_ties
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.prepare.codes import coded
from govindex.prepare.flow import anchored_steps
from govindex.results import JointResult
from govindex.results.joint_results import joined

if TYPE_CHECKING:
    from govindex.weight import Weighting, WeightSet

__all__ = ["Forms"]


def _frozen_map(forms: Mapping[str, Framework]) -> FrozenMap[str, Framework]:
    # Anything else is refused when the forms are checked.
    return FrozenMap(forms) if isinstance(forms, Mapping) else forms


def _settings(method: Methodology) -> dict[str, Any]:
    return {field.name: getattr(method, field.name) for field in attrs.fields(Methodology)}


@attrs.frozen(slots=False)
class Forms(Methodology):
    """A methodology that scores units of some types by another framework.

    Everything but the framework is shared: steps, scale, rounding, ranking and bands. Units are
    prepared together and ranked together.

    Parameters
    ----------
    id, version, framework
        As of :class:`~govindex.Methodology`; the framework is that of units without a type.
    forms : mapping of str to Framework
        The frameworks of units of each type, with the same root code. A unit inherits from a parent
        of the same form only.
    **settings
        As of :class:`~govindex.Methodology`.

    Raises
    ------
    FrameworkError
        With every problem found.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> def form(*codes):
    ...     return gi.Framework("speed", [gi.Indicator(c, rule=gi.rules.Identity()) for c in codes])
    >>> forms = {"small": form("days")}
    >>> method = gi.Forms("example.speed", "1", form("days", "queue"), forms=forms)
    >>> frame = pd.DataFrame(
    ...     {"unit": ["A", "B"], "type": ["n/a", "small"], "days": [0.5, 0.8], "queue": [0.7, None]}
    ... )
    >>> method.compute(gi.Observations.from_frame(frame, type="type")).score.to_dict()
    {'A': 60.0, 'B': 80.0}
    """

    forms: FrozenMap[str, Framework] = attrs.field(converter=_frozen_map, kw_only=True)

    @classmethod
    def of(cls, method: Methodology, forms: Mapping[str, Framework]) -> Forms:
        """Return a methodology with a form for units of some types.

        Parameters
        ----------
        method : Methodology
            Its framework scores units without a type; its settings apply to all units.
        forms : mapping of str to Framework
        """
        return cls(**_settings(instance_of(method, Methodology, "method")), forms=forms)

    def __attrs_post_init__(self) -> None:
        problems = setting_problems(self)
        mapped = isinstance(self.forms, Mapping)
        if not mapped or not all(isinstance(form, Framework) for form in self.forms.values()):
            forms = dict(self.forms) if mapped else self.forms
            problems.add(f"forms are frameworks by the type of units, not {forms!r}")
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")
        for kind, form in self.forms.items():
            if form.code != self.framework.code:
                problems.add(
                    f"the form of units of type '{kind}' has the root '{form.code}', the "
                    f"framework '{self.framework.code}': one index has one root code"
                )
        problems.extend(node_problems(self))
        problems.raise_any(FrameworkError, f"The methodology '{self.id}' is not well formed")

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The framework and the forms."""
        return (self.framework, *self.forms.values())

    def peer_dependent_parts(self) -> tuple[Part, ...]:
        """Return the parts through which one unit's data can move another unit's score or band."""
        forms = dict(zip((None, *self.forms), self.frameworks, strict=True))
        return relative_parts(self.steps, forms, self.bands)

    def single(self, form: str | None = None) -> Methodology:
        """Return the methodology of one form: for a type of units, or for units without a type."""
        if form not in self._singles:
            raise UnknownNameError(
                f"'{self.id}' has no form for units of type '{form}': "
                + near_miss(str(form), self.forms)
            )
        return self._singles[form]

    @cached_property
    def _singles(self) -> dict[Form, Methodology]:
        return {
            form: Methodology(
                **{
                    **_settings(self),
                    "framework": with_known_ties(framework),
                    "display": tuple(code for code in self.display if framework.has(code)),
                    "ranking": known_ties(self.ranking, framework),
                }
            )
            for form, framework in zip((None, *self.forms), self.frameworks, strict=True)
        }

    def compute(self, observations: Observations) -> JointResult:
        """Score each unit by its form, and rank all units together.

        As of :meth:`Methodology.compute <govindex.Methodology.compute>`.
        """
        data = self.prepare(observations)
        return attrs.evolve(self._result(data, self._scored(data)), given=observations)

    def _units(self, prepared: Observations) -> list[tuple[Form, Methodology, Observations]]:
        units = [
            (form, self._singles[form], prepared.take(codes))
            for form, codes in self._members(prepared).items()
        ]
        if self.steps:  # a computed value may happen to equal a code
            return units
        return [(form, single, coded([single.framework], part)) for form, single, part in units]

    def _result(self, data: Observations, scored: Sequence[Scored]) -> JointResult:
        forms = zip(self._members(data), scored, strict=True)
        parts = [result_of(self._singles[form], indicators) for form, indicators in forms]
        unused = set.intersection(*(set(part.provenance.unused) for part in parts))
        origin = attrs.evolve(
            parts[0].provenance,
            fingerprint=self.fingerprint,
            unused=tuple(name for name in data.variables if name in unused),
        )
        codes = {code for part in parts for code in part.codes}
        ties = tuple(code for code in self.ranking.tie_break if code in codes)
        ranking = attrs.evolve(self.ranking, tie_break=ties)
        settings = {"provenance": origin, "ranking": ranking, "method": self}
        return joined(parts, data, self._largest_maxima, settings)

    def _changed(self, change: Callable[[Form, Framework], Framework], **settings: Any) -> Forms:
        forms = {kind: change(kind, form) for kind, form in self.forms.items()}
        return attrs.evolve(
            self, framework=change(None, self.framework), **{"forms": forms, **settings}
        )

    @cached_property
    def _largest_maxima(self) -> dict[str, float]:
        largest: dict[str, float] = {}
        for single in self._singles.values():
            for code, maximum in zip(single._plan.codes, single._plan.maxima.tolist(), strict=True):
                largest[code] = max(maximum, largest.get(code, maximum))
        return largest

    def _members(self, data: Observations) -> dict[Form, list[str]]:
        """Return the codes of the units of each form, the form of units without a type first."""
        types = data.units.types or (None,) * len(data.units)
        members: dict[Form, list[str]] = {form: [] for form in (None, *self.forms)}
        problems = Problems()
        for code, kind in zip(data.units.codes, types, strict=True):
            if kind in members:
                members[kind].append(code)
            else:
                problems.add(
                    f"the type is '{kind}', for which '{self.id}' has no form: "
                    + near_miss(kind, self.forms),
                    code="unit.form",
                    unit=code,
                )
        problems.raise_any(DataError, f"'{self.id}' cannot be computed")
        return {form: codes for form, codes in members.items() if codes}

    def cut(self, at: At | None = None) -> Forms:
        """Return the methodology for results that are published for dimensions only.

        As of :meth:`Methodology.cut <govindex.Methodology.cut>`, form by form.
        """
        wanted = self.shown if at is None else at
        if not isinstance(wanted, int):
            wanted = selected(wanted, [node.code for node in nodes_of(self.frameworks)])
        cut = {
            form: single.cut(
                wanted
                if isinstance(wanted, int)
                else [code for code in wanted if single.framework.has(code)]
            )
            for form, single in self._singles.items()
        }
        return self._composed(cut, rounding=cut[None].rounding)

    def with_weights(self, weights: WeightSet | Weighting | Mapping[str, float | str]) -> Forms:
        """Return the methodology with other weights.

        As of :meth:`Methodology.with_weights <govindex.Methodology.with_weights>`; each
        form takes the weights of its own nodes.
        """
        from govindex.weight.weighting import weighted

        framework, *others = weighted(self.frameworks, weights)
        forms = dict(zip(self.forms, others, strict=True))
        return attrs.evolve(self, framework=framework, forms=forms)

    def without(self, at: At) -> Forms:
        """Return the methodology without some nodes and everything below them.

        As of :meth:`Methodology.without <govindex.Methodology.without>`, form by form.
        """
        codes = [node.code for node in nodes_of(self.frameworks)]
        removed = selected(at, codes, self.frameworks)
        return self._composed(
            {
                form: single.without({code for code in removed if single.framework.has(code)})
                for form, single in self._singles.items()
            }
        )

    def anchored(self, reference: Observations) -> Forms:
        """Return the methodology with every peer-dependent part frozen on a reference.

        As of :meth:`Methodology.anchored <govindex.Methodology.anchored>`, each form on its
        own units.
        """
        instance_of(reference, Observations, "reference")
        if not self.peer_dependent:
            return self
        problems = Problems()
        steps, data = anchored_steps(self.steps, self.frameworks, reference, problems)
        problems.raise_any(FrameworkError, f"'{self.id}' cannot be anchored")
        frozen = {
            form: attrs.evolve(self.single(form), steps=()).anchored(data.take(codes))
            for form, codes in self._members(data).items()
        }
        anchored = self._composed({**self._singles, **frozen}, steps=steps)
        if anchored.peer_dependent:
            raise FrameworkError(
                f"'{self.id}' cannot be anchored: the reference lacks units of some forms"
            )
        return anchored

    def _composed(self, methods: Mapping[Form, Methodology], **settings: Any) -> Forms:
        """Return the methodology of other forms, its display and tie-breaks limited to them."""
        frameworks = {form: method.framework for form, method in methods.items()}
        every = tuple(frameworks.values())

        def known(codes: Sequence[str]) -> tuple[str, ...]:
            return tuple(code for code in codes if any(form.has(code) for form in every))

        ranking = attrs.evolve(self.ranking, tie_break=known(self.ranking.tie_break))
        return attrs.evolve(
            self,
            framework=frameworks.pop(None),
            forms={kind: form for kind, form in frameworks.items() if kind is not None},
            **{"display": known(self.display), "ranking": ranking, **settings},
        )

    @property
    def _meaning(self) -> dict[str, Any]:
        meaning = {**super()._meaning, "forms": self.forms}
        if type(self) is Forms:
            del meaning["class"]
        return meaning
