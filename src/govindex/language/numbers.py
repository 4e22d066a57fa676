"""Numbers as a language writes them."""

from __future__ import annotations

import math

import numpy as np

from govindex.kernels.rounding import half_up
from govindex.language.catalogues import check_language, words

__all__ = ["number_text"]


def number_text(value: float, language: str | None = None, decimals: int | None = None) -> str:
    """Return a number as text, "" if it is absent (NaN).

    Parameters
    ----------
    value : float
        Scores come rounded as the methodology says.
    language : str, optional
        Decides the decimal mark and the mark between thousands; English by default.
    decimals : int, optional
        How many are shown, zeros included, a half rounded up; by default as many as the number
        has.

    Examples
    --------
    >>> number_text(1234.5, "vi", 2), number_text(1234.5, "en", 2), number_text(77.25, "vi")
    ('1.234,50', '1,234.50', '77,25')
    >>> number_text(-5.885, "vi", 2)
    '-5,89'
    """
    language = check_language(language)
    if math.isnan(value):
        return ""
    text = f"{value:,.15g}" if decimals is None else _rounded(value, decimals)
    if not text.strip("-0.,"):
        text = text.lstrip("-")  # no negative zero
    marks = {",": words("number.thousands", language), ".": words("number.decimal", language)}
    return "".join(marks.get(letter, letter) for letter in text)


def _rounded(value: float, decimals: int) -> str:
    """Return a number with these decimals, a half rounded up as people and Excel do."""
    return f"{float(half_up(np.array([value]), decimals)[0]):,.{decimals}f}"
