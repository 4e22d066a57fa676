"""Counts of the variables of a methodology, by unit: what was counted, and what lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float, Status
from govindex.display import ShownPage, html, plain
from govindex.errors import listing
from govindex.language import words
from govindex.mappings import FrozenMap
from govindex.methods import Methodology
from govindex.model.labels import in_language
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.services.pages import service_page
from govindex.services.record_documents import CountingDocument
from govindex.services.reporting_spans import ReportingSpan
from govindex.services.table_counts import TableCounts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Lack", "ServiceCounts"]


@attrs.frozen
class Lack:
    """Why a variable is not counted: its table, or columns of its table, are not there.

    Parameters
    ----------
    table : str
        "" for a variable that no table holds.
    columns : tuple of str
        The columns that lack; () if the whole table does.
    """

    table: str
    columns: tuple[str, ...] = ()

    def reason(self, language: str | None = None) -> str:
        """Return the reason in words."""
        if not self.table:
            return words("service.by_hand", language)
        if not self.columns:
            return words("service.no_table", language, table=self.table)
        columns = ", ".join(f"'{name}'" for name in self.columns)
        return words("service.no_columns", language, table=self.table, columns=columns)


@attrs.frozen(eq=False, repr=False, slots=False)
class ServiceCounts:
    """What :func:`service_766` counted.

    Parameters
    ----------
    span : ReportingSpan
        The period with its first day, and the last one that records reach.
    units : Units
    variables : tuple of str
        Every variable that the methodology needs, and the optional ones that were counted, in the
        order of the methodology.
    values : array of float, shape (units, variables)
        Counts, and mean days for 2.2; NaN where a value is absent.
    status : array of CellStatus, shape (units, variables)
        Missing where a table or column lacks or where blank flags leave a count undecided, not
        applicable for units to which a table does not apply.
    lacks : mapping of str to Lack
        By variable that was not counted, why.
    undecided : DataFrame
        unit, variable, records: how many records have a blank flag, so that nobody knows whether
        they count.
    tables : mapping of str to TableCounts
        The counts of each table.
    document : CountingDocument
        What each variable counts.
    edition : Methodology
        The built-in edition.
    """

    span: ReportingSpan
    units: Units
    variables: tuple[str, ...]
    values: Float
    status: Status
    lacks: FrozenMap[str, Lack]
    undecided: pd.DataFrame
    tables: FrozenMap[str, TableCounts]
    document: CountingDocument
    edition: Methodology

    @cached_property
    def method(self) -> Methodology:
        """The methodology, with what was counted here as the definition of each variable.

        It gives the scores of the built-in edition; its definitions say what was assumed.
        """
        definitions = [
            attrs.evolve(definition, variables=(name,), **self._counted_as(name))
            for definition in self.edition.definitions
            for name in definition.variables
        ]
        return attrs.evolve(self.edition, definitions=definitions)

    def _counted_as(self, name: str) -> dict[str, Any]:
        count = self.document.by_variable.get(name)
        if name in self.lacks or count is None:
            return {}
        told = f"counted from the table '{count.table}'"
        return {
            "reference": f"{told}, {self.span.start} to {self.span.end}",
            "confidence": "assumed" if count.assumed else told,
            "note": count.assumed,
        }

    def definitions(self, language: str | None = None) -> pd.DataFrame:
        """Return what each variable counts, and what was assumed.

        Parameters
        ----------
        language : str, optional
            Of names, conditions and reasons: "vi" or "en".

        Returns
        -------
        DataFrame
            A row per variable: name, the indicators that read it, the table, `counted` (which
            records), `assumed` (what was chosen where no source says it; blank if a source does)
            and `lacks` (which table or column lacks; blank if it was counted).
        """
        import pandas as pd

        described = self.edition._variables
        rows = []
        for name, variable in described.items():
            count, lack = self.document.by_variable.get(name), self.lacks.get(name)
            label = "" if variable.definition is None else variable.definition.label(language)
            rows.append(
                {
                    "variable": name,
                    "name": label,
                    "indicators": ", ".join(variable.nodes),
                    "table": "" if count is None else count.table,
                    "counted": "" if count is None else self.document.words(count, language),
                    "assumed": "" if count is None else in_language(count.assumed, language, ""),
                    "lacks": "" if lack is None else lack.reason(language),
                }
            )
        return pd.DataFrame(rows).set_index("variable")

    @property
    def lacking(self) -> pd.DataFrame:
        """The scored indicators that lack a variable: indicator, name, variable and reason."""
        return self.lacking_in(None)

    def lacking_in(self, language: str | None) -> pd.DataFrame:
        """Return :attr:`lacking` in a language."""
        import pandas as pd

        framework = self.edition.framework
        rows = [
            (
                leaf.code,
                leaf.label("en" if language is None else language),
                name,
                self.lacks[name].reason(language),
            )
            for leaf in framework.leaves
            for name in leaf.measure.variables
            if name in self.lacks and framework.is_scored(leaf.code)
        ]
        return pd.DataFrame(rows, columns=["indicator", "name", "variable", "reason"])

    @property
    def left_out(self) -> pd.DataFrame:
        """The records that were left out: table, variable, cause and how many."""
        import pandas as pd

        rows = [(name, *row) for name, one in self.tables.items() for row in one.left_out]
        return pd.DataFrame(rows, columns=["table", "variable", "cause", "records"])

    @property
    def frame(self) -> pd.DataFrame:
        """The counts as a table: one row per unit, one column per variable, absent ones missing."""
        import pandas as pd

        days = {
            name
            for count in self.document.counts
            if count.what == "days"
            for name in count.variables
        }
        columns = {
            name: self.values[:, column] if name in days else _whole(self.values[:, column])
            for column, name in enumerate(self.variables)
        }
        return pd.DataFrame(columns, index=pd.Index(self.units.codes, name="unit"))

    def observations(self) -> Observations:
        """Return the counts as the data of the methodology, each with its status."""
        period = self.span.period
        return Observations(self.units, self.variables, self.values, self.status, period=period)

    def sql(self) -> str:
        """Return what the engines ran, as SQL, table by table.

        Raises
        ------
        SettingError
            If an engine has no SQL.
        """
        return "\n\n".join(f"-- table {name}\n{one.sql()}" for name, one in self.tables.items())

    def __repr__(self) -> str:
        span, counted = self.span, sum(name not in self.lacks for name in self.variables)
        return (
            f"<ServiceCounts of {span.period}, {span.start} to {span.end}: {counted} of "
            f"{len(self.variables)} variables of {len(self.units)} units, from "
            f"{listing(self.tables)}>"
        )

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        """Return what was counted, what lacks and what was assumed."""
        return service_page(self, language)


def _whole(values: Float) -> Any:
    import pandas as pd

    return pd.array([pd.NA if np.isnan(x) else int(x) for x in values], dtype="Int64")
