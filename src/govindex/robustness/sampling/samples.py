"""Samples of ranks: variations are checked, bound, and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import among, whole_number
from govindex.compute import Scored
from govindex.contracts import Index
from govindex.errors import DataError, SettingError
from govindex.forms import Forms
from govindex.kernels.seeds import Seed, as_seed
from govindex.meters import Progress
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.results import IndexResult
from govindex.robustness.sampling.counts import Counting, DrawCounts
from govindex.robustness.sampling.draws import Ranks, Recipe, block_size, ranked_together
from govindex.robustness.sampling.jobs import run
from govindex.robustness.sampling.rank_samples import FULL, RankSample
from govindex.robustness.variations.choices import Alternatives
from govindex.robustness.variations.given_draws import Given
from govindex.robustness.variations.protocols import Basis, Bound, Variation, listed

__all__ = ["bound_to", "doubled", "sample_ranks"]

_KEPT_BYTES = 2**28


def sample_ranks(
    method: Methodology,
    data: Observations,
    *,
    vary: Iterable[Variation],
    rng: Seed,
    draws: int | None = None,
    node: str | None = None,
    on_error: Literal["raise", "count"] = "raise",
    pairs: Iterable[tuple[str, str]] = (),
    executor: Executor | None = None,
    progress: Progress = None,
) -> RankSample:
    """Rank the units of an index over many draws of alternative choices and data.

    Parameters
    ----------
    method : Methodology
    data : Observations
    vary : iterable of Variation
        The variations, applied in order: :class:`Weights`, :class:`Errors`, :class:`Replicates`,
        :class:`Alternatives`, :class:`LeaveOut`, :class:`Given`.
    rng : int or numpy.random.Generator
        A seed gives the same draws each time. A draw depends on its number only: more draws, other
        workers or another order do not change the first ones.
    draws : int, optional
        How many; with :class:`Given`, by default all given draws.
    node : str, optional
        The node that is ranked; the total by default.
    on_error : {"raise", "count"}
        For a draw that cannot be scored: raise an error that names draw and unit, or count it in
        :attr:`RankSample.failed` and leave it out of everything else.
    pairs : iterable of (str, str)
        Pairs of units to compare besides neighbours, if there are too many units to compare all.
    executor : concurrent.futures.Executor, optional
        Computes draws elsewhere: a process pool, Dask's ``client.get_executor()`` …
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` after
        each block of draws. An error that the function raises stops the sample, workers included.

    Raises
    ------
    SettingError
        If a variation does not apply, a number is out of range, or fewer than two units are
        ranked.
    DataError
        If a draw cannot be scored, naming draw, options and unit.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> sample = gi.robustness.sample_ranks(
    ...     method, data, vary=[gi.robustness.Weights(spread=0.25)], draws=1000, rng=2026)
    >>> sample.intervals(0.9)[["name", "rank", "low", "median", "high"]].head(3)
                             name  rank  low  median  high
    unit
    H20       UBND tỉnh Đồng Tháp     1    1       1     1
    H19   UBND thành phố Đồng Nai     2    2       2     3
    H24  UBND thành phố Hải Phòng     3    2       3     3
    """
    variations = listed(vary)
    if not among(on_error, ("raise", "count")):
        raise SettingError(f"on_error is 'raise' or 'count', not {on_error!r}")
    seed, count = as_seed(rng), _draws(draws, variations)
    nominal, basis, bounds, scored = bound_to(method, data, variations)
    prepared = basis.prepared
    code = nominal.codes[0] if node is None else node
    nominal.row_of(code)
    units = len(prepared.units)
    vary_data = any(bound.varies_data for bound in bounds)
    size = block_size(units, len(prepared.variables), data_vary=vary_data)
    recipe = Recipe(basis, bounds, seed, code, count, size, on_error == "count")
    counting = _counting(nominal, code, pairs)
    keep = count * units * 4 <= _KEPT_BYTES
    outcome = run(recipe, None if keep else counting, executor, progress, scored)
    if isinstance(outcome, DrawCounts):
        return RankSample(recipe, nominal, counting, None, None, outcome)
    return RankSample(recipe, nominal, counting, outcome.ranks, outcome.failed, None)


def bound_to(
    method: Methodology, data: Observations, variations: Sequence[Variation]
) -> tuple[IndexResult, Basis, tuple[Bound, ...], Sequence[Scored] | None]:
    """Return the result without variation, the basis of variations, and the bound variations.

    Last, the scored indicators, unless the methodology computes by its own code.
    """
    _check(method, data, variations)
    data, source = _ordered(data)
    # A subclass may compute results by its own code.
    if type(method).compute in (Methodology.compute, Forms.compute):
        prepared = method.prepare(data)
        scored = method._scored(prepared)
        nominal = method._result(prepared, scored)
    else:
        nominal, scored = method.compute(data), None
        prepared = nominal.observations or data
    if prepared.units.codes != data.units.codes:
        source = source[[data.units.locate(code) for code in prepared.units.codes]]
    basis = Basis(method, data, prepared, source)
    return nominal, basis, _bound(variations, basis), scored


def _check(method: Methodology, data: Observations, variations: Sequence[Any]) -> None:
    if not isinstance(method, Methodology):
        if callable(getattr(method, "compute", None)):
            raise SettingError(
                "weights and rules are varied in a Methodology; an object that computes by its "
                f"own code has no parts to vary: {method!r}"
            )
        raise SettingError(f"give a Methodology first, not {type(method).__name__}")
    if not isinstance(data, Observations):
        raise DataError(f"give Observations, not {type(data).__name__}")
    if not variations:
        raise SettingError("vary=[…] needs at least one variation, such as Weights(spread=0.25)")
    for variation in variations:
        if not callable(getattr(variation, "_bind", None)):
            raise SettingError(
                f"{variation!r} is no variation: give Weights(…), Errors(…), Alternatives(…) …"
            )


def _draws(draws: int | None, variations: Sequence[Any]) -> int:
    replayed = [variation.draws for variation in variations if isinstance(variation, Given)]
    if draws is None and replayed:
        draws = min(replayed)
    count = whole_number(draws, "draws")
    if replayed and min(replayed) < count:
        raise SettingError(f"draws={count}, but only {min(replayed)} are given")
    return count


def _ordered(data: Observations) -> tuple[Observations, Index]:
    """Return the data in the order of units' codes, and the former row of each unit."""
    order = np.array(sorted(range(len(data.units)), key=data.units.codes.__getitem__))
    if (order == np.arange(len(order))).all():
        return data, order
    return data.take([data.units.codes[index] for index in order]), order


def _bound(variations: Sequence[Variation], basis: Basis) -> tuple[Bound, ...]:
    bounds: list[Any] = [variation._bind(basis) for variation in variations]
    for variation in variations:
        if not isinstance(variation, Given):
            continue
        for name, picks in variation.choices.items():
            rows = [
                index
                for index, other in enumerate(variations)
                if isinstance(other, Alternatives) and other.name == name
            ]
            if len(rows) != 1:
                raise SettingError(
                    f"given choices of '{name}' need one Alternatives(name='{name}')"
                )
            choice = bounds[rows[0]]
            if picks.max() >= len(choice.changes):
                raise SettingError(
                    f"given choices of '{name}' run from 0 to {len(choice.changes) - 1}, "
                    f"not to {picks.max()}"
                )
            bounds[rows[0]] = attrs.evolve(choice, picks=picks)
    return tuple(bounds)


def doubled(nominal: IndexResult, code: str) -> Ranks:
    """Return twice the rank of every unit, 0 for unranked ones; refuse fewer than two ranks."""
    ranks = np.nan_to_num(2.0 * nominal.ranks_at(code)).astype(np.int32)
    ranked = int((ranks > 0).sum())
    if ranked < 2:
        raise SettingError(f"there must be at least two ranked units, not {ranked}")
    return ranks


def _counting(nominal: IndexResult, code: str, pairs: Iterable[tuple[str, str]]) -> Counting:
    ranks = doubled(nominal, code)
    units = nominal.units
    order = np.array(nominal.publication_order(code))
    order = order[ranks[order] > 0]
    group = np.full(len(ranks), -1)
    ranking_groups = ranked_together(units)
    for number, members in enumerate(ranking_groups):
        group[members] = number
    neighbours = np.stack([order[:-1], order[1:]])
    neighbours = neighbours[:, group[neighbours[0]] == group[neighbours[1]]]
    named = [(units.locate(a), units.locate(b)) for a, b in pairs]
    apart = [(a, b) for a, b in named if group[a] != group[b] or group[a] < 0]
    if apart:
        a, b = (units.codes[index] for index in apart[0])
        raise SettingError(f"'{a}' and '{b}' are not ranked together: they cannot be compared")
    first, second = np.hstack([neighbours, np.array(named, dtype=np.intp).reshape(-1, 2).T])
    return Counting(
        ranks,
        ranking_groups,
        (first, second),
        halves=nominal.ranking_of(code).ties == "average",
        full=len(ranks) <= FULL,
    )
