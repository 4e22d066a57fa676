"""Many data sets without gaps, that differ where nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np

from govindex.checks import instance_of, whole_number
from govindex.contracts import CellStatus, Float, is_absent
from govindex.errors import DataError, SettingError, listing
from govindex.impute.normal import EM, Normal, learned
from govindex.kernels import reductions
from govindex.kernels.scaling import ordinary, restored
from govindex.kernels.seeds import as_seed
from govindex.model.observations import Observations
from govindex.prepare.common import as_names, chosen, replaced
from govindex.prepare.reports import ImputeReport

__all__ = ["imputations"]


@attrs.frozen
class _DrawnFill:
    """The fill of one data set among many."""

    draw: int
    draws: int

    def __repr__(self) -> str:
        return f"draw {self.draw} of {self.draws}"


def imputations(
    observations: Observations,
    draws: int,
    *,
    rng: int | np.random.Generator,
    variables: Iterable[str] | None = None,
    rounds: int = 50,
) -> tuple[Observations, ...]:
    """Fill the missing cells many times over, each time as they might be (multiple imputation).

    All variables are taken as jointly normal. Starting from the means and covariances that EM
    finds, each data set alternates so many rounds between figures drawn for the gaps, given means
    and covariances, and means and covariances drawn given the figures (data augmentation). What
    differs between the data sets is what is not known: also that the means and covariances are not.

    Parameters
    ----------
    observations : Observations
    draws : int
        How many data sets.
    rng : int or numpy.random.Generator
        The same seed gives the same data sets, whatever the order of the units; more draws leave
        the first ones as they are.
    variables : iterable of str, optional
        The variables to fill and to learn from; by default all numbers.
    rounds : int
        The rounds of each data set.

    Returns
    -------
    tuple of Observations
        Filled cells are marked as imputed. Cells that are not applicable stay so, as do variables
        without any value.

    Raises
    ------
    DataError
        If EM cannot learn from the figures.

    References
    ----------
    Rubin, D. B., Multiple Imputation for Nonresponse in Surveys (1987). Schafer, J. L., Analysis of
    Incomplete Multivariate Data (1997), data augmentation.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": list("ABCDEF"), "days": [1, 2, 3, 4, 5, None]})
    >>> sets = imputations(Observations.from_frame(frame), 20, rng=1)
    >>> len({data.value("F", "days") for data in sets}), sets[0].cell("F", "days").name
    (20, 'IMPUTED')
    """
    whole_number(draws, "draws", most=10**6), whole_number(rounds, "rounds", most=10**6)
    data = instance_of(observations, Observations, "observations")
    columns = chosen(data, as_names(variables))
    columns = columns[(~is_absent(data.status[:, columns])).any(axis=0)]
    if not columns.size:
        raise SettingError("variables names one variable of numbers at least")
    columns = columns[np.argsort(np.array(data.variables, dtype=object)[columns])]
    rows = np.argsort(np.array(data.units.codes, dtype=object))
    table, power = ordinary(data.values[np.ix_(rows, columns)].T)
    table = table.T
    mean, spread = reductions.moments(table.T, np.ones(len(table), dtype=bool), 0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = np.ascontiguousarray(((table.T - mean) / spread).T)
    start = learned(EM(), scaled, [data.variables[column] for column in columns])
    gaps = data.status[np.ix_(rows, columns)] == CellStatus.MISSING
    found = []
    for draw, own in enumerate(_generator(rng).spawn(draws), 1):
        drawn = _augmented(scaled, start, own, rounds).T * spread + mean
        filled = restored(drawn, power).T
        if np.isinf(filled[gaps]).any():
            wrong = (gaps & np.isinf(filled)).any(axis=0)
            raise DataError(
                "figures that no number holds were drawn for "
                f"{listing(data.variables[column] for column in columns[wrong])}: take a larger "
                "measure unit"
            )
        values, status = data.values.copy(), data.status.copy()
        where = rows[np.nonzero(gaps)[0]], columns[np.nonzero(gaps)[1]]
        values[where], status[where] = filled[gaps], CellStatus.IMPUTED
        report = ImputeReport(
            f"imputations({draws=}, {rounds=})",
            data.units.codes,
            data.variables,
            np.bincount(where[1], minlength=len(data.variables)),
            np.zeros(len(data.variables), dtype=np.intp),
            where[::-1],
            filled[gaps],
            np.zeros(len(where[0]), dtype=np.intp),
            (_DrawnFill(draw, draws),),
        )
        found.append(replaced(data, values, status, report))
    return tuple(found)


def _generator(rng: Any) -> np.random.Generator:
    if isinstance(rng, np.random.Generator):
        return rng
    return np.random.default_rng(as_seed(rng)[0])


def _augmented(table: Float, normal: Normal, rng: np.random.Generator, rounds: int) -> Float:
    for _ in range(rounds):
        filled = normal.drawn(table, rng)
        normal = _posterior(filled, rng)
    return normal.drawn(table, rng)


def _posterior(filled: Float, rng: np.random.Generator) -> Normal:
    """Draw means and covariances that rows without gaps allow, under Jeffreys' prior."""
    units, size = filled.shape
    mean = filled.mean(axis=0)
    apart = filled - mean
    inverse = np.linalg.cholesky(np.linalg.inv(apart.T @ apart))
    triangle = np.tril(rng.standard_normal((size, size)), -1)
    triangle[np.diag_indices(size)] = np.sqrt(rng.chisquare(units - 1 - np.arange(size)))
    root = inverse @ triangle
    covariance: Any = np.linalg.inv(root @ root.T)
    covariance = (covariance + covariance.T) / 2
    moved = np.linalg.cholesky(covariance / units) @ rng.standard_normal(size)
    return Normal(mean + moved, covariance)
