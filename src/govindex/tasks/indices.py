"""A small framework that ranks agencies by their tasks and targets."""

from __future__ import annotations

from govindex.absence import Absence, Renormalise
from govindex.checks import instance_of
from govindex.measures import Ratio, Value
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.rules import Goalposts, Proportional
from govindex.tasks.targets import Targets

__all__ = ["task_framework"]

_ABSENCE = Absence(not_applicable=Renormalise())
_TASKS = {"en": "Tasks", "vi": "Nhiệm vụ"}
_TARGETS = {"en": "Targets", "vi": "Chỉ tiêu"}


def task_framework(targets: Targets | None = None, *, absence: Absence = _ABSENCE) -> Framework:
    """Return a framework for the variables of :meth:`TaskStatuses.observations`.

    Of the tasks, `done_of_due` (what was done of what was done or is overdue) has the weight 60 and
    `on_time_of_due` 40; with targets, these are an indicator each, capped at the target, and tasks
    and targets have equal weights. No decision prescribes these weights: they are a suggestion, and
    :meth:`govindex.Framework.with_weights` sets others. What an agency has none of is not
    applicable, and the rest carries more; an agency of which nothing was due and nothing done has
    no score.

    Parameters
    ----------
    targets : Targets, optional
    absence : Absence
        By default the rest carries more where something is not applicable, and what is missing is
        refused: a target of which nobody knows what was achieved.

    Examples
    --------
    >>> task_framework().leaf_codes
    ('done_of_due', 'on_time_of_due')
    """
    shares = [
        _share("done_of_due", "done", 60, {"en": "Done of due", "vi": "Hoàn thành trên đến hạn"}),
        _share(
            "on_time_of_due",
            "done_on_time",
            40,
            {"en": "On time of due", "vi": "Đúng hạn trên đến hạn"},
        ),
    ]
    instance_of(absence, Absence, "absence")
    if targets is None:
        return Framework("tasks_index", shares, name=_TASKS, absence=absence)
    names = {each.code: each.name for each in instance_of(targets, Targets, "targets").targets}
    aims = [
        Indicator(code, name=names[code] or None, measure=Value(code), rule=Proportional(target=1))
        for code in targets.codes
    ]
    children = [
        Dimension("tasks", shares, name=_TASKS),
        Dimension("targets", aims, name=_TARGETS),
    ]
    name = {"en": "Tasks and targets", "vi": "Nhiệm vụ và chỉ tiêu"}
    return Framework("tasks_index", children, name=name, absence=absence)


def _share(code: str, part: str, weight: float, name: dict[str, str]) -> Indicator:
    measure = Ratio(part, "due", empty="not_applicable")
    rule = Goalposts(worst=0, best=1)
    return Indicator(code, name=name, weight=weight, measure=measure, rule=rule)
