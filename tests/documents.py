"""Random methodologies that a document can say: every kind of part, all in valid combinations."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

from hypothesis import strategies as st

from govindex import (
    Absence,
    Bands,
    Definition,
    Dimension,
    Forms,
    Framework,
    Indicator,
    Levels,
    Methodology,
    Ranking,
    Rounding,
    Source,
    View,
    absence,
    aggregate,
    measures,
    rules,
)
from govindex.contracts import AbsencePolicy, Aggregator, Measure, Rule

__all__ = ["VARIABLES", "measured", "methodologies", "policies", "ruled", "texts"]

VARIABLES = ("days", "1.4.b", "hồ sơ", "received on time", "kind")
_OVER = st.sampled_from(["all", "league", "ranked"])


@cache
def texts() -> st.SearchStrategy[str]:
    """Draw texts as people write them, and some that look like something else."""
    return st.sampled_from(
        ["Tốt", "không có", "a.b", "1", "1.0", 'say "so"', "back\\slash", "two\nlines", "#", "kind"]
    )


@cache
def numbers(low: float = -1e6, high: float = 1e6) -> st.SearchStrategy[float]:
    """Draw numbers of any digits, whole ones among them."""
    known = [x for x in (0.1, 0.3, 1e-12, 80, 100, 1e5 + 1 / 3, -0.7, 0) if low <= x <= high]
    return st.one_of(st.sampled_from(known), st.floats(low, high, allow_subnormal=False))


def _key(answer: Any) -> Any:
    """Return what an answer is compared by: a number and the text of it are one."""
    try:
        return float(answer)
    except ValueError:
        return answer


@cache
def _rising(low: float = 0, high: float = 1e4) -> st.SearchStrategy[list[float]]:
    return st.lists(numbers(low, high), min_size=2, max_size=4, unique=True).map(sorted)


@cache
def _tables() -> st.SearchStrategy[list[tuple[float, float]]]:
    shares = st.lists(numbers(0, 1), min_size=4, max_size=4).map(sorted)
    return st.builds(lambda x, y: list(zip(x, y, strict=False)), _rising(), shares)


@cache
def ruled(*, chains: bool = True) -> st.SearchStrategy[Rule]:
    """Draw a rule of any kind."""
    shares = numbers(0, 1)
    degenerate = st.one_of(st.just("error"), shares)
    limits = st.sampled_from(["at_least", "above", "at_most", "below", "equals"])
    answers = st.one_of(texts(), numbers(0, 9))
    kinds: list[st.SearchStrategy[Any]] = [
        st.just(rules.Identity()),
        st.builds(rules.Points, numbers(-5, 0)),
        st.builds(rules.Proportional, target=numbers(50, 100), floor=numbers(0, 50)),
        st.builds(
            lambda ends, clip, how: rules.Goalposts(
                worst=ends[0], best=ends[1], clip=clip, transform=how
            ),
            st.permutations([1.5, 99.9, 250]),
            st.booleans(),
            st.sampled_from([None, "log", "reciprocal", 0.5, 2]),
        ),
        st.builds(rules.Affine, intercept=numbers(), slope=numbers()),
        st.builds(
            rules.Exponential,
            intercept=numbers(-1, 1),
            factor=st.sampled_from([1, -2.5]),
            rate=st.sampled_from([0.08, -1]),
        ),
        st.builds(rules.Clip, numbers(-1, 0), numbers(0.1, 1)),
        st.builds(rules.Rounded, st.builds(Rounding, st.integers(-1, 6))),
        st.builds(rules.Steps, _tables(), shares, st.sampled_from(["lower", "upper"])),
        st.builds(lambda name, limit: rules.Condition(**{name: limit}), limits, numbers()),
        st.lists(
            st.tuples(answers, shares), min_size=1, max_size=4, unique_by=lambda pair: _key(pair[0])
        ).map(lambda pairs: rules.Choice(dict(pairs))),
        st.builds(rules.PerItem, numbers(0.1, 5), st.one_of(st.none(), numbers(0.1, 9))),
        st.builds(rules.Deduction, per=numbers(0.01, 1), floor=numbers(-1, 0.5)),
        st.builds(rules.Piecewise, _tables()),
        st.builds(
            rules.MinMax, numbers(0, 0.2), numbers(0.3, 1), over=_OVER, degenerate=degenerate
        ),
        st.builds(
            rules.ZScore,
            shares,
            numbers(0.1, 20),
            ddof=st.sampled_from([0, 1]),
            over=_OVER,
            degenerate=degenerate,
        ),
        *_among_peers(degenerate),
    ]
    single: st.SearchStrategy[Rule] = st.one_of(kinds)
    if not chains:
        return single
    chain = st.lists(single, min_size=1, max_size=3).map(lambda parts: rules.Chain(*parts))
    return st.one_of(single, single, chain)


def _among_peers(degenerate: st.SearchStrategy[Any]) -> list[st.SearchStrategy[Any]]:
    """Return the rules of order, proportion, distance and grades, and what they become."""
    settings = {"over": _OVER, "degenerate": degenerate}
    ties = st.sampled_from(["average", "competition", "max"])
    ordered = [
        rules.Rank,
        rules.PercentRank,
        rules.Borda,
        rules.NormalScores,
        rules.ExponentialRank,
    ]
    plain = [rules.FractionOfMax, rules.SumShare, rules.DistanceToMax]
    names, sides = st.sampled_from(["mean", "median"]), st.sampled_from(["together", "apart"])
    steps = st.tuples(numbers(), numbers(0, 1), numbers(0, 1))
    return [
        st.sampled_from(ordered).flatmap(lambda kind: st.builds(kind, ties, **settings)),
        st.sampled_from(plain).flatmap(lambda kind: st.builds(kind, **settings)),
        st.builds(rules.Robust, numbers(0, 1), numbers(0.1, 20), **settings),
        st.builds(rules.DistanceToReference, texts(), cap=st.booleans(), **settings),
        st.builds(rules.DistanceToTarget, numbers(), cap=st.booleans(), **settings),
        st.builds(rules.DistanceFrom, st.one_of(names, numbers()), sides, **settings),
        st.builds(rules.DistanceFrom, numbers(0, 5), st.just("apart"), ends=st.just((-1, 9.5))),
        st.builds(rules.AboveBelowMean, numbers(0, 1), **settings),
        st.builds(rules.Categorical, st.sampled_from([[(50, 0.5)], [(12.5, 0.1), (100, 1)]])),
        st.builds(rules.Stairs, st.lists(steps, min_size=1, max_size=1), numbers(0, 1)),
        st.builds(
            rules.RankAmong,
            st.builds(rules.PercentRank, ties),
            st.lists(numbers(), min_size=2, max_size=4, unique=True),
            direction=st.sampled_from(["higher", "lower"]),
        ),
        st.builds(rules.Inverse, numbers(0.1, 90), cap=st.booleans()),
    ]


@cache
def measured() -> st.SearchStrategy[Measure]:
    """Draw a measure of any kind, measures inside measures."""
    rounding = st.one_of(st.none(), st.builds(Rounding, st.integers(0, 4)))
    empty = st.sampled_from(["zero", "full", "missing", "not_applicable", "error"])
    times = st.sampled_from([1.0, 100, 0.1])
    codes = st.lists(numbers(-9, 99), max_size=2)
    value = st.builds(measures.Value, st.sampled_from(VARIABLES), missing_when=codes)
    shares = st.dictionaries(st.sampled_from(VARIABLES), numbers(0, 1), min_size=1)

    def larger(inner: st.SearchStrategy[Measure]) -> st.SearchStrategy[Measure]:
        several = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(
            st.builds(measures.Largest, several),
            st.builds(measures.FirstReported, several),
            st.builds(measures.PerPeriod, inner),
            st.builds(measures.Indexed, inner, base=st.sampled_from(["2018", "2018-Q4"])),
            st.builds(measures.AnnualChange, inner, years=st.integers(1, 9)),
            st.builds(measures.Trend, inner, years=st.integers(1, 9), at_least=st.just(2)),
            st.builds(measures.Sum, several, missing=st.sampled_from(["missing", "left_out"])),
            st.builds(
                lambda tops, whole, **settings: measures.PooledRatio(
                    tops, [whole] * len(tops), **settings
                ),
                several,
                inner,
                times=times,
                empty=empty,
                rounding=rounding,
            ),
            st.builds(measures.AllMet, several, failure_decides=st.booleans()),
            st.builds(measures.Threshold, inner, at_least=numbers()),
            st.builds(
                measures.Ratio,
                inner,
                inner,
                times=times,
                empty=empty,
                above=st.sampled_from(["error", "allow"]),
                fallback=st.one_of(st.none(), inner),
                missing_denominator=st.sampled_from(["missing", "empty"]),
                rounding=rounding,
            ),
            st.builds(
                measures.Complement, several, inner, times=times, empty=empty, rounding=rounding
            ),
            st.builds(measures.Difference, inner, inner),
            st.builds(
                measures.Flagged, inner, inner, st.integers(1, 5), loss=st.sampled_from([0.5, 1.0])
            ),
            st.builds(measures.Product, inner, inner),
            st.builds(measures.Inherited, inner),
        )

    conditions = st.builds(measures.Conditions, shares)
    return st.recursive(st.one_of(value, conditions), larger, max_leaves=4)


@cache
def policies(codes: tuple[str, ...]) -> st.SearchStrategy[AbsencePolicy | Absence]:
    """Draw a policy of any kind, or a pair; `codes` are the children that may receive weight."""
    share, count = numbers(0, 1), st.integers(1, 3)
    of = st.sampled_from(["children", "leaves"])
    kinds: list[st.SearchStrategy[AbsencePolicy]] = [
        st.sampled_from([absence.Refuse(), absence.AsZero(), absence.Full()]),
        st.builds(absence.Renormalise, min_share=share, min_count=count, of=of),
        st.builds(absence.Shrink, min_share=share, min_count=count, of=of),
        st.builds(absence.Fill, st.sampled_from(["league", "all", "type"])),
    ]
    if codes:
        several = st.lists(st.sampled_from(codes), min_size=1, unique=True)
        how = st.sampled_from(["proportionally", "equally"])
        kinds.append(st.builds(absence.Redistribute, several, how))
    single = st.one_of(kinds)
    return st.one_of(single, st.builds(Absence, missing=single, not_applicable=single))


@cache
def _names() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.none(),
        texts(),
        st.just({"vi": "Một cửa", "en": "One door"}),
        st.just({"": "x", "en": "y"}),
    )


@cache
def _labels() -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from(["data_source", "reference", "confidence"])
    return st.dictionaries(keys, st.sampled_from(["khảo sát", "Điều 3.1"]), max_size=2)


@cache
def _rankings() -> st.SearchStrategy[Ranking]:
    return st.builds(
        Ranking,
        ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
        decimals=st.one_of(st.none(), st.integers(0, 4)),
        by=st.sampled_from(["share", "points"]),
        best=st.sampled_from(["highest", "lowest"]),
    )


@cache
def _roundings() -> st.SearchStrategy[Rounding | None]:
    modes = st.sampled_from(["half-up", "half-even", "truncate", "binary", "r"])
    made = st.builds(Rounding, st.integers(-1, 6), modes, printed_only=st.booleans())
    return st.one_of(st.none(), made)


@cache
def _bands() -> st.SearchStrategy[Bands]:
    def banded(starts: list[float], *, rest: bool, **settings: Any) -> Bands:
        names = ["A", "Tốt", "Khá", "D", "E"]
        open_end: list[float | None] = [None] if rest else []
        return Bands(list(zip(names, [*reversed(starts), *open_end], strict=False)), **settings)

    by_quantile = st.builds(
        banded,
        _rising(1, 90),
        rest=st.booleans(),
        by=st.just("quantile"),
        closed=st.sampled_from(["lower", "upper"]),
        quantile=st.sampled_from(["linear", "weibull", "hazen", "inverted_cdf"]),
    )
    return by_quantile | st.builds(
        banded,
        _rising(0, 90),
        rest=st.booleans(),
        by=st.sampled_from(["points", "percent", "league_maximum"]),
        closed=st.sampled_from(["lower", "upper"]),
        decimals=st.one_of(st.none(), st.integers(0, 3)),
    )


@st.composite
def framed(draw: st.DrawFn, prefix: str = "") -> Framework:
    """Draw a framework of two tiers below a root that is called "index"."""
    number = itertools.count(1)
    means: list[Aggregator] = [
        aggregate.Arithmetic(),
        aggregate.Geometric(0.1),
        aggregate.Product(),
    ]
    root = draw(st.sampled_from([*means, aggregate.Sum()]))
    named = draw(st.booleans())  # weights may be variables

    def maybe(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.one_of(st.none(), st.none(), strategy))

    def leaf(combine: Aggregator, *, first: bool = True) -> Indicator:
        rule = draw(ruled())
        weights: list[st.SearchStrategy[Any]] = [numbers(0.1, 50)]
        if named and not combine.sums_points:
            weights.append(st.just("trọng số"))
        return Indicator(
            f"{prefix}{draw(st.sampled_from(['1.', 'chỉ số ', 'a b']))}{next(number)}",
            draw(_names()),
            rule=rule,
            weight=draw(st.one_of(weights)),
            measure=draw(measured()),
            direction="lower" if rule.directed and draw(st.booleans()) else "higher",
            measure_unit=draw(st.sampled_from(["", "%", "ngày"])),
            evidence=maybe(texts()),
            outside_maximum=combine.linear and not first and draw(st.booleans()),
            rounding=maybe(_roundings()),
            ranking=maybe(_rankings()),
            **draw(_labels()),
        )

    def branch() -> Dimension:
        own = draw(st.sampled_from([None, *means]))
        combine = root if own is None else own
        children = [leaf(combine, first=i == 0) for i in range(draw(st.integers(1, 3)))]
        sums = own is None and root.sums_points
        return Dimension(
            f"{prefix}nhóm {next(number)}",
            children,
            draw(_names()),
            aggregate=own,
            weight=None if sums else draw(numbers(0.1, 50)),
            rule=maybe(ruled(chains=False)),
            absence=maybe(policies(tuple(child.code for child in children))),
            rounding=maybe(_roundings()),
            ranking=maybe(_rankings()),
            **draw(_labels()),
        )

    nodes = [branch() if draw(st.booleans()) else leaf(root) for _ in range(2)]
    codes = tuple(node.code for node in nodes)
    weights = dict.fromkeys(codes, draw(numbers(0.1, 3)))
    mean: dict[str, Any] = {"aggregate": aggregate.Arithmetic()}  # takes bonuses, too
    views = [View("góc nhìn", codes, draw(_names()), weights=weights, **mean, rule=maybe(ruled()))]
    sourced = [n for n in nodes if isinstance(n, Indicator) and n.data_source]
    if sourced and not named:
        views.append(View("by source", where={"data_source": sourced[0].data_source}, **mean))
    return Framework(
        "index",
        nodes,
        draw(_names()),
        aggregate=root,
        rule=maybe(ruled(chains=False)),
        absence=draw(policies(())),  # branches inherit it: it can name no children
        views=views if draw(st.booleans()) else [],
    )


@st.composite
def methodologies(draw: st.DrawFn) -> Methodology:
    """Draw a methodology with all that a document can say."""
    framework = draw(framed())
    kinds = draw(st.sampled_from([(), ("Sở có TTHC",), ("xã", "phường 2.0")]))
    others = {kind: draw(framed(prefix)) for kind, prefix in zip(kinds, "xy", strict=False)}
    sums = all(form.aggregate.sums_points for form in (framework, *others.values()))
    source = st.builds(Source, texts(), texts(), st.just("verified"), texts())
    levels = st.builds(Levels, leaf=_roundings(), node=_roundings(), total=_roundings())
    first = [child.code for child in framework.children]
    settings: dict[str, Any] = {"forms": others} if others else {}
    read = list(dict.fromkeys((*framework.variables, *framework.optional_variables)))
    defined = draw(st.lists(st.sampled_from(read), max_size=3, unique=True)) if read else []
    names, split = st.one_of(texts(), st.just({"vi": "Hồ sơ", "en": "Dossiers"})), len(defined) // 2
    definitions = [
        Definition(group, draw(names), measure_unit=draw(_names()), note=draw(texts()))
        for group in (defined[:split], defined[split:])
        if group
    ]
    return (Forms if others else Methodology)(
        "test.document",
        draw(st.sampled_from(["1", "2022", "0.1.b"])),
        framework,
        **settings,
        scale=draw(st.sampled_from(["points"] if sums else [100, 1.0, 10, 0.1])),
        rounding=draw(levels),
        ranking=draw(_rankings()),
        bands=draw(st.one_of(st.none(), _bands())),
        display=draw(st.sampled_from([(), tuple(first)])),
        title=draw(_names()),
        definitions=definitions,
        sources=draw(st.lists(source, max_size=2)),
        assesses=draw(texts()),
        depth=draw(texts()),
        confidence=draw(texts()),
        notes=draw(texts()),
        deprecated=draw(st.one_of(st.just(""), texts())),
    )
