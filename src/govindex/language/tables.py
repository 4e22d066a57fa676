"""Tables in words: the headings of their columns."""

from __future__ import annotations

from collections.abc import Iterable

from govindex.language.catalogues import catalogue, check_language

__all__ = ["headings"]


def headings(columns: Iterable[object], language: str | None = None) -> list[str]:
    """Return the columns of a table in words.

    Parameters
    ----------
    columns : DataFrame, or iterable of str
        Names of columns. One without words in the catalogue, such as a node or a variable of the
        data, stays as it is.
    language : str, optional
        Of :func:`languages`; English by default.

    Raises
    ------
    SettingError
        If the language has no catalogue.

    Examples
    --------
    >>> headings(["rank", "name", "1.2"], "vi")
    ['Xếp hạng', 'Đơn vị', '1.2']
    """
    known = catalogue(check_language(language))
    return [known.get(f"heading.{column}", str(column)) for column in columns]
