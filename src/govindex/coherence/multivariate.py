"""Multivariate analysis: whether the indicators of a dimension measure one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from govindex.checks import among, shown
from govindex.coherence.tables import (
    Data,
    complete,
    require_result,
    table_of,
    varying,
)
from govindex.contracts import Float, Matrix
from govindex.errors import DataError, SettingError, listing
from govindex.kernels.components import principal
from govindex.kernels.scaling import to_one, whole
from govindex.model.selection import At
from govindex.model.tree import Dimension
from govindex.results import IndexResult, JointResult

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


def _standardised(table: Matrix) -> Float:
    values = np.ascontiguousarray(to_one(table.by_unit.T).T)
    values = values - values.mean(axis=0)
    return np.asarray(values / values.std(axis=0, ddof=1))


def _analysable(table: Matrix, what: str) -> Matrix:
    """Return the complete units of two or more columns, none of them constant."""
    return varying(complete(_several(table, what), what), what)


def _comparable(table: Matrix, what: str) -> Matrix:
    """Return two or more columns with their gaps, none of them constant."""
    return varying(_several(table, what), what)


def _several(table: Matrix, what: str) -> Matrix:
    if len(table.names) < 2:
        raise DataError(f"{what} needs at least two indicators, not {listing(table.names)}")
    return table


def _correlation(table: Matrix) -> Float:
    values = _standardised(table)
    return np.asarray(values.T @ values / (len(values) - 1))


def cronbach_alpha(
    data: Data, at: At | None = None, *, missing: Literal["complete", "pairwise"] = "complete"
) -> float:
    """Return Cronbach's α: how far indicators agree, ``k/(k−1)·(1 − Σ var(xᵢ) / var(Σ xᵢ))``.

    Parameters
    ----------
    data : Observations or IndexResult
        Raw values, or the normalised scores of a result. α assumes one scale and one direction, so
        α of raw values means little.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework; by default all indicators.
    missing : {"complete", "pairwise"}
        Leave out units that lack one of them; or take each variance from all units that have the
        indicator, and each covariance from all that have both, as R's ``pairwise.complete.obs``.
        ``var(Σ xᵢ)`` is then the sum of all these.

    Raises
    ------
    DataError
        With fewer than two indicators, a constant one, or too few units without a missing value (of
        a pair, if pairwise); or if the indicators cancel out, so that their sum has no variance.

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
    if not among(missing, ("complete", "pairwise")):
        raise SettingError(f"missing is 'complete' or 'pairwise', not {shown(missing)}")
    table = table_of(data, at)
    if missing == "pairwise":
        return _alpha_of(_pairwise_covariance(_comparable(table, "Cronbach's α")), table.names)
    return _alpha(_analysable(table, "Cronbach's α"))


def _alpha(table: Matrix) -> float:
    return _alpha_of(np.cov(whole(table.by_unit), rowvar=False), table.names)


def _alpha_of(covariance: Float, codes: Sequence[str]) -> float:
    count = len(codes)
    total = float(covariance.sum())
    if not total > _SINGULAR * float(np.abs(covariance).sum()):
        raise DataError(
            f"Cronbach's α needs indicators whose sum varies; these cancel out: {listing(codes)}. "
            "Turn the direction of some round, or take the normalised scores of a result"
        )
    return float(count / (count - 1) * (1.0 - np.trace(covariance) / total))


def _pairwise_covariance(table: Matrix) -> Float:
    """Return covariances (n − 1), each on the units that have both, shape (columns, columns)."""
    import pandas as pd

    values = whole(table.by_unit)
    known = (~np.isnan(values)).astype(np.int64)
    few = np.argwhere(np.triu(known.T @ known < 2))
    if len(few):
        pairs = [f"{table.names[i]} and {table.names[j]}" for i, j in few]
        raise DataError(
            "Cronbach's α needs at least two units that have both indicators of a pair; fewer "
            f"have: {listing(pairs)}. Leave one of them out"
        )
    return pd.DataFrame(values).cov(min_periods=2).to_numpy()


def item_rest(data: Data, at: At | None = None) -> pd.DataFrame:
    """Return each indicator's correlation with the mean of the others, and α without it.

    Parameters
    ----------
    data, at
        As of :func:`cronbach_alpha`.

    Returns
    -------
    DataFrame
        A row per indicator: `correlation` with the rest, `alpha` without it (missing with two
        indicators).
    """
    import pandas as pd

    table = _analysable(table_of(data, at), "an item-rest correlation")
    rows = {}
    for index, code in enumerate(table.names):
        rest = table.of(c for c in table.names if c != code)
        mean = to_one(whole(rest.by_unit).mean(axis=1))
        column = to_one(table.values[index])
        flat = not mean.min() < mean.max()
        rows[code] = {
            "correlation": np.nan if flat else np.corrcoef(column, mean)[0, 1],
            "alpha": _alpha(rest) if len(rest.names) > 1 else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


@attrs.frozen(eq=False)
class Components:
    """Principal components of standardised indicators.

    Parameters
    ----------
    codes : tuple of str
    eigenvalues : array, shape (components,)
        Variances of the components, the largest first; their sum is the number of indicators.
    vectors : array, shape (indicators, components)
        Unit vectors, each with the sign that makes the sum of its coefficients positive.
    units : int
        Units without a missing value, on which they are based.
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


def principal_components(data: Data, at: At | None = None) -> Components:
    """Return the principal components of standardised indicators.

    Parameters
    ----------
    data, at
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
    return _components(_analysable(table_of(data, at), "a principal component analysis"))


def _components(table: Matrix) -> Components:
    values, vectors = principal(_correlation(table))
    return Components(table.names, np.maximum(values, 0.0), vectors, table.values.shape[1])


def sampling_adequacy(data: Data, at: At | None = None) -> pd.Series[float]:
    """Return the Kaiser–Meyer–Olkin measure for each indicator and `overall`.

    ``Σ r² / (Σ r² + Σ p²)`` over pairs, with correlations r and partial correlations p: below 0.5
    the indicators have too little in common for a factor analysis.

    Parameters
    ----------
    data, at
        As of :func:`cronbach_alpha`.

    Raises
    ------
    DataError
        If the correlation matrix is singular, naming indicators that determine each other.
    """
    return _adequacy(_analysable(table_of(data, at), "the KMO measure"))


def _adequacy(table: Matrix) -> pd.Series[float]:
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
    with np.errstate(invalid="ignore"):  # NaN if indicators are not correlated at all
        single = squares.sum(axis=0) / each
        overall = squares.sum() / whole
    return pd.Series([*single, overall], index=[*table.names, "overall"])


def _regular(correlation: Float, table: Matrix, what: str) -> Float:
    values, vectors = np.linalg.eigh(correlation)
    if values[0] <= _SINGULAR * len(table.names):
        heavy = np.abs(vectors[:, 0]) > 1e-6
        determined = [code for code, part in zip(table.names, heavy, strict=True) if part]
        raise DataError(
            f"{what} needs indicators that do not determine each other; these do: "
            f"{listing(determined)}. Leave one of them out."
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
        By the χ² distribution; large if the data agree with uncorrelated indicators.
    units : int
    """

    statistic: float
    freedom: int
    p_value: float
    units: int


def sphericity(data: Data, at: At | None = None) -> Sphericity:
    """Return Bartlett's test of whether indicators are correlated at all.

    Parameters
    ----------
    data, at
        As of :func:`cronbach_alpha`.

    Raises
    ------
    DataError
        If the correlation matrix is singular, naming indicators that determine each other.
    """
    return _sphericity(_analysable(table_of(data, at), "Bartlett's test"))


def _sphericity(table: Matrix) -> Sphericity:
    from scipy import stats

    correlation = _regular(_correlation(table), table, "Bartlett's test")
    count, units = table.values.shape
    statistic = -(units - 1 - (2 * count + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    freedom = count * (count - 1) // 2
    return Sphericity(statistic, freedom, float(stats.chi2.sf(statistic, freedom)), units)


def structure(result: IndexResult) -> pd.DataFrame:
    """Return α, principal components, KMO and sphericity of every dimension's children.

    Parameters
    ----------
    result : IndexResult
        The normalised scores of each dimension's scored children are analysed.

    Returns
    -------
    DataFrame
        A row per dimension, the total first: `children`, `units` that have all of them, `alpha`,
        `first_component` (its share of the variance), `components` with an eigenvalue above 1,
        `kmo`, `sphericity` (p-value of Bartlett's test), and a `note` with the reason if something
        is missing.

    Raises
    ------
    DataError
        If it is not a result, or has several forms.
    """
    import pandas as pd

    require_result(result, "dimensions")
    framework = result.framework
    if isinstance(result, JointResult):
        raise DataError("the result has several forms: give one of them, such as result.parts[0]")
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
        table = _analysable(table_of(result, codes), "coherence")
    except DataError as error:
        return row | {"note": str(error)}
    principals = _components(table)
    row |= {
        "units": principals.units,
        "alpha": _alpha(table),
        "first_component": principals.explained[0],
        "components": int((principals.eigenvalues > 1.0 + 1e-9).sum()),
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
    at: At | None = None,
    *,
    count: int | None = None,
    distance: float | None = None,
) -> pd.DataFrame:
    """Group indicators that move together, by average linkage of ``1 − r``.

    Parameters
    ----------
    data, at
        As of :func:`cronbach_alpha`; units that lack a value are left out.
    count : int, optional
        The number of groups.
    distance : float, optional
        Or the largest distance at which indicators are joined, from 0 (r = 1) to 2 (r = −1).

    Returns
    -------
    DataFrame
        A row per indicator, in the order of the tree: its `cluster`, numbered from 1 in that order,
        and the `joined` distance at which it first joins another.

    Raises
    ------
    SettingError
        If neither or both of `count` and `distance` are given.
    """
    import pandas as pd
    from scipy.cluster import hierarchy

    table = _analysable(table_of(data, at), "a clustering")
    if (count is None) == (distance is None):
        raise SettingError("give either the number of clusters, count=, or the largest distance=")
    if count is not None and not 1 <= count <= len(table.names):
        raise SettingError(
            f"{len(table.names)} indicators make 1 to {len(table.names)} clusters, not {count}"
        )
    apart = np.maximum(1.0 - _correlation(table), 0.0)
    upper = np.triu_indices(len(table.names), 1)
    linked = hierarchy.linkage(apart[upper], method="average")
    limit = {"t": count, "criterion": "maxclust"} if count else {"t": distance}
    numbers = hierarchy.fcluster(linked, **({"criterion": "distance"} | limit))
    order = hierarchy.leaves_list(linked)
    renamed = {number: i for i, number in enumerate(dict.fromkeys(numbers[order].tolist()), 1)}
    leaves = np.arange(len(table.names))
    joined = [linked[(linked[:, :2] == leaf).any(axis=1), 2][0] for leaf in leaves]
    return pd.DataFrame(
        {"cluster": [renamed[numbers[i]] for i in order], "joined": [joined[i] for i in order]},
        index=[table.names[i] for i in order],
    )
