"""The base of measures of several variables, of which one that is reported is enough."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from govindex.contracts import BaseMeasure, Entry, Measure
from govindex.measures.variables import as_measures, entries_of, keep_one_sign, merged

__all__ = ["AnyReported"]


@attrs.frozen
class AnyReported(BaseMeasure):
    """The base of measures that need the first of several variables, and take the others."""

    of: tuple[Measure, ...] = attrs.field(converter=as_measures)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the first measure."""
        return self.of[0].variables

    @property
    def optional(self) -> tuple[str, ...]:
        """The optional variables of the first measure, and all of the others."""
        return merged([self.of[0].optional, *(m.variables + m.optional for m in self.of[1:])])

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in the measures."""
        return keep_one_sign(self.of)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return the same limits for each of the measures."""
        return entries_of((measure, entry) for measure in self.of)
