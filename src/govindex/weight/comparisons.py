"""Weights from comparisons in pairs: the analytic hierarchy process and the best-worst method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import instance_of, is_number, shown
from govindex.contracts import Float
from govindex.errors import Problems, SettingError, listing
from govindex.mappings import FrozenMap
from govindex.weight.common import (
    Children,
    WeightSet,
    at_least_0,
    check_known,
    codes_of,
    normalised,
    one_of,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AHP", "BestWorst"]

Pair = tuple[str, str]
# Saaty's mean consistency index of random matrices of 1 to 10 children.
_RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
_RECIPROCAL = 1e-9


def random_index(children: int) -> float:
    """Return the mean consistency index of random judgements.

    Saaty's table up to 10 children; beyond, the line that Alonso & Lamata fitted to the mean
    principal eigenvalue: ``2.7699 n − 4.3513``.

    Examples
    --------
    >>> random_index(4), round(random_index(12), 3)
    (0.9, 1.535)
    """
    if children <= len(_RANDOM_INDEX):
        return _RANDOM_INDEX[max(children, 1) - 1]
    return (2.7699 * children - 4.3513 - children) / (children - 1)


def _is_judgement(number: Any) -> bool:
    return is_number(number) and bool(number > 0)


def _judgements(comparisons: Mapping[Pair, float]) -> FrozenMap[Pair, float]:
    if not isinstance(comparisons, Mapping) or not all(
        isinstance(pair, tuple) and len(pair) == 2 for pair in comparisons
    ):
        raise SettingError(
            f"comparisons are numbers by pair, {{('a', 'b'): 3}}, not {comparisons!r}"
        )
    problems = Problems()
    for (first, second), number in comparisons.items():
        named = f"'{first}' against '{second}'"
        if not _is_judgement(number):
            problems.add(f"{named}: a comparison is a number above 0, not {number!r}")
        elif first == second and number != 1:
            problems.add(f"{named}: a child against itself is 1, not {number:g}")
        elif first > second and (second, first) in comparisons:
            problems.extend(_reciprocal_problems(second, first, comparisons))
    problems.raise_any(SettingError, "The comparisons cannot be used")
    numbers = {pair: float(number) for pair, number in comparisons.items() if pair[0] != pair[1]}
    codes = sorted({code for pair in comparisons for code in pair})
    for pair in combinations(codes, 2):
        if pair not in numbers and pair[::-1] not in numbers:
            problems.add(f"'{pair[0]}' against '{pair[1]}' is not compared")
    problems.raise_any(SettingError, "Every pair is compared once")
    return FrozenMap({pair: numbers[pair] for pair in sorted(numbers)})


def _reciprocal_problems(first: str, second: str, comparisons: Mapping[Pair, Any]) -> Iterator[str]:
    there, back = comparisons[first, second], comparisons[second, first]
    if _is_judgement(there) and abs(there * back - 1.0) > _RECIPROCAL:
        yield (
            f"'{first}' against '{second}' is {there:g}, and the other way round {back:g}: the two "
            "are to be reciprocal. State the comparison that was made, once"
        )


@attrs.frozen
class AHP:
    """Analytic hierarchy process: weights from comparisons of every pair.

    The weights are the principal eigenvector of the matrix of comparisons, or the geometric means
    of its rows. Judgements are consistent if ``a_ik = a_ij·a_jk`` always; the consistency ratio is
    ``(λ − n) / (n − 1)`` in parts of what random judgements give.

    Parameters
    ----------
    comparisons : mapping of (code, code) to float
        How many times the first weighs the second, each pair once; Saaty's scale runs from 1/9 to
        9.
    by : {"eigenvector", "geometric"}
        How weights are taken from the matrix.
    limit : float or None
        The largest consistency ratio that is accepted; None accepts any.

    Raises
    ------
    SettingError
        Naming pairs that are not compared, or compared twice and not reciprocal, and the pair that
        fits the others least if the judgements are not consistent enough.

    Notes
    -----
    Diagnostics: ``eigenvalue`` λ, ``consistency_index``, ``consistency_ratio``, and the
    ``geometric_consistency_index``, ``2 Σ ln²(a_ij·w_j / w_i) / ((n − 1)(n − 2))``.

    References
    ----------
    Saaty, T. L. (1990), How to make a decision: the analytic hierarchy process. European Journal of
    Operational Research 48(1). Crawford, G. & Williams, C. (1985), A note on the analysis of
    subjective judgment matrices. Journal of Mathematical Psychology 29(4). Alonso, J. A. & Lamata,
    M. T. (2006), Consistency in the analytic hierarchy process: a new approach. International
    Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 14(4), for more than 10 children.

    Examples
    --------
    >>> ahp = AHP({("days", "online"): 2, ("days", "staff"): 6, ("online", "staff"): 3})
    >>> found = ahp(["days", "online", "staff"])
    >>> {code: round(weight, 3) for code, weight in found.weights.items()}
    {'days': 0.6, 'online': 0.3, 'staff': 0.1}
    >>> round(found.diagnostics["consistency_ratio"], 6) + 0.0
    0.0
    """

    comparisons: FrozenMap[Pair, float] = attrs.field(converter=_judgements)
    by: Literal["eigenvector", "geometric"] = attrs.field(
        default="eigenvector", validator=one_of(["eigenvector", "geometric"]), kw_only=True
    )
    limit: float | None = attrs.field(default=0.1, validator=at_least_0, kw_only=True)
    peer_dependent: ClassVar[bool] = False

    @classmethod
    def from_matrix(
        cls,
        matrix: pd.DataFrame,
        *,
        by: Literal["eigenvector", "geometric"] = "eigenvector",
        limit: float | None = 0.1,
    ) -> AHP:
        """Read a square frame whose index and columns are codes; one half may be blank.

        Parameters
        ----------
        matrix : DataFrame
            How many times the row weighs the column.
        by, limit
            As in :class:`AHP`.
        """
        if not hasattr(matrix, "columns"):
            raise SettingError(f"the matrix must be a data frame, not {shown(matrix)}")
        rows, columns = [str(c) for c in matrix.index], [str(c) for c in matrix.columns]
        if sorted(rows) != sorted(columns) or len(set(rows)) < len(rows):
            raise SettingError(
                f"the matrix has a row and a column for every child, not the rows {listing(rows)} "
                f"and the columns {listing(columns)}"
            )
        cells = matrix.to_numpy()
        comparisons = {
            (row, column): cells[i, j]
            for i, row in enumerate(rows)
            for j, column in enumerate(columns)
            if cells[i, j] is not None and cells[i, j] == cells[i, j]  # blank cells are not equal
        }
        return cls(comparisons, by=by, limit=limit)

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        if len(codes) == 1 and not self.comparisons:
            return WeightSet(weights={codes[0]: 1.0}, how=self)
        compared = dict.fromkeys(code for pair in self.comparisons for code in pair)
        check_known("The comparisons", compared, codes)
        matrix = self._matrix(codes)
        eigenvalue, vector = _principal(matrix)
        if self.by == "geometric":
            vector = np.exp(np.log(matrix).mean(axis=1))
        weights = normalised(codes, vector, "comparisons are above 0")
        diagnostics = _consistency(matrix, vector, eigenvalue)
        ratio = diagnostics["consistency_ratio"]
        if self.limit is not None and ratio > self.limit + 1e-12:
            raise SettingError(self._inconsistent(codes, matrix, vector, ratio))
        return WeightSet(weights=weights, how=self, diagnostics=diagnostics)

    def _matrix(self, codes: tuple[str, ...]) -> Float:
        matrix = np.ones((len(codes), len(codes)))
        for i, j in combinations(range(len(codes)), 2):
            pair = codes[i], codes[j]
            there = self.comparisons.get(pair)
            matrix[i, j] = 1.0 / self.comparisons[pair[::-1]] if there is None else there
            matrix[j, i] = 1.0 / matrix[i, j]
        return matrix

    def _inconsistent(
        self, codes: tuple[str, ...], matrix: Float, vector: Float, ratio: float
    ) -> str:
        deviation = np.abs(np.log(matrix * vector / vector[:, None]))
        i, j = np.unravel_index(int(deviation.argmax()), deviation.shape)
        if matrix[i, j] < 1.0:
            i, j = j, i
        return (
            f"the comparisons contradict each other: the consistency ratio is {ratio:.3f}, the "
            f"limit {self.limit:g}. '{codes[i]}' against '{codes[j]}' fits the others least: it is "
            f"{matrix[i, j]:.3g}, the weights say {vector[i] / vector[j]:.3g}. Ask again, or "
            "accept it by a larger limit"
        )


def _principal(matrix: Float) -> tuple[float, Float]:
    """Return the largest eigenvalue of a positive matrix and its vector, by powers of it."""
    vector = np.exp(np.log(matrix).mean(axis=1))
    vector /= vector.sum()
    for _ in range(10_000):
        image = matrix @ vector
        normalised_image = image / image.sum()
        if np.abs(normalised_image - vector).max() <= 1e-16 * len(vector):
            break
        vector = normalised_image
    return float((matrix @ normalised_image / normalised_image).mean()), normalised_image


def _consistency(matrix: Float, vector: Float, eigenvalue: float) -> dict[str, float]:
    count = len(matrix)
    index = max(eigenvalue - count, 0.0) / max(count - 1, 1)
    random = random_index(count)
    deviation = np.log(matrix * vector / vector[:, None])
    pairs = np.triu(deviation * deviation, 1).sum()
    geometric = 2.0 * float(pairs) / ((count - 1) * (count - 2)) if count > 2 else 0.0
    return {
        "eigenvalue": eigenvalue,
        "consistency_index": index,
        "consistency_ratio": index / random if random > 0 else 0.0,
        "geometric_consistency_index": geometric,
    }


def _against(comparisons: Mapping[str, float]) -> FrozenMap[str, float]:
    if not isinstance(comparisons, Mapping):
        raise SettingError(f"comparisons are numbers by code, not {comparisons!r}")
    wrong = {c: n for c, n in comparisons.items() if not _is_judgement(n) or n < 1}
    if wrong:
        refused = ", ".join(f"'{code}': {number!r}" for code, number in wrong.items())
        raise SettingError(
            f"the best is compared with the others, and the others with the worst, by numbers of "
            f"at least 1, not {refused}"
        )
    return FrozenMap({str(code): float(number) for code, number in comparisons.items()})


@attrs.frozen
class BestWorst:
    """Best-worst method: the weightiest and the lightest child compared with all others.

    The linear model: weights of at least 0 with sum 1 and the least ξ such that
    ``|w_best − a_j·w_j| ≤ ξ`` and ``|w_j − b_j·w_worst| ≤ ξ`` for every child.

    Parameters
    ----------
    best, worst : str
        The child that weighs most, and the one that weighs least.
    best_to_others : mapping of code to float
        How many times the best weighs each other child, 1 to 9.
    others_to_worst : mapping of code to float
        How many times each other child weighs the worst, 1 to 9.
    limit : float or None
        The largest input-based consistency ratio that is accepted; None accepts any.

    Raises
    ------
    SettingError
        Naming children that are not compared, or the child whose comparisons contradict each other
        most if the ratio exceeds the limit.

    Notes
    -----
    Diagnostics: ``xi``, 0 for consistent judgements, and the input-based ``consistency_ratio``,
    ``max |a_j·b_j − a_worst| / (a_worst² − a_worst)``.

    References
    ----------
    Rezaei, J. (2016), Best-worst multi-criteria decision-making method: some properties and a
    linear model. Omega 64. Liang, F., Brunelli, M. & Rezaei, J. (2020), Consistency issues in the
    best worst method: measurements and thresholds. Omega 96.

    Examples
    --------
    >>> judged = BestWorst("days", "staff", {"online": 2, "staff": 8}, {"days": 8, "online": 4})
    >>> found = judged(["days", "online", "staff"])
    >>> {code: round(weight, 4) for code, weight in found.weights.items()}
    {'days': 0.6154, 'online': 0.3077, 'staff': 0.0769}
    """

    best: str
    worst: str
    best_to_others: FrozenMap[str, float] = attrs.field(converter=_against)
    others_to_worst: FrozenMap[str, float] = attrs.field(converter=_against)
    limit: float | None = attrs.field(default=None, validator=at_least_0, kw_only=True)
    peer_dependent: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        for name in (self.best, self.worst):
            instance_of(name, str, "best and worst")
        if self.best == self.worst:
            problems.add(f"best and worst are two children, not both '{self.best}'")
        for code, comparisons in (
            (self.best, self.best_to_others),
            (self.worst, self.others_to_worst),
        ):
            if comparisons.get(code, 1.0) != 1.0:
                problems.add(f"'{code}' against itself is 1, not {comparisons[code]:g}")
        there = self.best_to_others.get(self.worst)
        back = self.others_to_worst.get(self.best)
        if there is not None and back is not None and there != back:
            problems.add(
                f"'{self.best}' against '{self.worst}' is {there:g} in one list and {back:g} in "
                "the other"
            )
        problems.raise_any(SettingError, "The comparisons cannot be used")

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        from_best = {**self.best_to_others, self.best: 1.0}
        to_worst = {**self.others_to_worst, self.worst: 1.0}
        check_known("The comparisons with the best", from_best, codes)
        check_known("The comparisons with the worst", to_worst, codes)
        a = np.array([from_best[code] for code in codes])
        b = np.array([to_worst[code] for code in codes])
        worst = from_best[self.worst]
        scale = worst * worst - worst
        odd = np.abs(a * b - worst) / scale if scale > 0 else np.zeros(len(codes))
        if self.limit is not None and odd.max() > self.limit + 1e-12:
            at = int(odd.argmax())
            raise SettingError(
                f"the comparisons contradict each other: the consistency ratio is {odd.max():.3f}, "
                f"the limit {self.limit:g}. '{self.best}' against '{codes[at]}' is {a[at]:g} and "
                f"'{codes[at]}' against '{self.worst}' {b[at]:g}, but '{self.best}' against "
                f"'{self.worst}' is {worst:g}"
            )
        weights, xi = _least_deviation(a, b, codes.index(self.best), codes.index(self.worst))
        return WeightSet(
            weights=normalised(codes, weights, "no child weighs anything"),
            how=self,
            diagnostics={"xi": xi, "consistency_ratio": float(odd.max())},
            columns={"inconsistency": dict(zip(codes, odd.tolist(), strict=True))},
        )


def _least_deviation(a: Float, b: Float, best: int, worst: int) -> tuple[Float, float]:
    from scipy import optimize

    count = len(a)
    everyone = np.arange(count)
    from_best = np.zeros((count, count))
    from_best[:, best] = 1.0
    from_best[everyone, everyone] -= a
    to_worst = np.eye(count)
    to_worst[:, worst] -= b
    deviations = np.vstack([from_best, to_worst])
    both = np.vstack([deviations, -deviations])
    solution = optimize.linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.hstack([both, -np.ones((len(both), 1))]),
        b_ub=np.zeros(len(both)),
        A_eq=np.append(np.ones(count), 0.0)[None],
        b_eq=[1.0],
        method="highs",
    )
    return np.maximum(solution.x[:-1], 0.0), max(float(solution.x[-1]), 0.0)
