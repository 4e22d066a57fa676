"""Run steps one after the other, and freeze those that look at peers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from govindex.checks import called
from govindex.contracts import Anchorable, BaseStep, completed
from govindex.errors import GovIndexError, Problems, SettingError
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.codes import check_codes, coded

__all__ = ["AnyStep", "anchored_steps", "prepared", "read_by_steps"]

AnyStep = Callable[[Observations], Observations]


def prepared(
    steps: Iterable[AnyStep], frameworks: Sequence[Framework], data: Observations
) -> Observations:
    """Return the observations after all steps, which are told what only frameworks know.

    Codes that indicators declare to mean missing are missing before the first step.

    Raises
    ------
    SettingError
        If a step returns anything but observations.
    FrameworkError
        If indicators declare other codes for one variable.
    """
    steps = tuple(steps)
    if steps:
        check_codes(frameworks)
    if any(form.missing_codes for form in frameworks):
        data = coded(frameworks, data)
    for step in steps:
        data = _run(_told(step, frameworks, data), data)
    return data


def _run(step: AnyStep, data: Observations) -> Observations:
    found = called(f"the step {step!r}", step, data)  # which may be somebody's own function
    if not isinstance(found, Observations):
        raise SettingError(f"the step {step!r} returned {type(found).__name__}, not Observations")
    return found


def _told(step: Any, frameworks: Sequence[Framework], data: Observations) -> Any:
    within = completed(step, BaseStep).within(frameworks, data)
    return step if within is None else within


def anchored_steps(
    steps: Iterable[AnyStep],
    frameworks: Sequence[Framework],
    reference: Observations,
    problems: Problems,
) -> tuple[tuple[AnyStep, ...], Observations]:
    """Freeze steps on a reference, each on what the ones before it make of the reference.

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
        told = _told(step, frameworks, reference)
        if not completed(step, BaseStep).peer_dependent:
            frozen.append(step)
        elif not isinstance(told, Anchorable):
            problems.add(f"step {step!r} has no anchor()")
        else:
            try:
                frozen.append(told.anchor(reference))
            except GovIndexError as error:
                problems.add(f"step {step!r}: {error}")
            else:
                if completed(frozen[-1], BaseStep).peer_dependent:
                    problems.add(f"step {step!r} looks at peers after anchor() too")
        reference = _run(told, reference)
    return tuple(frozen), reference


def read_by_steps(steps: Iterable[AnyStep]) -> tuple[str, ...]:
    """Return the variables that steps need beside those that the frameworks measure."""
    return tuple(dict.fromkeys(name for step in steps for name in completed(step, BaseStep).reads))
