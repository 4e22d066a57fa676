"""Multiple imputation: many data sets that differ in the imputed cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np

from govindex.checks import instance_of, whole_number
from govindex.contracts import CellStatus, Float, Index, is_absent
from govindex.errors import DataError, SettingError, listing
from govindex.impute.normal import EM, Normal, learned
from govindex.kernels import reductions
from govindex.kernels.scaling import ordinary, restored
from govindex.kernels.seeds import as_seed
from govindex.meters import Meter, Progress
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
    progress: Progress = None,
) -> tuple[Observations, ...]:
    """Fill the missing cells many times with drawn values (multiple imputation).

    All variables are taken as jointly normal. Starting from the means and covariances of EM, each
    data set alternates in each round between figures drawn for the gaps, given means and
    covariances, and means and covariances drawn given the figures (data augmentation). So the data
    sets show the uncertainty of the figures, and of the means and covariances too.

    Parameters
    ----------
    observations : Observations
    draws : int
        How many data sets.
    rng : int or numpy.random.Generator
        The same seed gives the same data sets, whatever the order of the units; more draws do not
        change the first ones.
    variables : iterable of str, optional
        The variables to fill and to learn from; by default all numbers.
    rounds : int
        The rounds of each data set.
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` with the
        data sets.

    Returns
    -------
    tuple of Observations
        Filled cells are marked as imputed. Cells that are not applicable stay so, as do variables
        without any value.

    Raises
    ------
    DataError
        If EM cannot estimate means and covariances.

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
        raise SettingError("variables must name at least one variable of numbers with values")
    columns = columns[np.argsort(np.array(data.variables, dtype=object)[columns])]
    rows = np.argsort(np.array(data.units.codes, dtype=object))
    table, power = ordinary(data.values[np.ix_(rows, columns)].T)
    table = table.T
    mean, spread = reductions.moments(table.T, np.ones(len(table), dtype=bool), 0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = np.ascontiguousarray(((table.T - mean) / spread).T)
    start = learned(EM(), scaled, [data.variables[column] for column in columns])
    data_sets = []
    step = f"imputations({draws=}, {rounds=})"
    with Meter(draws, progress, "data sets") as meter:
        for draw, generator in enumerate(_generator(rng).spawn(draws), 1):
            drawn = _augmented(scaled, start, generator, rounds).T * spread + mean
            filled = restored(drawn, power).T
            data_sets.append(_filled(data, rows, columns, filled, step, _DrawnFill(draw, draws)))
            meter()
    return tuple(data_sets)


def _filled(
    data: Observations, rows: Index, columns: Index, figures: Float, step: str, by: _DrawnFill
) -> Observations:
    """Return the data with figures, shape (rows, columns), in the missing cells."""
    gaps = data.status[np.ix_(rows, columns)] == CellStatus.MISSING
    infinite = (gaps & np.isinf(figures)).any(axis=0)
    if infinite.any():
        raise DataError(
            "figures that no number holds were drawn for "
            f"{listing(data.variables[column] for column in columns[infinite])}: take a larger "
            "measure unit"
        )
    values, status = data.values.copy(), data.status.copy()
    where = rows[np.nonzero(gaps)[0]], columns[np.nonzero(gaps)[1]]
    values[where], status[where] = figures[gaps], CellStatus.IMPUTED
    report = ImputeReport(
        step,
        data.units.codes,
        data.variables,
        np.bincount(where[1], minlength=len(data.variables)),
        np.zeros(len(data.variables), dtype=np.intp),
        where[::-1],
        figures[gaps],
        np.zeros(len(where[0]), dtype=np.intp),
        (by,),
    )
    return replaced(data, values, status, report)


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
    """Draw means and covariances given rows without gaps, under Jeffreys' prior."""
    units, size = filled.shape
    mean = filled.mean(axis=0)
    deviations = filled - mean
    inverse = np.linalg.cholesky(np.linalg.inv(deviations.T @ deviations))
    triangle = np.tril(rng.standard_normal((size, size)), -1)
    triangle[np.diag_indices(size)] = np.sqrt(rng.chisquare(units - 1 - np.arange(size)))
    root = inverse @ triangle
    covariance: Any = np.linalg.inv(root @ root.T)
    covariance = (covariance + covariance.T) / 2
    moved = np.linalg.cholesky(covariance / units) @ rng.standard_normal(size)
    return Normal(mean + moved, covariance)
