"""Stages of one assessment: their declared order, and the stage that each cell is taken from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, CellStatus, Float, Index, Status
from govindex.errors import Problems, SettingError, listing, near_miss
from govindex.model.arrays import as_floats, as_statuses
from govindex.names import as_code

__all__ = [
    "Stage",
    "check_stage_settings",
    "check_stages",
    "declared",
    "fallback_order",
    "picked",
    "sources",
    "staged",
]


@attrs.frozen(eq=False)
class Stage:
    """The values of one stage of assessment: self-assessed, verified, appealed.

    Parameters
    ----------
    name : str
        The stage.
    values : array, shape (units, variables)
        NaN where the stage has no value.
    status : array of CellStatus, shape (units, variables)
    """

    name: str
    values: Float = attrs.field(converter=as_floats)
    status: Status = attrs.field(converter=as_statuses)


def declared(stages: Iterable[str] | None, column: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the declared order of the stages of a column."""
    if stages is None:
        raise SettingError(
            f"the order of stages must be declared: column '{column}' holds "
            f"{listing(sorted(set(names) - {''}))}; give them as stages=[…], the earliest first"
        )
    listed = _listed(stages, "stages")
    wrong = [name for name in listed if not isinstance(name, str) or not name.strip()]
    if wrong or not listed:
        raise SettingError(f"stages= takes the names of stages, the earliest first, not {listed!r}")
    order = tuple(map(as_code, listed))
    doubled = [name for i, name in enumerate(order) if name in order[:i]]
    if doubled:
        raise SettingError(f"stages= names {listing(doubled)} more than once")
    return order


def _listed(names: Any, argument: str) -> tuple[Any, ...]:
    if not isinstance(names, Iterable):
        raise SettingError(
            f"{argument}= takes the names of stages, the earliest first, not {names!r}"
        )
    return (names,) if isinstance(names, str) else tuple(names)


def check_stage_settings(stage: str | None, stages: Any, fall_back: Any) -> None:
    """Raise if stages are declared without the column that names them."""
    if stage is None and (stages is not None or fall_back is not False):
        argument = "stages=" if stages is not None else "fall_back="
        raise SettingError(
            f"{argument} needs a column of stages: name the column with stage=, or put stages "
            "together with Observations.from_stages(…)"
        )


def fallback_order(fall_back: bool | str | Iterable[str], stages: Sequence[str]) -> tuple[str, ...]:
    """Return the stages that a blank cell falls back to, the first choice first.

    True means all stages before the last one, the latest of them first.

    Examples
    --------
    >>> fallback_order(True, ["self", "verified", "appealed"])
    ('verified', 'self')
    """
    earlier = tuple(stages[:-1])
    if isinstance(fall_back, (bool, np.bool_)):
        return earlier[::-1] if fall_back else ()
    names = _listed(fall_back, "fall_back")
    order = tuple(map(as_code, names))
    for i, name in enumerate(order):
        if not among(name, earlier):
            raise SettingError(
                f"cells can fall back to stages before '{stages[-1]}', not to '{name}': "
                f"{near_miss(name, earlier)}"
            )
        if name in order[:i]:
            raise SettingError(f"fall_back names '{name}' more than once")
    return order


def check_stages(
    names: Sequence[str],
    order: Sequence[str],
    column: str,
    fall_back: Sequence[str],
    problems: Problems,
) -> None:
    """Note rows that name no stage or an undeclared one, and a last stage without rows."""
    for row, name in enumerate(names, 1):
        if not name:
            problems.add(
                f"no stage is named (column '{column}' is blank)", code="stage.blank", row=row
            )
        elif name not in order:
            problems.add(
                f"'{name}' is not a declared stage",
                code="stage.undeclared",
                row=row,
                cure=near_miss(name, order),
            )
    if not problems and order[-1] not in names and not fall_back:
        problems.add(
            f"no row is of the last stage, '{order[-1]}', so every cell is missing there: leave "
            "the stage out, or declare that cells fall back to an earlier one with fall_back="
        )


def sources(stages: Sequence[Stage], fall_back: Sequence[str]) -> Index:
    """Return the number of the stage that each cell is taken from, shape (units, variables).

    The last stage counts. If it is missing, the first stage of `fall_back` with a value does; a
    cell that no stage has stays missing at the last one.
    """
    last = len(stages) - 1
    source = np.full(stages[last].status.shape, last, dtype=np.intp)
    number = {stage.name: i for i, stage in enumerate(stages)}
    blank: Bool = stages[last].status == CellStatus.MISSING
    for name in fall_back:
        takes = blank & (stages[number[name]].status != CellStatus.MISSING)
        source[takes] = number[name]
        blank = blank & ~takes
    return source


def picked(arrays: Sequence[Any], source: Index) -> Any:
    """Return each cell from the array that its source numbers, shape (units, variables)."""
    return np.take_along_axis(np.stack(arrays), source[None], axis=0)[0]


def _merged(stages: Sequence[Stage], source: Index) -> tuple[Float, Status]:
    """Return values and status of the cells, each from its source.

    A reported cell of an earlier stage has fallen back; an imputed or not applicable one stays so.
    """
    values = picked([stage.values for stage in stages], source)
    status = picked([stage.status for stage in stages], source)
    earlier = (source < len(stages) - 1) & (status == CellStatus.REPORTED)
    return values, np.where(earlier, np.uint8(CellStatus.FALLEN_BACK), status)


def staged(stages: Sequence[Stage], fall_back: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of observations with these stages, of which the last one counts."""
    values, status = _merged(stages, sources(stages, fall_back))
    return {
        "values": values,
        "status": status,
        "stages": tuple(stages),
        "stage": stages[-1].name,
        "fall_back": fall_back,
    }
