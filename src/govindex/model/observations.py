"""Units × variables, with a status for every cell and every stage of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Unpack

import attrs
import numpy as np

from govindex.checks import among, instance_of, names_of
from govindex.errors import DataError, SettingError
from govindex.model.added_variables import beside
from govindex.model.cells import ObservedCells, as_names, as_units
from govindex.model.equality import same_observations
from govindex.model.fallbacks import fallen_cells
from govindex.model.frame_columns import check_columns
from govindex.model.framework_settings import FrameSettings
from govindex.model.joining import joined_periods, joined_stages, require_cells
from govindex.model.long_frames import read_long
from govindex.model.merging import merged, merged_by_period
from govindex.model.panels import balanced_rows
from govindex.model.records import frame_of_records
from govindex.model.stages import Stage, check_stage_settings
from govindex.model.units import Unit
from govindex.model.wide_frames import read_wide
from govindex.names import as_code
from govindex.notation import Notation, as_notation

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["Observations", "Stage"]


@attrs.frozen(eq=False, slots=False, repr=False)
class Observations(ObservedCells):
    """The data of an index: one number or answer per unit and variable, and its status.

    Parameters
    ----------
    units : Units or iterable of Unit
        The assessed bodies, in the order of the rows.
    variables : sequence of str
        In the order of the columns.
    values : array of float, shape (units, variables)
        NaN exactly where a cell is absent: missing, not applicable or suppressed; the number of the
        text where the variable holds answers.
    status : array of CellStatus, shape (units, variables), optional
        By default reported, and missing where NaN.
    levels : mapping of variable to tuple of str
        The answers of text variables.
    period : str, optional
        "2026", "2026-Q3", "2026-09" …: the period of all the data. In a panel each row has one,
        in ``units.periods``.
    stages : sequence of Stage
        The stages behind the cells, the earliest first; the last one counts.
    stage : str, optional
        The stage of the cells.
    fall_back : sequence of str
        The earlier stages that blank cells of the last one fell back to, the first choice first.
    treated : array of bool, shape (units, variables), optional
        The cells whose value was treated; by default none.
    raw : array of float, shape (treated cells,)
        The values of the treated cells before treatment, row by row.
    errors : array of float, shape (units, variables), optional
        The standard errors of the values, in their measure unit: NaN where the error is not known,
        0 where a value is exact. Steps that change a value scale its error, or drop it with a
        report.
    covariances : (variables, array of shape (units, variables, variables)), optional
        Covariances between the errors of a unit's variables, with squared errors on the diagonal;
        NaN where one is not known: such errors count as independent.
    replicates : (variables, array of shape (replicates, units, variables)), optional
        The values in each replicate of a survey, which say how errors of all units and variables
        go together. By default every replicate is as likely as any other; a third item are the
        factors of squared deviations in the variance, shape (replicates,).
    reports : sequence of Report
        Those of the preparation steps, the first step first. The stages are as reported.

    Raises
    ------
    DataError
        With every problem: wrong shapes, infinite values, values of absent cells, duplicate
        variables, covariances that no errors have.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "days": [3, None]})
    >>> data = Observations.from_frame(frame, unit="unit")
    >>> data.cell("B", "days").name
    'MISSING'
    """

    def __eq__(self, other: object) -> bool:
        """Return whether units, variables and every cell of every stage are the same."""
        return same_observations(self, other) if isinstance(other, Observations) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.units, self.variables))

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame,
        *,
        unit: str | None = None,
        name: str | None = None,
        league: str | None = None,
        type: str | None = None,
        parent: str | None = None,
        ranked: str | None = None,
        attributes: Sequence[str] = (),
        variables: Sequence[str] | None = None,
        notation: Notation | None = None,
        period: str | None = None,
        fill_down: Sequence[str] = (),
        stage: str | None = None,
        stages: Sequence[str] | None = None,
        fall_back: bool | Sequence[str] = False,
    ) -> Observations:
        """Read a wide frame: one row per unit, one column per variable.

        In a panel there is one row per unit and period; with a column of stages, one per unit and
        stage.

        Parameters
        ----------
        frame : data frame
            pandas, Polars, pyarrow, a DuckDB relation …
        unit : str, optional
            The column of unit codes; by default the pandas index, else the first column. A column
            of numbers, or one that counts the rows (STT, TT, No., #), is taken for codes only if it
            is named here, or called unit, code or id.
        name, league, type, parent, ranked : str, optional
            Columns of the units' other fields; `ranked` holds true or false. A unit without a
            league, type or parent has "n/a" in the column (or what `notation` declares as not
            applicable); only the parent of a unit that is itself a parent may be blank.
        attributes : sequence of str
            Columns kept as attributes of the units.
        variables : sequence of str, optional
            The columns to read; by default all others.
        notation : Notation, optional
            How cells are read: codes for missing and not applicable, how numbers are written.
        period : str, optional
            "2026", "2026-Q3", "2026-09" …: the period of all rows; or the name of a column of
            periods, which makes a panel. A text that is spelled as a period is one, also if a
            column has that name.
        fill_down : sequence of str
            Columns that describe units (league, period, the unit itself …) whose blank cells take
            the text of the cell above, as merged cells leave them. Figures are never filled down.
        stage, stages, fall_back
            As in :meth:`from_long`. A unit without a row of a stage has no value there; its other
            fields are those of its latest stage.

        Raises
        ------
        DataError
            With every problem of the frame: columns that do not exist, duplicate units, texts
            among numbers, infinite values; unit and variable are named. Names and texts that
            differ in their Unicode form only (NFC, NFD) are the same.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": ["A", "A"], "year": [2025, 2026], "days": [5, 3]})
        >>> Observations.from_frame(frame, unit="unit", period="year").value("A@2026", "days")
        3.0
        """
        check_stage_settings(stage, stages, fall_back)
        check_columns(unit=unit, name=name, league=league, type=type, parent=parent)
        check_columns(ranked=ranked, period=period, stage=stage)
        fields = {"names": name, "leagues": league, "types": type, "parents": parent}
        read = read_wide(
            frame,
            unit,
            {**fields, "ranked": ranked, "periods": period},
            attributes=tuple(map(as_code, names_of(attributes, "attributes"))),
            variables=None
            if variables is None
            else tuple(map(as_code, names_of(variables, "variables"))),
            notation=as_notation(notation),
            fill_down=as_names(fill_down),
            stage=stage,
            stages=stages,
            fall_back=fall_back,
        )
        return cls(**read)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, str | float | None]],
        **settings: Unpack[FrameSettings],
    ) -> Observations:
        """Read records: one mapping of names to values per unit, as JSON gives them.

        Parameters
        ----------
        records : iterable of mapping
            A value is a number, a text, true, false or None. None, and a name that a record lacks,
            is missing; a name of a record may lack in the others.
        **settings
            As of :meth:`from_frame`: `unit`, `name`, `league`, `variables`, `notation` …

        Raises
        ------
        DataError
            If there are no records, or one is no mapping or holds lists or mappings, with the row;
            otherwise as of :meth:`from_frame`.

        Examples
        --------
        >>> records = [{"unit": "A", "days": 3}, {"unit": "B", "days": None}, {"unit": "C"}]
        >>> data = Observations.from_records(records, unit="unit")
        >>> [data.cell(unit, "days").name for unit in "ABC"]
        ['REPORTED', 'MISSING', 'MISSING']
        """
        return cls.from_frame(frame_of_records(records), **settings)

    @classmethod
    def from_long(
        cls,
        frame: IntoFrame,
        *,
        unit: str = "unit",
        variable: str = "variable",
        value: str = "value",
        stage: str | None = None,
        stages: Sequence[str] | None = None,
        fall_back: bool | Sequence[str] = False,
        units: Iterable[Unit] | None = None,
        notation: Notation | None = None,
        period: str | None = None,
        fill_down: Sequence[str] = (),
    ) -> Observations:
        """Read a long frame: one row per cell.

        Parameters
        ----------
        frame : data frame
        unit, variable, value : str
            Columns of the unit's code, the variable's name and the value.
        stage : str, optional
            Column of the stage.
        stages : sequence of str
            The stages, the earliest first; required with `stage`. The last one counts: a cell that
            is blank or has no row there is missing, unless it may fall back.
        fall_back : bool or sequence of str
            The stages that a cell which is missing at the last one falls back to, in the order in
            which they are tried; True for all earlier ones, the latest first. Cells that fell back
            have that status and are listed in :attr:`fallen_back`.
        units : iterable of Unit, optional
            The units with all their fields; by default the codes in the frame. In a panel each has
            the periods of its rows.
        notation, period
            As in :meth:`from_frame`.
        fill_down : sequence of str
            Columns of the unit, variable, stage or period whose blank cells take the text of the
            cell above, as merged cells leave them. Values are never filled.

        Raises
        ------
        DataError
            With every problem of the frame: a cell that appears twice, an undeclared stage.
        SettingError
            If the order of the stages is not declared.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [("A", "days", "verified", None), ("A", "days", "self", 3)]
        >>> frame = pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])
        >>> order = {"stage": "stage", "stages": ["self", "verified"]}
        >>> Observations.from_long(frame, **order).cell("A", "days").name
        'MISSING'
        >>> Observations.from_long(frame, **order, fall_back=True).cell("A", "days").name
        'FALLEN_BACK'
        """
        check_stage_settings(stage, stages, fall_back)
        check_columns(stage=stage, period=period)
        for what, column in (("unit", unit), ("variable", variable), ("value", value)):
            instance_of(column, str, what)
        columns = {"unit": unit, "variable": variable, "value": value, "stage": stage}
        read = read_long(
            frame,
            {**columns, "periods": period},
            None if units is None else as_units(units),
            notation=as_notation(notation),
            stages=stages,
            fall_back=fall_back,
            fill_down=as_names(fill_down),
        )
        return cls(**read)

    @classmethod
    def from_stages(
        cls, stages: Mapping[str, Observations], *, fall_back: bool | Sequence[str] = False
    ) -> Observations:
        """Put the stages of one assessment together.

        Parameters
        ----------
        stages : mapping of str to Observations
            By stage, the earliest first, with the same units, variables and period.
        fall_back
            As in :meth:`from_long`: unless it is declared, a cell that is missing at the last stage
            is missing.

        Raises
        ------
        DataError
            With every problem: other units, variables or periods, numbers for answers.
        SettingError
            If cells cannot fall back to what `fall_back` names.
        """
        require_cells(stages, cls, "stage")
        return cls(**joined_stages(stages, fall_back))

    @classmethod
    def panel(cls, periods: Mapping[str, Observations]) -> Observations:
        """Put the data of several periods together, each row a unit in a period.

        Parameters
        ----------
        periods : mapping of str to Observations
            By period: "2026", "2026-Q3", "2026-09" …, all of one kind. Units may come and go; the
            variables are the same.

        Returns
        -------
        Observations
            Period by period, the earliest first; the rows of unit H38 are "H38@2025" and so on.

        Raises
        ------
        DataError
            With every problem: other variables or stages, periods of several kinds.

        Examples
        --------
        >>> import pandas as pd
        >>> by_year = {"2025": [5, 7], "2026": [3, 7]}
        >>> data = Observations.panel({
        ...     year: Observations.from_frame(pd.DataFrame({"unit": ["A", "B"], "days": days}))
        ...     for year, days in by_year.items()
        ... })
        >>> data.periods, data.at_period("2026").value("A", "days")
        (('2025', '2026'), 3.0)
        """
        require_cells(periods, cls, "period")
        return cls(**joined_periods(periods))

    @property
    def fallen_back(self) -> pd.DataFrame:
        """The cells that fell back to an earlier stage.

        Returns
        -------
        DataFrame
            unit, name, variable, stage (that the cell is taken from; None if the cell was merged
            from such cells), status and value.
        """
        return fallen_cells(self)

    def balanced(self, how: Literal["common", "all"]) -> Observations:
        """Return a panel with the same units in every period.

        Parameters
        ----------
        how : {"common", "all"}
            Keep the units that have a row in every period; or give every unit a row in each: its
            cells are missing, its fields are those of the nearest earlier row, else the next one.

        Returns
        -------
        Observations
            Period by period, the earliest first.

        Raises
        ------
        DataError
            If the data are not a panel, or no unit has a row in every period.
        """
        if not among(how, ("common", "all")):
            raise SettingError(f"how is 'common' or 'all', not {how!r}")
        if not self.is_panel:
            raise DataError("only a panel can be balanced; Observations.panel(…) makes one")
        units, rows = balanced_rows(self.units, how)
        return self._rows_as(rows, units)

    def take(self, units: Iterable[str]) -> Observations:
        """Return the data of some units, by code or name, in the order given.

        In a panel a unit's code without a period means its rows in all periods.
        """
        located = [row for unit in names_of(units, "units") for row in self.units.locate_all(unit)]
        rows = np.array(located, dtype=np.intp)
        return self._rows_as(rows, self.units.take(rows))

    def roll_up(
        self,
        mapping: Mapping[str, str],
        how: Literal["mean", "sum"] = "mean",
        *,
        weights: str | None = None,
        units: Iterable[Unit] | None = None,
    ) -> Observations:
        """Merge units: new units whose values are means or sums of the old ones'.

        Standard errors and covariances are merged as those of independent units, unless replicates
        show how they go together; one that is not known makes that of the merged unit not known.

        Parameters
        ----------
        mapping : mapping of str to str
            Old unit's code → new unit's code; units that are not named are left out.
        how : {"mean", "sum"}
        weights : str, optional
            A variable that weights the mean.
        units : iterable of Unit, optional
            The new units with their fields; by default their codes.

        Raises
        ------
        DataError
            If a cell to be merged is absent or an answer, or a weight is absent or negative.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": ["A", "B"], "points": [6.0, 8.0]})
        >>> data = Observations.from_frame(frame)
        >>> data.roll_up({"A": "all", "B": "all"}).value("all", "points")
        7.0
        """
        merge = merged_by_period if self.is_panel else merged
        return Observations(**merge(self, mapping, how, weights, units))

    def with_variables(
        self, other: Observations, *, names: Mapping[str, str] | None = None
    ) -> Observations:
        """Return the data with the variables of other data beside their own.

        A survey's estimate beside scores of a register: values keep their status, standard errors,
        covariances and replicates. Errors of the two are independent.

        Parameters
        ----------
        other : Observations
            Of some or all of these units, by code, in any order; units that it does not have are
            missing. Without stages, its values are the same at every stage of the data.
        names : mapping of str to str, optional
            New names of its variables, such as the indicators of the index.

        Raises
        ------
        DataError
            With every problem: variables that both have, units that the data do not have, another
            period or other stages.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": ["A", "B"], "appraised": [70.0, 75.0]})
        >>> survey = Observations(
        ...     [Unit("B"), Unit("A")], ["sipas"], [[81.0], [84.0]], errors=[[1.2], [0.8]]
        ... )
        >>> joined = Observations.from_frame(frame).with_variables(survey)
        >>> joined.value("A", "sipas"), joined.errors[:, 1].tolist()
        (84.0, [0.8, 1.2])
        """
        instance_of(other, Observations, "other")
        return Observations(**beside(self, other, names))
