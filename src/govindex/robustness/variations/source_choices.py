"""Which errors of data are drawn from replicates, which together, and which by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from govindex.contracts import Float
from govindex.errors import Problems
from govindex.model.observations import Observations
from govindex.robustness.variations.error_sources import (
    ErrorSource,
    IndependentErrors,
    ReplicatedErrors,
    joint_errors,
)
from govindex.robustness.variations.margins import Distribution, Limits, error_margins

__all__ = ["sources_of"]


def sources_of(
    data: Observations,
    sizes: Mapping[str, Float],
    settings: tuple[Distribution | None, Limits],
    together: bool,
    problems: Problems,
) -> list[ErrorSource]:
    """Return the sources of the errors of `sizes`, by variable in the order of their names.

    Parameters
    ----------
    data : Observations
        After preparation.
    sizes : mapping of str to array, shape (units,)
    settings : (distribution, limits)
    together : bool
        Whether covariances and replicates of the data count.
    problems : Problems
        Notes values that their limits do not allow.
    """
    names, units = list(sizes), data.units.codes
    values = {name: data.values[:, data.column_of(name)] for name in names}
    rest = dict(sizes)
    sources: list[ErrorSource] = []
    if together and data.replicates is not None:
        replicated = _replicated(data, values, sizes, settings, problems)
        if replicated is not None:
            sources.append(replicated)
            rest |= _beyond(replicated, sizes)
    covariances = _covariances(data, names, sizes, rest) if together else None
    joint = [] if covariances is None else _correlated(names, covariances)
    margins = error_margins(names, rest, values, units, settings, problems)
    # A variable of replicates of which nothing is left is not drawn again.
    shown = {n for s in sources if isinstance(s, ReplicatedErrors) for n in s.variables}
    alone = [n for n in names if n not in joint and (rest[n].any() or n not in shown)]
    if joint and covariances is not None and not problems:
        at = [names.index(name) for name in joint]
        block = covariances[:, at][:, :, at]
        sources.insert(0, joint_errors({name: margins[name] for name in joint}, block))
    if alone or not sources:
        sources.insert(0, IndependentErrors({name: margins[name] for name in alone}))
    return sources


def _replicated(
    data: Observations,
    values: Mapping[str, Float],
    sizes: Mapping[str, Float],
    settings: tuple[Distribution | None, Limits],
    problems: Problems,
) -> ReplicatedErrors | None:
    given = data.replicates
    assert given is not None
    drawn = given.among(list(sizes), len(data.units))
    known = np.asarray(~np.isnan(drawn).any(axis=0))
    names = [name for name, there in zip(sizes, known.T, strict=True) if there.any()]
    if not names:
        return None
    columns = [list(sizes).index(name) for name in names]
    known = known[:, columns]
    centre = np.column_stack([values[name] for name in names])
    apart = np.where(known, drawn[:, :, columns] - centre, 0.0)
    margins = {}
    if not given.are_draws:
        spread = np.sqrt(np.einsum("r,rua->ua", given.factors, apart**2))
        by_name = dict(zip(names, spread.T, strict=True))
        found = error_margins(names, by_name, values, data.units.codes, settings, problems)
        margins = {name: m for name, m in found.items() if m.uniform or m.bounded is not None}
    return ReplicatedErrors(names, apart, given.factors, given.are_draws, margins, known)


def _beyond(replicated: ReplicatedErrors, sizes: Mapping[str, Float]) -> dict[str, Float]:
    """Return the errors that replicates do not show: all of it in cells without replicates."""
    shown = np.einsum("r,rua->ua", replicated.factors, replicated.apart**2)
    rest = {}
    for column, name in enumerate(replicated.variables):
        square = sizes[name] ** 2
        more = square - shown[:, column]
        rest[name] = np.sqrt(np.where(more > 1e-6 * square, more, 0.0))
    return rest


def _covariances(
    data: Observations, names: list[str], sizes: Mapping[str, Float], rest: Mapping[str, Float]
) -> Float | None:
    """Return the covariances of errors of which replicates show nothing, 0 if not known."""
    if data.covariances is None or not names:
        return None
    found = np.nan_to_num(data.covariances.among(names, len(data.units)))
    whole = np.column_stack([(rest[name] == sizes[name]) & (sizes[name] > 0) for name in names])
    return np.where(whole[:, :, None] & whole[:, None, :], found, 0.0)


def _correlated(names: list[str], covariances: Float) -> list[str]:
    """Return the variables whose errors go together with those of others."""
    others = ~np.eye(len(names), dtype=bool)
    found = ((covariances != 0) & others).any(axis=(0, 2))
    return [name for name, there in zip(names, found, strict=True) if there]
