"""Steps run one after the other, and frozen on a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from govindex.checks import called
from govindex.contracts import Anchorable, BaseStep, completed
from govindex.errors import GovIndexError, Problems, SettingError
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.codes import check_codes, coded

__all__ = ["AnyStep", "GivenStep", "anchored_steps", "prepared", "read_by_steps"]

AnyStep = Callable[[Observations], Observations]
GivenStep = AnyStep | BaseStep[Framework, Observations]  # of the second, only its subclasses run


def prepared(
    steps: Iterable[AnyStep], frameworks: Sequence[Framework], data: Observations
) -> Observations:
    """Return the observations after all steps, each configured by the frameworks.

    Codes that mean missing become missing cells before the first step.

    Raises
    ------
    SettingError
        If a step returns anything but observations.
    FrameworkError
        If indicators declare different codes for one variable.
    """
    steps = tuple(steps)
    if steps:
        check_codes(frameworks)
    if any(form._missing_codes for form in frameworks):
        data = coded(frameworks, data)
    for step in steps:
        data = _run(_configured(step, frameworks, data), data)
    return data


def _run(step: AnyStep, data: Observations) -> Observations:
    result = called(f"the step {step!r}", step, data)  # it may be a user's function
    if not isinstance(result, Observations):
        raise SettingError(f"the step {step!r} returned {type(result).__name__}, not Observations")
    return result


def _configured(step: Any, frameworks: Sequence[Framework], data: Observations) -> Any:
    within = completed(step, BaseStep).within(frameworks, data)
    return step if within is None else within


def anchored_steps(
    steps: Iterable[AnyStep],
    frameworks: Sequence[Framework],
    reference: Observations,
    problems: Problems,
) -> tuple[tuple[AnyStep, ...], Observations]:
    """Freeze steps, each on the reference as the steps before it prepare it.

    Parameters
    ----------
    problems : Problems
        Collects the steps that cannot be anchored, each with the reason.

    Returns
    -------
    steps : tuple of callable
    prepared : Observations
        The reference after all steps.
    """
    steps = tuple(steps)
    if steps:
        check_codes(frameworks)
    reference = coded(frameworks, reference)
    frozen: list[AnyStep] = []
    for step in steps:
        configured = _configured(step, frameworks, reference)
        if not completed(step, BaseStep).peer_dependent:
            frozen.append(step)
        elif not isinstance(configured, Anchorable):
            problems.add(f"step {step!r} has no anchor()")
        else:
            try:
                frozen.append(configured.anchor(reference))
            except GovIndexError as error:
                problems.add(f"step {step!r}: {error}")
            else:
                if completed(frozen[-1], BaseStep).peer_dependent:
                    problems.add(f"step {step!r} looks at peers after anchor() too")
        reference = _run(configured, reference)
    return tuple(frozen), reference


def read_by_steps(steps: Iterable[AnyStep]) -> tuple[str, ...]:
    """Return the variables that steps need besides those that the frameworks measure."""
    return tuple(dict.fromkeys(name for step in steps for name in completed(step, BaseStep).reads))
