"""The step that fills gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import boolean, called, one_of, shaped
from govindex.contracts import (
    Anchorable,
    BaseFill,
    BaseStep,
    Bool,
    CellStatus,
    Float,
    GapFill,
    Index,
    Matrix,
    completed,
)
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.impute.common import populations
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.common import (
    as_names,
    below_dimensions,
    better_if_low,
    chosen,
    matrix_of,
    replaced,
    with_variables,
    without_last_bits,
)
from govindex.prepare.reports import ImputeReport

__all__ = ["Impute"]


def _check_fill(step: object, attribute: attrs.Attribute[Any], fill: object) -> None:
    if fill is None and attribute.name == "otherwise":
        return
    if isinstance(fill, type) or not isinstance(fill, GapFill):
        raise SettingError(
            f"{attribute.name} is a fill such as prepare.impute.Mean(), not {fill!r}"
        )


@attrs.frozen
class Impute(BaseStep[Framework, Observations]):
    """Fill missing cells, and mark them as imputed.

    Cells that are not applicable stay so by default. Answers are never filled.

    Parameters
    ----------
    fill : GapFill
        The source of the numbers: a part of ``prepare.impute``, see :mod:`govindex.impute`.
    otherwise : GapFill, optional
        The source if `fill` has no number, such as the mean of all units for a league without
        values.
    variables : iterable of str, optional
        The variables to fill, and to learn from.
    lacking : {"error", "missing"}
        What becomes of a cell without a number from either: an error that names it, or it stays
        missing and the framework's absence policy applies.
    not_applicable : bool
        Fill cells that are not applicable, too.

    Raises
    ------
    DataError
        With every variable and unit without a number.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 3: imputation of missing
    data.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex import prepare
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C"], "days": [3, None, 5]})
    >>> filled = Impute(prepare.impute.Mean())(Observations.from_frame(frame))
    >>> filled.value("B", "days"), filled.cell("B", "days").name
    (4.0, 'IMPUTED')
    >>> filled.reports[0].cells
      unit variable  value              by
    0    B     days    4.0  Mean(over='all')
    """

    fill: GapFill = attrs.field(validator=_check_fill)
    otherwise: GapFill | None = attrs.field(default=None, validator=_check_fill, kw_only=True)
    variables: tuple[str, ...] | None = attrs.field(default=None, converter=as_names, kw_only=True)
    lacking: Literal["error", "missing"] = attrs.field(
        default="error", validator=one_of("error", "missing"), kw_only=True
    )
    not_applicable: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    @property
    def _named(self) -> list[tuple[str, GapFill]]:
        both = (("fill", self.fill), ("otherwise", self.otherwise))
        return [(name, fill) for name, fill in both if fill is not None]

    @property
    def fills(self) -> tuple[GapFill, ...]:
        """The fill, and the one for cells without a number from it."""
        return (self.fill,) if self.otherwise is None else (self.fill, self.otherwise)

    @property
    def peer_dependent(self) -> bool:
        """Whether a fill looks at other units."""
        return any(fill.peer_dependent for fill in self.fills)

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that are named."""
        return self.variables or ()

    def within(self, frameworks: Sequence[Framework], observations: Observations) -> Impute:
        """Return the step with the variables that the frameworks' indicators measure."""
        settings = below_dimensions(frameworks), better_if_low(frameworks)
        fills: dict[str, Any] = {
            name: configured
            for name, fill in self._named
            if (configured := completed(fill, BaseFill).within(*settings)) is not None
        }
        named: Impute = with_variables(self, frameworks, observations, **fills)
        return named

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations with their gaps filled."""
        data = observations
        columns = chosen(data, self.variables)
        matrix = matrix_of(data, columns)
        status = data.status.T[columns]
        gaps = status == CellStatus.MISSING
        if self.not_applicable:
            gaps |= status == CellStatus.NOT_APPLICABLE
        filled, by = self._filled(matrix, gaps)
        done = by >= 0
        lacking = gaps & ~done
        if self.lacking == "error" and lacking.any():
            self._refuse(matrix, lacking)
        values, states = data.values.copy(), data.status.copy()
        where: tuple[Index, Index] = np.nonzero(done)  # type: ignore[assignment]
        values[where[1], columns[where[0]]] = filled[where]
        states[where[1], columns[where[0]]] = CellStatus.IMPUTED
        before, after = gaps.sum(axis=-1), lacking.sum(axis=-1)
        report = ImputeReport(
            self,
            data.units.codes,
            matrix.names,
            before,
            after,
            where,
            filled[where],
            by[where],
            self.fills,
        )
        return replaced(data, values, states, report)

    def _filled(self, matrix: Matrix, gaps: Bool) -> tuple[Float, Any]:
        """Return numbers for the gaps, and the index of the fill of each, -1 without a number."""
        filled = np.full(matrix.values.shape, np.nan)
        by = np.full(matrix.values.shape, -1, dtype=np.intp)
        if not gaps.any():
            return filled, by
        for number, fill in enumerate(self.fills):
            open_gaps = gaps & (by < 0)
            if open_gaps.any():
                name = f"the fill {fill!r}"
                with np.errstate(over="ignore", invalid="ignore"):
                    numbers = called(name, fill.fill, matrix)
                numbers = shaped(name, numbers, matrix.values, "variables × units")
                new = open_gaps & ~np.isnan(numbers)
                self._refuse_infinite(fill, matrix, new & np.isinf(numbers))
                for row in np.flatnonzero(new.any(axis=-1)):
                    cells = new[row]
                    filled[row, cells] = without_last_bits(numbers[row, cells], matrix.values[row])
                by[new] = number
        return filled, by

    def _refuse_infinite(self, fill: GapFill, matrix: Matrix, wrong: Bool) -> None:
        problems = Problems()
        codes = getattr(matrix.peers, "codes", None) or range(len(matrix.peers))
        for row in np.flatnonzero(wrong.any(axis=-1)):
            units = listing(codes[i] for i in np.flatnonzero(wrong[row]))
            problems.add(
                f"the numbers of {fill!r} for {units} are too large: take a larger measure unit",
                code="impute.infinite",
                variable=matrix.names[row],
            )
        problems.raise_any(DataError, "Gaps cannot be filled")

    def _refuse(self, matrix: Matrix, lacking: Bool) -> None:
        problems = Problems()
        codes = getattr(matrix.peers, "codes", None) or range(len(matrix.peers))
        for row in np.flatnonzero(lacking.any(axis=-1)):
            variable = matrix.names[row]
            if np.isnan(matrix.values[row]).all():
                message = f"variable '{variable}' has no value at all"
                problems.add(message, code="variable.blank", variable=variable)
                continue
            units = listing(codes[i] for i in np.flatnonzero(lacking[row]))
            problems.add(
                f"{self.fills[-1]!r} has no number for {units}"
                + self._groups(matrix, lacking[row]),
                code="impute.gap",
                variable=variable,
            )
        problems.raise_any(
            DataError,
            "Gaps cannot be filled: give the step otherwise=…, or lacking='missing'",
        )

    def _groups(self, matrix: Matrix, lacking: Bool) -> str:
        over = completed(self.fills[-1], BaseFill).over
        if over in ("all", "ranked"):
            return ""
        names = [name for members, _, name in populations(over, matrix) if lacking[members].any()]
        return f"; without a value: the {over} {listing(names)}" if names else f"; of no {over}"

    def anchor(self, reference: Observations) -> Impute:
        """Return the step with its fills frozen on a reference.

        Raises
        ------
        SettingError
            If a fill cannot be anchored.
        """
        if not self.peer_dependent:
            return self
        columns = chosen(reference, self.variables)
        matrix = matrix_of(reference, columns)
        anchored: dict[str, Any] = {}
        for name, fill in self._named:
            if not fill.peer_dependent:
                continue
            if not isinstance(fill, Anchorable):
                raise SettingError(f"{fill!r} has no anchor()")
            anchored[name] = fill.anchor(matrix)
        return attrs.evolve(self, variables=matrix.names, **anchored)
