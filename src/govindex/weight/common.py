"""The scores that weighting methods receive, and the weights that they return."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import attrs
import numpy as np

from govindex.checks import among, is_number, shown
from govindex.contracts import Bool, Float, Index, Matrix
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.frames import column_texts, holds_numbers, open_table, read_cells
from govindex.kernels.rounding import snap, twelve_digits
from govindex.kernels.scaling import ordinary, restored, tame, to_one
from govindex.mappings import FrozenMap
from govindex.notation import Notation

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["Weigher", "WeightSet", "as_shares"]

# A frame of units × children, or the codes of children.
Children: TypeAlias = "IntoFrame | Matrix | Iterable[str]"
Missing = Literal["error", "complete", "pairwise"]
Degenerate = Literal["error", "zero"]  # of columns without two distinct scores
_CONSTANT = 1e-12
_LABEL = "unit"


def ordered(codes: Sequence[str], values: Float, units: Sequence[str]) -> Matrix:
    """Put nodes in the order of their codes, and units in the order of their scores.

    Sums over units are then the same to the last bit, whatever the order of the units.
    """
    order = sorted(range(len(codes)), key=codes.__getitem__)
    values = np.asarray(values, dtype=np.float64)[order]
    rows = _in_order(values) if len(codes) else np.arange(values.shape[-1])
    return Matrix(
        np.ascontiguousarray(values[:, rows]),
        tuple(codes[i] for i in order),
        units=tuple(np.array(units, dtype=object)[rows].tolist()),
    )


def _in_order(values: Float) -> Index:
    """Return the columns sorted by their first value, then the second, and so on."""
    rows = np.argsort(values[0], kind="stable")
    first = values[0, rows]
    with np.errstate(invalid="ignore"):
        differs = ~((first[1:] == first[:-1]) | (np.isnan(first[1:]) & np.isnan(first[:-1])))
    if differs.all():
        return rows
    # Only columns with the same first value are compared at the others.
    runs = np.concatenate([[0], np.cumsum(differs)])
    tied = np.bincount(runs)[runs] > 1
    tied_rows = rows[tied]
    rows[tied] = tied_rows[np.lexsort((*values[:0:-1, tied_rows], runs[tied]))]
    return rows


def _numbers(numbers: Mapping[str, float]) -> FrozenMap[str, float]:
    return FrozenMap(numbers)


def _columns(columns: Mapping[str, Mapping[str, float]]) -> FrozenMap[str, FrozenMap[str, float]]:
    return FrozenMap({name: FrozenMap(column) for name, column in columns.items()})


@attrs.frozen(kw_only=True)
class WeightSet:
    """The weights of one group of siblings, and their method.

    Parameters
    ----------
    weights : mapping of code to float
        At least 0, of a method that is `signed` also below it; their sizes add up to 1.
    how : Weigher
        Their method.
    units : int or None
        How many units they rest on; None if they rest on judgement.
    left_out : tuple of str
        Units that were left out because a score is missing.
    diagnostics : mapping of str to float
        Figures of the method: a consistency ratio, the variance explained …
    columns : mapping of str to mapping of code to float
        Figures of the method for each node.
    """

    weights: FrozenMap[str, float] = attrs.field(converter=_numbers)
    how: Weigher
    units: int | None = None
    left_out: tuple[str, ...] = ()
    diagnostics: FrozenMap[str, float] = attrs.field(factory=dict, converter=_numbers)
    columns: FrozenMap[str, FrozenMap[str, float]] = attrs.field(factory=dict, converter=_columns)

    def __getitem__(self, code: str) -> float:
        if code not in self.weights:
            raise SettingError(f"there is no weight of '{code}': {near_miss(code, self.weights)}")
        return self.weights[code]

    @property
    def report(self) -> pd.DataFrame:
        """A row per node: its weight, and the figures of the method."""
        import pandas as pd

        columns = {"weight": self.weights, **self.columns}
        index = pd.Index(list(self.weights), name="node")
        return pd.DataFrame(
            {name: [column[code] for code in index] for name, column in columns.items()},
            index=index,
        )


@runtime_checkable
class Weigher(Protocol):
    """Children of a node → their weights.

    Weights that depend on scores are called with a frame, units × children; weights that rest on
    judgement with the codes of the children.
    """

    @property
    def peer_dependent(self) -> bool:
        """Whether the weights depend on the units' scores."""

    def __call__(self, children: pd.DataFrame | Sequence[str]) -> WeightSet:
        """Weigh the columns of a frame, or children by their codes."""


@attrs.frozen(eq=False)
class Tier:
    """Nodes that are weighed together while the branches above them keep their weights.

    Parameters
    ----------
    branches : mapping of str to str
        The branch of each node that is weighed.
    weights : mapping of str to float
        The weight of each node in its branch before.
    parts : mapping of str to float
        The part of the root that the nodes of each branch have together.
    units : tuple of str
    totals : callable
        Weights by code, shape (sets,), each branch adding up to 1 → the root's shares, shape
        (sets, units).
    """

    branches: Mapping[str, str]
    weights: Mapping[str, float]
    parts: Mapping[str, float]
    units: tuple[str, ...]
    totals: Callable[[Mapping[str, Float]], Float]


def as_shares(table: Children) -> Matrix:
    """Return a frame of units × children as scores.

    Parameters
    ----------
    table : data frame or Matrix
        A column of numbers per child and a row per unit. Units are named by a column ``unit`` of
        texts, or by the index of a pandas frame.

    Raises
    ------
    DataError
        If it is no frame, or holds anything but finite numbers and missing cells.
    """
    if isinstance(table, Matrix):
        return table
    if isinstance(table, Sequence) and all(isinstance(code, str) for code in table):
        raise DataError(
            "these weights depend on scores: give a frame with a row per unit and a column "
            f"per child, not codes alone ({listing(table)})"
        )
    opened = open_table(table)
    codes = _children(opened)
    if not codes:
        raise DataError("weights need a column per child; the frame has none")
    rows: list[str] = [str(row + 1) for row in range(len(opened))]
    if len(codes) < len(opened.columns):
        named = column_texts(opened, _LABEL)
        rows = [text or row for text, row in zip(named, rows, strict=True)]
    elif hasattr(table, "index") and not callable(table.index):
        rows = list(map(str, table.index.tolist()))
    problems = Problems()
    values, _, levels = read_cells(opened, codes, Notation(), rows.__getitem__, problems)
    for code in levels:
        problems.add(f"'{code}' holds texts, not scores")
    problems.raise_any(DataError, "Weights cannot be found")
    return ordered(codes, values, rows)


def _children(table: nw.DataFrame[Any]) -> list[str]:
    # A child may have the name of the label, but then it holds numbers.
    return [name for name in table.columns if name != _LABEL or holds_numbers(table, name)]


def codes_of(children: Children) -> tuple[str, ...]:
    """Return the codes of children given as codes, as scores or as a frame, in their order."""
    if isinstance(children, Matrix):
        return children.names
    if isinstance(children, str):
        raise SettingError(f"children are several codes, not the text '{children}'")
    if isinstance(children, Iterable) and not hasattr(children, "columns"):
        codes = tuple(children)
        if len(set(codes)) < len(codes):
            twice = sorted({code for code in codes if codes.count(code) > 1})
            raise SettingError(f"codes of children must be unique; given twice: {listing(twice)}")
    else:
        codes = tuple(_children(open_table(children)))
    return tuple(sorted(codes))


def check_known(subject: str, judged: Iterable[str], children: Sequence[str]) -> None:
    """Refuse judgements about other nodes than the children, and children without a judgement."""
    judged = tuple(judged)
    problems = Problems()
    for code in judged:
        if code not in children:
            problems.add(f"'{code}' is not one of the children: {near_miss(code, children)}")
    for code in children:
        if code not in judged:
            problems.add(f"'{code}' is weighed, but not judged")
    problems.raise_any(SettingError, f"{subject} and the children do not fit together")


def as_ranked(shares: Float, codes: Iterable[str], one_sign: Collection[str]) -> Float:
    """Return shares of nodes, shape (nodes, units), that are equal where they tie in ranks.

    Examples
    --------
    >>> small = np.array([[1e-20, 2e-20], [1e-20, 2e-20]])
    >>> as_ranked(small, ("a", "b"), {"b"}).tolist()
    [[0.0, 0.0], [1e-20, 2e-20]]
    """
    signed = np.array([code in one_sign for code in codes])
    return np.where(signed[:, None], twelve_digits(shares), snap(shares, 1.0))


def normalised(codes: Sequence[str], raw: Iterable[float], why: str) -> dict[str, float]:
    """Return weights that add up to 1; `why` is the reason if all are 0."""
    numbers = tame(np.array(list(raw), dtype=np.float64))
    total = float(numbers.sum())
    if not total > 0.0:
        raise DataError(f"{why}: {listing(codes)} would all weigh 0")
    # Snapped, since the last bits differ between machines.
    return dict(zip(codes, snap(numbers / total, 1.0).tolist(), strict=True))


def ranked_only(over: object) -> bool:
    """Return whether only ranked units count, given "all" or "ranked"."""
    if not among(over, ("all", "ranked")):
        raise SettingError(f"over is 'all' or 'ranked', not {shown(over)}")
    return over == "ranked"


def at_least_0(_: object, attribute: Any, value: Any) -> None:
    """Refuse a setting that is neither None nor a number of at least 0."""
    if value is not None and (not is_number(value) or value < 0):
        raise SettingError(f"'{attribute.name}' is a number of at least 0, not {value!r}")


def one_of(known: Sequence[str]) -> Any:
    """Return a validator for settings that are one of some words."""

    def check(_: object, attribute: Any, value: object) -> None:
        if not among(value, known):
            raise SettingError(
                f"'{attribute.name}' is one of {listing(known)}, not '{value}': "
                + near_miss(value, known)
            )

    return check


@attrs.frozen(eq=False)
class Usable:
    """Scores after the declared policies.

    `codes` are all nodes that are weighed; `shares` are those that vary, of the units that count.
    """

    codes: tuple[str, ...]
    shares: Matrix
    left_out: tuple[str, ...]

    def full(self, values: Float, fill: float = 0.0) -> dict[str, float]:
        """Return a number per weighed node, `fill` for those whose scores do not vary."""
        by_code = dict(zip(self.shares.names, np.asarray(values).tolist(), strict=True))
        return {code: by_code.get(code, fill) for code in self.codes}


def usable(
    table: Children,
    method: str,
    *,
    missing: Missing,
    degenerate: Degenerate | Literal["keep"],
    fewest: int = 2,
) -> Usable:
    """Apply the policies for missing scores and for constant columns.

    Raises
    ------
    DataError
        Naming nodes without scores or whose scores do not vary, if that is an error.
    """
    shares = as_shares(table)
    absent: Bool = np.isnan(shares.values)
    _refuse_absent(shares, absent, method, missing)
    left_out: tuple[str, ...] = ()
    if missing == "complete":
        whole: Bool = np.asarray(~absent.any(axis=0))
        left_out = tuple(sorted(u for u, keep in zip(shares.units, whole, strict=True) if not keep))
        shares = shares.where(whole)
    known = (~np.isnan(shares.values)).sum(axis=1)
    few = [c for c, count in zip(shares.names, known, strict=True) if count < fewest]
    if few:
        raise DataError(
            f"{method} needs at least {fewest} units with scores; there are {known.min()} at: "
            f"{listing(few)}"
        )
    if degenerate == "keep":
        return Usable(shares.names, shares, left_out)
    varies = _varies(shares.values)
    flat = [code for code, moves in zip(shares.names, varies, strict=True) if not moves]
    if flat and degenerate == "error":
        raise DataError(
            f"{method} needs scores that vary; all units have the same at: {listing(flat)}. Leave "
            "them out, or give them weights by judgement"
        )
    kept = [code for code, moves in zip(shares.names, varies, strict=True) if moves]
    return Usable(shares.names, shares.of(kept), left_out)


def _refuse_absent(shares: Matrix, absent: Bool, method: str, missing: Missing) -> None:
    """Refuse nodes without any score, and missing scores if they are an error."""
    empty = [c for c, cells in zip(shares.names, absent, strict=True) if cells.all()]
    if empty:
        raise DataError(f"{method} needs scores; no unit has one at: {listing(empty)}")
    if missing == "error" and absent.any():
        lacking = [c for c, cells in zip(shares.names, absent, strict=True) if cells.any()]
        units = [u for u, cells in zip(shares.units, absent.T, strict=True) if cells.any()]
        raise DataError(
            f"{method} needs every score; missing at {listing(lacking)} for "
            f"{listing(sorted(units))}."
            " Impute them, or say missing='complete' to leave these units out"
        )


def _varies(scores: Float) -> Bool:
    """Return which rows have two distinct scores, shape (nodes,)."""
    values = tame(scores)
    low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
    return np.asarray(high - low > _CONSTANT * np.maximum(np.abs(low), np.abs(high)))


def _on_common_units(centred: Float, known: Float) -> Float:
    count = known @ known.T
    sums = centred @ known.T  # the sum of one over the units that have both
    shared = centred @ centred.T - sums * sums.T / count
    spread = (centred * centred) @ known.T - sums * sums / count
    return np.asarray(shared / np.sqrt(spread * spread.T))


def correlation(shares: Matrix) -> Float:
    """Return Pearson correlations, each on the units that have both, shape (nodes, nodes)."""
    values = to_one(shares.values)
    known = ~np.isnan(values)
    mean = np.nanmean(values, axis=1, keepdims=True)
    centred = np.where(known, values - mean, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if known.all():
            length = np.sqrt((centred * centred).sum(axis=1, keepdims=True))
            correlations = (centred / length) @ (centred / length).T
        else:
            correlations = _on_common_units(centred, known.astype(np.float64))
    pairs = np.argwhere(~np.isfinite(correlations))
    if len(pairs):
        first, second = (shares.names[i] for i in pairs[0])
        raise DataError(
            f"'{first}' and '{second}' have no correlation: fewer than two units have scores of "
            "both, or one is constant for them. Say missing='complete', or impute the scores"
        )
    correlations = np.asarray(np.clip((correlations + correlations.T) / 2.0, -1.0, 1.0))
    np.fill_diagonal(correlations, 1.0)
    return correlations


def ranked(shares: Matrix) -> Matrix:
    """Return scores as ranks, ties shared."""
    import pandas as pd

    ranks = pd.DataFrame(shares.values.T).rank().to_numpy().T
    return attrs.evolve(shares, values=np.ascontiguousarray(ranks))


def deviations(shares: Matrix) -> tuple[Float, Float]:
    """Return the standard deviation of each node (n − 1), and numbers in the same proportions.

    The proportions keep their digits if deviations underflow.
    """
    values, power = ordinary(shares.values)
    scaled = np.asarray(np.nanstd(values, axis=1, ddof=1, keepdims=True), dtype=np.float64)
    spread = restored(scaled, power)[:, 0]
    infinite = [
        code for code, deviation in zip(shares.names, spread, strict=True) if np.isinf(deviation)
    ]
    if infinite:
        raise DataError(
            f"no number holds the standard deviation at {listing(infinite)}: take a larger measure "
            "unit"
        )
    if power is None:
        return spread, spread
    return spread, restored(scaled, power - power.max())[:, 0]


def only_child(table: Children, how: Weigher) -> WeightSet | None:
    """Return the weight of an only child, None if there are several."""
    codes = codes_of(table)
    return WeightSet(weights={codes[0]: 1.0}, how=how) if len(codes) == 1 else None
