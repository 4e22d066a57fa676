"""A design applied to answers: weights, stages of sampling and domains as arrays."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.errors import DataError, Problems, listing
from govindex.frames import require_columns
from govindex.survey.columns import categories, numbers
from govindex.survey.designs import ReplicateWeights, SampleDesign
from govindex.survey.raking import Calibration, calibrated
from govindex.survey.respondents import Respondents

__all__ = ["CURE_OF_WEIGHTS", "Sample", "SamplingStage", "columns_of", "refuse_lonely", "sample_of"]

WHOLE = "all"
CURE_OF_WEIGHTS = (
    "a weight is the number of persons that a respondent represents: leave out respondents that "
    "represent nobody"
)


@attrs.frozen(eq=False)
class SamplingStage:
    """Units drawn at one stage, sorted by the parent that they were drawn from.

    Parameters
    ----------
    rows : array of int, shape (respondents,)
        The unit of each respondent.
    parent : array of int, shape (units,)
        Its stratum, or its cluster at the second stage.
    names : tuple of str
        The parents, for messages.
    drawn : array of float, shape (parents,)
        How many units were drawn from it.
    fraction : array of float, shape (parents,)
        The share of its units that was drawn; 0 as with replacement.
    outer : array of float, shape (parents,)
        The share that earlier stages drew.
    """

    rows: Index
    parent: Index
    names: tuple[str, ...]
    drawn: Float
    fraction: Float
    outer: Float

    @property
    def lonely(self) -> Bool:
        """Parents of several units, of which only one was drawn."""
        return np.asarray((self.drawn == 1) & (self.fraction < 1))


@attrs.frozen(eq=False)
class Sample:
    """Respondents with their weights, domains and stages.

    Parameters
    ----------
    base, weights : array, shape (respondents,)
        The weights before and after they are matched to margins.
    counted : array, shape (respondents,), optional
        Of groups of respondents, the weights with which an engine added them up.
    domain : array of int, shape (respondents,)
    domains : tuple of str
    stages : tuple of SamplingStage
        The first stage, and the second one if its units are counted.
    calibration : Calibration, optional
    replicates : array, shape (replicates, respondents), optional
        Replicate weights that came with the data.
    """

    design: SampleDesign
    base: Float
    weights: Float
    domain: Index
    domains: tuple[str, ...]
    stages: tuple[SamplingStage, ...]
    calibration: Calibration | None = None
    replicates: Float | None = None
    counted: Float | None = None


def sample_of(
    respondents: Respondents, design: SampleDesign, by: str | None, problems: Problems
) -> Sample | None:
    """Apply a design to respondents; None, with the reasons noted, if it does not fit."""
    if not _has_columns(respondents, design, by, problems):
        return None
    before = len(problems)
    domain, domains = _domains(respondents, by, problems)
    stages = _stages(respondents, design, problems)
    if len(problems) > before:
        return None
    base = _base_weights(respondents, design, stages, problems)
    replicates = _replicates(respondents, design, problems)
    if base is None or len(problems) > before:
        return None
    calibration = calibrated(respondents, design.margins, base, problems)
    if len(problems) > before:
        return None
    weights = base if calibration is None else calibration.weights
    kept = stages if len(design.fpc) == 2 else stages[:1]
    counted = respondents.weights
    return Sample(design, base, weights, domain, domains, kept, calibration, replicates, counted)


def _has_columns(
    respondents: Respondents, design: SampleDesign, by: str | None, problems: Problems
) -> bool:
    if not len(respondents):
        problems.add("there are no answers: the frame has no rows", code="survey.nothing")
        return False
    names = [
        name
        for name in columns_of(design, by)
        if respondents.weights is None or name != design.weights
    ]
    return require_columns(respondents.table, names, problems)


def columns_of(design: SampleDesign, by: str | None) -> list[str]:
    """Return the columns that a design and the domains name, each once."""
    named = (by, design.weights, design.strata, design.clusters, design.second_stage)
    names = [name for name in (*named, *design.fpc) if name is not None]
    names += [column for margin in design.margins for column in margin.columns]
    if isinstance(design.replication, ReplicateWeights):
        names += design.replication.columns
    return list(dict.fromkeys(names))


def _domains(
    respondents: Respondents, by: str | None, problems: Problems
) -> tuple[Index, tuple[str, ...]]:
    if by is None:
        return np.zeros(len(respondents), dtype=np.intp), (WHOLE,)
    codes, names = categories(respondents.table, by)
    _refuse_blank(
        respondents, codes, by, problems, "leave these respondents out, or give them a category"
    )
    return codes, names


def _refuse_blank(
    respondents: Respondents, codes: Index, column: str, problems: Problems, cure: str
) -> None:
    if (codes < 0).any():
        problems.add(
            f"column '{column}' is blank in {respondents.described(codes < 0)}",
            code="survey.blank",
            row=respondents.first(codes < 0),
            cure=cure,
        )


def _stages(
    respondents: Respondents, design: SampleDesign, problems: Problems
) -> tuple[SamplingStage, ...]:
    table = respondents.table
    count, before = len(table), len(problems)
    names: tuple[str, ...] = (WHOLE,)
    cluster_names: tuple[str, ...] = ()
    strata, clusters = np.zeros(count, dtype=np.intp), np.arange(count)
    cure = "every respondent belongs to one: complete the column"
    if design.strata is not None:
        strata, names = categories(table, design.strata)
        _refuse_blank(respondents, strata, design.strata, problems, cure)
    if design.clusters is not None:
        clusters, cluster_names = categories(table, design.clusters)
        _refuse_blank(respondents, clusters, design.clusters, problems, cure)
        if not design.nested and len(problems) == before:
            _refuse_crossing(clusters, strata, cluster_names, names, problems)
    second = np.arange(count)
    if design.second_stage is not None:
        second, _ = categories(table, design.second_stage)
        _refuse_blank(respondents, second, design.second_stage, problems, cure)
    if len(problems) > before:
        return ()
    rows, parent, first_row = _units(strata, clusters)
    fraction = _fractions(respondents, design.fpc[:1], strata, parent, names, problems)
    drawn = np.bincount(parent, minlength=len(names)).astype(np.float64)
    ones = np.ones(len(names))
    first = SamplingStage(rows, parent, names, drawn, fraction, ones)
    if len(design.fpc) < 2:
        return (first,)
    of_cluster = tuple(
        cluster_names[clusters[row]] if cluster_names else str(row + 1) for row in first_row
    )
    inner, within, _ = _units(rows, second)
    share = _fractions(respondents, design.fpc[1:], rows, within, of_cluster, problems)
    counts = np.bincount(within, minlength=len(parent)).astype(np.float64)
    return first, SamplingStage(inner, within, of_cluster, counts, share, fraction[parent])


def _numbers(respondents: Respondents, column: str, problems: Problems) -> Float | None:
    return numbers(
        respondents.table, column, problems, blank=False, described=respondents.described
    )


def _units(parents: Index, units: Index) -> tuple[Index, Index, Index]:
    """Return each row's unit, numbered by parent, each unit's parent, and its first row."""
    keys = parents * (int(units.max()) + 1) + units
    distinct, first, rows = np.unique(keys, return_index=True, return_inverse=True)
    return rows, distinct // (int(units.max()) + 1), first


def _refuse_crossing(
    clusters: Index,
    strata: Index,
    cluster_names: tuple[str, ...],
    names: tuple[str, ...],
    problems: Problems,
) -> None:
    pairs = np.unique(clusters * len(names) + strata)
    repeated = np.flatnonzero(np.bincount(pairs // len(names)) > 1)
    for cluster in repeated.tolist():
        within = [names[pair % len(names)] for pair in pairs if pair // len(names) == cluster]
        problems.add(
            f"cluster '{cluster_names[cluster]}' is in strata {listing(within)}",
            code="survey.cluster",
            cure="a cluster belongs to one stratum; if codes are numbered again in each stratum: "
            "SampleDesign(nested=True)",
        )


def _fractions(
    respondents: Respondents,
    columns: tuple[str, ...],
    parents: Index,
    parent: Index,
    names: tuple[str, ...],
    problems: Problems,
) -> Float:
    """Return the share of each parent's units that was drawn, 0 without a column of counts."""
    drawn = np.bincount(parent, minlength=len(names))
    if not columns:
        return np.zeros(len(names))
    found = _numbers(respondents, columns[0], problems)
    if found is None:
        return np.zeros(len(names))
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(low, parents, found)
    np.maximum.at(high, parents, found)
    for index in np.flatnonzero(low != high)[:20].tolist():
        problems.add(
            f"column '{columns[0]}' has {low[index]:g} and {high[index]:g} in '{names[index]}'",
            code="survey.fpc",
            cure="the number of units in the population is one for all that are drawn from it",
        )
    for index in np.flatnonzero((low == high) & (low < drawn))[:20].tolist():
        problems.add(
            f"'{names[index]}' has {drawn[index]} units in the sample, but {low[index]:g} in the "
            f"population (column '{columns[0]}')",
            code="survey.fpc",
            cure="fpc counts the units of the population, not a share; correct the number",
        )
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(low > 0, drawn / low, 0.0))


def _base_weights(
    respondents: Respondents,
    design: SampleDesign,
    stages: tuple[SamplingStage, ...],
    problems: Problems,
) -> Float | None:
    if design.weights is None:
        found = np.ones(len(respondents)) if respondents.weights is None else respondents.weights
        for stage in stages:
            share = stage.fraction[stage.parent][stage.rows]
            found = np.where(share > 0, found / np.where(share > 0, share, 1.0), found)
        return found
    if respondents.weights is not None:
        return respondents.weights
    weights = _numbers(respondents, design.weights, problems)
    if weights is None:
        return None
    if (weights <= 0).any():
        problems.add(
            f"column '{design.weights}' is not above 0 in {respondents.described(weights <= 0)}",
            code="survey.weight",
            row=respondents.first(weights <= 0),
            cure=CURE_OF_WEIGHTS,
        )
        return None
    return weights


def _replicates(respondents: Respondents, design: SampleDesign, problems: Problems) -> Float | None:
    if not isinstance(design.replication, ReplicateWeights):
        return None
    columns = [_numbers(respondents, name, problems) for name in design.replication.columns]
    known = [column for column in columns if column is not None]
    for name, column in zip(design.replication.columns, columns, strict=True):
        if column is not None and (column < 0).any():
            problems.add(
                f"column '{name}' is below 0 in {respondents.described(column < 0)}",
                code="survey.weight",
            )
    return np.array(known) if len(known) == len(columns) else None


def refuse_lonely(sample: Sample) -> None:
    """Refuse strata from which one cluster of several was drawn, unless the design says how."""
    if sample.design.lonely != "error" or sample.replicates is not None:
        return
    for stage, what in zip(sample.stages, ("stratum", "cluster"), strict=False):
        names = [stage.names[index] for index in np.flatnonzero(stage.lonely)]
        if names:
            inner = "cluster" if what == "stratum" else "second-stage unit"
            raise DataError(
                f"one {inner} was drawn in {len(names):,} {what}{'s' * (len(names) > 1)} "
                f"({listing(names, shown=5)}), so the error cannot be estimated: merge strata, or "
                "choose SampleDesign(lonely='centre') or 'certainty'"
            )
