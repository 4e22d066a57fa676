"""Methodologies and parts that are broken on purpose, and the law that must catch each.

Every class is called by what is wrong with it. What it sits in is sound otherwise: the sound
methodology keeps the very law that the broken one breaks.
"""

from __future__ import annotations

import datetime
import itertools
import time
from collections.abc import Callable, Sequence
from datetime import datetime as moment
from functools import partial
from typing import Any, ClassVar, TypeVar

import attrs
import numpy as np

from govindex import (
    Bands,
    Dimension,
    Framework,
    IndexResult,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Unit,
    aggregate,
    measures,
    rules,
    treat,
    weight,
)
from govindex.absence import Absence, AsZero, Full, Refuse, Renormalise, Shrink
from govindex.contracts import (
    ABSENT,
    Aggregator,
    Bool,
    Cells,
    CellStatus,
    Columns,
    Curve,
    Float,
    Measure,
    Peers,
    Rule,
    Scope,
    Treatment,
)
from govindex.errors import CellError, DataError
from govindex.impute import Constant, Mean, Mixed
from govindex.prepare import Denominate, Impute, Treat
from govindex.rounding import Levels, Rounding
from govindex.testing import Law, laws, observed
from tests import own_laws

__all__ = ["MUTANTS", "Mutant"]

Thing = TypeVar("Thing")


@attrs.frozen(eq=False)
class Seat:
    """Where a broken thing sits, and the sound methodology that has a sound one there."""

    sound: Any
    put: Callable[[Any], Any]


@attrs.frozen(eq=False)
class Mutant:
    """A broken methodology, the law that must catch it, and what the law must say."""

    name: str
    law: Law
    says: str
    method: Any
    sound: Any
    data: Observations | None
    examples: int

    def __str__(self) -> str:
        return f"{self.name}-{self.law.name}"


MUTANTS: list[Mutant] = []


def breaks(
    law: Law, says: str, seat: Seat, *, data: Observations | None = None, examples: int = 40
) -> Callable[[Thing], Thing]:
    """Register what is decorated as a mutant."""

    def registered(thing: Thing) -> Thing:
        name = getattr(thing, "__name__", repr(thing))
        method = seat.put(thing)
        MUTANTS.append(Mutant(name, law, says, method, seat.sound, data, examples))
        return thing

    return registered


# -- what is sound ---------------------------------------------------------------------------------


def leaf(code: str, rule: Rule | None = None, **settings: Any) -> Indicator:
    return Indicator(code, rule=rule or rules.Proportional(target=80), **settings)


def made(*children: Any, absence: Any = None, combine: Any = None, **settings: Any) -> Methodology:
    framework = Framework(
        "total",
        children,
        aggregate=combine or aggregate.Arithmetic(),
        absence=absence or Renormalise(),
    )
    return Methodology("example.mutant", "1", framework, **settings)


def settings_of(thing: Any, cls: type[Any]) -> dict[str, Any]:
    return {str(field.alias): getattr(thing, field.name) for field in attrs.fields(cls)}


def remade(method: Methodology, cls: type[Methodology]) -> Methodology:
    return cls(
        **{str(field.alias): getattr(method, field.name) for field in attrs.fields(Methodology)}
    )


def tree() -> tuple[Any, ...]:
    return (Dimension("speed", [leaf("a"), leaf("b", weight=2)]), leaf("c"))


def retold(result: IndexResult, cls: type[IndexResult]) -> IndexResult:
    return cls(
        **{str(field.alias): getattr(result, field.name) for field in attrs.fields(IndexResult)}
    )


def with_results(sound: Methodology, cls: type[IndexResult]) -> Methodology:
    class Spoiled(Methodology):
        def compute(self, observations: Observations) -> IndexResult:
            result = super().compute(observations)
            return retold(result, cls)

    return remade(sound, Spoiled)


def with_total(result: IndexResult, shares: Float) -> IndexResult:
    total, *others = result._states
    return attrs.evolve(result, states=(attrs.evolve(total, share=shares[None]), *others))


@attrs.frozen
class Opaque:
    """A sound methodology of somebody's own making."""

    inner: Methodology
    id: ClassVar[str] = "example.opaque"
    version: ClassVar[str] = "1"
    fingerprint: ClassVar[Any] = "example.opaque@1"
    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True

    @property
    def framework(self) -> Framework:
        return self.inner.framework

    def scored(self, observations: Observations) -> IndexResult:
        result = self.inner.compute(observations)
        origin = attrs.evolve(
            result.provenance,
            methodology=self.id,
            version=self.version,
            fingerprint=self.fingerprint,
        )
        return attrs.evolve(result, provenance=origin)

    def compute(self, observations: Observations) -> Any:
        return self.scored(observations)


LETTERS = Bands([("good", 80), ("fair", 50), ("weak", None)], by="percent")
GOOD = made(*tree(), bands=LETTERS)
QUARTERS = Bands([("good", 75), ("fair", 25), ("weak", None)], by="quantile")
QUARTERED = made(*tree(), bands=QUARTERS)
TIE_BREAK = made(*tree(), ranking=Ranking(tie_break="c"))
SHRINKING = made(*tree(), absence=Shrink())
ZERO = made(*tree(), absence=AsZero())
REFUSING = made(*tree(), absence=Refuse())
ZERO_OR_FULL = made(*tree(), absence=Absence(missing=AsZero(), not_applicable=Full()))
EQUAL_THIRDS = made(leaf("a"), leaf("b"), leaf("c"))
IN_POINTS = made(
    leaf("a", weight=10),
    leaf("b", weight=20),
    leaf("c", weight=30),
    combine=aggregate.Sum(),
    rounding=Rounding(1),
)
IN_WHOLE_POINTS = attrs.evolve(IN_POINTS, rounding=Levels(leaf=Rounding(0)))
RELATIVE = made(leaf("a", rules.MinMax(degenerate=0.5), direction="lower"), leaf("b"))
GEOMETRIC = made(leaf("a"), leaf("b"), combine=aggregate.Geometric(0.5))
MULTIPLYING = made(leaf("a"), leaf("b"), combine=aggregate.Product())
ANSWERS = made(leaf("a", rules.Choice({"yes": 1.0, "no": 0.0})), leaf("b"))

RESULT = Seat(GOOD, partial(with_results, GOOD))
IN_QUARTERS = Seat(QUARTERED, partial(with_results, QUARTERED))
DECIDED = Seat(TIE_BREAK, partial(with_results, TIE_BREAK))
METHOD = Seat(GOOD, lambda cls: remade(GOOD, cls))
OPAQUE = Seat(Opaque(GOOD), lambda cls: cls(GOOD))
RULE = Seat(made(leaf("a"), leaf("c")), lambda cls: made(leaf("a", cls(80)), leaf("c")))
PEERS = Seat(
    RELATIVE, lambda cls: made(leaf("a", cls(degenerate=0.5), direction="lower"), leaf("b"))
)
IN_SUM = Seat(
    IN_POINTS,
    lambda cls: made(leaf("a", cls(80)), leaf("b"), combine=aggregate.Sum(), rounding=Rounding(1)),
)
MEAN = Seat(GOOD, lambda cls: made(*tree(), combine=cls()))


def methods(sound: Methodology) -> Seat:
    return Seat(sound, lambda cls: remade(sound, cls))


def policies(sound: Methodology) -> Seat:
    def put(policy: Any) -> Methodology:
        return attrs.evolve(sound, framework=attrs.evolve(sound.framework, absence=policy()))

    return Seat(sound, put)


CLOSE = observed({"a": [40.0, 40.4], "b": [40.0, 40.0], "c": [40.0, 40.0]})
BEFORE_TARGET = observed({"a": [79.95, 80.0], "c": [40.0, 40.0]})
OLD = observed({name: [40.0] for name in "abc"}, ["A"], marks={("A", "b"): "fallen back"})
EVEN = observed({"a": [20.0, 60.0], "b": [20.0, 60.0], "c": [60.0, 20.0]})
HOLES = observed({"a": [20.0, None, 60.0], "b": [40.0] * 3, "c": [40.0] * 3})
GAPS = observed({name: [40.0, None] for name in "abc"})
LEAGUES = observed(
    {name: [40.0, 50.0] for name in "abc"}, [Unit("A", league="north"), Unit("B", league="south")]
)
HALVES = observed({name: [10.0, 9.6, 10.4] for name in "abc"})


# -- ranks, ties and bands ------------------------------------------------------------------------


@breaks(laws.ranks_follow_scores, "which is rank", RESULT)
class DenseInsteadOfCompetition(IndexResult):
    def ranking_of(self, code: str) -> Ranking:
        return attrs.evolve(super().ranking_of(code), ties="dense")


@breaks(laws.betterment_of_rank, "falls from rank", RESULT)
@breaks(laws.ranks_follow_scores, "which is rank", RESULT)
class WorstIsFirst(IndexResult):
    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        ranks = super().ranks_at(code, overall=overall)
        return np.asarray(np.fmax.reduce(ranks, initial=0.0) + 1.0 - ranks)


@breaks(laws.anonymity_of_names, "the units are renamed to", RESULT)
@breaks(laws.equal_units_tie, "has rank", RESULT)
class TiesBrokenByName(IndexResult):
    def ranking_of(self, code: str) -> Ranking:
        return attrs.evolve(super().ranking_of(code), ties="ordinal")


@breaks(laws.anonymity_of_order, "the units are listed as", RESULT)
@breaks(laws.equal_units_tie, "has rank", RESULT)
class TiesBrokenByRow(IndexResult):
    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        ranks = super().ranks_at(code, overall=overall)
        return ranks + [float((ranks[:i] == index).sum()) for i, index in enumerate(ranks)]


@breaks(laws.printed_alike_tie, "and they do not tie", RESULT, data=CLOSE)
class TiesBrokenByFloatNoise(IndexResult):
    def _keys(self, code: str) -> Any:
        return np.array(self._share(self.row_of(code))).view(np.int64)


@breaks(laws.printed_alike_tie, "decimals 'U", RESULT, data=HALVES)
class TiesRoundedAsRDoes(IndexResult):
    def _keys(self, code: str) -> Any:
        printing = Rounding(self.printing.decimals, "r")
        return IndexResult._keys(attrs.evolve(self, printing=printing), code)


@breaks(laws.copies_take_one_rank, "not by 1", RESULT)
class CopiesShiftByTwo(IndexResult):
    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        return 2.0 * super().ranks_at(code, overall=overall) - 1.0


@breaks(laws.leagues_apart, "alone unit", RESULT, data=LEAGUES)
class RanksAcrossLeagues(IndexResult):
    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        return super().ranks_at(code, overall=True)


@breaks(laws.unranked_units, "which is not ranked", RESULT)
class UnrankedUnitsTakeRanks(IndexResult):
    def _computed_ranks(self, code: str, *, overall: bool) -> Float:
        everyone = attrs.evolve(self.units, ranked=None)
        actual = IndexResult._computed_ranks(
            attrs.evolve(self, units=everyone), code, overall=overall
        )
        return np.where(self.units.ranked_mask, actual, np.nan)


@breaks(laws.unranked_units, "is not ranked, and it has rank", RESULT)
class UnrankedUnitsHaveRanks(IndexResult):
    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        return np.where(self.units.ranked_mask, super().ranks_at(code, overall=overall), 99.0)


@breaks(laws.ranks_follow_scores, "is ranked before", RESULT)
class RankedByAnotherNode(IndexResult):
    def _tied_keys(self, code: str) -> Any:
        return super()._tied_keys("c")


@breaks(laws.ranks_follow_scores, "is ranked before", DECIDED, data=EVEN)
class TiesBrokenTheWrongWay(IndexResult):
    def _tied_keys(self, code: str) -> Any:
        return -super()._tied_keys(code) if code == "c" else super()._tied_keys(code)


@breaks(laws.printed_alike_tie, ", and they tie", RESULT)
class TiesOfWhatIsNotAlike(IndexResult):
    def _keys(self, code: str) -> Any:
        return super()._keys(code) // 7


@breaks(laws.bands_follow_scores, "is in band", RESULT)
class BandsByAnotherNode(IndexResult):
    def band_of(self, code: str) -> list[str | None]:
        return super().band_of("c")


@breaks(laws.nothing_lost, "has no score and no reason", RESULT, data=GAPS)
class GivesNoReason(IndexResult):
    @property
    def unscored(self) -> Any:
        return super().unscored.iloc[:0]


@breaks(laws.bands_follow_scores, ", not in ", RESULT)
class BandsThatStartLower(IndexResult):
    def band_of(self, code: str) -> list[str | None]:
        lower = Bands([("good", 70), ("fair", 40), ("weak", None)], by="percent")
        return IndexResult.band_of(attrs.evolve(self, bands_spec=lower), code)


@breaks(laws.bands_follow_scores, "from the best", IN_QUARTERS)
class QuantilesOfAnotherNode(IndexResult):
    def band_of(self, code: str) -> list[str | None]:
        return super().band_of("c")


@breaks(laws.bands_follow_scores, "ranked units are in band", IN_QUARTERS, examples=300)
class QuantilesCountedFromTheOtherEnd(IndexResult):
    def band_of(self, code: str) -> list[str | None]:
        other = Bands([("good", 90), ("fair", 80), ("weak", None)], by="quantile")
        return IndexResult.band_of(attrs.evolve(self, bands_spec=other), code)


@breaks(laws.bands_follow_scores, "the result has none", METHOD)
class BandsForgotten(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        return attrs.evolve(super().compute(observations), bands_spec=None)


# -- rules -----------------------------------------------------------------------------------------


@breaks(laws.betterment, "its score falls", RULE, examples=150)
@breaks(laws.dominance, "everything else alike", RULE, examples=150)
@attrs.frozen
class RuleThatFallsAndSaysItDoesNot(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        share = super().__call__(values, scope)
        return np.where(values > 50, 0.5 * share, share)


@breaks(laws.betterment, "its score falls", PEERS)
@attrs.frozen
class DirectionTurnedTwice(rules.MinMax):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return super().__call__(-values if scope.direction == "lower" else values, scope)


@breaks(laws.independence_of_irrelevant_units, "is left out", RULE)
@breaks(laws.rivals_unchanged, "reports what", RULE, examples=150)
@attrs.frozen
class RuleThatLooksAtPeersAndSaysItDoesNot(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return values / np.fmax.reduce(values, axis=-1, keepdims=True, initial=1.0)


@breaks(laws.continuity, "its rules allow", RULE)
@attrs.frozen
class CurveThatUnderstatesTheSlope(rules.Proportional):
    def curve(self, maximum: float) -> Curve:
        return attrs.evolve(super().curve(maximum), slope=1e-6)


@breaks(laws.clear_leads_stay, "they change their order", RULE, data=CLOSE, examples=200)
@attrs.frozen
class CurveThatIsSteeperThanItSays(rules.Proportional):
    def curve(self, maximum: float) -> Curve:
        return attrs.evolve(super().curve(maximum), slope=1e-6)


@breaks(laws.continuity, "its rules allow", RULE, data=BEFORE_TARGET)
@attrs.frozen
class CurveThatHidesAJump(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.where(values < self.target, 0.5, 1.0) * super().__call__(values, scope)


@breaks(laws.bounds, "whose parts declare", RULE)
@attrs.frozen
class BoundsThatAreTooNarrow(rules.Proportional):
    @property
    def bounds(self) -> tuple[float, float]:
        return (0.0, 0.9)


@breaks(laws.bounds, "whose parts declare 0 to 1", RULE)
@attrs.frozen
class SharesAboveOne(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.asarray(values / self.target)


@breaks(laws.bounds, "whose parts declare 0 to 1", IN_SUM)
@attrs.frozen
class PointsAboveTheMaximum(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.asarray(values / self.target)


@breaks(laws.nothing_lost, "gave a share for an absent value", RULE, data=GAPS)
@attrs.frozen
class MissingScoredAsZero(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.nan_to_num(super().__call__(values, scope))


@breaks(laws.nothing_lost, "gave no finite share", RULE)
@attrs.frozen
class LowValuesLeftOut(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.where(values < 20, np.nan, super().__call__(values, scope))


@breaks(own_laws.no_clock, "at another time, and the score", RULE)
@attrs.frozen
class RuleThatDependsOnTheDay(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return super().__call__(values, scope) / (1 + moment.now().toordinal() % 360)


@breaks(laws.measure_unit, "is measured as", PEERS)
@attrs.frozen
class MeasureUnitThatMatters(rules.MinMax):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return super().__call__(np.square(values), scope)


@breaks(laws.anchoring, "it is anchored on the data", PEERS)
@attrs.frozen
class AnchorThatIsAnotherRule(rules.MinMax):
    def anchor(self, reference: Float, scope: Scope) -> Rule:
        return rules.Goalposts(worst=1000, best=0)


@attrs.frozen
class _HiddenPeers(rules.MinMax):
    peer_dependent: ClassVar[bool] = False


@breaks(laws.anchoring, "is left out", PEERS)
@attrs.frozen
class AnchorThatStillLooksAtPeers(rules.MinMax):
    def anchor(self, reference: Float, scope: Scope) -> Rule:
        return _HiddenPeers(degenerate=0.5)


# -- aggregators -----------------------------------------------------------------------------------


@breaks(laws.means_between_children, "the mean of", MEAN)
@attrs.frozen
class ProductThatSaysItIsAMean(aggregate.Product):
    mean: ClassVar[bool] = True


@breaks(laws.geometric_below_arithmetic, "the arithmetic mean is", Seat(GEOMETRIC, MEAN.put))
@attrs.frozen
class GeometricMeanAboveTheArithmetic(aggregate.Arithmetic):
    linear: ClassVar[bool] = False
    below_arithmetic: ClassVar[bool] = True

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return np.sqrt(super().__call__([share**2 for share in shares], weights))


@breaks(laws.continuity, "its rules allow", Seat(MULTIPLYING, MEAN.put))
@attrs.frozen
class AggregatorThatUnderstatesItsSlope(aggregate.Product):
    slope: ClassVar[float] = 1e-3


@breaks(laws.betterment, "its score falls", MEAN)
@breaks(laws.dominance, "everything else alike", MEAN)
@attrs.frozen
class AggregatorThatTurnsShares(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return 1.0 - super().__call__(shares, weights)


@breaks(laws.common_scaling_of_weights, "all weights are multiplied", MEAN)
@attrs.frozen
class WeightsThatCountAbsolutely(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return super().__call__(shares, weights) * np.minimum(sum(weights) / 10.0, 1.0)


@breaks(own_laws.blocks_and_workers, "in a block of 5 draws", MEAN)
@attrs.frozen
class DrawsThatSeeTheirBlock(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        actual = super().__call__(shares, weights)
        return np.asarray(0.5 * (actual + actual.mean(axis=0, keepdims=True)))


@breaks(laws.linearity, "the mean by its weights is", MEAN)
@attrs.frozen
class WeightsSquaredAndSaysItIsLinear(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return super().__call__(shares, [weight**2 for weight in weights])


@breaks(laws.linearity, "the mean by its weights is", MEAN)
@breaks(laws.weights_count, "whatever the weights are", MEAN)
@attrs.frozen
class PlainMeanUnderWeights(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return super().__call__(shares, [np.where(weight > 0, 1.0, 0.0) for weight in weights])


@breaks(laws.linearity, "the mean by its weights is", MEAN)
@attrs.frozen
class LittleThatIsLostAndSaysItIsLinear(aggregate.Arithmetic):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return np.floor(super().__call__(shares, weights) * 1e6) / 1e6


@attrs.frozen
class Unlike:
    """Says nothing that it need not say."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False


@breaks(laws.anonymity_of_parts, "with its parts in another order", MEAN)
@breaks(laws.weights_count, "whatever the weights are", MEAN)
@attrs.frozen
class FirstPartCountsMost(Unlike):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return 0.9 * shares[0] + 0.1 * shares[-1]


@breaks(laws.anonymity_of_parts, "with its parts in another order", MEAN)
@attrs.frozen
class LastPartCountsDouble(Unlike):
    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return aggregate.Arithmetic()(shares, [*weights[:-1], 2 * weights[-1]])


@breaks(laws.anonymity_of_parts, "refuses the parts of", MEAN)
@attrs.frozen
class PartsThatMustRiseInTheOrderOfTheirCodes(Unlike):
    scoped: ClassVar[bool] = True

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float], scope: Any) -> Float:
        if list(scope.codes) != sorted(scope.codes):
            raise DataError("the parts stand in another order")
        return aggregate.Arithmetic()(shares, weights)


@breaks(laws.weights_count, "says that it ignores weights", MEAN)
@attrs.frozen
class WeightsThatCountAndSaysTheyDoNot(aggregate.Arithmetic):
    ignores_weights: ClassVar[bool] = True


@breaks(laws.bounds, "whose parts declare", MEAN)
@attrs.frozen
class ReachThatIsTooShort(Unlike):
    def reach(self, low: float, high: float) -> tuple[float, float]:
        return low, 0.5 * high

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return aggregate.Arithmetic()(shares, weights)


# -- absence ---------------------------------------------------------------------------------------


@breaks(laws.absence_is_filled_as_declared, "instead of a share of 0", policies(ZERO))
@attrs.frozen
class AsZeroThatLeavesOut(AsZero):
    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        return super().fill(shares, absent, peers) if len(peers) < 3 else None


@breaks(laws.absence_between_none_and_all, "with all of it", methods(EQUAL_THIRDS))
class GapsPayMoreThanAnyFigure(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        gaps = np.isnan(observations.values).any(axis=1)
        return with_total(result, np.where(gaps, result.shares[0] + 0.5, result.shares[0]))


@breaks(laws.rivals_unchanged, "reports what", policies(EQUAL_THIRDS), data=HOLES)
@attrs.frozen
class FilledFromPeersAndSaysItIsNot(AsZero):
    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        best = np.fmax.reduce(shares, axis=-1, keepdims=True, initial=0.0)
        return np.broadcast_to(best, shares.shape)


@breaks(laws.absence_of_the_maximum, "of the maximum of", methods(SHRINKING))
class ShrinkThatRestoresTheMaximum(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        whole = tuple(attrs.evolve(state, applicable=None) for state in result._states)
        return attrs.evolve(result, states=whole)


@breaks(laws.absence_of_the_maximum, "of the maximum of", methods(SHRINKING))
class RenormalisedLocallyInsteadOfGlobally(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        local = attrs.evolve(self.framework, absence=Renormalise())
        return Methodology.compute(attrs.evolve(self, framework=local), observations)


@breaks(laws.absence_is_filled_as_declared, "instead of a share of", methods(ZERO_OR_FULL))
class PoliciesSwapped(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        swapped = Absence(missing=Full(), not_applicable=AsZero())
        turned = attrs.evolve(self.framework, absence=swapped)
        return Methodology.compute(attrs.evolve(self, framework=turned), observations)


@breaks(laws.missing_and_not_applicable_apart, "in the result", METHOD)
@breaks(laws.marks_travel, "in the result", METHOD)
class MissingAndNotApplicableSwapped(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        turned = np.array([0, 1, 2, 4, 3, 5], dtype=np.uint8)
        states = (attrs.evolve(state, status=turned[state.status]) for state in result._states)
        return attrs.evolve(result, states=tuple(states))


@breaks(laws.marks_travel, "treated in the data and reported in the result", methods(GOOD))
class TreatmentForgotten(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        return super().compute(attrs.evolve(observations, treated=None))


@breaks(laws.marks_travel, "fallen back in the data and reported in the result", METHOD, data=OLD)
class EarlierStagesShownAsReported(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        status = np.where(observations.status == CellStatus.FALLEN_BACK, 0, observations.status)
        return super().compute(attrs.evolve(observations, status=status.astype(np.uint8)))


@breaks(laws.marks_change_no_score, "is marked as", METHOD)
class FiguresThatNobodyReportedCountLess(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        known = np.isin(observations.status, (CellStatus.REPORTED, *ABSENT)) & ~observations.treated
        return with_total(result, np.where(known.all(axis=1), 1.0, 0.9) * result.shares[0])


@breaks(laws.absence_is_refused, "it is scored all the same", methods(SHRINKING))
class SuppressedFiguresScoredAsMissing(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        status = np.minimum(observations.status, CellStatus.NOT_APPLICABLE)
        return super().compute(attrs.evolve(observations, status=status))


@breaks(laws.absence_is_refused, "it is scored all the same", methods(REFUSING))
class RefusedFiguresScoredAsZero(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        known = attrs.evolve(observations, values=np.nan_to_num(observations.values), status=None)
        return super().compute(known)


@breaks(laws.absence_is_refused, "names neither", methods(REFUSING))
class RefusalThatNamesNobody(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        if np.isnan(observations.values).any():
            raise DataError("the data are not complete")
        return super().compute(observations)


# -- rules, treatments, aggregators and measures with a form of their kind -------------------------


def instead(sound: Any, **settings: Any) -> Seat:
    """Return the seat of a part in a methodology of two indicators."""

    def around(part: Any) -> Methodology:
        if isinstance(part, Rule):
            return made(leaf("a", part), leaf("c"))
        if isinstance(part, Measure):
            return made(leaf("a", measure=part, rule=rules.Identity()), leaf("c"))
        if isinstance(part, Aggregator):
            return made(leaf("a"), leaf("c"), combine=part)
        steps = part if callable(part) else Impute(part, lacking="missing")
        steps = Treat(part, when="always") if isinstance(part, Treatment) else steps
        return made(leaf("a"), leaf("c"), steps=steps)

    return Seat(around(sound), lambda cls: around(cls(**settings)))


GROWING = instead(rules.Exponential(factor=0.1, rate=0.03), factor=0.1, rate=0.03)
SHRINKING_FAST = instead(rules.Exponential(factor=1, rate=-0.02), factor=1, rate=-0.02)


@breaks(laws.betterment, "its score falls", SHRINKING_FAST)
@attrs.frozen(kw_only=True)
class ExponentialThatSaysItRises(rules.Exponential):
    monotone: ClassVar[bool] = True
    falling: ClassVar[bool] = False


@breaks(laws.bounds, "whose parts declare", GROWING)
@attrs.frozen(kw_only=True)
class ExponentialWithinAShare(rules.Exponential):
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)


DEPRIVED = instead(rules.ExponentialRank(degenerate=0.5), degenerate=0.5)


@breaks(laws.betterment, "its score falls", DEPRIVED)
@attrs.frozen
class ExponentialRankFromTheWrongEnd(rules.ExponentialRank):
    monotone: ClassVar[bool] = True

    def _share(self, rank: Float, count: Float) -> Float:
        return super()._share(count + 1.0 - rank, count)


@breaks(laws.anchoring, "it is anchored on the data", DEPRIVED)
@attrs.frozen
class ExponentialRankFrozenAsAPercentRank(rules.ExponentialRank):
    def anchor(self, reference: Float, scope: Scope) -> Rule:
        return rules.PercentRank(degenerate=0.5).anchor(reference, scope)


AMONG = instead(
    rules.RankAmong(rules.PercentRank(), [10, 20, 20, 60]),
    rule=rules.PercentRank(),
    values=[10, 20, 20, 60],
)


@breaks(laws.rivals_unchanged, "reports what", AMONG, examples=150)
@breaks(laws.independence_of_irrelevant_units, "is left out", AMONG)
class RankAmongTheUnits(rules.RankAmong):
    def __call__(self, values: Float, scope: Scope) -> Float:
        present = values[~np.isnan(values)]
        known = np.unique(np.append(present, self.values))
        below = np.searchsorted(known, values, "left")
        return np.where(np.isnan(values), np.nan, below / len(known))


@breaks(laws.betterment, "its score falls", AMONG)
class RankAmongWorseOnes(rules.RankAmong):
    def __call__(self, values: Float, scope: Scope) -> Float:
        return 1.0 - super().__call__(values, scope)


ROUNDED = instead(
    rules.Chain(rules.Goalposts(worst=0, best=100), rules.Rounded(Rounding(0))), digits=0
)


@attrs.frozen
class _Jumpless(rules.Rounded):
    def curve(self, maximum: float) -> Curve:
        return attrs.evolve(super().curve(maximum), jump=0.0)


@breaks(laws.continuity, "its rules allow", ROUNDED, examples=300)
def rounding_that_hides_its_jump(digits: int) -> Rule:
    return rules.Chain(rules.Goalposts(worst=0, best=100), _Jumpless(Rounding(digits)))


LOGARITHM = instead(treat.GIILog())


@attrs.frozen
class _SettledAnew:
    """A treatment that finds its ends again, whenever it is called."""

    cuts: ClassVar[bool] = False

    def __call__(self, values: Float) -> Float:
        known = np.unique(values[~np.isnan(values)])
        found = treat.GIILog().settle(known, None) if known.size > 1 else None
        return values if found is None else found(values)


@breaks(laws.anchoring, "is left out", LOGARITHM, examples=150)
@attrs.frozen
class GIILogThatIsNeverSettled(treat.GIILog):
    def settle(self, ordered: Float, enough: Any) -> Any:
        return _SettledAnew()


FIXED = instead(treat.GIILog(low=0, high=200), low=0, high=200)


@breaks(laws.rivals_unchanged, "reports what", FIXED)
@attrs.frozen
class GIILogThatSaysItHasItsEnds(treat.GIILog):
    def __call__(self, values: Float) -> Float:
        return _SettledAnew()(values)


AGAINST = instead(aggregate.SignedMean("c"), negative="c")


@breaks(
    laws.betterment,
    "its score falls",
    Seat(instead(aggregate.Arithmetic()).sound, AGAINST.put),
)
@attrs.frozen
class SignedMeanThatSaysItIsMonotone(aggregate.SignedMean):
    monotone: ClassVar[bool] = True


@breaks(laws.bounds, "whose parts declare", AGAINST)
@attrs.frozen
class SignedMeanWithinItsChildren(aggregate.SignedMean):
    def reach(self, low: float, high: float) -> tuple[float, float]:
        return low, high


FIRST = instead(measures.FirstReported(["a", "b"]), of=["a", "b"])


@breaks(laws.marks_change_no_score, "is marked as", FIRST, examples=150)
@attrs.frozen
class FirstThatNobodyImputed(measures.FirstReported):
    def __call__(self, columns: Columns) -> Cells:
        first, second = (measure(columns) for measure in self.of)
        plain = first.status == CellStatus.REPORTED
        return Cells(
            np.where(plain, first.values, second.values),
            np.where(plain, first.status, second.status),
        )


@breaks(laws.rivals_unchanged, "reports what", FIRST, examples=300)
@attrs.frozen
class FirstVariableThatEveryUnitReports(measures.FirstReported):
    def __call__(self, columns: Columns) -> Cells:
        first, second = (measure(columns) for measure in self.of)
        return second if np.isnan(first.values).any() else first


@breaks(
    laws.rivals_unchanged,
    "reports what",
    instead(measures.Sum(["a", "b"]), of=["a", "b"]),
    examples=150,
)
@attrs.frozen
class SumBeyondThatOfTheLeast(measures.Sum):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        least = np.fmin.reduce(cells.values, axis=-1, keepdims=True)
        return attrs.evolve(cells, values=cells.values - np.nan_to_num(least))


POOLED = {"numerators": ["a", "b"], "denominators": ["x", "y"], "empty": "zero"}


@breaks(
    laws.marks_change_no_score,
    "is marked as",
    instead(measures.PooledRatio(**POOLED), **POOLED),  # type: ignore[arg-type]
    examples=150,
)
@attrs.frozen
class PooledRatioOfWhatWasReported(measures.PooledRatio):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        reported = cells.status == CellStatus.REPORTED
        return attrs.evolve(cells, values=np.where(reported, cells.values, 0.5 * cells.values))


REACHED = {"of": "a", "at_least": 60}


@breaks(
    laws.independence_of_irrelevant_units,
    "is left out",
    instead(measures.Threshold(**REACHED), **REACHED),  # type: ignore[arg-type]
    examples=150,
)
@attrs.frozen
class ThresholdAtTheMedianOfTheUnits(measures.Threshold):
    def __call__(self, columns: Columns) -> Cells:
        cells = self.of(columns)
        middle = np.nanmedian(cells.values) if (cells.values == cells.values).any() else 0.0
        reached = np.where(np.isnan(cells.values), np.nan, cells.values >= middle)
        return attrs.evolve(cells, values=reached.astype(float))


CONDITIONS = [measures.Threshold("a", at_least=60), measures.Threshold("c", at_most=40)]
ALL_MET = instead(measures.AllMet(CONDITIONS), of=CONDITIONS)


@breaks(laws.rivals_unchanged, "reports what", ALL_MET, examples=150)
@breaks(laws.independence_of_irrelevant_units, "is left out", ALL_MET, examples=150)
@attrs.frozen
class AllMetUnlessNobodyMeetsThem(measures.AllMet):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        lenient = cells.values if (cells.values == 1).any() else cells.values + 1.0
        return attrs.evolve(cells, values=lenient)


@breaks(laws.bounds, "whose parts declare 0 to 1", ALL_MET, examples=150)
@attrs.frozen
class AllMetThatCountsConditions(measures.AllMet):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        return attrs.evolve(cells, values=cells.values * len(self.of))


@breaks(laws.marks_change_no_score, "is marked as", ALL_MET, examples=150)
@attrs.frozen
class AllMetByWhatWasReported(measures.AllMet):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        reported = cells.status == CellStatus.REPORTED
        return attrs.evolve(cells, values=np.where(reported, cells.values, 0.0 * cells.values))


@breaks(
    laws.rivals_unchanged,
    "reports what",
    instead(measures.Trend("a", years=1), of="a", years=1),
    examples=150,
)
@attrs.frozen
class TrendAboveThatOfTheOthers(measures.Trend):
    def __call__(self, columns: Columns) -> Cells:
        cells = super().__call__(columns)
        known = cells.values[~np.isnan(cells.values)]
        return attrs.evolve(cells, values=cells.values - (known.mean() if known.size else 0.0))


@breaks(
    laws.rivals_unchanged,
    "reports what",
    instead(Mixed([Constant(50)]), fills=[Mean(), Constant(50)]),
    examples=150,
)
@attrs.frozen
class MixThatSaysItLooksAtNobody(Mixed):
    peer_dependent: ClassVar[bool] = False


@breaks(
    laws.rivals_unchanged,
    "reports what",
    instead(Denominate({"a": "people"}), by={"a": "people"}),
    examples=150,
)
@attrs.frozen
class DenominateByTheMeanDenominator(Denominate):
    def __call__(self, observations: Observations) -> Observations:
        done = super().__call__(observations)
        people = np.nanmean(observations.values[:, observations.column_of("people")])
        return attrs.evolve(done, values=done.values * np.float64(people))


# -- weights that are found ------------------------------------------------------------------------


class WeighedAnew(Methodology):
    """Weights that the figures of each computation give; the declared ones if they give none."""

    how: ClassVar[Any] = weight.ComponentScores

    @property
    def peer_dependent(self) -> bool:
        return True

    def compute(self, observations: Observations) -> IndexResult:
        how = self.how(components=1, missing="complete", degenerate="zero")
        plain = Methodology(self.id, self.version, self.framework)
        try:
            framework = weight.apply(plain, how, observations).framework
        except DataError:
            framework = self.framework
        found = Methodology(self.id, self.version, framework).compute(observations)
        origin = attrs.evolve(found.provenance, fingerprint=self.fingerprint)
        return attrs.evolve(found, provenance=origin)


def weighed_by(how: type[Any]) -> Methodology:
    class Weighed(WeighedAnew):
        pass

    Weighed.how = how
    return remade(EQUAL_THIRDS, Weighed)


COMPONENTS = Seat(weighed_by(weight.ComponentScores), weighed_by)
SLOPES = observed({"a": [8.0, 24.0, 40.0], "b": [16.0, 20.0, 70.0], "c": [44.0, 38.0, 8.0]})


def _turned(found: weight.WeightSet, turn: bool) -> weight.WeightSet:
    signs = {code: -number if turn else number for code, number in found.weights.items()}
    return attrs.evolve(found, weights=signs)


@breaks(laws.anonymity_of_order, "the units are listed as", COMPONENTS, data=SLOPES)
class ComponentScoresThatPointToTheFirstUnit(weight.ComponentScores):
    def __call__(self, children: Any) -> weight.WeightSet:
        found, scores = super().__call__(children), np.asarray(children).sum(axis=1)
        return _turned(found, turn=bool(scores[0] < scores[-1]))


@breaks(
    laws.anonymity_of_indicators, "are listed otherwise, and the score", COMPONENTS, data=SLOPES
)
class ComponentScoresThatPointToTheFirstIndicator(weight.ComponentScores):
    def __call__(self, children: Any) -> weight.WeightSet:
        found = super().__call__(children)
        return _turned(found, turn=found[children.columns[0]] < 0)


# -- declarative methodologies ---------------------------------------------------------------------


class Favouring(Methodology):
    """Adds a little to the figures of some units."""

    def favoured(self, observations: Observations) -> Any:
        raise NotImplementedError

    def compute(self, observations: Observations) -> IndexResult:
        more = 5.0 * np.array(list(self.favoured(observations)), dtype=float)
        values = observations.values + more[:, None]
        return super().compute(attrs.evolve(observations, values=values))


@breaks(laws.scores_follow_parts, "where the declared parts give", METHOD)
@breaks(laws.anonymity_of_names, "the units are renamed to", METHOD)
class FavoursTheFirstHalfOfTheAlphabet(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [code < "M" for code in observations.units.codes]


@breaks(laws.anonymity_of_names, "the units are renamed to", METHOD)
class FavoursAnotherAlphabet(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [not code.isascii() for code in observations.units.codes]


@breaks(laws.anonymity_of_names, "the units are renamed to", METHOD)
class FavoursLongCodes(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [len(code) > 3 for code in observations.units.codes]


@breaks(laws.anonymity_of_names, "the units are renamed to", METHOD)
class FavoursNamesFromTheEndOfTheAlphabet(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [unit.label() > "m" for unit in observations.units]


@breaks(laws.anonymity_of_leagues, "leagues are renamed", METHOD)
class FavoursALeague(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [(unit.league or "") >= "M" for unit in observations.units]


@breaks(laws.many_units, "their copies", METHOD)
class FavoursWhoStandsBehindTheTenth(Favouring):
    def favoured(self, observations: Observations) -> Any:
        return [row >= 10 for row in range(len(observations.units))]


@breaks(laws.many_units, "their copies", METHOD)
class HundredUnitsScoreLess(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        return with_total(result, result.shares[0] * (0.9 if len(result.units) > 99 else 1.0))


@breaks(laws.many_units, "valid data are refused", METHOD)
class RefusesMoreThanTenUnits(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        if len(observations.units) > 10:
            raise DataError("more than ten units are too many")
        return super().compute(observations)


@breaks(laws.scores_follow_parts, "where the declared parts give", METHOD)
class ClipsFiguresSilently(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        values = np.minimum(observations.values, 60.0)
        return super().compute(attrs.evolve(observations, values=values))


@breaks(laws.scores_follow_parts, "where the declared parts give", METHOD)
class WeighsOtherwiseThanItSays(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        other = self.framework.with_weights({"speed": 3.0})
        return Methodology.compute(attrs.evolve(self, framework=other), observations)


@breaks(laws.contract, "the result says that it comes from", METHOD)
class ProvenanceOfAnotherEdition(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        return attrs.evolve(result, provenance=attrs.evolve(result.provenance, version="2"))


@breaks(
    own_laws.documents_score_alike,
    "it is read back from its document, and the score",
    Seat(GOOD, lambda scored_by: scored_by(GOOD)),
)
def by_a_plan_that_its_document_does_not_hold(method: Methodology) -> Methodology:
    first = method.framework.children[0].code
    changed = attrs.evolve(method)
    heavier = attrs.evolve(method, framework=method.framework.with_weights({first: 9.0}))
    vars(changed)["_plan"] = heavier._plan
    return changed


@breaks(laws.anonymity_of_indicators, "are listed otherwise, and the score", METHOD)
class FirstListedIndicatorCounts(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        return with_total(result, result.shares[result.row_of(self.framework.children[0].code)])


NOISY = observed({"a": [8.0, 24.0], "b": [16.0, 16.0], "c": [24.0, 8.0]})


@breaks(
    laws.anonymity_of_indicators,
    "are listed otherwise, and the rank",
    methods(EQUAL_THIRDS),
    data=NOISY,
)
class RawSumsRankedInTheOrderOfTheList(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        summed = sum(result.shares[result.row_of(c.code)] for c in self.framework.children)
        result = with_total(result, np.asarray(summed) / 3.0)
        return retold(result, TiesBrokenByFloatNoise)


@breaks(laws.refinement, "opened into a dimension", METHOD)
class DeepTreesScoreLess(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        tiers = max(self.framework.depth(code) for code in self.framework.codes)
        return with_total(result, result.shares[0] * 0.9**tiers)


@breaks(laws.unscored_nodes_are_inert, "an indicator without weight is added", METHOD)
class UnscoredIndicatorLeaks(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        result = super().compute(observations)
        return with_total(result, result.shares[0] / len(self.framework.leaves))


@breaks(laws.printed_parts_add_up, "in all", methods(IN_WHOLE_POINTS))
class TotalOfUnroundedParts(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        exact = attrs.evolve(self, rounding=None)
        return with_total(
            super().compute(observations), Methodology.compute(exact, observations).shares[0]
        )


@breaks(laws.printed_parts_add_up, "in all", methods(IN_POINTS))
class RoundedBeforeSumming(Methodology):
    def compute(self, observations: Observations) -> IndexResult:
        rounded = attrs.evolve(self, rounding=Levels(leaf=Rounding(0)))
        return with_total(
            super().compute(observations), Methodology.compute(rounded, observations).shares[0]
        )


# -- methodologies of somebody's own making --------------------------------------------------------


@breaks(laws.scoring, "refuses what it says it takes", RULE)
@attrs.frozen
class RefusesWhatItSaysItTakes(rules.Proportional):
    def __call__(self, values: Float, scope: Scope) -> Float:
        if (values < 30).any():
            raise CellError("this rule refuses what it says it takes", values < 30)
        return super().__call__(values, scope)


@breaks(laws.scoring, "computing raises ZeroDivisionError", OPAQUE)
class DividesByTheSpread(Opaque):
    def compute(self, observations: Observations) -> Any:
        return self.scored(observations) if 1 / len(set(observations.values[:, 0]) - {50}) else None


@breaks(laws.contract, "not about the units given", OPAQUE)
class DropsAUnit(Opaque):
    def compute(self, observations: Observations) -> Any:
        kept = observations.units.codes[: max(1, len(observations.units) - 1)]
        return self.scored(observations.take(kept))


@breaks(laws.contract, "not about the units given, in their order", OPAQUE)
class ListsUnitsBackwards(Opaque):
    def compute(self, observations: Observations) -> Any:
        return self.scored(observations.take(observations.units.codes[::-1]))


@breaks(laws.contract, "compute returns DataFrame, not an IndexResult", OPAQUE)
class ReturnsATable(Opaque):
    def compute(self, observations: Observations) -> Any:
        return self.scored(observations).table()


@breaks(laws.contract, "have shape", OPAQUE)
class ReturnsAScoreTooMany(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, np.append(scores.shares[0], 0.5))


@breaks(laws.contract, "the framework has none", OPAQUE)
class ReturnsAnUnknownNode(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return attrs.evolve(scores, codes=(*scores.codes[:-1], "else"))


@breaks(laws.contract, "the total of the result is", OPAQUE)
class ReturnsAnotherTotal(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return attrs.evolve(scores, codes=scores.codes[::-1])


@breaks(laws.contract, "its version is 1, no text", OPAQUE)
class VersionIsANumber(Opaque):
    version: ClassVar[Any] = 1


@breaks(laws.nothing_lost, "has every figure and no score", OPAQUE)
class DropsAScoreSilently(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, np.where(scores.shares[0] < 0.5, np.nan, scores.shares[0]))


@breaks(laws.nothing_lost, "is inf", OPAQUE)
class ScoresInfinity(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, np.where(scores.shares[0] > 0.5, np.inf, scores.shares[0]))


@breaks(laws.untouched_input, "the data are not what they were", OPAQUE)
class SortsItsInput(Opaque):
    def compute(self, observations: Observations) -> Any:
        object.__setattr__(observations, "values", np.sort(observations.values, axis=1))
        return self.scored(observations)


@breaks(laws.untouched_input, "the framework is not what it was", OPAQUE)
class AddsToItsFramework(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        weights = dict.fromkeys(self.framework.leaf_codes, 5.0 + next(_CALLS))
        changed = attrs.evolve(self.inner, framework=self.framework.with_weights(weights))
        object.__setattr__(self, "inner", changed)
        return scores


_CALLS = itertools.count()


@breaks(laws.determinism, "again, and the score", OPAQUE)
class CountsItsCalls(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] + next(_CALLS))


@breaks(laws.determinism, "again, and the score", OPAQUE)
class DrawsGlobalRandomNumbers(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] + np.random.random())  # noqa: NPY002


@breaks(own_laws.no_clock, "at another time, and the score", OPAQUE)
class DependsOnTheClock(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] + time.time() // 1e6)


@breaks(own_laws.no_clock, "at another time, and the score", OPAQUE)
class DependsOnTheYear(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] + datetime.date.today().year)


@breaks(own_laws.no_clock, "at another time, and the score", OPAQUE)
class DependsOnTheLocalYear(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] + time.localtime().tm_year)


@breaks(laws.determinism, "again, and the score", OPAQUE)
class ScoresWhatItHasSeenOtherwise(Opaque):
    seen: ClassVar[set[bytes]] = set()

    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        known = observations.values.tobytes() in self.seen
        self.seen.add(observations.values.tobytes())
        return with_total(scores, 0.5 * scores.shares[0] + 0.1) if known else scores


@breaks(laws.determinism, "its fingerprint changes", OPAQUE)
class FingerprintOfTheMoment(Opaque):
    fingerprint = property(lambda self: f"call {next(_CALLS)}")


@breaks(laws.anonymity_of_names, "the units are renamed to", OPAQUE)
class KnowsNames(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        known = [code == min(observations.units.codes) for code in observations.units.codes]
        return with_total(scores, np.where(known, 1.0, 0.5 * scores.shares[0]))


@breaks(laws.anonymity_of_order, "the units are listed as", OPAQUE)
class FavoursTheFirstRow(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] / np.arange(1, len(scores.units) + 1))


@breaks(laws.anonymity_of_variables, "the columns are in another order", OPAQUE)
class ReadsTheFirstColumn(Opaque):
    def compute(self, observations: Observations) -> Any:
        return with_total(self.scored(observations), observations.values[:, 0] / 80.0)


@breaks(
    own_laws.frame_libraries,
    "the data come from",
    Seat(Opaque(ANSWERS), lambda cls: cls(ANSWERS)),
)
class ReadsTheNumbersOfAnswers(Opaque):
    def compute(self, observations: Observations) -> Any:
        return with_total(self.scored(observations), observations.values[:, 0])


@breaks(own_laws.frame_libraries, "the data come from", OPAQUE)
class ReadsTheArraysLayout(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] / (1 + observations.values.flags.c_contiguous))


@breaks(laws.rivals_unchanged, "reports what", OPAQUE)
@breaks(laws.independence_of_irrelevant_units, "is left out", OPAQUE)
class RivalsScoreMoves(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] - np.nanmean(observations.values) / 1000)


@breaks(laws.betterment, "its score falls", OPAQUE)
@breaks(laws.dominance, "everything else alike", OPAQUE)
class BetterFiguresLowerTheScore(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, 1.0 - scores.shares[0])


@breaks(laws.copies_take_one_rank, "is added, and the score", OPAQUE)
class CopiesShareTheirScore(Opaque):
    def compute(self, observations: Observations) -> Any:
        scores = self.scored(observations)
        return with_total(scores, scores.shares[0] / len(scores.units))
