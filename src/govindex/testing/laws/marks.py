"""Laws about marks: imputed, treated and suppressed figures are marked in results."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from govindex.contracts import CellStatus, is_absent
from govindex.model.framework import Framework
from govindex.results.joint_results import part_of
from govindex.statuses import in_words
from govindex.testing.cells import marked
from govindex.testing.compare import expect_equal
from govindex.testing.excuses import declared, not_declarative, without
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial, Untried

__all__ = ["marks_change_no_score", "marks_travel"]

_MARKS = ("imputed", "fallen back", "treated")


@declared("no step of preparation")
def _with_steps(subject: Subject) -> str:
    """Steps may look at marks, and set them."""
    return "a step of preparation may look at marks" if getattr(subject.method, "steps", ()) else ""


def a_mark(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a cell with a value, and its mark."""
    data = trial.data
    cells = [
        (unit, name)
        for unit in data.units.codes
        for name in data.variables
        if not is_absent(data.cell(unit, name))
    ]
    if not cells:
        return None
    unit, variable = draw(st.sampled_from(cells))
    texts = variable in data.levels
    return {
        "unit": unit,
        "variable": variable,
        "mark": draw(st.sampled_from(_MARKS[:2] if texts else _MARKS)),
    }


@law(_with_steps, choose=a_mark)
def marks_change_no_score(trial: Trial, unit: str, variable: str, mark: str) -> None:
    """A figure that was imputed, treated or taken from an earlier stage scores like any other.

    Marks are shown next to the score: no rubric takes points off for them.
    """
    plain = trial.of(marked(trial.data, unit, variable, "reported"))
    after = trial.of(marked(trial.data, unit, variable, mark))
    when = f"'{variable}' of unit '{unit}' is marked as {mark}"
    expect_equal(plain, after, statuses=False, when=when)


def _reads_itself(framework: Framework, code: str) -> bool:
    measure: Any = framework.node(code).measure  # type: ignore[union-attr]
    return getattr(measure, "variable", None) == code and not measure.missing_when


def _some_read_themselves(subject: Subject) -> bool:
    return any(_reads_itself(form, c) for _, form in subject.frameworks for c in form.leaf_codes)


@law(
    not_declarative,
    _with_steps,
    without("indicator whose variable has its code", _some_read_themselves),
)
def marks_travel(trial: Trial) -> None:
    """The result shows the mark of every indicator's figure in the data.

    A figure that nobody reported must never be shown as a reported one.
    """
    result, data = trial.result, trial.data
    tried = False
    for row, unit in enumerate(trial.units):
        framework = part_of(result, unit).framework
        for code in framework.leaf_codes:
            if not _reads_itself(framework, code):
                continue
            tried = True
            node, column = result.row_of(code), data.column_of(code)
            mark = _label(data.status[row, column], data.treated[row, column])
            shown = _label(result.status[node, row], result.treated[node, row])
            if mark != shown:
                raise Broken(
                    f"'{code}' of unit '{unit}' is {mark} in the data and {shown} in the result"
                )
    if not tried:
        raise Untried  # only forms without units have such indicators


def _label(status: Any, treated: Any) -> str:
    return in_words(int(status), treated=bool(treated)) or CellStatus.REPORTED.label
