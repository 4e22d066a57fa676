"""Weighted sums of items by cluster and domain: all that estimates and their errors need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.survey.samples import Sample

__all__ = ["EstimatedItem", "SampleSums", "StageSums", "sums_of"]

_DENSE = 4_000_000


@attrs.frozen(eq=False)
class EstimatedItem:
    """What is estimated: Σ weight × top / Σ weight × bottom, or Σ weight × top without a bottom.

    Parameters
    ----------
    code : str
    top : array, shape (respondents,)
        0 without a valid answer.
    bottom : array, shape (respondents,), optional
        0 without a valid answer.
    """

    code: str
    top: Float
    bottom: Float | None
    valid: Float


@attrs.frozen(eq=False)
class StageSums:
    """SampleSums by domain and sampling unit; cells are sorted by domain, then unit.

    Parameters
    ----------
    unit, domain : array of int, shape (cells,)
    starts : array of int, shape (domains + 1,)
        Where the cells of each domain begin.
    tops, bottoms : array, shape (cells, items)
    margins : array, shape (units, categories), optional
        SampleSums of weights by category of the margins.
    """

    unit: Index
    domain: Index
    starts: Index
    tops: Float
    bottoms: Float
    margins: Float | None = None


@attrs.frozen(eq=False)
class SampleSums:
    """SampleSums of every item.

    Parameters
    ----------
    codes : tuple of str
    totals : bool
        Whether the sums themselves are estimated, not their ratios.
    stages : tuple of StageSums
        The first stage, and the second one if it counts.
    n, weight, weight2 : array, shape (domains, items)
        Valid answers, their weights and squared weights.
    squares : array, shape (3, domains, items)
        Weighted sums of top², top × bottom and bottom².
    category_tops, category_bottoms : array, shape (categories, domains, items), optional
        SampleSums under the base weights by category of the margins.
    replicate_tops, replicate_bottoms : array, shape (replicates, domains, items), optional
    """

    codes: tuple[str, ...]
    totals: bool
    stages: tuple[StageSums, ...]
    n: Float
    weight: Float
    weight2: Float
    squares: Float
    category_tops: Float | None = None
    category_bottoms: Float | None = None
    replicate_tops: Float | None = None
    replicate_bottoms: Float | None = None


@attrs.frozen(eq=False)
class _CellsOfDomains:
    rows: Index
    unit: Index
    domain: Index
    starts: Index


def _cells(rows: Index, units: int, sample: Sample) -> _CellsOfDomains:
    """Return the cell of each respondent: its domain and sampling unit."""
    keys = sample.domain * units + rows
    if units * len(sample.domains) <= _DENSE:
        there = np.bincount(keys, minlength=units * len(sample.domains)) > 0
        distinct = np.flatnonzero(there)
        cells = (np.cumsum(there) - 1)[keys]
    else:
        distinct, cells = np.unique(keys, return_inverse=True)
    domain = distinct // units
    starts = np.searchsorted(domain, np.arange(len(sample.domains) + 1))
    return _CellsOfDomains(cells, distinct % units, domain, starts)


def sums_of(sample: Sample, items: Iterable[EstimatedItem]) -> SampleSums:
    """Return the sums of items, which are read one after the other."""
    cells_of_stages = [_cells(stage.rows, len(stage.parent), sample) for stage in sample.stages]
    columns: dict[str, list[Float]] = {}
    codes, totals = [], False
    for item in items:
        codes.append(item.code)
        totals = item.bottom is None
        for name, column in _sums_of_item(sample, item, cells_of_stages):
            columns.setdefault(name, []).append(column)
    found = {name: np.stack(each, axis=-1) for name, each in columns.items()}
    stages = tuple(
        StageSums(
            cells.unit,
            cells.domain,
            cells.starts,
            found[f"tops {number}"],
            found[f"bottoms {number}"],
            None
            if sample.calibration is None
            else sample.calibration.sums(stage.rows, len(stage.parent), sample.weights),
        )
        for number, (cells, stage) in enumerate(zip(cells_of_stages, sample.stages, strict=True))
    )
    return SampleSums(
        tuple(codes),
        totals,
        stages,
        found["n"],
        found["weight"],
        found["weight2"],
        np.stack([found["top2"], found["both"], found["bottom2"]]),
        found.get("category top"),
        found.get("category bottom"),
        found.get("replicate top"),
        found.get("replicate bottom"),
    )


def _sums_of_item(
    sample: Sample, item: EstimatedItem, cells_of_stages: Sequence[_CellsOfDomains]
) -> Iterator[tuple[str, Float]]:
    """Yield the sums of one item by name: by cell of each stage, by domain, by draw."""
    bottom = item.valid if item.bottom is None else item.bottom
    by_domain = _SumsBy(sample.domain, len(sample.domains))
    top_weighted, bottom_weighted = sample.weights * item.top, sample.weights * bottom
    for number, cells in enumerate(cells_of_stages):
        by_cell = _SumsBy(cells.rows, len(cells.unit))
        yield f"tops {number}", by_cell(top_weighted)
        yield f"bottoms {number}", by_cell(bottom_weighted)
    yield "n", by_domain(item.valid)
    yield "weight", by_domain(sample.weights * item.valid)
    yield "weight2", by_domain(sample.weights**2 * item.valid)
    yield "top2", by_domain(top_weighted * item.top)
    yield "both", by_domain(top_weighted * bottom)
    yield "bottom2", by_domain(bottom_weighted * bottom)
    for name, values in (("top", item.top), ("bottom", bottom)):
        if sample.calibration is not None:
            weighted = sample.base * values
            by_category = sample.calibration.sums(sample.domain, len(sample.domains), weighted)
            yield f"category {name}", by_category.T
        if sample.replicates is not None:
            drawn = [by_domain(each * values) for each in sample.replicates]
            yield f"replicate {name}", np.array(drawn)


@attrs.frozen(eq=False)
class _SumsBy:
    rows: Index
    count: int

    def __call__(self, values: Float) -> Float:
        return np.asarray(np.bincount(self.rows, values, self.count), dtype=np.float64)
