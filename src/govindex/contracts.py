"""What the parts of a methodology are given and what they promise.

Measures, rules, aggregators and absence policies are frozen callables. This module holds the
arguments they receive and the protocols they meet, so that the engine and anybody's own part agree
without inheriting from anything. Arrays keep units on the last axis, whatever stands before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Protocol,
    get_args,
    overload,
    runtime_checkable,
)

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among
from govindex.errors import SettingError, near_miss
from govindex.renamed import guide

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ABSENT",
    "OVER",
    "AbsencePolicy",
    "Aggregator",
    "Bool",
    "BranchScope",
    "CellStatus",
    "Cells",
    "Columns",
    "Curve",
    "Direction",
    "Everyone",
    "Float",
    "GapFill",
    "LocatedPeers",
    "Measure",
    "NamedPeers",
    "Over",
    "Peers",
    "RelativeAggregator",
    "RelativeRule",
    "Report",
    "Rounder",
    "Rule",
    "Scope",
    "Settled",
    "Sheet",
    "Status",
    "Step",
    "Treatment",
    "check_over",
    "combined",
    "compares",
    "is_absent",
    "keeps_one_sign",
    "prevailing",
    "reference_groups",
]

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Status = npt.NDArray[np.uint8]
Index = npt.NDArray[np.intp]
Direction = Literal["higher", "lower"]
Over = Literal["all", "league", "ranked", "period", "league_period"]
OVER: tuple[Over, ...] = get_args(Over)


class CellStatus(IntEnum):
    """Where a cell's value comes from, or why there is none.

    Whether a cell is absent says :func:`is_absent`, what becomes of several says
    :func:`prevailing`; the numbers are how arrays hold a status and say nothing else. Whether a
    value was treated is a mask of its own: a treated cell is reported or imputed as well.
    """

    REPORTED = 0
    FALLEN_BACK = 1
    IMPUTED = 2
    MISSING = 3
    NOT_APPLICABLE = 4
    SUPPRESSED = 5

    @property
    def label(self) -> str:
        """The status in words: "not applicable"."""
        return self.name.lower().replace("_", " ")


ABSENT = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED)
_ABSENT_BITS = np.uint8(sum(1 << kind for kind in ABSENT))  # a set: one bit for each of them


@overload
def is_absent(status: int) -> bool: ...


@overload
def is_absent(status: Status) -> Bool: ...


def is_absent(status: int | Status) -> bool | Bool:
    """Tell where there is no value: missing, not applicable or suppressed.

    Parameters
    ----------
    status : CellStatus or array of CellStatus

    Returns
    -------
    bool or array of bool

    Examples
    --------
    >>> is_absent(CellStatus.IMPUTED), is_absent(CellStatus.SUPPRESSED)
    (False, True)
    """
    if isinstance(status, int):
        return status in ABSENT
    bits = np.right_shift(_ABSENT_BITS, status) & np.uint8(1)
    return np.asarray(bits.view(np.bool_))


def prevailing(one: Status, other: Status) -> Status:
    """Return the status of what is made of two cells.

    An absent cell makes the result absent: suppressed before not applicable before missing. Else
    imputed prevails over fallen back, and that over reported.

    Examples
    --------
    >>> found = prevailing(np.uint8([0, 1]), np.uint8([CellStatus.IMPUTED, CellStatus.MISSING]))
    >>> [CellStatus(status).label for status in found.tolist()]
    ['imputed', 'missing']
    """
    return np.maximum(one, other)  # a status is declared after those that it prevails over


class Peers(Protocol):
    """The units as parts see them: who is ranked, who belongs together, who is whose parent."""

    def __len__(self) -> int:
        """Return the number of units."""

    @property
    def ranked_mask(self) -> Bool:
        """True for the units that are ranked, shape (units,)."""

    @property
    def parent_index(self) -> Index:
        """The row of each unit's parent, -1 without one, shape (units,)."""

    def group(self, by: str) -> Index:
        """Return a group number for each unit, shape (units,).

        Beside "league", "type" and attributes there are "period", "league_period" and "unit": the
        rows of a panel that are about one body have one number.
        """


class NamedPeers(Peers, Protocol):
    """Peers whose groups have names."""

    def column(self, by: str) -> tuple[Any, ...] | None:
        """Return the name of each unit's group, None if there are no such groups."""


@runtime_checkable
class LocatedPeers(Peers, Protocol):
    """Peers of whom one can be asked for by name."""

    def locate_all(self, unit: str) -> list[int]:
        """Return where a unit stands, found by code or name; several ranks in a panel."""


@attrs.frozen
class Everyone:
    """Peers without leagues or parents: what a rule sees when called by hand."""

    count: int

    def __len__(self) -> int:
        return self.count

    @property
    def ranked_mask(self) -> Bool:
        """Every unit is ranked."""
        return np.ones(self.count, dtype=bool)

    @property
    def parent_index(self) -> Index:
        """No unit has a parent."""
        return np.full(self.count, -1, dtype=np.intp)

    def group(self, by: str) -> Index:
        """Everyone is in one group."""
        return np.zeros(self.count, dtype=np.intp)

    def column(self, by: str) -> tuple[Any, ...] | None:
        """Return no names: the one group has none."""
        return None


@attrs.frozen
class Scope:
    """What a rule may know beside the values.

    Parameters
    ----------
    maximum : float or array
        The node's maximum in points, broadcast against the values: the framework's own, also where
        weights are drawn. Varying weights varies what an attained share is worth, not what was
        attained.
    direction : {"higher", "lower"}
        Which values are better.
    levels : tuple of str
        The texts of a text variable; its values are their numbers.
    peers : Peers or None
        The assessed units; None means one group of all.
    computed : bool
        The values are shares that were computed, a branch's or those of an earlier rule: they are
        compared within the snap. Measured values are compared as they are.
    one_sign : bool
        Nothing cancels in what was computed: small values are told apart by digits of their own.
    """

    maximum: Float | float = 1.0
    direction: Direction = "higher"
    levels: tuple[str, ...] = ()
    peers: Peers | None = None
    computed: bool = False
    one_sign: bool = False

    def peers_of(self, values: Float) -> Peers:
        """Return the peers, or one group of all units of `values`."""
        return Everyone(values.shape[-1]) if self.peers is None else self.peers


@attrs.frozen
class BranchScope:
    """What an aggregator may know beside shares and weights, if it is `scoped`.

    Parameters
    ----------
    codes : tuple of str
        The children's codes, in the order of their shares.
    peers : Peers or None
        The assessed units; None means one group of all.
    one_sign : frozenset of str
        The children in whose shares nothing cancels: small ones are told apart by digits of their
        own.
    """

    codes: tuple[str, ...] = ()
    peers: Peers | None = None
    one_sign: frozenset[str] = frozenset()

    def peers_of(self, shares: Float) -> Peers:
        """Return the peers, or one group of all units of `shares`."""
        return Everyone(shares.shape[-1]) if self.peers is None else self.peers


@attrs.frozen(kw_only=True)
class Curve:
    """How an absolute rule runs: which values it scores, where it bends, how steep it is.

    Parameters
    ----------
    low, high : float
        The least and the largest value it scores, in the indicator's measure unit.
    above_low : bool
        `low` itself is not scored (a logarithm needs values above 0).
    bends : tuple of float
        Values at which it bends or jumps: targets, thresholds, goalposts.
    slope : float
        The most that the share changes per measure unit between jumps; infinite if unlimited.
    jump : float
        The most that the share jumps at once; a change within the snap counts as one jump.
    takes_all : bool
        Every value from `low` to `high` is scored; if not, some of them may be refused.
    """

    low: float = -np.inf
    high: float = np.inf
    above_low: bool = False
    bends: tuple[float, ...] = ()
    slope: float = np.inf
    jump: float = 0.0
    takes_all: bool = True


@attrs.frozen(eq=False)
class Cells:
    """Values with their status, shape (…, units); a value is NaN exactly where it is absent.

    Parameters
    ----------
    values : array
    status : array of CellStatus
    size : array or float, optional
        The largest number that was added or subtracted on the way to each value, 0 where there was
        none; None where values were read and not computed. Computed values are compared by twelve
        digits of it.
    """

    values: Float
    status: Status
    size: Float | float | None = None


class Columns(Protocol):
    """The variables of the data, as measures read them."""

    def __getitem__(self, variable: str) -> Cells:
        """Return one variable, values of shape (draws or 1, units)."""

    def __contains__(self, variable: object) -> bool:
        """Tell whether the data hold the variable."""

    def levels(self, variable: str) -> tuple[str, ...]:
        """Return the texts of a text variable, () for a number."""

    @property
    def peers(self) -> Peers:
        """The assessed units."""

    @property
    def parts_of_year(self) -> int | None:
        """How many such periods make a year (12, 4, 1), None if the data do not say."""


@runtime_checkable
class Measure(Protocol):
    """Variables → the indicator's value.

    What a measure may say besides: `passes_answers`, that it hands the answers of a text variable
    on as they are; `inherits`, that it reads the parent unit's data; `over_time`, that it reads the
    unit's data of other periods; `peer_dependent`, that it reads other units' data; `one_sign`,
    that it reads, multiplies and divides only, so that nothing cancels in it.
    """

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the data must hold."""

    @property
    def optional(self) -> tuple[str, ...]:
        """The variables that are used if the data hold them."""

    def __call__(self, columns: Columns) -> Cells:
        """Return the indicator's value and status."""


@runtime_checkable
class Rule(Protocol):
    """Value → share of the maximum.

    `peer_dependent`: one unit's data can move another's share. `monotone`: a larger value (a better
    one, if directed) never earns less. `directed`: the rule reads `Scope.direction`. `bounds`:
    least and largest share it gives, infinite if unlimited.

    What a rule may say besides: `falling`, that a larger value never earns more; `reads_answers`,
    that it takes the answers of text variables, with all of them as `answers`; `curve(maximum)`,
    the :class:`Curve` it runs along for an indicator of that maximum; `ignores_measure_unit`, that
    a change of measure unit (one positive factor, one shift for all units) changes no share;
    `named_units`, the units that it looks at by name; `one_sign`, that it multiplies and divides
    only, and that its shares may lie far below or above 1 (amounts, shares of a sum): then they are
    ranked by their own digits; `compares`, that it asks whether values are equal or reach a number:
    computed ones come without their last bits, as to all rules that look at peers. Laws that need
    what a rule does not say are not promised for it.
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def monotone(self) -> bool: ...

    @property
    def directed(self) -> bool: ...

    @property
    def bounds(self) -> tuple[float, float]: ...

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares in the shape of `values`; NaN stays NaN."""


@runtime_checkable
class RelativeRule(Rule, Protocol):
    """A rule that looks at the peers, and can be frozen on a reference."""

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the absolute rule that this one is on the reference values, shape (units,)."""


@runtime_checkable
class Aggregator(Protocol):
    """Children's shares → the node's share.

    `linear`: a weighted mean. `sums_points`: the node's maximum is the sum of its children's.

    What an aggregator may say besides: `mean`, that its result lies between the least and the
    largest child; `below_arithmetic`, that it never exceeds their weighted mean; `slope`, the most
    that the result changes per change of one child's share, for shares from 0 to 1; `above`, that
    it may refuse shares that do not lie above this number, otherwise it takes those from 0 to 1 at
    least; `proportional`, that only the proportions of the weights count; `ignores_weights`, that
    weights above 0 only say which children count; `by_position`, that the position of a child among
    the children, which stand in the order of their codes, says what it is; `reach(low, high)`,
    between what its result lies for shares from `low` to `high`; `needs_all`, that no child may be
    left out: the engine refuses a unit that lacks one; `objection(codes)`, why it cannot combine
    the children of these codes, "" if it can; `scoped`, that it is called with a third argument,
    the :class:`BranchScope`; `one_sign`, that it adds, multiplies, divides or chooses only: nothing
    cancels if its children are at least 0; `corrected(shares, weights)`, its mean corrected once,
    for roundings that imitate a publisher and round the last bits of a mean.
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def monotone(self) -> bool: ...

    @property
    def linear(self) -> bool: ...

    @property
    def sums_points(self) -> bool: ...

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Combine children; a child with weight 0 for a unit does not count for it."""


@runtime_checkable
class RelativeAggregator(Aggregator, Protocol):
    """An aggregator that looks at the peers, and can be frozen on a reference."""

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> Aggregator:
        """Return the absolute aggregator that this one is on the reference.

        Shares and weights have the shape (units,); a child with weight 0 does not count.
        """


def combined(
    aggregate: Aggregator, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
) -> Any:
    """Return what an aggregator makes of shares and weights, which sees the scope if it wants."""
    call: Any = aggregate
    scoped = getattr(aggregate, "scoped", False)
    return call(shares, weights, scope) if scoped else call(shares, weights)


def compares(rule: Rule | None) -> bool:
    """Tell whether a rule compares values: with each other, or with numbers of its own."""
    return rule is not None and (rule.peer_dependent or bool(getattr(rule, "compares", False)))


def keeps_one_sign(part: Measure | Rule | Aggregator) -> bool:
    """Tell whether a part promises that nothing cancels in what it computes; by default it may."""
    return bool(getattr(part, "one_sign", False))


@runtime_checkable
class AbsencePolicy(Protocol):
    """What becomes of a child that is missing, not applicable or suppressed.

    A policy either fills the absent share (`fill` returns it) or says what becomes of the weight:
    lost with the maximum (`shrinks`), moved to named siblings (`receivers`), rewritten
    (`reweight`), or carried by the children that are present (nothing of these).
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def refuses(self) -> bool: ...

    @property
    def shrinks(self) -> bool: ...

    @property
    def min_share(self) -> float: ...

    @property
    def min_count(self) -> int: ...

    @property
    def of(self) -> Literal["children", "leaves"]: ...

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return shares for the absent cells, None to leave them absent."""

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Return new weights (children, …, units), None to let the present children carry."""


@attrs.frozen(eq=False)
class Sheet:
    """Several variables as preparation sees them.

    Parameters
    ----------
    values : array, shape (variables, units)
        NaN where a cell is absent.
    variables : tuple of str
    peers : NamedPeers
    """

    values: Float
    variables: tuple[str, ...]
    peers: NamedPeers


@runtime_checkable
class GapFill(Protocol):
    """Numbers for the gaps of a sheet.

    `peer_dependent`: one unit's data can move what another is given; such a fill has
    ``anchor(sheet) -> GapFill`` if it can be frozen on a reference. What a fill may say besides:
    ``within(dimensions, lower)``, the fill with what only frameworks know: the variables below each
    dimension, and those of which low values are good.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def fill(self, sheet: Sheet) -> Float:
        """Return numbers of the sheet's shape; NaN where there is none to be had.

        Only those at gaps are used.
        """


@runtime_checkable
class Settled(Protocol):
    """What a treatment does to one variable, in numbers: a function that never falls.

    `cuts`: it moves only the values beyond its limits; if not, it moves them all.
    """

    @property
    def cuts(self) -> bool: ...

    def __call__(self, values: Float) -> Float:
        """Return treated values in the shape of `values`; NaN stays NaN."""


@runtime_checkable
class Treatment(Protocol):
    """Finds out from the values of a variable what is to be done to them.

    `peer_dependent`: what is to be done depends on the values; if not, it is what the treatment
    says of itself.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def settle(self, ordered: Float, enough: Callable[[Float], bool] | None) -> Settled | None:
        """Return what is to be done, None if nothing can be.

        Parameters
        ----------
        ordered : array, shape (values,)
            The values that count, in rising order; two of them at least are distinct.
        enough : callable or None
            Tells of values in rising order whether they need no treatment any more; None to treat
            them as far as possible.
        """


class Report(Protocol):
    """What a preparation step did."""

    @property
    def step(self) -> Any:
        """The step."""

    @property
    def frame(self) -> pd.DataFrame:
        """What it did, as a table."""


@runtime_checkable
class Step(Protocol):
    """Observations → Observations, before anything is measured.

    The observations come back with a :class:`Report` at the end of their ``reports``.
    `peer_dependent`: one unit's data can move another's; such a step has ``anchor(reference) ->
    Step`` if it can be frozen on observations. What a step may say besides: `reads`, variables that
    it needs beside those of the framework; `leaves_out`, that units may leave the data;
    ``within(frameworks)``, the step with what only the frameworks know: which variables are meant,
    and which stand below a dimension.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def __call__(self, observations: Any) -> Any:
        """Return prepared observations."""


class Rounder(Protocol):
    """Printed number → rounded number.

    What a rounding of a node or tier may say besides: `printed_only`, that it rounds what is
    printed and nothing that is aggregated, ranked or classed; `corrects_mean`, that it rounds the
    last bits too, so that the mean of the node is corrected once before.
    """

    @property
    def decimals(self) -> int: ...

    def __call__(self, values: Float) -> Float: ...


def check_over(over: object) -> None:
    """Raise if there is no such reference population."""
    if not among(over, OVER):
        raise SettingError(f"there is no reference population '{over}': {near_miss(over, OVER)}")


def reference_groups(over: str, values: Float, peers: Peers) -> list[tuple[Index | slice, Bool]]:
    """Split the units into populations that are scored together.

    In a panel "all", "league" and "ranked" pool the periods; "period" and "league_period" are
    populations of one period each.

    Returns
    -------
    list of (members, reference)
        `members` picks the units on the last axis, `reference` marks those of them whose values
        count for the population's statistics.
    """
    count = values.shape[-1]
    check_over(over)
    if over == "all":
        return [(slice(None), np.ones(count, dtype=bool))]
    if over == "ranked":
        return [(slice(None), peers.ranked_mask)]
    groups = peers.group(over)
    numbers = np.unique(groups)
    members = [np.flatnonzero(groups == number) for number in numbers]
    return [(chosen, np.ones(len(chosen), dtype=bool)) for chosen in members]


if not TYPE_CHECKING:  # or types would accept any name
    __getattr__ = guide(__name__)
