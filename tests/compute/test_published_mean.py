"""Roundings that imitate a publisher get the publisher's mean of printed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import fsum
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.aggregate.common import corrected_mean
from govindex.compute import Block, compile_framework, evaluate, evaluate_nodes, score
from govindex.contracts import Float
from govindex.kernels.reductions import exact_total
from govindex.kernels.rounding import decimal

Imitating = Literal["binary", "r"]
OTHERS: list[Literal["half-up", "half-even", "truncate"]] = ["half-up", "half-even", "truncate"]


def r_mean(numbers: Sequence[Float], weights: Sequence[float]) -> Float:
    """Return the mean as R corrects it, written without the library."""

    def mean(own: Sequence[Float]) -> Float:
        total = weights[0] * own[0]
        whole = weights[0]
        for number, weight in zip(own[1:], weights[1:], strict=True):
            total, whole = total + weight * number, whole + weight
        return np.asarray(total / whole)

    first = mean(numbers)
    return np.asarray(first + mean([number - first for number in numbers]))


def leaf(code: str, weight: float = 1.0, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, rule=gi.rules.Identity(), weight=weight, **settings)


def observed(numbers: dict[str, Any]) -> gi.Observations:
    frame = pd.DataFrame(numbers)
    frame.insert(0, "unit", [f"U{i:04}" for i in range(len(frame))])
    return gi.Observations.from_frame(frame)


def tiers(seed: int, node: gi.Rounding | None, scale: float, mode: Imitating) -> Any:
    """Return a two-tier methodology, its data, and what its publisher would print."""
    rng = np.random.default_rng(seed)
    decimals = {1.0: 4, 10.0: 2, 100.0: 1}[scale]
    inner, outer = rng.integers(1, 5, 5).tolist(), rng.integers(1, 4, 2).tolist()
    root = gi.Framework(
        "f",
        [
            gi.Dimension(
                "A", [leaf(c, w) for c, w in zip("abc", inner[:3], strict=True)], weight=outer[0]
            ),
            gi.Dimension(
                "B", [leaf(c, w) for c, w in zip("de", inner[3:], strict=True)], weight=outer[1]
            ),
        ],
    )
    of = gi.Rounding(decimals, mode)
    total = gi.Rounding(decimals - 1, mode)
    levels = gi.Levels(leaf=of, node=node and total, total=total)
    shares = {code: rng.random(300) for code in "abcde"}
    printed = {code: of(share * scale) for code, share in shares.items()}
    a = r_mean([printed[c] for c in "abc"], inner[:3])
    b = r_mean([printed[c] for c in "de"], inner[3:])
    if node is not None:
        a, b = total(a), total(b)
    method = gi.Methodology("e.tiers", "1", root, scale=scale, rounding=levels)
    return method, observed(shares), total(r_mean([a, b], outer))


@pytest.mark.parametrize("mode", ["r", "binary"])
@pytest.mark.parametrize("scale", [1.0, 10.0, 100.0])
@given(seed=st.integers(0, 10_000), whole=st.booleans())
def test_random_tiers_are_printed_as_their_publisher_prints_them(
    mode: Imitating, scale: float, seed: int, *, whole: bool
) -> None:
    method, data, expected = tiers(seed, gi.Rounding(1) if whole else None, scale, mode)
    np.testing.assert_allclose(method.compute(data).score, expected, rtol=0, atol=1e-9)


# Means of three printed numbers that end in a half but for the last bits of a plain mean:
# the scale, the decimals of the total, the numbers, what the plain mean gives, and what R does.
HALVES = [
    (1.0, 1, (0.23, 0.99, 0.43), 0.5, 0.6),
    (1.0, 1, (0.70, 0.03, 0.92), 0.5, 0.6),
    (10.0, 1, (4.59, 8.82, 1.14), 4.9, 4.8),
    (10.0, 1, (6.11, 0.98, 1.76), 2.9, 3.0),
    (100.0, 0, (80.8, 79.6, 36.1), 65.0, 66.0),
    (100.0, 1, (50.56, 16.95, 84.14), 50.6, 50.5),
]


def thirds(scale: float, numbers: Sequence[float], **settings: Any) -> tuple[Any, gi.Observations]:
    framework = gi.Framework("f", [leaf(code) for code in "abc"], **settings)
    data = observed({code: [number / scale] for code, number in zip("abc", numbers, strict=True)})
    return gi.Methodology("e.half", "1", framework, scale=scale), data


@pytest.mark.parametrize("printed_only", [False, True])
@pytest.mark.parametrize("mode", ["r", "binary"])
@pytest.mark.parametrize(("scale", "decimals", "numbers", "plain", "right"), HALVES)
def test_a_mean_at_a_half_is_rounded_as_the_publisher_does(
    scale: float,
    decimals: int,
    numbers: tuple[float, ...],
    plain: float,
    right: float,
    mode: Imitating,
    *,
    printed_only: bool,
) -> None:
    rounding = gi.Rounding(decimals, mode, printed_only=printed_only)
    method, data = thirds(scale, numbers)
    result = gi.Methodology(
        "e.half", "1", method.framework, scale=scale, rounding=gi.Levels(total=rounding)
    ).compute(data)
    columns = [np.array([number]) for number in numbers]
    first, second, third = numbers  # sum() of Python 3.12 and later rounds less
    assert rounding(np.array([(first + second + third) / 3.0])).item() == plain
    assert rounding(r_mean(columns, [1.0] * 3)).item() == right
    assert result.score.to_list() == [right]


@pytest.mark.parametrize(("scale", "decimals", "numbers", "plain", "right"), HALVES)
def test_a_nodes_own_rounding_corrects_its_mean(
    scale: float, decimals: int, numbers: tuple[float, ...], plain: float, right: float
) -> None:
    method, data = thirds(scale, numbers, rounding=gi.Rounding(decimals, "r"))
    assert method.compute(data).score.to_list() == [right] != [plain]


@pytest.mark.parametrize(("scale", "decimals", "numbers", "plain", "right"), HALVES)
def test_an_explanation_shows_the_corrected_score(
    scale: float, decimals: int, numbers: tuple[float, ...], plain: float, right: float
) -> None:
    framework = gi.Framework(
        "f",
        [gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=scale)) for code in "abc"],
        rounding=gi.Rounding(decimals, "r"),
    )
    method = gi.Methodology("e.why", "1", framework, scale=scale)
    data = observed({code: [number] for code, number in zip("abc", numbers, strict=True)})
    why = gi.explain(method.compute(data), "U0000")
    assert why.score == right
    assert why.score + why.lost == pytest.approx(scale)
    assert why.table["own_loss"].iloc[0] == pytest.approx(sum(numbers) / 3 - right, abs=1e-9)
    assert why.leaves["lost"].sum() + why.table["own_loss"].sum() == pytest.approx(why.lost)


@pytest.mark.parametrize(("scale", "decimals", "numbers", "plain", "right"), HALVES)
def test_a_rounding_below_keeps_its_correction_under_a_missing_sibling(
    scale: float, decimals: int, numbers: tuple[float, ...], plain: float, right: float
) -> None:
    framework = gi.Framework(
        "f",
        [leaf(code) for code in "abcd"],
        absence=gi.absence.Renormalise(),
        rounding=gi.Rounding(decimals, "r"),
    )
    shares = {code: [number / scale] for code, number in zip("abc", numbers, strict=True)}
    method = gi.Methodology("e.gap", "1", framework, scale=scale)
    assert method.compute(observed({**shares, "d": [np.nan]})).score.to_list() == [right]


def test_points_are_added_up_without_losing_their_last_bits() -> None:
    # 3.1 + 1.05 + 0.1 is 4.25, of which the plain sum of shares makes 4.249999999999999.
    maxima, points = {"a": 7.0, "b": 3.0, "c": 0.5}, {"a": 3.1, "b": 1.05, "c": 0.1}
    framework = gi.Framework(
        "f",
        [gi.Indicator(c, rule=gi.rules.Points(), weight=most) for c, most in maxima.items()],
        aggregate=gi.aggregate.Sum(),
        absence=gi.absence.Shrink(),
        rounding=gi.Rounding(1, "binary"),
    )
    method = gi.Methodology("e.points", "1", framework, scale="points")
    data = observed({c: [p, p] for c, p in points.items()} | {"c": [0.1, np.nan]})
    assert method.compute(data).score.to_list() == [4.3, 4.2]


@given(seed=st.integers(0, 10_000))
def test_points_print_as_their_sum_in_extended_numbers_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    maxima = rng.integers(1, 30, 4)
    points = [rng.integers(0, most * 100 + 1, 50) for most in maxima]
    framework = gi.Framework(
        "f",
        [
            gi.Indicator(c, rule=gi.rules.Points(), weight=float(most))
            for c, most in zip("abcd", maxima, strict=True)
        ],
        aggregate=gi.aggregate.Sum(),
        rounding=gi.Rounding(1, "r"),
    )
    data = observed({c: own / 100 for c, own in zip("abcd", points, strict=True)})
    method = gi.Methodology("e.points", "1", framework, scale="points")
    sums = [fsum(number / 100 for number in column) for column in zip(*points, strict=True)]
    expected = gi.Rounding(1, "r")(np.array(sums))
    assert method.compute(data).score.to_list() == expected.tolist()


@pytest.mark.parametrize("scale", [1.0, 100.0])
@given(seed=st.integers(0, 10_000))
def test_draws_are_corrected_as_single_evaluations_are(scale: float, seed: int) -> None:
    method, data, _ = tiers(seed, None, scale, "r")
    drawn = {"a": np.array([1.0, 2.5, 0.3]), "A": np.array([1.0, 0.7, 4.0])}
    block, plan = Block.of(data), method._plan
    every = evaluate(plan, block, drawn)["f"].share
    nodes = evaluate_nodes(score(plan, block), drawn, ["f"])
    np.testing.assert_array_equal(nodes["f"].share, every)
    for number in range(3):
        changed = {code: float(weights[number]) for code, weights in drawn.items()}
        single = compile_framework(
            method.framework.with_weights(changed), method.scale, method.rounding
        )
        np.testing.assert_array_equal(evaluate(single, block)["f"].share[0], every[number])


@pytest.mark.parametrize("mode", OTHERS)
@given(seed=st.integers(0, 10_000))
def test_other_modes_keep_every_bit(
    mode: Literal["half-up", "half-even", "truncate"], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 9, 3).astype(float)
    shares = [rng.random(20) for _ in weights]
    framework = gi.Framework("f", [leaf(c, w) for c, w in zip("abc", weights, strict=True)])
    levels = gi.Levels(total=gi.Rounding(3, mode))
    plan = compile_framework(framework, 100.0, levels)
    block = Block.of(observed(dict(zip("abc", shares, strict=True))))
    plain = weights[0] * shares[0] + weights[1] * shares[1] + weights[2] * shares[2]
    plain = plain / (weights[0] + weights[1] + weights[2])
    expected = gi.Rounding(3, mode)(plain * 100.0) / 100.0
    np.testing.assert_array_equal(evaluate(plan, block)["f"].share[0], expected)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 1000)), min_size=1, max_size=12))
def test_a_corrected_mean_is_exact_to_the_last_bit_of_the_largest_number(
    pairs: list[tuple[int, int]],
) -> None:
    numbers = [n / 1e4 for n, _ in pairs]
    shares, weights = [np.array([n]) for n in numbers], [np.array([float(w)]) for _, w in pairs]
    parts = (Fraction(n) * w for n, (_, w) in zip(numbers, pairs, strict=True))
    exact = sum(parts, Fraction(0)) / sum(w for _, w in pairs)
    actual = corrected_mean(shares, weights).item()
    assert abs(Fraction(actual) - exact) <= Fraction(float(np.spacing(max(numbers)))) * Fraction(
        3, 4
    )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_an_exact_total_is_the_exact_sum_to_the_last_bit(numbers: list[float]) -> None:
    actual = exact_total([np.array([number]) for number in numbers]).item()
    exact = sum(map(Fraction, numbers), Fraction(0))
    assert abs(Fraction(actual) - exact) <= Fraction(float(np.spacing(actual)))


@given(st.integers(-(10**6), 10**6), st.sampled_from([1.0, 10.0, 100.0, 1000.0]))
def test_a_printed_number_is_restored_from_its_share(number: int, scale: float) -> None:
    printed = number * scale / 10**6
    printed = float(f"{printed:.6f}")
    assert decimal(np.array([printed / scale * scale]), scale).item() == printed


def test_a_user_defined_mean_may_be_corrected_too() -> None:
    class Own(gi.aggregate.Geometric):
        def corrected(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
            return np.full(shares[0].shape, 0.25)

    framework = gi.Framework(
        "f", [leaf("a"), leaf("b")], aggregate=Own(), rounding=gi.Rounding(2, "r")
    )
    data = observed({"a": [0.5], "b": [0.5]})
    assert gi.Methodology("e.own", "1", framework, scale=1.0).compute(data).score.item() == 0.25
