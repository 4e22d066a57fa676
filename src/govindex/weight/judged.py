"""Weights by judgement: equal, fixed, by rank, and by the budgets of experts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, cast

import attrs
import numpy as np

from govindex.checks import instance_of, is_weight, mapping_of, names_of
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import column_texts, open_table, read_cells, require_columns
from govindex.mappings import FrozenMap
from govindex.notation import Notation
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
    from narwhals.typing import IntoFrame

__all__ = ["Budget", "Equal", "Fixed", "RankOrder"]


@attrs.frozen
class Equal:
    """The same weight for every child.

    Examples
    --------
    >>> Equal()(["days", "online"]).weights
    {'days': 0.5, 'online': 0.5}
    """

    peer_dependent: ClassVar[bool] = False

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        return WeightSet(weights=normalised(codes, [1.0] * len(codes), "no children"), how=self)


def as_numbers(weights: Mapping[str, float]) -> FrozenMap[str, float]:
    """Return weights by code, refusing anything but numbers of at least 0."""
    if not isinstance(weights, Mapping):
        raise SettingError(f"weights are numbers by code, not {weights!r}")
    wrong = {c: w for c, w in weights.items() if not is_weight(w)}
    if wrong:
        refused = ", ".join(f"'{code}': {weight!r}" for code, weight in wrong.items())
        raise SettingError(f"weights are finite numbers of at least 0, not {refused}")
    return FrozenMap({str(code): float(weight) for code, weight in weights.items()})


@attrs.frozen
class Fixed:
    """Fixed weights, divided by their sum.

    Parameters
    ----------
    weights : mapping of code to float
        At least 0, one for every child.

    Raises
    ------
    SettingError
        If a child has no weight, or a weight no child.

    Examples
    --------
    >>> Fixed({"days": 1, "online": 3})(["days", "online"]).weights
    {'days': 0.25, 'online': 0.75}
    """

    weights: FrozenMap[str, float] = attrs.field(converter=as_numbers)
    peer_dependent: ClassVar[bool] = False

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        check_known("The weights given", self.weights, codes)
        raw = [self.weights[code] for code in codes]
        return WeightSet(weights=normalised(codes, raw, "the weights given are 0"), how=self)


def _rows(order: Iterable[str | Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    if isinstance(order, str) or not isinstance(order, Iterable):
        raise SettingError(f"an order is a list of codes, the weightiest first, not {order!r}")
    return tuple(names_of(codes, "ranks in an order") for codes in order)


@attrs.frozen
class RankOrder:
    """Weights from an order alone.

    Of n children the one of rank r gets

    - ``sum``: ``2(n + 1 − r) / (n(n + 1))``,
    - ``reciprocal``: ``(1/r) / Σ(1/k)``,
    - ``centroid``: ``(1/n)·Σ_{k=r…n} 1/k``, the mean of all weights that keep the order.

    Parameters
    ----------
    order : sequence of str or of tuples of str
        The heaviest first; codes in one tuple share their ranks' weights.
    by : {"sum", "reciprocal", "centroid"}

    References
    ----------
    Stillwell, W. G., Seaver, D. A. & Edwards, W. (1981), A comparison of weight approximation
    techniques in multiattribute utility decision making. Organizational Behavior and Human
    Performance 28(1). Barron, F. H. & Barrett, B. E. (1996), Decision quality using ranked
    attribute weights. Management Science 42(11).

    Examples
    --------
    >>> weights = RankOrder(["days", "online", "staff"], by="centroid")(["days", "online", "staff"])
    >>> {code: round(weight, 4) for code, weight in weights.weights.items()}
    {'days': 0.6111, 'online': 0.2778, 'staff': 0.1111}
    """

    order: tuple[tuple[str, ...], ...] = attrs.field(converter=_rows)
    by: Literal["sum", "reciprocal", "centroid"] = attrs.field(
        default="centroid", validator=one_of(["sum", "reciprocal", "centroid"]), kw_only=True
    )
    peer_dependent: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        named = [code for tied in self.order for code in tied]
        twice = sorted({code for code in named if named.count(code) > 1})
        if twice:
            raise SettingError(f"a code may be given once in an order; several: {listing(twice)}")

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        check_known("The order", [code for tied in self.order for code in tied], codes)
        weights = self._by_rank(len(codes))
        raw: dict[str, float] = {}
        for tied in self.order:
            shared = float(weights[len(raw) : len(raw) + len(tied)].mean()) if tied else 0.0
            raw |= dict.fromkeys(tied, shared)
        return WeightSet(weights=normalised(codes, [raw[c] for c in codes], "no order"), how=self)

    def _by_rank(self, count: int) -> Float:
        index = np.arange(1.0, count + 1.0)
        if self.by == "sum":
            return count + 1.0 - index
        if self.by == "reciprocal":
            return 1.0 / index
        return np.cumsum((1.0 / index)[::-1])[::-1] / count


def _allocations(
    allocations: Mapping[str, Mapping[str, float]] | Mapping[Hashable, Mapping[Hashable, float]],
) -> FrozenMap[str, FrozenMap[str, float]]:
    return _checked(cast(Mapping[str, Mapping[str, float]], allocations))


def _checked(
    allocations: Mapping[str, Mapping[str, float]],
) -> FrozenMap[str, FrozenMap[str, float]]:
    if not isinstance(allocations, Mapping) or not allocations:
        if hasattr(allocations, "columns"):
            raise SettingError(
                "a budget is points by code for each expert, not a frame: of a pandas frame with "
                "a row per expert and a column per child give frame.to_dict('index')"
            )
        raise SettingError(f"a budget is points by code for each expert, not {allocations!r}")
    problems = Problems()
    for expert, points in allocations.items():
        mapping_of(points, f"the points of '{expert}'")
    codes = dict.fromkeys(code for points in allocations.values() for code in points)
    for expert, points in allocations.items():
        for code in codes:
            if code not in points or not is_weight(points[code]):
                points_text = repr(points[code]) if code in points else "nothing"
                problems.add(
                    f"expert '{expert}' gives '{code}' {points_text}; write 0 for no points"
                )
    problems.raise_any(SettingError, "Every expert gives every child points of at least 0")
    return FrozenMap({str(expert): as_numbers(points) for expert, points in allocations.items()})


@attrs.frozen
class Budget:
    """Budget allocation: the points that experts would spend on each child.

    Parameters
    ----------
    allocations : mapping of expert to mapping of code to float
        Every expert gives every child points of at least 0. Each expert counts the same, whatever
        the points add up to.
    by : {"mean", "median"}
        How the experts' weights are combined.
    total : float, optional
        The sum of each expert's points; not checked if None.

    Raises
    ------
    SettingError
        Naming the experts who left a child out, or spent more or less than the total.

    Notes
    -----
    The report shows how far experts disagree on each child (``deviation``, ``least``, ``most`` of
    their weights); the diagnostic ``kendall_w`` is their concordance on the order of children, from
    0 (none) to 1 (the same order), corrected for ties.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 6.2 (weights based on
    participatory methods), budget allocation.

    Examples
    --------
    >>> budget = Budget({"An": {"days": 70, "online": 30}, "Bình": {"days": 50, "online": 50}})
    >>> budget(["days", "online"]).weights
    {'days': 0.6, 'online': 0.4}
    """

    allocations: FrozenMap[str, FrozenMap[str, float]] = attrs.field(converter=_allocations)
    by: Literal["mean", "median"] = attrs.field(
        default="mean", validator=one_of(["mean", "median"]), kw_only=True
    )
    total: float | None = attrs.field(default=100.0, validator=at_least_0, kw_only=True)
    peer_dependent: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        for expert, points in self.allocations.items():
            spent = sum(points.values())
            if spent == 0:
                problems.add(f"expert '{expert}' spends no points")
            elif self.total is not None and not np.isclose(spent, self.total, rtol=1e-9):
                problems.add(f"expert '{expert}' spends {spent:g} of {self.total:g} points")
        problems.raise_any(SettingError, "A budget cannot be used")

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame,
        *,
        expert: str = "expert",
        by: Literal["mean", "median"] = "mean",
        total: float | None = 100.0,
        notation: Notation | None = None,
    ) -> Budget:
        """Read the experts' matrix: a row per expert, a column of points per child.

        Parameters
        ----------
        frame : data frame
        expert : str
            The column of the experts' names.
        by, total
            As in :class:`Budget`.
        notation : Notation, optional
            How points are written, as in ``Observations.from_frame``.
        """
        instance_of(expert, str, "expert")
        table = open_table(frame)
        problems = Problems()
        require_columns(table, [expert], problems)
        problems.raise_any(DataError, "The experts' matrix cannot be read")
        names = [text or f"row {row + 1}" for row, text in enumerate(column_texts(table, expert))]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(f"every expert has one row; several: {listing(twice)}")
        codes = [name for name in table.columns if name != expert]
        read_as = Notation() if notation is None else instance_of(notation, Notation, "notation")
        cell_problems = Problems()
        values, _, levels = read_cells(table, codes, read_as, names.__getitem__, cell_problems)
        for p in cell_problems:
            problems.add(f"expert '{p.unit}': {p.cause}", code=p.code, variable=p.variable)
        for code in levels:
            problems.add(f"'{code}' holds texts, not points")
        problems.raise_any(DataError, "The experts' matrix cannot be read")
        rows = values.T.tolist()
        allocations = {
            name: dict(zip(codes, row, strict=True)) for name, row in zip(names, rows, strict=True)
        }
        return cls(allocations, by=by, total=total)

    def __call__(self, children: Children) -> WeightSet:
        """Weigh children, given by their codes or as a frame's columns."""
        codes = codes_of(children)
        check_known("The budget", next(iter(self.allocations.values())), codes)
        points = np.array(
            [[points_of[c] for c in codes] for points_of in self.allocations.values()]
        )
        parts = np.sort(points / points.sum(axis=1, keepdims=True), axis=0)
        middle = parts.mean(axis=0) if self.by == "mean" else np.median(parts, axis=0)
        spread = parts.std(axis=0, ddof=1) if len(parts) > 1 else np.zeros(len(codes))
        columns = {"deviation": spread, "least": parts[0], "most": parts[-1]}
        concordance = _concordance(points)
        concordances = {} if concordance is None else {"kendall_w": concordance}
        return WeightSet(
            weights=normalised(codes, middle, "half of the experts give every child nothing"),
            how=self,
            diagnostics={"experts": float(len(parts)), **concordances},
            columns={
                name: dict(zip(codes, column.tolist(), strict=True))
                for name, column in columns.items()
            },
        )


def _concordance(points: Float) -> float | None:
    """Return Kendall's W of judges × objects, None if no judge prefers any object."""
    import pandas as pd

    judges, objects = points.shape
    ranks = pd.DataFrame(points.T).rank().to_numpy()
    sums = ranks.sum(axis=1)
    apart = float(((sums - sums.mean()) ** 2).sum())
    ties = sum(
        float((counts**3 - counts).sum())
        for counts in (np.unique(judged, return_counts=True)[1].astype(float) for judged in points)
    )
    most = judges**2 * (objects**3 - objects) - judges * ties
    return 12.0 * apart / most if most > 0 else None
