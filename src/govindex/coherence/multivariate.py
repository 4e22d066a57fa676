"""Whether the indicators of a dimension measure one thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.coherence.tables import (
    Data,
    UnitNumbers,
    complete,
    only_result,
    table_of,
    varying,
)
from govindex.contracts import Float
from govindex.errors import DataError, SettingError, listing
from govindex.kernels.components import principal
from govindex.kernels.scaling import to_one, whole
from govindex.model.tree import Dimension
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Components",
    "Sphericity",
    "clusters",
    "cronbach_alpha",
    "item_rest",
    "principal_components",
    "sampling_adequacy",
    "sphericity",
    "structure",
]

_SINGULAR = 1e-12


def _standardised(table: UnitNumbers) -> Float:
    values = np.ascontiguousarray(to_one(table.values.T).T)
    values = values - values.mean(axis=0)
    return np.asarray(values / values.std(axis=0, ddof=1))


def _several(table: UnitNumbers, what: str) -> UnitNumbers:
    if len(table.codes) < 2:
        raise DataError(f"{what} needs at least two indicators, not {listing(table.codes)}")
    return varying(complete(table, what), what)


def _correlation(table: UnitNumbers) -> Float:
    values = _standardised(table)
    return np.asarray(values.T @ values / (len(values) - 1))


def cronbach_alpha(data: Data, codes: Iterable[str] | int | None = None) -> float:
    """Return Cronbach's α: how far indicators agree, ``k/(k−1)·(1 − Σ var(xᵢ) / var(Σ xᵢ))``.

    Parameters
    ----------
    data : Observations or IndexResult
        Values as they are, or the normalised scores of a result: α is about one scale and one
        direction, so that of raw values says little.
    codes : iterable of str or int, optional
        Variables or nodes, or a tier of the framework; by default all indicators. Units that lack
        one of them are left out.

    Raises
    ------
    DataError
        With fewer than two indicators, a constant one, or too few units without a missing value.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 4 (multivariate
    analysis), Cronbach coefficient alpha.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex import Observations
    >>> frame = pd.DataFrame({"unit": list("ABCDE"), "x": [1, 2, 3, 4, 5], "y": [2, 1, 4, 3, 5]})
    >>> round(cronbach_alpha(Observations.from_frame(frame)), 4)
    0.8889
    """
    return _alpha(_several(table_of(data, codes), "Cronbach's α"))


def _alpha(table: UnitNumbers) -> float:
    count = len(table.codes)
    covariance = np.cov(whole(table.values), rowvar=False)
    return float(count / (count - 1) * (1.0 - np.trace(covariance) / covariance.sum()))


def item_rest(data: Data, codes: Iterable[str] | int | None = None) -> pd.DataFrame:
    """Return each indicator's correlation with the mean of the others, and α without it.

    Parameters
    ----------
    data, codes
        As of :func:`cronbach_alpha`.

    Returns
    -------
    DataFrame
        A row per indicator: `correlation` with the rest, `alpha` without it (missing with two
        indicators).
    """
    import pandas as pd

    table = _several(table_of(data, codes), "an item-rest correlation")
    found = {}
    for index, code in enumerate(table.codes):
        rest = table.take(c for c in table.codes if c != code)
        mean = to_one(whole(rest.values).mean(axis=1))
        own = to_one(table.values[:, index])
        flat = not mean.min() < mean.max()
        found[code] = {
            "correlation": np.nan if flat else np.corrcoef(own, mean)[0, 1],
            "alpha": _alpha(rest) if len(rest.codes) > 1 else np.nan,
        }
    return pd.DataFrame.from_dict(found, orient="index")


@attrs.frozen(eq=False)
class Components:
    """Principal components of standardised indicators.

    Parameters
    ----------
    codes : tuple of str
    eigenvalues : array, shape (components,)
        Variances of the components, the largest first; their sum is the number of indicators.
    vectors : array, shape (indicators, components)
        Unit vectors, each turned so that its coefficients add up to more than 0.
    units : int
        On how many units without a missing value they rest.
    """

    codes: tuple[str, ...]
    eigenvalues: Float
    vectors: Float
    units: int

    @property
    def explained(self) -> Float:
        """Share of the variance that each component explains."""
        return self.eigenvalues / len(self.codes)

    @property
    def loadings(self) -> pd.DataFrame:
        """Correlations of indicators and components, indicators × components from 1."""
        import pandas as pd

        values = self.vectors * np.sqrt(self.eigenvalues)
        return pd.DataFrame(values, index=list(self.codes), columns=range(1, values.shape[1] + 1))


def principal_components(data: Data, codes: Iterable[str] | int | None = None) -> Components:
    """Return the principal components of standardised indicators.

    Parameters
    ----------
    data, codes
        As of :func:`cronbach_alpha`.

    Raises
    ------
    DataError
        With a constant indicator, or too few units without a missing value.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 4 (multivariate
    analysis), principal components analysis.
    """
    return _components(_several(table_of(data, codes), "a principal component analysis"))


def _components(table: UnitNumbers) -> Components:
    values, vectors = principal(_correlation(table))
    return Components(table.codes, np.maximum(values, 0.0), vectors, len(table.values))


def sampling_adequacy(data: Data, codes: Iterable[str] | int | None = None) -> pd.Series[float]:
    """Return the Kaiser–Meyer–Olkin measure, of each indicator and `overall`.

    ``Σ r² / (Σ r² + Σ p²)`` over pairs, with correlations r and partial correlations p: below 0.5
    the indicators share too little for factors.

    Parameters
    ----------
    data, codes
        As of :func:`cronbach_alpha`.

    Raises
    ------
    DataError
        If the correlation matrix is singular, naming an indicator that others determine.
    """
    return _adequacy(_several(table_of(data, codes), "the KMO measure"))


def _adequacy(table: UnitNumbers) -> pd.Series[float]:
    import pandas as pd

    correlation = _correlation(table)
    inverse = np.linalg.inv(_regular(correlation, table, "the KMO measure"))
    scale = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(scale, scale)
    squares, partials = correlation**2, partial**2
    np.fill_diagonal(squares, 0.0)
    np.fill_diagonal(partials, 0.0)
    whole = squares.sum() + partials.sum()
    each = squares.sum(axis=0) + partials.sum(axis=0)
    with np.errstate(invalid="ignore"):  # indicators that are not correlated at all share nothing
        own = squares.sum(axis=0) / each
        overall = squares.sum() / whole
    return pd.Series([*own, overall], index=[*table.codes, "overall"])


def _regular(correlation: Float, table: UnitNumbers, what: str) -> Float:
    values, vectors = np.linalg.eigh(correlation)
    if values[0] <= _SINGULAR * len(table.codes):
        heavy = np.abs(vectors[:, 0]) > 1e-6
        named = [code for code, part in zip(table.codes, heavy, strict=True) if part]
        raise DataError(
            f"{what} needs indicators that do not determine each other; these do: {listing(named)}"
        )
    return correlation


@attrs.frozen
class Sphericity:
    """Bartlett's test of sphericity: whether indicators are correlated at all.

    Parameters
    ----------
    statistic : float
        ``−(n − 1 − (2k + 5)/6)·ln|R|``.
    freedom : int
        ``k(k − 1)/2``.
    p_value : float
        By the χ² distribution; large if nothing speaks against uncorrelated indicators.
    units : int
    """

    statistic: float
    freedom: int
    p_value: float
    units: int


def sphericity(data: Data, codes: Iterable[str] | int | None = None) -> Sphericity:
    """Test with Bartlett whether indicators are correlated at all.

    Parameters
    ----------
    data, codes
        As of :func:`cronbach_alpha`.

    Raises
    ------
    DataError
        If the correlation matrix is singular, naming indicators that determine each other.
    """
    return _sphericity(_several(table_of(data, codes), "Bartlett's test"))


def _sphericity(table: UnitNumbers) -> Sphericity:
    from scipy import stats

    correlation = _regular(_correlation(table), table, "Bartlett's test")
    units, count = table.values.shape
    statistic = -(units - 1 - (2 * count + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    freedom = count * (count - 1) // 2
    return Sphericity(statistic, freedom, float(stats.chi2.sf(statistic, freedom)), units)


def structure(result: IndexResult) -> pd.DataFrame:
    """Return for every dimension whether its children measure one thing.

    Parameters
    ----------
    result : IndexResult
        The normalised scores of each dimension's scored children are looked at.

    Returns
    -------
    DataFrame
        A row per dimension, the total first: `children`, `units` on which all are known, `alpha`,
        `first_component` (its share of the variance), `components` with an eigenvalue above 1,
        `kmo`, `sphericity` (p-value of Bartlett's test), and a `note` that says what is missing and
        why.

    Raises
    ------
    DataError
        If it is no result, or one of several forms.
    """
    import pandas as pd

    only_result(result, "dimensions")
    framework = result.framework
    if result.parts:
        raise DataError("units were scored by several forms: ask for one, result.parts[0] …")
    rows = {
        node.code: _row(result, [c.code for c in node.children if framework.is_scored(c.code)])
        for node in framework.nodes
        if isinstance(node, Dimension) and framework.is_scored(node.code)
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _row(result: IndexResult, codes: list[str]) -> dict[str, object]:
    row: dict[str, object] = {"children": len(codes), "units": 0}
    row |= dict.fromkeys(("alpha", "first_component", "components", "kmo", "sphericity"), np.nan)
    if len(codes) < 2:
        return row | {"note": "has one child"}
    try:
        table = _several(table_of(result, codes), "coherence")
    except DataError as error:
        return row | {"note": str(error)}
    found = _components(table)
    row |= {
        "units": found.units,
        "alpha": _alpha(table),
        "first_component": found.explained[0],
        "components": int((found.eigenvalues > 1.0 + 1e-9).sum()),
    }
    try:
        return row | {
            "kmo": _adequacy(table)["overall"],
            "sphericity": _sphericity(table).p_value,
            "note": "",
        }
    except DataError as error:
        return row | {"note": str(error)}


def clusters(
    data: Data,
    codes: Iterable[str] | int | None = None,
    *,
    count: int | None = None,
    distance: float | None = None,
) -> pd.DataFrame:
    """Group indicators that move together, by average linkage of ``1 − r``.

    Parameters
    ----------
    data, codes
        As of :func:`cronbach_alpha`; units that lack a value are left out.
    count : int, optional
        How many groups.
    distance : float, optional
        Or: up to which distance indicators are joined, from 0 (r = 1) to 2 (r = −1).

    Returns
    -------
    DataFrame
        A row per indicator, in the order of the tree: its `cluster`, numbered from 1 in that order,
        and the `joined` distance at which it first meets another.

    Raises
    ------
    SettingError
        If neither or both of `count` and `distance` are given.
    """
    import pandas as pd
    from scipy.cluster import hierarchy

    table = _several(table_of(data, codes), "a clustering")
    if (count is None) == (distance is None):
        raise SettingError("say either how many clusters (count=) or up to which distance=")
    if count is not None and not 1 <= count <= len(table.codes):
        raise SettingError(f"{len(table.codes)} indicators make 1 to as many clusters, not {count}")
    apart = np.maximum(1.0 - _correlation(table), 0.0)
    upper = np.triu_indices(len(table.codes), 1)
    linked = hierarchy.linkage(apart[upper], method="average")
    limit = {"t": count, "criterion": "maxclust"} if count else {"t": distance}
    numbers = hierarchy.fcluster(linked, **({"criterion": "distance"} | limit))
    order = hierarchy.leaves_list(linked)
    renamed = {number: i for i, number in enumerate(dict.fromkeys(numbers[order].tolist()), 1)}
    leaves = np.arange(len(table.codes))
    joined = [linked[(linked[:, :2] == leaf).any(axis=1), 2][0] for leaf in leaves]
    return pd.DataFrame(
        {"cluster": [renamed[numbers[i]] for i in order], "joined": [joined[i] for i in order]},
        index=[table.codes[i] for i in order],
    )
