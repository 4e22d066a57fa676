"""Draws made elsewhere: weights, values and choices."""

from __future__ import annotations

from collections.abc import ItemsView, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import mapping_of
from govindex.contracts import Float, Index
from govindex.errors import Problems, SettingError, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.robustness.variations.labels import DrawnTable, as_tables, fitting
from govindex.robustness.variations.protocols import Basis, Drawn, ReplacedWeights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Given"]


def _weights(weights: Mapping[str, ArrayLike] | None) -> FrozenMap[str, Float]:
    return FrozenMap({c: _row(row, f"weights of '{c}'") for c, row in _pairs(weights, "weights")})


def _values(values: Mapping[str, ArrayLike] | None) -> FrozenMap[str, DrawnTable]:
    return FrozenMap(
        as_tables(dict(given), "given values") if (given := _pairs(values, "values")) else {}
    )


def _choices(choices: Mapping[str, ArrayLike] | None) -> FrozenMap[str, Index]:
    return FrozenMap({name: _picks(row, name) for name, row in _pairs(choices, "choices")})


def _pairs(setting: Any, name: str) -> ItemsView[str, Any]:
    """Return a setting as pairs of name and value."""
    return mapping_of({} if setting is None else setting, f"Given({name}=…)").items()


def _row(row: Any, what: str) -> Float:
    try:
        numbers = np.asarray(row, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise SettingError(f"{what} are numbers: {error}") from error
    wrong = numbers[~(np.isfinite(numbers) & (numbers >= 0))]
    if wrong.size:
        raise SettingError(f"{what} are finite numbers of at least 0, not {wrong[0]:g}")
    return numbers


def _picks(row: Any, name: str) -> Index:
    picks = np.asarray(row)
    if picks.ndim != 1 or picks.dtype.kind not in "iu" or (picks < 0).any():
        raise SettingError(f"choices of '{name}' are whole numbers from 0, one for each draw")
    return picks.astype(np.intp)


@attrs.frozen(eq=False, kw_only=True)
class Given:
    """Replay draws made elsewhere, one after the other.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,)
        Weights of nodes, by code.
    values : mapping of str to data frame or array, shape (draws, units)
        Values of variables after preparation: columns with the units' codes, or arrays in the order
        of the data.
    choices : mapping of str to array of int, shape (draws,)
        The option of each draw, from 0, by the name of the alternatives.

    Raises
    ------
    SettingError
        Without draws, if an entry is not a number, or if numbers of draws differ.

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.Given(weights={"days": [1, 2, 1]})
    <3 given draws of 'days'>
    """

    weights: Mapping[str, Float] = attrs.field(default=None, converter=_weights)
    values: Mapping[str, DrawnTable] = attrs.field(default=None, converter=_values)
    choices: Mapping[str, Index] = attrs.field(default=None, converter=_choices)

    def __attrs_post_init__(self) -> None:
        lengths = {len(table) for table in self._every}
        if not lengths or lengths == {0}:
            raise SettingError("Given(…) needs weights, values or choices of at least one draw")
        if len(lengths) > 1:
            raise SettingError(f"Given(…) has as many draws everywhere, not {sorted(lengths)}")

    @property
    def _every(self) -> list[Any]:
        return [*self.weights.values(), *self.values.values(), *self.choices.values()]

    def __repr__(self) -> str:
        names = [*self.weights, *self.values, *self.choices]
        return f"<{self.draws:,} given draws of {listing(names)}>"

    @property
    def draws(self) -> int:
        """How many draws are given."""
        return len(self._every[0])

    def _bind(self, basis: Basis) -> _BoundGiven:
        """Return the draws, checked against the methodology and its data."""
        known = [code for form in basis.method.frameworks for code in form.codes]
        problems = Problems()
        for code in self.weights:
            if code not in known:
                problems.add(f"there is no node '{code}': {near_miss(code, known)}")
        problems.raise_any(UnknownNameError, "given weights do not apply")
        values = fitting(self.values, basis, "given values")
        return _BoundGiven(self.weights, values, self.draws)


@attrs.frozen(eq=False)
class _BoundGiven:
    weights: Mapping[str, Float]
    values: Mapping[str, Float]
    draws: int
    options: tuple[()] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.weights)

    @property
    def varies_data(self) -> bool:
        return bool(self.values)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        # The last block is padded with the last draw.
        rows = np.minimum(np.arange(start, start + count), self.draws - 1)
        weights = {code: row[rows] for code, row in self.weights.items()}
        return Drawn(
            weigh=ReplacedWeights(weights, every=True) if weights else None,
            values={name: table[rows] for name, table in self.values.items()},
        )
