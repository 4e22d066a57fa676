"""Targets: what was to be achieved, what was, and what is projected if the pace goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import finite, instance_of, number, text, tuple_of
from govindex.contracts import CellStatus, Float, Status
from govindex.dates import DateFault, DateNotation, DateSpan, read_dates
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, Problems
from govindex.frames import column_texts, read_cells, require_columns
from govindex.frames.columns import cells_of
from govindex.kernels.rounding import twelve_digits
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.notation import Notation, as_notation
from govindex.tasks.assignments import first_day, last_day
from govindex.tasks.pages import targets_page
from govindex.tasks.register_columns import chosen_columns, table_of

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["Target", "Targets", "attained_cells"]

_PLAIN = DateNotation()
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "indicator", "mã", "mã chỉ tiêu"),
    "name": ("name", "chỉ tiêu", "tên chỉ tiêu"),
    "agency": ("agency", "unit", "cơ quan", "đơn vị", "địa phương", "cơ quan chủ trì"),
    "target": ("target", "mục tiêu", "kế hoạch"),
    "achieved": ("achieved", "kết quả", "thực hiện", "đạt được"),
    "measure_unit": ("measure_unit", "đơn vị tính", "đvt"),
    "baseline": ("baseline", "đầu kỳ"),
    "start": ("start", "từ ngày"),
    "measured": ("measured", "ngày đo", "đến ngày"),
    "due": ("due", "deadline", "thời hạn", "hạn hoàn thành"),
}
_DATES, _NUMBERS = ("start", "measured", "due"), ("target", "achieved", "baseline")


def _tidy(value: float, *sizes: float) -> float:
    """Return a number without the last bits of a difference or a quotient."""
    return float(twelve_digits(np.array([value]), max(map(abs, sizes), default=0.0))[0])


def _optional_number(value: float | None) -> float | None:
    unknown = value is None or (isinstance(value, float) and value != value)
    return None if unknown else number(value, "Target(achieved=…)")


def _filled(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    text(instance, attribute, value)
    if not value:
        raise DataError(f"Target({attribute.name}=…) is blank")


@attrs.frozen
class Target:
    """What an agency was to achieve, and what it has achieved.

    A baseline above the target means that less is better.

    Parameters
    ----------
    code : str
        Of the quantity; other agencies may have targets of it.
    agency : str
    target : float
        In `measure_unit`.
    achieved : float, optional
        None if it is not known.
    name, measure_unit : str
    baseline : float
        The value on `start`; 0 by default, as for what is counted from then on.
    start, measured, due : date, optional
        When counting began, the day of `achieved`, and the day by which the target is to be
        reached; of a period the first day of `start`, the last of the others.

    Raises
    ------
    DataError
        If the target equals the baseline, or `start` is not before the other dates.

    Examples
    --------
    >>> online = Target("online", "Nghệ An", 40, 45.03, measure_unit="%")
    >>> online.gap, online.ratio, online.met
    (5.03, 1.12575, True)
    """

    code: str = attrs.field(converter=as_code, validator=_filled)
    agency: str = attrs.field(converter=as_code, validator=_filled)
    target: float = attrs.field(validator=finite)
    achieved: float | None = attrs.field(default=None, converter=_optional_number)
    name: str = attrs.field(default="", validator=text, kw_only=True)
    measure_unit: str = attrs.field(default="", validator=text, kw_only=True)
    baseline: float = attrs.field(default=0.0, validator=finite, kw_only=True)
    start: date | None = attrs.field(default=None, converter=first_day, kw_only=True)
    measured: date | None = attrs.field(default=None, converter=last_day, kw_only=True)
    due: date | None = attrs.field(default=None, converter=last_day, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        if self.target == self.baseline:
            problems.add(f"the target equals the baseline, {self.baseline:g}", code="target.equal")
        for field in ("measured", "due"):
            day = getattr(self, field)
            if self.start is not None and day is not None and day <= self.start:
                cause = f"'{field}', {day}, is not after the start, {self.start}"
                problems.add(cause, code="target.dates")
        problems.raise_any(DataError, f"The target '{self.code}' of '{self.agency}' cannot be used")

    @property
    def gap(self) -> float:
        """Achieved less target, in the measure unit (points where that is %); NaN if unknown."""
        return self._of(lambda achieved: achieved - self.target, self.target)

    @property
    def ratio(self) -> float:
        """Achieved / target, which may exceed 1; NaN if unknown or the target is not above 0."""
        return self._of(lambda achieved: achieved / self.target if self.target > 0 else np.nan)

    @property
    def attained(self) -> float:
        """The share of the way from the baseline to the target, which may exceed 1.

        Without a baseline that is achieved / target.
        """
        return self._of(lambda achieved: (achieved - self.baseline) / (self.target - self.baseline))

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None if it is not known what was achieved."""
        if self.achieved is None:
            return None
        falls = self.target < self.baseline
        return self.achieved <= self.target if falls else self.achieved >= self.target

    @property
    def projected(self) -> float:
        """The value on the due date, if the mean daily change since `start` goes on (linear).

        NaN if a date or what was achieved is not known.
        """
        if self.due is None or self.measured is None or self._pace is None:
            return float("nan")
        days = (self.due - self.measured).days
        return self._of(lambda achieved: achieved + self._pace * days, self.baseline)

    @property
    def reached_on(self) -> date | None:
        """The first day on which the linear projection reaches the target; None if it never does.

        It may lie before `measured` if the target is met.
        """
        pace = self._pace
        if pace is None or self.start is None or pace * (self.target - self.baseline) <= 0:
            return None
        days = np.ceil(_tidy((self.target - self.baseline) / pace))
        limit = (date.max - self.start).days
        return self.start + timedelta(days=int(days)) if days <= limit else None

    @property
    def _pace(self) -> Any:
        if self.achieved is None or self.start is None or self.measured is None:
            return None
        return (self.achieved - self.baseline) / (self.measured - self.start).days

    def _of(self, compute: Any, *sizes: float) -> float:
        if self.achieved is None:
            return float("nan")
        return _tidy(compute(self.achieved), self.achieved if sizes else 0.0, *sizes)


def _targets(targets: Iterable[Target]) -> tuple[Target, ...]:
    several = tuple_of(targets, "targets", "several Target(…)")
    for target in several:
        instance_of(target, Target, "a target of Targets(…)")
    return several


@attrs.frozen(eq=False, repr=False)
class Targets:
    """Targets of agencies, and how far they are met.

    Parameters
    ----------
    targets : iterable of Target

    Raises
    ------
    DataError
        If there are no targets, or an agency has two of one code.
    """

    targets: tuple[Target, ...] = attrs.field(converter=_targets)

    def __attrs_post_init__(self) -> None:
        problems, seen = Problems(), set[tuple[str, str]]()
        if not self.targets:
            problems.add("there are no targets", code="target.nothing")
        for row, target in enumerate(self.targets, 1):
            key = (target.agency, target.code)
            if key in seen:
                cause = f"there is more than one target '{target.code}' of '{target.agency}'"
                problems.add(cause, code="target.repeated", row=row)
            seen.add(key)
        problems.raise_any(DataError, "The targets cannot be used")

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame | Sequence[Mapping[str, object]],
        *,
        columns: Mapping[str, str | None] | None = None,
        dates: DateNotation = _PLAIN,
        notation: Notation | None = None,
    ) -> Targets:
        """Read a table with one row per target.

        Parameters
        ----------
        frame : data frame, or list of dict
            Columns are the fields of :class:`Target`; `agency`, `target`, `achieved`, and `code` or
            `name` are needed. A blank `achieved` is missing, a blank `baseline` 0.
        columns : mapping of str to str or None, optional
            Field → title, where titles are others; None: there is no such column.
        dates : DateNotation
        notation : Notation, optional
            How numbers are written.

        Raises
        ------
        DataError
            With every problem, by row and column.
        """
        table, problems = table_of(frame, "targets"), Problems()
        instance_of(dates, DateNotation, "dates")
        titles = list(table.columns)
        chosen = chosen_columns(
            titles, columns, _FIELDS, ("agency", "target", "achieved"), problems
        )
        if "code" not in chosen:
            chosen_columns(titles, chosen, _FIELDS, ("name",), problems)
        require_columns(table, chosen.values(), problems)
        problems.raise_any(DataError, "The targets cannot be read")
        fields = _read(table, chosen, dates, as_notation(notation), problems)
        problems.raise_any(DataError, "The targets cannot be read")
        read = []
        for row, values in enumerate(fields, 1):
            try:
                read.append(Target(**values))
            except DataError as error:
                problems.add(str(error), code="target.unusable", row=row)
        problems.raise_any(DataError, "The targets cannot be read")
        return cls(read)

    def __len__(self) -> int:
        return len(self.targets)

    def __repr__(self) -> str:
        return f"<Targets: {len(self.targets)} of {len(self.agencies)} agencies>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return targets_page(self, language)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Every agency, sorted."""
        return tuple(sorted({target.agency for target in self.targets}))

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, sorted."""
        return tuple(sorted({target.code for target in self.targets}))

    def table(self) -> pd.DataFrame:
        """Return every target and how far it is met.

        Returns
        -------
        DataFrame
            Index code; agency, name, measure_unit, target, achieved, gap (achieved less target),
            ratio (achieved / target), attained (the share of the way from the baseline), met,
            baseline, start, measured, due, projected (linear: the mean daily change from start to
            measured goes on until due), projected_gap and reached_on.
        """
        import pandas as pd

        every = self.targets
        columns: dict[str, Any] = {
            name: [getattr(target, name) for target in every]
            for name in ("agency", "name", "measure_unit", "target", "achieved", "gap", "ratio",
                         "attained", "met", "baseline", *_DATES, "projected")
        }  # fmt: skip
        columns["achieved"] = np.array(columns["achieved"], dtype=np.float64)
        columns["met"] = pd.array(columns["met"], dtype="boolean")
        columns["projected_gap"] = [
            _tidy(target.projected - target.target, target.projected, target.target)
            for target in every
        ]
        columns["reached_on"] = [target.reached_on for target in every]
        codes = pd.Index([target.code for target in every], name="code", dtype=object)
        return pd.DataFrame(columns, index=codes)

    def observations(self, *, units: Iterable[Unit] | None = None) -> Observations:
        """Return what was attained as the data of an index: agencies are units, codes variables.

        Parameters
        ----------
        units : iterable of Unit, optional
            The agencies with their fields; by default those of the targets.

        Returns
        -------
        Observations
            `attained`: achieved / target, or the share of the way from a baseline. Unknown ones
            are missing; a code of which an agency has no target is not applicable.

        Raises
        ------
        UnknownNameError
            If an agency is no unit.
        """
        given = None if units is None else tuple_of(units, "units", "several Unit(…)")
        known = Units(self.agencies) if given is None else Units.of(given)
        return Observations(known, *attained_cells(self, known))


def attained_cells(targets: Targets, units: Units) -> tuple[list[str], Float, Status]:
    """Return the codes, and what each unit attained of them, shape (units, codes).

    A code of which a unit has no target is not applicable to it.
    """
    codes = list(targets.codes)
    values = np.full((len(units), len(codes)), np.nan)
    status = np.full(values.shape, CellStatus.NOT_APPLICABLE, dtype=np.uint8)
    for target in targets.targets:
        at = units.locate(target.agency), codes.index(target.code)
        known = target.achieved is not None
        values[at] = target.attained
        status[at] = CellStatus.REPORTED if known else CellStatus.MISSING
    return codes, values, status


def _read(
    table: nw.DataFrame[Any],
    chosen: Mapping[str, str],
    dates: DateNotation,
    notation: Notation,
    problems: Problems,
) -> list[dict[str, Any]]:
    """Return the fields of each row; note cells that cannot be read."""
    texts = {
        field: column_texts(table, chosen[field])
        for field in ("code", "name", "agency", "measure_unit")
        if field in chosen
    }
    texts.setdefault("code", texts.get("name", []))
    for field in ("code", "agency"):
        for row in (row for row, each in enumerate(texts[field], 1) if each is None):
            problems.add(f"the target has no {field}", code=f"target.no_{field}", row=row,
                         variable=chosen.get(field, "name"), noun="column")  # fmt: skip
    numbers = _numbers(table, chosen, notation, problems)
    days = {
        field: _days(table, chosen[field], field == "start", dates, problems)
        for field in _DATES
        if field in chosen
    }
    rows = []
    for row in range(len(table)):
        cells = {name: column[row] for columns in (texts, numbers, days)
                 for name, column in columns.items()}  # fmt: skip
        filled = {name: cell for name, cell in cells.items() if cell is not None and cell == cell}
        if "target" not in filled:
            problems.add("the target is blank", code="target.no_target", row=row + 1,
                         variable=chosen["target"], noun="column")  # fmt: skip
        rows.append(filled)
    return rows


def _numbers(
    table: nw.DataFrame[Any], chosen: Mapping[str, str], notation: Notation, problems: Problems
) -> dict[str, list[float]]:
    fields = [field for field in _NUMBERS if field in chosen]
    names = [chosen[field] for field in fields]
    values, _, levels = read_cells(
        table, names, notation, lambda row: f"row {row + 1}", problems, unwanted="correct it"
    )
    for name in levels:
        problems.add("the column holds texts, not numbers", code="target.text", variable=name,
                     noun="column")  # fmt: skip
    return dict(zip(fields, values.tolist(), strict=True))


def _days(
    table: nw.DataFrame[Any], column: str, is_first: bool, dates: DateNotation, problems: Problems
) -> list[date | None]:
    """Return the first or the last days of the spans of a column."""
    days: list[date | None] = []
    for row, span in enumerate(read_dates(cells_of(table[column]), dates), 1):
        if isinstance(span, DateFault):
            problems.add(span.cause, code=span.code, row=row, variable=column, noun="column",
                         cure=span.cure, found=span.found)  # fmt: skip
        if isinstance(span, DateSpan):
            days.append(span.first if is_first else span.last)
        else:
            days.append(None)
    return days
