"""Weights that match known numbers of the population, and what that does to errors."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.errors import Problems, listing
from govindex.survey.columns import crossed
from govindex.survey.designs import Margin
from govindex.survey.respondents import Respondents

__all__ = ["Calibration", "calibrated"]

_ROUNDS = 500
_AGREED = 1e-10


@attrs.frozen(eq=False)
class Calibration:
    """Weights that were matched to margins.

    Parameters
    ----------
    weights : array, shape (respondents,)
    categories : tuple of arrays of int, shape (respondents,)
        The category of each respondent, for each margin.
    sizes : tuple of int
        How many categories each margin has.
    inverse : array, shape (categories, categories)
        The generalised inverse of the cross-products of all margins under the base weights.
    """

    weights: Float
    categories: tuple[Index, ...]
    sizes: tuple[int, ...]
    inverse: Float

    def sums(self, units: Index, count: int, values: Float) -> Float:
        """Return sums of values by unit and category, shape (units, categories)."""
        parts = [
            np.bincount(units * size + category, values, count * size).reshape(count, size)
            for category, size in zip(self.categories, self.sizes, strict=True)
        ]
        return np.concatenate(parts, axis=1)


def calibrated(
    respondents: Respondents, margins: tuple[Margin, ...], base: Float, problems: Problems
) -> Calibration | None:
    """Match weights to margins; None without margins, or if categories do not fit."""
    if not margins:
        return None
    before = len(problems)
    read = [_category_numbers(respondents, margin, problems) for margin in margins]
    if len(problems) > before:
        return None
    targets = [np.array(list(margin.totals.values())) for margin in margins]
    weights = base.copy()
    for _ in range(_ROUNDS):
        moved = 0.0
        for category, target in zip(read, targets, strict=True):
            factor = target / np.bincount(category, weights, len(target))
            weights *= factor[category]
            moved = max(moved, float(np.abs(factor - 1.0).max()))
        if moved <= _AGREED or len(margins) == 1:
            break
    else:
        problems.add(
            f"weights did not match all margins within {_ROUNDS} rounds (off by {moved:.2g})",
            code="survey.raking",
            cure="merge categories that few respondents have, or leave out a margin",
        )
        return None
    sizes = tuple(map(len, targets))
    return Calibration(weights, tuple(read), sizes, _inverse(read, sizes, base))


def _inverse(categories: list[Index], sizes: tuple[int, ...], base: Float) -> Float:
    blocks = [
        [
            np.bincount(one * k + other, base, j * k).reshape(j, k)
            for other, k in zip(categories, sizes, strict=True)
        ]
        for one, j in zip(categories, sizes, strict=True)
    ]
    return np.asarray(np.linalg.pinv(np.block(blocks), hermitian=True))


def _category_numbers(respondents: Respondents, margin: Margin, problems: Problems) -> Index:
    codes, names = crossed(respondents.table, margin.columns)
    where = " × ".join(margin.columns)
    if (codes < 0).any():
        problems.add(
            f"column '{where}' is blank in {respondents.described(codes < 0)}",
            code="survey.blank",
            cure="weights match categories that every respondent has: complete them",
        )
        return codes
    known = {category: number for number, category in enumerate(margin.totals)}
    there = set(np.unique(codes).tolist())
    surplus = [" × ".join(names[code]) for code in sorted(there) if names[code] not in known]
    if surplus:
        problems.add(
            f"totals of '{where}' lack {listing(surplus)}",
            code="survey.category",
            cure="give the number in the population for every category of the answers",
        )
    answered = {names[code] for code in there}
    empty = [" × ".join(category) for category in known if category not in answered]
    if empty:
        problems.add(
            f"nobody in the sample has {listing(empty)} in '{where}'",
            code="survey.category",
            cure="merge the category with one that respondents have",
        )
    return np.array([known.get(name, -1) for name in names], dtype=np.intp)[codes]
