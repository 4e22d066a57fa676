"""The variance of ranks and scores, apportioned to variations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError
from govindex.kernels.seeds import Seed, as_seed
from govindex.meters import Meter, Progress
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.robustness.sampling.draws import Ranks, Recipe, Runner, block_size
from govindex.robustness.sampling.samples import bound_to, doubled
from govindex.robustness.sobol.designs import as_points, drawn_sample
from govindex.robustness.sobol.estimators import Estimator, SobolIndices, assembled, resamples
from govindex.robustness.sobol.inputs import Groups, group_labels, named, pointed, steerable
from govindex.robustness.sobol.tables import Sensitivity
from govindex.robustness.variations.protocols import Variation

__all__ = ["sensitivity"]


def sensitivity(
    method: Methodology,
    data: Observations,
    *,
    vary: Iterable[Variation] | Mapping[str, Variation],
    points: int,
    rng: Seed,
    groups: Groups = "variations",
    node: str | None = None,
    second: bool = False,
    bootstraps: int = 100,
    level: float = 0.9,
    progress: Progress = None,
) -> Sensitivity:
    """Find which variation moves scores and ranks: Sobol' indices on scrambled Sobol' points.

    For the score and the rank of every unit, and for the mean shift of ranks: the first-order index
    is the share of the variance removed on average by knowing a group of inputs, the total index
    the share that remains when all other inputs are known.

    Parameters
    ----------
    method : Methodology
    data : Observations
    vary : iterable of Variation, or mapping of str to Variation
        The variations, by name for the tables; without names, by their kinds.
    points : int
        A power of two. The index is computed ``(groups + 2) · points`` times, with `second`
        ``(2 groups + 2) · points`` times.
    rng : int or numpy.random.Generator
        A seed gives the same points each time.
    groups : {"variations", "inputs"} or mapping of str to str or iterable of str
        One index for each variation; for each varied weight, choice and variable; or for groups
        of the names of variations, or of inputs such as ``"weights: x"``.
    node : str, optional
        The node that is ranked; the total by default.
    second : bool
        Also the indices of pairs of groups.
    bootstraps : int
        How often points are resampled for the intervals; 0 for no intervals.
    level : float
        The share of bootstraps inside the intervals.
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)``.

    Raises
    ------
    SettingError
        If a variation does not apply or cannot be driven by points, there are fewer than two
        groups, or points is no power of two.
    DataError
        If a draw cannot be scored, naming draw, matrix, options and unit.

    References
    ----------
    M. Saisana, A. Saltelli, S. Tarantola, "Uncertainty and sensitivity analysis techniques as tools
    for the quality assessment of composite indicators", Journal of the Royal Statistical Society A
    168 (2005), 307-323; for the estimators see :func:`sobol_indices`.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> result = gi.robustness.sensitivity(
    ...     method, data, vary=[gi.robustness.Weights(spread=0.25)], groups="inputs",
    ...     points=512, rng=2026)
    >>> result.mean_shift["total"].idxmax()
    'weights: 1'
    """
    variations = named(vary)
    count, seed = as_points(points), as_seed(rng)
    weights = resamples(count, bootstraps, seed)
    nominal, basis, bounds, scored = bound_to(method, data, tuple(variations.values()))
    code = nominal.codes[0] if node is None else node
    rows = doubled(nominal, code)
    steered = steerable(variations, bounds)
    sample = drawn_sample(group_labels(steered, groups), count, seed)
    driven = pointed(steered.values(), sample)
    varies_data = any(bound.varies_data for bound in driven)
    size = block_size(len(rows), len(basis.prepared.variables), data_vary=varies_data)
    matrices = 2 + len(sample.groups) * (2 if second else 1)
    recipe = Recipe(basis, driven, seed, code, count * matrices, min(size, count))
    model = _Model(Runner(recipe, scored), rows, sample.groups, count)
    with Meter(recipe.draws, progress, "draws") as meter:
        indices = model.indices(weights, level, meter, second=second)
    return Sensitivity(nominal, code, count, sample.groups, indices)


@attrs.frozen(eq=False)
class _Model:
    """The index as a function of points.

    Parameters
    ----------
    runner : Runner
    ranks : array of int, shape (units,)
        The doubled ranks without variation.
    groups : tuple of str
    points : int
    """

    runner: Runner
    ranks: Ranks
    groups: tuple[str, ...]
    points: int

    def indices(
        self, weights: Float | None, level: float, meter: Meter, *, second: bool
    ) -> SobolIndices:
        """Return the indices of all outputs, matrix by matrix."""
        estimator = Estimator(self._outputs(0, meter), self._outputs(1, meter), weights, level)
        groups = len(self.groups)
        estimated, kept, firsts = [], [], []
        for start in range(0, groups, estimator.together):
            stop = min(start + estimator.together, groups)
            outputs = [self._outputs(2 + group, meter) for group in range(start, stop)]
            for first, total in estimator.first_and_total(outputs):
                estimated.append((estimator.estimates(first), estimator.estimates(total)))
                if second:
                    firsts.append(first)
            if second:
                kept += outputs
        pairs = None
        if second:
            others = [self._outputs(2 + groups + group, meter) for group in range(groups)]
            pairs = estimator.second(kept, others, firsts)
        return assembled(estimator, estimated, pairs, (2 * len(self.ranks) + 1,))

    def _outputs(self, matrix: int, meter: Meter) -> Float:
        """Return scores, ranks and the mean shift at the points of a matrix."""
        units, block = len(self.ranks), self.runner.recipe.block
        outputs = np.empty((self.points, 2 * units + 1))
        ranked = self.ranks > 0
        for first in range(0, self.points, block):
            try:
                outcome = self.runner.run((matrix * self.points + first) // block, scores=True)
            except DataError as error:
                message = f"points {self._name(matrix)}: {error}"
                raise DataError(message, error.problems) from error
            rows = outputs[first : first + block]
            rows[:, :units] = outcome.scores
            rows[:, units:-1] = np.where(outcome.ranks > 0, outcome.ranks / 2.0, np.nan)
            distances = np.abs(outcome.ranks - self.ranks)[:, ranked]
            rows[:, -1] = distances.sum(axis=1) / (2.0 * ranked.sum())
            meter(block)
        return outputs

    def _name(self, matrix: int) -> str:
        """Return the name of a matrix of points."""
        if matrix < 2:
            return "AB"[matrix]
        swapped, group = divmod(matrix - 2, len(self.groups))
        base, other = "BA" if swapped else "AB"
        return f"{base} with '{self.groups[group]}' from {other}"
