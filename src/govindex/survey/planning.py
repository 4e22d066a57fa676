"""How many persons to ask."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Literal

from govindex.checks import among, is_number, shown, whole_number
from govindex.errors import SettingError, near_miss

__all__ = ["design_effect", "sample_size"]

_METHODS = ("yamane", "share")


def sample_size(
    population: int | None = None,
    *,
    error: float = 0.05,
    how: Literal["yamane", "share"] = "yamane",
    share: float = 0.5,
    level: float = 0.95,
    deff: float = 1.0,
    response: float = 1.0,
) -> int:
    """Return how many persons to invite, so that a share is known with a given error.

    Parameters
    ----------
    population : int, optional
        N, how many there are: transactions of a year, adults of a province; by default very many.
    error : float
        e, half of the interval's width, from 0 to 1: 0.05 is five percentage points.
    how : {"yamane", "share"}
        n = N / (1 + N·e²), as SIPAS was planned: a share of one half at about two standard errors;
        or n = n₀ / (1 + (n₀ − 1) / N) with n₀ = z²·p·(1 − p) / e².
    share, level : float
        p, the share that is expected, and the confidence; for ``how="share"``.
    deff : float
        The design effect: how much larger the variance is than that of a simple random sample, as
        :func:`design_effect` plans it or ``Estimates.deff`` of an earlier survey shows it.
    response : float
        The share of invited persons that is expected to answer.

    Returns
    -------
    int
        Rounded up, and at most the population.

    Raises
    ------
    SettingError
        If a setting is not valid.

    References
    ----------
    T. Yamane (1967), Statistics: An Introductory Analysis; W. G. Cochran (1977), Sampling
    Techniques, chapter 4.

    Examples
    --------
    >>> sample_size(10_000), sample_size(how="share"), sample_size(10_000, deff=2, response=0.8)
    (385, 385, 962)
    """
    if population is not None:
        whole_number(population, "population")
    if not among(how, _METHODS):
        raise SettingError(f"how cannot be {shown(how)}: {near_miss(how, _METHODS)}")
    for name, value in (("error", error), ("share", share), ("level", level)):
        if not is_number(value) or not 0 < value < 1:
            raise SettingError(f"{name} is a number between 0 and 1, not {shown(value)}")
    if not is_number(response) or not 0 < response <= 1:
        raise SettingError(f"response is a share above 0, at most 1, not {shown(response)}")
    if not is_number(deff) or not deff > 0:
        raise SettingError(f"deff is a finite number above 0, not {shown(deff)}")
    if how == "yamane":
        simple = 1 / error**2 if population is None else population / (1 + population * error**2)
    else:
        simple = NormalDist().inv_cdf((1 + level) / 2) ** 2 * share * (1 - share) / error**2
        simple = simple if population is None else simple / (1 + (simple - 1) / population)
    invited = simple * deff / response
    if population is not None and invited >= population:
        return population
    return math.ceil(invited * (1 - 1e-12))


def design_effect(cluster_size: float, correlation: float) -> float:
    """Return the design effect of clusters: 1 + (persons in a cluster − 1) · correlation.

    Parameters
    ----------
    cluster_size : float
        How many persons are asked in each cluster, at least 1.
    correlation : float
        How alike answers of one cluster are, from 0 to 1: their intraclass correlation.

    References
    ----------
    L. Kish (1965), Survey Sampling, section 5.4.

    Examples
    --------
    >>> round(design_effect(20, 0.05), 2)
    1.95
    """
    if not is_number(cluster_size) or not cluster_size >= 1:
        raise SettingError(f"cluster_size is a number of at least 1, not {shown(cluster_size)}")
    if not is_number(correlation) or not 0 <= correlation <= 1:
        raise SettingError(f"correlation is a number from 0 to 1, not {shown(correlation)}")
    return float(1 + (cluster_size - 1) * correlation)
