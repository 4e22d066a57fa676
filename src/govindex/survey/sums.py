"""Weighted sums of items by cluster and domain: all that estimates and their errors need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.survey.samples import Sample

__all__ = ["EstimatedItem", "GroupedItem", "RowSums", "SampleSums", "StageSums", "sums_of"]

_DENSE = 4_000_000


@attrs.frozen(eq=False)
class RowSums:
    """What an item adds up to in each row of a sample, under the weights before any matching.

    Parameters
    ----------
    top, bottom : array, shape (rows,)
        Weighted sums of what is estimated: their ratio, or the top alone.
    n, weight, weight2 : array, shape (rows,)
        Valid answers, their weights and squared weights.
    top2, both, bottom2 : array, shape (rows,)
        Weighted sums of top², top × bottom and bottom².
    """

    top: Float
    bottom: Float
    n: Float
    weight: Float
    weight2: Float
    top2: Float
    both: Float
    bottom2: Float

    def times(self, factors: Float) -> RowSums:
        """Return the sums under weights that are multiplied by a factor in each row."""
        weighted = ("top", "bottom", "weight", "top2", "both", "bottom2")
        changes = {name: getattr(self, name) * factors for name in weighted}
        return attrs.evolve(self, **changes, weight2=self.weight2 * factors**2)


class SummedItem(Protocol):
    """Something to be estimated."""

    @property
    def code(self) -> str:
        """The code of the item."""

    @property
    def is_total(self) -> bool:
        """Whether the sum itself is estimated, not a ratio."""

    def sums(self, sample: Sample) -> RowSums:
        """Return the sums of every row of the sample."""


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
    valid : array, shape (respondents,)
        1 where there is a valid answer.
    """

    code: str
    top: Float
    bottom: Float | None
    valid: Float

    @property
    def is_total(self) -> bool:
        """Whether the sum itself is estimated."""
        return self.bottom is None

    def sums(self, sample: Sample) -> RowSums:
        """Return what each respondent adds to the sums."""
        base = sample.base
        bottom = self.valid if self.bottom is None else self.bottom
        top_weighted, bottom_weighted = base * self.top, base * bottom
        return RowSums(
            top=top_weighted,
            bottom=bottom_weighted,
            n=self.valid,
            weight=base * self.valid,
            weight2=base**2 * self.valid,
            top2=top_weighted * self.top,
            both=top_weighted * bottom,
            bottom2=bottom_weighted * bottom,
        )


@attrs.frozen(eq=False)
class GroupedItem:
    """An item that an engine added up by group of respondents.

    Parameters
    ----------
    code : str
    is_total : bool
    grouped : RowSums
        Under the weights of the data.
    """

    code: str
    is_total: bool
    grouped: RowSums

    def sums(self, sample: Sample) -> RowSums:
        """Return what each group adds to the sums."""
        if sample.counted is None or sample.counted is sample.base:
            return self.grouped
        return self.grouped.times(sample.base / sample.counted)


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


def sums_of(sample: Sample, items: Iterable[SummedItem]) -> SampleSums:
    """Return the sums of items, which are read one after the other."""
    cells_of_stages = [_cells(stage.rows, len(stage.parent), sample) for stage in sample.stages]
    columns: dict[str, list[Float]] = {}
    codes, totals = [], False
    for item in items:
        codes.append(item.code)
        totals = item.is_total
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
    sample: Sample, item: SummedItem, cells_of_stages: Sequence[_CellsOfDomains]
) -> Iterator[tuple[str, Float]]:
    """Yield the sums of one item by name: by cell of each stage, by domain, by draw."""
    base = item.sums(sample)
    by_domain = _SumsBy(sample.domain, len(sample.domains))
    rows = base if sample.calibration is None else base.times(sample.weights / sample.base)
    for number, cells in enumerate(cells_of_stages):
        by_cell = _SumsBy(cells.rows, len(cells.unit))
        yield f"tops {number}", by_cell(rows.top)
        yield f"bottoms {number}", by_cell(rows.bottom)
    for name in ("n", "weight", "weight2", "top2", "both", "bottom2"):
        yield name, by_domain(getattr(rows, name))
    for name, values in (("top", base.top), ("bottom", base.bottom)):
        if sample.calibration is not None:
            by_category = sample.calibration.sums(sample.domain, len(sample.domains), values)
            yield f"category {name}", by_category.T
        if sample.replicates is not None:
            drawn = [by_domain(each / sample.base * values) for each in sample.replicates]
            yield f"replicate {name}", np.array(drawn)


@attrs.frozen(eq=False)
class _SumsBy:
    rows: Index
    count: int

    def __call__(self, values: Float) -> Float:
        return np.asarray(np.bincount(self.rows, values, self.count), dtype=np.float64)
