"""Fills that learn from relations between variables: regression and nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import mapping_of, names_of, number, one_of, tuple_of
from govindex.contracts import BaseFill, Float, GapFill, Index, Matrix
from govindex.errors import DataError, SettingError, UnknownNameError, listing, near_miss
from govindex.extras import needed
from govindex.impute.common import refuse_extreme, rescaled_fill
from govindex.kernels import reductions
from govindex.mappings import FrozenMap

__all__ = ["Neighbours", "Regression", "canonical"]

_MISSING: Literal["missing"] = "missing"

_BLOCK = 512


def canonical(matrix: Matrix) -> tuple[Float, Index, Index]:
    """Return units × variables in an order that depends on names and values alone.

    Results then have the same bytes whatever the order of the units and variables.

    Returns
    -------
    table : array, shape (units, variables)
    rows, columns : array of int
        The unit of each row and the variable of each column.
    """
    columns = np.argsort(np.array(matrix.names, dtype=object), kind="stable")
    table = matrix.values[columns].T
    rows = np.lexsort(np.where(np.isnan(table), np.inf, table).T[::-1])
    return np.ascontiguousarray(table[rows]), rows, columns


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    texts = names_of(names, "Regression(on=…)")
    if not texts:
        raise SettingError(
            f"Regression(on=…) takes names of variables, at least one, not {names!r}"
        )
    return texts


def _lines(lines: Mapping[str, Mapping[str, float]]) -> FrozenMap[str, FrozenMap[str, float]]:
    if not isinstance(lines, Mapping):
        raise SettingError(f"lines are a mapping of variables to coefficients, not {lines!r}")
    return FrozenMap(
        {
            name: FrozenMap(
                {
                    on: number(coefficient, f"coefficient '{on}' of '{name}'")
                    for on, coefficient in mapping_of(line, f"lines of '{name}'").items()
                }
            )
            for name, line in lines.items()
        }
    )


@attrs.frozen
class Regression(BaseFill):
    """Values on a regression line through the units that have all figures.

    For each variable with gaps the least squares line on the variables `on` is fitted to the units
    that have all of them. A unit without one of `on` gets no number.

    Parameters
    ----------
    on : iterable of str
        The variables to regress on. One that has gaps itself is regressed on the others.
    lines : mapping of str to mapping of str to float, optional
        Fixed lines: each variable's coefficients, that of "" is the intercept.

    Raises
    ------
    DataError
        If fewer units have all figures than a line needs, or the variables `on` depend on each
        other.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 3: regression imputation.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> values = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, np.nan]])
    >>> Regression("days").fill(Matrix(values, ("days", "cost"), Everyone(4))).round(6)[1]
    array([2., 4., 6., 8.])
    """

    on: tuple[str, ...] = attrs.field(converter=_names)
    lines: FrozenMap[str, FrozenMap[str, float]] | None = attrs.field(
        default=None, converter=attrs.converters.optional(_lines), kw_only=True
    )

    @property
    def peer_dependent(self) -> bool:
        """Whether the lines are fitted to the units."""
        return self.lines is None

    def fill(self, matrix: Matrix) -> Float:
        """Return the values on the lines, for every unit with the figures they need."""
        return rescaled_fill(matrix, self._fill) if self.lines is None else self._fill(matrix)

    def _fill(self, matrix: Matrix) -> Float:
        index = {name: row for row, name in enumerate(matrix.names)}
        filled = np.full(matrix.values.shape, np.nan)
        gapped = [n for n in matrix.names if np.isnan(matrix.values[index[n]]).any()]
        lines = self._fitted_lines(matrix, gapped) if self.lines is None else self.lines
        for name, line in lines.items():
            if name in gapped:
                total: Any = np.full(len(matrix.peers), line.get("", 0.0))
                for on, slope in line.items():
                    if on:
                        total = total + slope * matrix.values[_row(index, on)]
                filled[index[name]] = total
        return filled

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the regression with fixed lines."""
        refuse_extreme(matrix, "a regression")
        return attrs.evolve(self, lines=self._fitted_lines(matrix, matrix.names))

    def _fitted_lines(self, matrix: Matrix, names: Any) -> dict[str, dict[str, float]]:
        table, _, columns = canonical(matrix)
        index = {matrix.names[column]: i for i, column in enumerate(columns)}
        for name in self.on:
            _row(index, name)
        lines = {}
        for name in names:
            on = sorted(set(self.on) - {name})
            rows = table[:, [index[name], *(index[other] for other in on)]]
            rows = rows[~np.isnan(rows).any(axis=1)]
            if on and not np.isnan(table[:, index[name]]).all():
                lines[name] = _line(name, on, rows)
        return lines


def _row(index: Mapping[str, int], name: str) -> int:
    if name not in index:
        raise UnknownNameError(
            f"Regression(on=…): there is no variable '{name}': {near_miss(name, index)}"
        )
    return index[name]


def _line(name: str, on: list[str], rows: Float) -> dict[str, float]:
    """Return intercept and slopes, given rows of the variable and those it is regressed on."""
    count, size = rows.shape
    if count <= size:
        raise DataError(
            f"a regression of '{name}' on {listing(on)} needs more than {size} units that have all "
            f"of them; {count} do"
        )
    everyone = np.ones(count, dtype=bool)
    mean, spread = reductions.moments(rows.T, everyone, 1)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = ((rows.T - mean) / spread).T
    slopes, _, rank, _ = np.linalg.lstsq(scaled[:, 1:], scaled[:, 0], rcond=1e-10)
    if rank < len(on):
        raise DataError(
            f"a regression of '{name}': {listing(on)} depend on each other, or are constant; leave "
            "one out"
        )
    slopes = slopes * spread[0] / spread[1:, 0]
    intercept = mean[0, 0] - (slopes * mean[1:, 0]).sum()
    return {"": float(intercept), **dict(zip(on, slopes.tolist(), strict=True))}


def _donors(
    donors: Mapping[str, Iterable[float | Literal["missing"]]],
) -> FrozenMap[str, tuple[float | Literal["missing"], ...]]:
    if not isinstance(donors, Mapping):
        raise SettingError(f"donors are a mapping of variables to values, not {donors!r}")
    return FrozenMap(
        {
            name: tuple_of(values, f"donors of '{name}'", "numbers")
            for name, values in donors.items()
        }
    )


@attrs.frozen
class Neighbours(BaseFill):
    """The mean of the most similar units that have a value.

    Units are compared by the Euclidean distance of their standardised figures, over the variables
    that both have. With scikit-learn, the extra ``ml``.

    Parameters
    ----------
    k : int
        How many neighbours.
    weights : {"uniform", "distance"}
        Each neighbour counts alike, or by the inverse of its distance.
    donors : mapping of str to sequence of float, optional
        The possible neighbours: each variable's values, one for each donor or "missing". By default
        the units of the data.

    Raises
    ------
    DataError
        If fewer than `k` units have a value of a variable with gaps.

    Notes
    -----
    A unit without figures in common with `k` donors gets no number.

    References
    ----------
    Troyanskaya et al., Missing value estimation methods for DNA microarrays, Bioinformatics 17
    (2001).

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> values = np.array([[1.0, 1.1, 9.0], [2.0, np.nan, 8.0]])
    >>> Neighbours(k=1).fill(Matrix(values, ("days", "cost"), Everyone(3)))[1]
    array([2., 2., 8.])
    """

    k: int = attrs.field(default=5)
    weights: Literal["uniform", "distance"] = attrs.field(
        default="uniform", validator=one_of("uniform", "distance"), kw_only=True
    )
    donors: FrozenMap[str, tuple[float | Literal["missing"], ...]] | None = attrs.field(
        default=None, converter=attrs.converters.optional(_donors), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int) or self.k < 1:
            raise SettingError(f"Neighbours(k=…) is a whole number above 0, not {self.k!r}")

    @property
    def peer_dependent(self) -> bool:
        """Whether the neighbours are units of the data."""
        return self.donors is None

    def fill(self, matrix: Matrix) -> Float:
        """Return the neighbours' mean at the gaps, the values elsewhere."""
        return rescaled_fill(matrix, self._fill) if self.donors is None else self._fill(matrix)

    def _fill(self, matrix: Matrix) -> Float:
        table, rows, columns = canonical(matrix)
        names = [matrix.names[column] for column in columns]
        donors = table if self.donors is None else self._donor_table(names)
        known = ~np.isnan(donors)
        gapped = np.isnan(table).any(axis=0)
        for index in np.flatnonzero(gapped & known.any(axis=0)):
            if known[:, index].sum() < self.k:
                raise DataError(
                    f"the {self.k} nearest neighbours need as many units with a value; variable "
                    f"'{names[index]}' has {known[:, index].sum()}: take a smaller k"
                )
        usable = np.flatnonzero(known.any(axis=0))
        filled = np.full(matrix.values.shape, np.nan)
        if len(usable):
            nearest = self._nearest(table[:, usable], donors[:, usable])
            filled[np.ix_(columns[usable], rows)] = nearest.T
        return filled

    def _nearest(self, table: Float, donors: Float) -> Float:
        """Return the rows of a table with their gaps filled; NaN for those without neighbours."""
        learn = needed("sklearn.impute", extra="ml", what="Neighbours")
        mean, spread = reductions.moments(donors.T, np.ones(len(donors), dtype=bool), 1)
        spread = np.where(spread > 0, spread, 1.0)
        imputer = learn.KNNImputer(n_neighbors=self.k, weights=self.weights)
        imputer.fit(((donors.T - mean) / spread).T)
        open_rows = np.flatnonzero(np.isnan(table).any(axis=1))
        complete = table.copy()
        if len(open_rows):
            scaled = ((table[open_rows].T - mean) / spread).T
            filled = (imputer.transform(scaled).T * spread + mean).T
            filled[~_has_neighbours(table[open_rows], donors, self.k)] = np.nan
            gaps = np.isnan(table[open_rows])
            complete[open_rows] = np.where(gaps, filled, table[open_rows])
        return complete

    def _donor_table(self, names: list[str]) -> Float:
        assert self.donors is not None
        count = len(next(iter(self.donors.values()), ()))
        blank = (_MISSING,) * count
        columns = [self.donors.get(name, blank) for name in names]
        return np.array([[np.nan if x == _MISSING else x for x in column] for column in columns]).T

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the fill with the units of the reference as donors."""
        table, _, columns = canonical(matrix)
        donors: dict[str, list[float | Literal["missing"]]] = {
            matrix.names[column]: [_MISSING if np.isnan(x) else x for x in values.tolist()]
            for column, values in zip(columns, table.T, strict=True)
        }
        return attrs.evolve(self, donors=donors)


def _has_neighbours(table: Float, donors: Float, k: int) -> Any:
    """Return for each cell whether k donors have it and another figure in common with the unit."""
    known, donated = ~np.isnan(table), (~np.isnan(donors)).astype(np.float64)
    has = np.empty(table.shape, dtype=bool)
    for start in range(0, len(table), _BLOCK):
        block = slice(start, start + _BLOCK)
        common = (known[block].astype(np.float64) @ donated.T > 0).astype(np.float64)
        has[block] = common @ donated >= k
    return has
