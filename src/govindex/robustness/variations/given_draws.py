"""Draws that were made elsewhere: weights, values and choices, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.errors import Problems, SettingError, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.robustness.variations.labels import Table, as_tables, fitting
from govindex.robustness.variations.protocols import Basis, Drawn

__all__ = ["Given", "given"]


@attrs.frozen(eq=False)
class Given:
    """Draws that were made elsewhere.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,)
    values : mapping of str to Table, shape (draws, units)
    choices : mapping of str to array of int, shape (draws,)
    """

    weights: Mapping[str, Float]
    values: Mapping[str, Table]
    choices: Mapping[str, Index]

    def __repr__(self) -> str:
        names = [*self.weights, *self.values, *self.choices]
        return f"<{self.draws:,} given draws of {listing(names)}>"

    @property
    def draws(self) -> int:
        """How many draws are given."""
        given: list[Any] = [*self.weights.values(), *self.values.values(), *self.choices.values()]
        return len(given[0])

    def bind(self, basis: Basis) -> _BoundGiven:
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
            weigh=_Replay(weights) if weights else None,
            values={name: table[rows] for name, table in self.values.items()},
        )


@attrs.frozen(eq=False)
class _Replay:
    weights: Mapping[str, Float]

    def __call__(self, weights: Mapping[str, Float], draws: Any) -> Mapping[str, Float]:
        return {**weights, **{code: row[draws] for code, row in self.weights.items()}}


def given(
    *,
    weights: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Given:
    """Replay draws that were made elsewhere, one after the other.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,)
        Weights of nodes, by code.
    values : mapping of str to data frame or array, shape (draws, units)
        Values of variables after preparation: columns with the units' codes, or arrays in the order
        of the data.
    choices : mapping of str to array of int, shape (draws,)
        Which option each draw takes, from 0, by the name of the alternatives.

    Raises
    ------
    SettingError
        If nothing is given, numbers are none, or there are not as many draws everywhere.
    """
    rows = {code: _row(row, f"weights of '{code}'") for code, row in (weights or {}).items()}
    tables = as_tables(values, "given values") if values else {}
    picks = {name: _picks(row, name) for name, row in (choices or {}).items()}
    every: list[Any] = [*rows.values(), *tables.values(), *picks.values()]
    lengths = {len(table) for table in every}
    if not lengths or lengths == {0}:
        raise SettingError("given(…) needs weights, values or choices of at least one draw")
    if len(lengths) > 1:
        raise SettingError(f"given(…) has as many draws everywhere, not {sorted(lengths)}")
    return Given(FrozenMap(rows), FrozenMap(tables), FrozenMap(picks))


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
