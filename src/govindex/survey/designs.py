"""How respondents were drawn, by columns of the answers, and what their weights match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from govindex.checks import instance_of, is_number, mapping_of, names_of, one_of, shown, text
from govindex.contracts import Float
from govindex.errors import Problems, SettingError
from govindex.kernels.seeds import as_seed
from govindex.mappings import FrozenMap
from govindex.names import as_code, optional_code

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "Bootstrap",
    "Jackknife",
    "Margin",
    "ReplicateWeights",
    "SampleDesign",
    "post_stratify",
    "rake",
]


def _fpc(value: str | Iterable[str] | None) -> tuple[str, ...]:
    names = () if value is None else names_of(value, "SampleDesign(fpc=…)")
    return tuple(map(as_code, names))


def _columns(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(value, "columns")))


def _totals(
    value: Mapping[str, float] | Mapping[tuple[str, ...], float],
) -> FrozenMap[tuple[str, ...], float]:
    totals = mapping_of(value, "totals", "a mapping of category to its number in the population")
    if not totals:
        raise SettingError("totals name every category and its number in the population")
    found: dict[tuple[str, ...], float] = {}
    for category, total in totals.items():
        parts = category if isinstance(category, tuple) else (category,)
        key = tuple(as_code(str(part)) for part in parts)
        if not is_number(total) or not total > 0:
            raise SettingError(f"the total of {category!r} is a number above 0, not {shown(total)}")
        if key in found:
            raise SettingError(f"category {category!r} appears more than once: give it once")
        found[key] = float(total)
    return FrozenMap(found)


@attrs.frozen
class Margin:
    """Known numbers of the population that weights are made to match.

    Parameters
    ----------
    columns : str or sequence of str
        The columns of the categories; several are crossed.
    totals : mapping of str, or of tuple of str, to float
        The number of persons in the population for every category, in the order of the columns.

    Examples
    --------
    >>> Margin("sex", {"nam": 480, "nữ": 520}).totals
    {('nam',): 480.0, ('nữ',): 520.0}
    """

    columns: tuple[str, ...] = attrs.field(converter=_columns)
    totals: FrozenMap[tuple[str, ...], float] = attrs.field(converter=_totals)

    def __attrs_post_init__(self) -> None:
        if not self.columns:
            raise SettingError("Margin(…) needs a column of categories")
        for category in self.totals:
            if len(category) != len(self.columns):
                raise SettingError(
                    f"a category has a text for each of {len(self.columns)} columns, "
                    f"not {category!r}"
                )


@attrs.frozen
class Jackknife:
    """Standard errors from leaving out one cluster after the other."""


def _draws(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 2 <= value <= 1e5:
        raise SettingError(f"Bootstrap(draws=…) is a whole number from 2 to 100,000, not {value!r}")
    return int(value)


@attrs.frozen
class Bootstrap:
    """Standard errors from clusters drawn again (Rao and Wu: one fewer than a stratum has).

    Parameters
    ----------
    draws : int
    rng : int or numpy.random.Generator
        The same seed gives the same draws.

    References
    ----------
    J. N. K. Rao and C. F. J. Wu (1988), Resampling inference with complex survey data, JASA 83.
    """

    draws: int = attrs.field(default=500, converter=_draws)
    rng: tuple[int, ...] = attrs.field(kw_only=True, converter=as_seed)


def _factors(value: ArrayLike | None) -> Float | None:
    if value is None:
        return None
    try:
        factors = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        factors = np.full((1, 1), np.nan)
    if factors.ndim != 1 or not np.isfinite(factors).all() or (factors < 0).any():
        raise SettingError("factors are a finite number of at least 0 for each replicate")
    factors.flags.writeable = False
    return factors


@attrs.frozen(eq=False)
class ReplicateWeights:
    """Replicate weights that came with the data.

    The variance is ``scale`` × Σ ``factors`` × (estimate of the replicate − estimate)².

    Parameters
    ----------
    columns : sequence of str
        A column of weights for each replicate.
    scale : float
        Such as 1 / replicates for balanced repeated replication.
    factors : sequence of float, optional
        One for each replicate; by default 1.
    """

    columns: tuple[str, ...] = attrs.field(converter=_columns)
    scale: float = attrs.field(kw_only=True)
    factors: Float | None = attrs.field(default=None, converter=_factors, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not is_number(self.scale) or not self.scale > 0:
            raise SettingError(f"ReplicateWeights(scale=…) is a number above 0, not {self.scale!r}")
        if len(self.columns) < 2 or len(set(self.columns)) < len(self.columns):
            raise SettingError("replicate weights are at least two columns, each once")
        if self.factors is not None and len(self.factors) != len(self.columns):
            raise SettingError(
                f"there are {len(self.columns)} replicates and {len(self.factors)} factors"
            )


Replication = Jackknife | Bootstrap | ReplicateWeights


def _margins(value: Sequence[Margin]) -> tuple[Margin, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SettingError(f"margins are several Margin(…), not {shown(value)}")
    return tuple(instance_of(margin, Margin, "a margin") for margin in value)


@attrs.frozen(kw_only=True)
class SampleDesign:
    """How respondents were drawn; each setting names a column of the answers.

    Parameters
    ----------
    weights : str, optional
        How many persons a respondent represents, above 0. By default they follow from `fpc`, and
        are 1 without it.
    strata, clusters : str, optional
        The stratum, and the cluster (the unit drawn first) of every respondent; by default one
        stratum, and every respondent a cluster.
    second_stage : str, optional
        What was drawn within clusters; by default respondents. It counts with two columns in `fpc`.
    fpc : str or sequence of str
        The number of clusters in the stratum in the population; a second column has the number of
        second-stage units in the cluster. Without it draws are taken as with replacement.
    nested : bool
        Whether codes of clusters are unique within their stratum only.
    lonely : {"error", "certainty", "centre"}
        What a stratum with one cluster of several does: refuse; add nothing to the variance, as if
        it was sure to be drawn; or deviate from the mean of all clusters.
    replication : Jackknife, Bootstrap or ReplicateWeights, optional
        How standard errors are found; by default by linearisation.
    margins : sequence of Margin
        What weights are made to match, see :func:`post_stratify` and :func:`rake`.

    Raises
    ------
    SettingError
        If a setting is not valid.

    Examples
    --------
    >>> SampleDesign(weights="w", strata="district", clusters="village").lonely
    'error'
    """

    weights: str | None = attrs.field(default=None, validator=text, converter=optional_code)
    strata: str | None = attrs.field(default=None, validator=text, converter=optional_code)
    clusters: str | None = attrs.field(default=None, validator=text, converter=optional_code)
    second_stage: str | None = attrs.field(default=None, validator=text, converter=optional_code)
    fpc: tuple[str, ...] = attrs.field(default=(), converter=_fpc)
    nested: bool = attrs.field(default=False)
    lonely: Literal["error", "certainty", "centre"] = attrs.field(
        default="error", validator=one_of("error", "certainty", "centre")
    )
    replication: Replication | None = attrs.field(default=None)
    margins: tuple[Margin, ...] = attrs.field(default=(), converter=_margins)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        if not isinstance(self.nested, bool):
            problems.add(f"nested is True or False, not {self.nested!r}")
        if len(self.fpc) > 2:
            problems.add(f"fpc is one column, or two for two stages, not {len(self.fpc)}")
        if self.second_stage is not None and self.clusters is None:
            problems.add("a second stage is drawn within clusters: name their column")
        if len(self.fpc) == 2 and self.clusters is None:
            problems.add("two columns of fpc belong to two stages: name the column of clusters")
        kinds = (Jackknife, Bootstrap, ReplicateWeights)
        if self.replication is not None and not isinstance(self.replication, kinds):
            problems.add(
                "replication is Jackknife(), Bootstrap(…) or ReplicateWeights(…), "
                f"not {shown(self.replication)}"
            )
        if self.replication is not None and len(self.fpc) == 2:
            problems.add("replicates vary the first stage only: leave out the second column of fpc")
        if self.margins and self.replication is not None:
            problems.add(
                "weights that match margins have linearised errors: leave out replication, or give "
                "replicate weights that match the margins themselves, without margins"
            )
        problems.raise_any(SettingError, "SampleDesign(…) is not well formed")


def post_stratify(
    design: SampleDesign,
    columns: str | Sequence[str],
    totals: Mapping[str, float] | Mapping[tuple[str, ...], float],
) -> SampleDesign:
    """Return a design whose weights add up to known numbers of the population.

    Within a category every weight is multiplied by the same number.

    Parameters
    ----------
    design : SampleDesign
    columns : str or sequence of str
        The columns of the categories; several are crossed.
    totals : mapping of str, or of tuple of str, to float
        The number in the population for every category.

    Returns
    -------
    SampleDesign
        Standard errors take the adjustment into account.

    Examples
    --------
    >>> post_stratify(SampleDesign(), "sex", {"nam": 480, "nữ": 520}).margins[0].columns
    ('sex',)
    """
    return _matched(design, (Margin(columns, totals),))


def rake(design: SampleDesign, margins: Mapping[str, Mapping[str, float]]) -> SampleDesign:
    """Return a design whose weights add up to several known distributions at once.

    Weights are matched to one margin after the other until all agree (iterative proportional
    fitting). For standard errors, residuals are regressed on all margins with the weights before
    raking.

    Parameters
    ----------
    design : SampleDesign
    margins : mapping of str to mapping of str to float
        By column, the number in the population for every category; all add up to the same.

    Raises
    ------
    SettingError
        If the margins do not add up to the same number.

    Examples
    --------
    >>> raked = rake(SampleDesign(), {"sex": {"m": 50, "f": 50}, "area": {"city": 40, "land": 60}})
    >>> [margin.columns for margin in raked.margins]
    [('sex',), ('area',)]
    """
    pairs = mapping_of(margins, "margins", "a mapping of column to numbers by category")
    if not pairs:
        raise SettingError("rake(…) needs a margin: numbers of the population by category")
    every = tuple(Margin(column, totals) for column, totals in pairs.items())
    sums = {margin.columns[0]: sum(margin.totals.values()) for margin in every}
    if max(sums.values()) - min(sums.values()) > 1e-6 * max(sums.values()):
        listed = ", ".join(f"'{column}' {total:,.10g}" for column, total in sums.items())
        raise SettingError(f"margins add up to the same population, not: {listed}")
    return _matched(design, every)


def _matched(design: SampleDesign, margins: tuple[Margin, ...]) -> SampleDesign:
    instance_of(design, SampleDesign, "design")
    if design.margins:
        raise SettingError("the weights of the design match margins already: rake all at once")
    return attrs.evolve(design, margins=margins)
