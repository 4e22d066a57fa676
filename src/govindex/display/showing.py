"""Things shown in a language."""

from __future__ import annotations

import attrs

from govindex.checks import shown
from govindex.display.blocks import ShownPage
from govindex.display.markup import html
from govindex.display.plain import plain
from govindex.errors import SettingError
from govindex.language import check_language

__all__ = ["Shown", "show"]


@attrs.frozen(repr=False)
class Shown:
    """What a notebook displays and ``print`` writes of a thing; :func:`~govindex.show` makes it.

    Parameters
    ----------
    page : ShownPage
        Its structure.
    """

    page: ShownPage

    def __repr__(self) -> str:
        return plain(self.page)

    def _repr_html_(self) -> str:
        return html(self.page)

    def html(self) -> str:
        """Return it as HTML that needs no script and nothing from elsewhere."""
        return html(self.page)


def show(thing: object, *, language: str | None = None) -> Shown:
    """Show a thing in a language: in a notebook as HTML, in a terminal as text.

    Parameters
    ----------
    thing : Framework, Methodology, Observations, Units, IndexResult, Explanation, Comparison …
        Whatever of this package a notebook displays as more than a line.
    language : str, optional
        Of words, names and numbers; English by default.

    Returns
    -------
    Shown

    Raises
    ------
    SettingError
        If the thing has no display, or there are no words in the language.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> print(repr(show(result, language="vi")).splitlines()[2])
    34 trong 34 đơn vị có điểm
    """
    check_language(language)
    page = None if isinstance(thing, type) else getattr(thing, "_page", None)
    if not callable(page):
        raise SettingError(
            f"{shown(thing)} has no display: show a framework, a methodology, "
            "observations, a result or what was computed from it"
        )
    return Shown(page(language))
