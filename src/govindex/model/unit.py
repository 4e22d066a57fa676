"""One assessed body."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import attrs
import numpy as np

from govindex.checks import text
from govindex.errors import DataError
from govindex.mappings import FrozenMap
from govindex.model.labels import Names, as_names, in_language
from govindex.names import as_code, distinct

Attribute = Hashable  # what units are grouped by: a text, a number, a date

__all__ = ["Attribute", "Unit", "body_of", "is_flag"]


def _frozen(attributes: Mapping[str, Attribute]) -> FrozenMap[str, Attribute]:
    if not isinstance(attributes, Mapping):
        raise DataError(f"attributes are a mapping of name to value, not {attributes!r}")
    return FrozenMap({name: as_code(value) for name, value in distinct(attributes, "attribute")})


def is_flag(value: object) -> bool:
    """Return whether a value is true or false."""
    return isinstance(value, (bool, np.bool_))


def _field(value: str | None) -> str | None:
    # A blank field is None, as in a frame.
    return as_code(value) or None if isinstance(value, str) else value


def _check_field(_: object, attribute: attrs.Attribute[str | None], value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise DataError(f"the {attribute.name} of a unit is a text or None, not {value!r}")


def _check_ranked(_: object, __: object, value: object) -> None:
    if not is_flag(value):
        raise DataError(f"a unit is ranked or not, ranked=True or ranked=False, not {value!r}")


@attrs.frozen
class Unit:
    """An assessed body: a province, a department, a commune.

    Parameters
    ----------
    code : str
        Unique among the units.
    name : str or mapping of language to str
        Shown with or instead of the code.
    league : str or None
        The peer group it is ranked in; units without one form a league.
    type : str or None
        Chooses the form of a methodology that has several.
    parent : str or None
        Code of the unit it belongs to; inherited indicators take that unit's value.
    ranked : bool
        False for a unit that is assessed but not ranked.
    period : str or None
        In a panel, the period that the row is about; the code ends with it: "H38@2026".
    attributes : mapping
        Anything else to group by.

    Examples
    --------
    >>> Unit("H38", "Lào Cai", league="province").label()
    'Lào Cai'
    """

    code: str = attrs.field(converter=as_code)
    name: Names = attrs.field(default=None, converter=as_names)
    league: str | None = attrs.field(
        default=None, converter=_field, validator=_check_field, kw_only=True
    )
    type: str | None = attrs.field(
        default=None, converter=_field, validator=_check_field, kw_only=True
    )
    parent: str | None = attrs.field(
        default=None, converter=_field, validator=_check_field, kw_only=True
    )
    ranked: bool = attrs.field(default=True, validator=_check_ranked, kw_only=True)
    period: str | None = attrs.field(default=None, validator=text, kw_only=True)
    attributes: FrozenMap[str, Attribute] = attrs.field(
        factory=FrozenMap, converter=_frozen, kw_only=True
    )

    def label(self, language: str | None = None) -> str:
        """Return the name in a language, or the code; in a panel with the period."""
        if self.period is None:
            return in_language(self.name, language, self.code)
        return (
            f"{in_language(self.name, language, body_of(self.code, self.period))} ({self.period})"
        )


def body_of(code: str, period: str) -> str:
    """Return the code of the assessed body of a row of a panel.

    Examples
    --------
    >>> body_of("H38@2026", "2026")
    'H38'
    """
    return code.removesuffix(f"@{period}")
