"""What a workbook of a result is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from govindex.changes import Change
from govindex.errors import DataError
from govindex.language import headings, words
from govindex.model.labels import root_code
from govindex.model.observations import Observations
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of
from govindex.robustness.sampling.published_samples import PublishedSample
from govindex.workbooks.results.books import Book
from govindex.workbooks.results.pages import PrintedPage

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Contents"]


@attrs.frozen(eq=False)
class Contents:
    """A result with what stands beside it in its workbook."""

    result: IndexResult
    book: Book
    language: str | None
    method: Any = None
    changed: Change | None = None
    data: Observations | None = None
    published: PublishedSample | None = None

    @property
    def groups(self) -> pd.DataFrame | None:
        """The ranks that are statistically the same, if a sample says so."""
        return None if self.published is None else self.published.groups

    def word(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the language of the workbook."""
        return words(key, self.language, **values)

    def heading(self, column: str) -> str:
        """Return the heading of a column."""
        return headings([column], self.language)[0]

    def page(self, sheet: str, name: str = "") -> PrintedPage:
        """Add a sheet of the catalogue, with the index, period and stage below the title."""
        title = self.word(f"workbook.sheet.{sheet}")
        named = f"{title} – {name}" if name else title
        whole = self.word(f"workbook.title.{sheet}")
        heading = f"{whole} – {name}" if name else whole
        return PrintedPage(self.book, self.book.sheet(named), heading, self.subject)

    @property
    def title(self) -> str:
        """The index: the methodology's title, or the root's name."""
        if self.method is not None and getattr(self.method, "title", None):
            return str(self.method.label(self.language))
        return self.result.node(self.result.codes[0]).label(self.language)

    @property
    def subject(self) -> str:
        """The index with the period and the stage of its data."""
        origin = self.result.provenance
        periods = self.result.units.periods
        period = origin.period if periods is None else None
        about = [
            self.word("workbook.period", period=period) if period else "",
            self.word("workbook.stage", stage=origin.stage) if origin.stage else "",
        ]
        return ". ".join([self.title, *filter(None, about)])

    @property
    def parts(self) -> tuple[IndexResult, ...]:
        """The result of each form."""
        return parts_of(self.result)

    @property
    def names(self) -> list[str]:
        """The units' names, without periods."""
        return self.result.units.body_labels(self.language)

    def node_title(self, code: str) -> str:
        """Return a node's code and name."""
        label = self.result.node(code).label(self.language)
        if code == self.result.codes[0] and not root_code(code, label):
            return label
        return code if label == code else f"{code} {label}"

    def check(self) -> None:
        """Refuse a methodology that did not make the result.

        Raises
        ------
        DataError
            If fingerprints differ.
        """
        made = self.result.provenance.fingerprint
        if self.method is not None and made and self.method.fingerprint != made:
            raise DataError(
                f"'{self.method.id}@{self.method.version}' did not make this result, which has "
                f"another fingerprint ({made[:12]}): give the methodology that computed it"
            )
