"""Comparison of several versions of an index: which ranks depend on which choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.checks import among, instance_of, is_number, mapping_of, tuple_of
from govindex.contracts import Float, Rounder
from govindex.display import ShownPage, html, plain
from govindex.display.frames import frame_table
from govindex.errors import DataError, Problems, SettingError, UnknownNameError, listing, near_miss
from govindex.extras import Interchanged
from govindex.kernels.agreement import rank_correlations
from govindex.kernels.rounding import decimal
from govindex.kernels.scaling import to_one
from govindex.language import words
from govindex.methods import Methodology
from govindex.model.comparability import differences
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.model.units import Units
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare", "leave_one_out"]


@attrs.frozen(eq=False, slots=False)
class Comparison(Interchanged):
    """Versions of an index on the same units.

    Parameters
    ----------
    names : tuple of str
        Names of the versions.
    base : str
        The version that shifts are counted from.
    units : Units
        In the order of publication of the base.
    score_values, rank_values : array, shape (versions, units)
        NaN if a unit has no score or rank.
        Scores are in the unit of the first version that was compared.
    printing : Rounder
        The rounding of printed scores in the base.
    """

    names: tuple[str, ...]
    base: str
    units: Units
    score_values: Float
    rank_values: Float
    printing: Rounder

    def __repr__(self) -> str:
        others = [name for name in self.names if name != self.base]
        return f"<Comparison of {listing(others)} with '{self.base}': {len(self.units)} units>"

    @property
    def scores(self) -> pd.DataFrame:
        """Printed scores, units × versions."""
        return self._frame(self.score_values)

    @property
    def ranks(self) -> pd.DataFrame:
        """Ranks inside leagues, units × versions."""
        return self._ranks(self.rank_values)

    @property
    def shifts(self) -> pd.DataFrame:
        """Ranks gained against the base (positive: better), units × versions."""
        return self._ranks(self._shift_values)

    @property
    def _shift_values(self) -> Float:
        base: Float = self.rank_values[self.names.index(self.base)]
        return base - self.rank_values

    @property
    def summary(self) -> pd.DataFrame:
        """Differences of each version from the base.

        A row per version: `units` with a rank in both, `rescored` (printed scores that differ),
        `changed` ranks, the `mean_shift` and `largest_shift` in ranks, `most_moved` (the unit that
        moves most; the best of several), and correlations: `pearson` of the scores, `spearman` and
        `kendall` (τ-b) of the ranks; missing if a version is constant.
        """
        import pandas as pd

        base = self.names.index(self.base)
        labels = self.units.labels()
        rows = {}
        for name, scores, ranks, shift in zip(
            self.names, self.score_values, self.rank_values, self._shift_values, strict=True
        ):
            known = ~np.isnan(shift)
            size = np.abs(np.where(known, shift, 0.0))
            moved = labels[int(size.argmax())] if size.any() else ""
            printed = self.printing(np.stack([scores, self.score_values[base]])[:, known])
            rows[name] = {
                "units": int(known.sum()),
                "rescored": int((printed[0] != printed[1]).sum()),
                "changed": int((size > 0).sum()),
                "mean_shift": size[known].mean() if known.any() else np.nan,
                "largest_shift": size.max() if known.any() else np.nan,
                "most_moved": moved,
                "pearson": _correlation(scores, self.score_values[base]),
                "spearman": _correlation(ranks, self.rank_values[base]),
                "kendall": _kendall(ranks, self.rank_values[base]),
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    @property
    def differences(self) -> pd.DataFrame:
        """Printed scores less those of the base, units × versions."""
        return self._frame(self._difference_values)

    @property
    def _difference_values(self) -> Float:
        printed = self.printing(self.score_values)
        base = printed[self.names.index(self.base)]
        return np.asarray(self.printing(printed - base))

    def signed_shifts(self, at_least: float | Iterable[float] = 1) -> pd.DataFrame:
        """Count the ranks gained and lost against the base.

        Parameters
        ----------
        at_least : float or sequence of float
            Sizes of shifts, in ranks, above 0: those of at least so many ranks are counted.

        Returns
        -------
        DataFrame
            A row per version: `units` with a rank in both, the `mean` signed shift (positive:
            better), and for each size `up_n` and `down_n`, the units that gain or lose at least
            n ranks.

        Examples
        --------
        >>> import govindex as gi
        >>> method = gi.methodology("vn.service-766").cut()
        >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
        >>> comparison = gi.leave_one_out(method, data, ["1"])
        >>> comparison.signed_shifts([1, 10]).loc["1"].round(2).to_dict()
        {'units': 34.0, 'mean': 0.03, 'up_1': 16.0, 'down_1': 16.0, 'up_10': 3.0, 'down_10': 3.0}
        """
        return self._signed(self._shift_values, at_least)

    def signed_differences(self, at_least: float | Iterable[float]) -> pd.DataFrame:
        """Count the scores that rise and fall against the base.

        Parameters
        ----------
        at_least : float or sequence of float
            Sizes of differences, in the printed unit of scores, above 0.

        Returns
        -------
        DataFrame
            As :meth:`signed_shifts`, of printed scores.
        """
        return self._signed(self._difference_values, at_least)

    def _signed(self, changes: Float, at_least: float | Iterable[float]) -> pd.DataFrame:
        import pandas as pd

        several = (at_least,) if is_number(at_least) else at_least
        sizes = tuple_of(several, "at_least", "sizes above 0, such as [1, 5]")
        for size in sizes:
            if not is_number(size) or not 0 < size < np.inf:
                raise SettingError(f"at_least holds sizes above 0, not {size!r}")
        sizes = tuple(dict.fromkeys(sizes))
        rows = {}
        for name, change in zip(self.names, changes, strict=True):
            known = change[~np.isnan(change)]
            # Sorted, so that the order of units changes no bit.
            mean = np.sort(known).mean() if known.size else np.nan
            row: dict[str, float] = {"units": known.size, "mean": mean}
            for size in sizes:
                row[f"up_{size:g}"] = int((known >= size).sum())
                row[f"down_{size:g}"] = int((known <= -size).sum())
            rows[name] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    def _frame(self, rows: Float) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.units.codes, name="unit")
        return pd.DataFrame(rows.T, index=index, columns=list(self.names))

    def _ranks(self, rows: Float) -> pd.DataFrame:
        return self._frame(rows).astype(as_ranks(rows.ravel()).dtype)

    def _repr_html_(self) -> str:
        return html(self._page())

    def __str__(self) -> str:
        return plain(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return comparison_page(self, language)


_SUMMARY = (
    *("version", "units", "rescored", "changed", "mean_shift", "largest_shift", "most_moved"),
    *("spearman", "kendall"),
)


def comparison_page(comparison: Comparison, language: str | None = None) -> ShownPage:
    """Return how each version differs from the base, and every unit's rank in each."""
    units, names, base = comparison.units, comparison.names, comparison.base
    title = words("display.comparison", language, base=base, units=len(units))
    summary = comparison.summary.drop(base).reset_index(names="version")
    titles = {name: words(f"display.{name}", language) for name in _SUMMARY}
    decimals = {"mean_shift": 2, "spearman": 3, "kendall": 3}
    bars = ("mean_shift",)
    overview = frame_table(summary, titles, decimals=decimals, bars=bars, language=language)
    ordered = [base, *(name for name in names if name != base)]
    ranks = comparison.ranks[ordered].set_axis(list(map(str, range(len(ordered)))), axis=1)
    ranks.insert(0, "unit", units.labels(language))
    headings = {"unit": words("display.unit", language)}
    headings |= {str(number): name for number, name in enumerate(ordered)}
    caption = words("display.ranks", language)
    return ShownPage(
        title, (overview, frame_table(ranks, headings, caption=caption, language=language))
    )


def _correlation(first: Float, second: Float) -> float:
    known = ~(np.isnan(first) | np.isnan(second))
    # Sorted by both, so that the order of units changes no bit.
    a, b = first[known], second[known]
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    if a.size < 2 or not (a.min() < a.max() and b.min() < b.max()):
        return float("nan")
    return float(np.corrcoef(to_one(a), to_one(b))[0, 1])


def _kendall(first: Float, second: Float) -> float:
    known = ~(np.isnan(first) | np.isnan(second))
    # Twice a rank is whole even if ties share the average.
    doubled = np.rint(2.0 * np.stack([first, second])[:, known]).astype(np.int64)
    return float(rank_correlations(doubled[:1], doubled[1])[0])


def compare(
    results: Mapping[str, IndexResult], node: str | None = None, *, base: str | None = None
) -> Comparison:
    """Compare versions of an index: scores, ranks, shifts and correlation.

    Scores of a version on another scale are converted, as they are printed, to that of the first
    version: 0.634 of 1 is 63.4 of 100.

    Parameters
    ----------
    results : mapping of str to IndexResult
        By the name to show: other weights, another normalisation, without an indicator …
    node : str, optional
        The node compared; each version's total by default.
    base : str, optional
        The version that shifts are counted from; by default the first.

    Raises
    ------
    DataError
        With fewer than two versions, or if they have different units or leagues.
    UnknownNameError
        If there is no version with the name of the base.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> online = method.without("1")
    >>> comparison = compare({"all": method.compute(data), "without 1": online.compute(data)})
    >>> comparison.summary.loc["without 1", ["changed", "largest_shift"]].to_list()
    [32.0, 14.0]
    """
    if len(mapping_of(results, "results", "a mapping of names to results", of=IndexResult)) < 2:
        raise DataError(f"give at least two versions to compare, not {listing(results)}")
    names = tuple(results)
    base = names[0] if base is None else base
    if not among(base, results):
        raise UnknownNameError(f"there is no version '{base}': {near_miss(base, names)}")
    first = results[base]
    problems = Problems()
    for name, result in results.items():
        problems.extend(
            f"version '{name}': {difference}"
            for difference in differences(first.units, result.units)
        )
    problems.raise_any(DataError, "Ranks of different units or leagues cannot be compared")
    order = first.publication_order(first.codes[0] if node is None else node)
    units = first.units.take(np.array(order, dtype=np.intp))
    scores, ranks = [], []
    for result in results.values():
        code = result.codes[0] if node is None else node
        rows = [result.units.locate(unit) for unit in units.codes]
        scores.append(_in_unit_of(first, result, code, node)[rows])
        ranks.append(result.ranks_at(code)[rows])
    return Comparison(names, base, units, np.array(scores), np.array(ranks), first.printing)


def _in_unit_of(base: IndexResult, result: IndexResult, code: str, node: str | None) -> Float:
    """Return a node's printed scores; those on another scale than the base's in its unit."""
    scores = result.printed_at(code)
    if result.scale == base.scale:
        return scores
    whole = float(base.maxima[base.row_of(base.codes[0] if node is None else node)])
    own = float(result.maxima[result.row_of(code)])
    return decimal(scores * (whole / own), whole) if own > 0 else scores


def leave_one_out(
    method: Methodology,
    data: Observations,
    at: At | None = None,
    *,
    name: str = "all",
) -> Comparison:
    """Compare an index with its versions without one indicator or dimension.

    Parameters
    ----------
    method : Methodology
    data : Observations
    at : int, str or iterable of str, optional
        The tier whose nodes are left out one at a time (1: the root's children), or their codes; by
        default every scored indicator.
    name : str
        The name of the whole index.

    Returns
    -------
    Comparison
        A version per node left out, named by its code, with the whole index as base.

    Raises
    ------
    DataError
        If no node remains without one of them, or the index cannot be computed.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> leave_one_out(method, data).summary["mean_shift"].round(2).to_dict()
    {'all': 0.0, '1': 6.15, '2': 2.44, '3A': 2.76, '3B': 1.38, '4': 1.85, '5': 4.41}
    """
    forms = instance_of(method, Methodology, "method").frameworks
    instance_of(name, str, "name")
    if at is None:
        codes = [leaf.code for form in forms for leaf in form.leaves if form.is_scored(leaf.code)]
    else:
        codes = list(selected(at, [c for form in forms for c in form.codes], forms))
    codes = list(dict.fromkeys(codes))
    if name in codes:
        raise SettingError(f"the whole index and a node are both called '{name}': give name=")
    versions = {name: method.compute(data)}
    for code in codes:
        versions[code] = method.without(code).compute(data)
    return compare(versions, base=name)
