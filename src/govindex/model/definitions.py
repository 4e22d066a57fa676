"""Definitions of variables: what the figures of an index count, in words."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from govindex.checks import names_of, text
from govindex.errors import SettingError
from govindex.model.labels import Names, as_names, in_language
from govindex.names import as_code

__all__ = ["Definition"]


def _variables(names: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(names, "Definition(variables=…)")))


@attrs.frozen
class Definition:
    """What a variable of the data is, for variables that no indicator stands for by itself.

    Where an indicator's value is one variable, its name, measure unit and maximum say what the
    variable is.

    Parameters
    ----------
    variables : str or iterable of str
        The variable; several that are the same figure of different indicators, such as
        ``["P1.valid", "P2.valid"]``.
    name : str or mapping of language to str
        What the figure is.
    measure_unit : str or mapping of language to str, optional
        What it is counted in: "dossiers", "days" …
    reference : str
        Where the definition is published.
    confidence : str
        How sure it is: "verified", "assumed: …" …
    note : str or mapping of language to str
        What is not known of it, and what was chosen.

    Examples
    --------
    >>> import govindex as gi
    >>> definition = gi.Definition("done", {"vi": "Hồ sơ đã giải quyết", "en": "Dossiers finished"})
    >>> definition.label("en"), definition.variables
    ('Dossiers finished', ('done',))
    """

    variables: tuple[str, ...] = attrs.field(converter=_variables)
    name: Names = attrs.field(converter=as_names)
    measure_unit: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    reference: str = attrs.field(default="", validator=text, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)
    note: Names = attrs.field(default=None, converter=as_names, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.variables:
            raise SettingError("a definition needs at least one variable")
        if not any(name.strip() for name in self.name.values()):
            raise SettingError(
                f"the definition of '{self.variables[0]}' needs a name: what the figure is"
            )

    def label(self, language: str | None = None) -> str:
        """Return the name in a language, else the first name."""
        return in_language(self.name, language, self.variables[0])
