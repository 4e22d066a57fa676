"""Fills that learn from how variables go together."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex.contracts import CellStatus, Everyone, Matrix
from govindex.impute import EM, Mean, Neighbours, Regression
from govindex.prepare import Impute, imputations

NAN = np.nan


@pytest.fixture(scope="module", autouse=True)
def scikit_learn() -> None:
    """Load it before anything is drawn: the import draws random numbers, too."""
    pytest.importorskip("sklearn.impute", reason="scikit-learn is not installed")


def matrix(*rows: list[float]) -> Matrix:
    values = np.array(rows, dtype=float)
    names = tuple("abcdefgh"[: len(rows)])
    return Matrix(values, names, Everyone(values.shape[1]))


def drawn(units: int = 60, *, seed: int = 1, missing: float = 0.2) -> Matrix:
    """Return four correlated variables with gaps; the first one has none."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=units)
    rows = [10 + common, 5 * common + rng.normal(size=units), 100 - common, rng.normal(size=units)]
    values = np.array(rows) + 0.3 * rng.normal(size=(4, units))
    gaps = rng.random(values.shape) < missing
    gaps[0] = False
    values[gaps] = NAN
    return Matrix(values, ("a", "b", "c", "d"), Everyone(units))


def shuffled(given: Matrix, seed: int = 3) -> tuple[Matrix, Any, Any]:
    rng = np.random.default_rng(seed)
    rows, units = (rng.permutation(count) for count in given.values.shape)
    names = tuple(given.names[row] for row in rows)
    return Matrix(given.values[rows][:, units], names, Everyone(len(units))), rows, units


LEARNED: list[Any] = [Neighbours(3), Neighbours(2, weights="distance"), Regression("a"), EM()]


@pytest.mark.parametrize("fill", LEARNED, ids=repr)
def test_the_order_of_units_and_variables_moves_no_byte(fill: Any) -> None:
    given = drawn()
    other, rows, units = shuffled(given)
    assert fill.fill(other).tobytes() == fill.fill(given)[rows][:, units].tobytes()


@pytest.mark.parametrize("fill", LEARNED, ids=repr)
def test_anchored_fills_give_the_reference_the_same_numbers(fill: Any) -> None:
    given = drawn()
    anchored = fill.anchor(given)
    assert fill.peer_dependent
    assert not anchored.peer_dependent
    gaps = np.isnan(given.values)
    np.testing.assert_allclose(anchored.fill(given)[gaps], fill.fill(given)[gaps], rtol=1e-9)


@pytest.mark.parametrize("fill", LEARNED, ids=repr)
def test_anchored_fills_look_at_one_unit_only(fill: Any) -> None:
    given = drawn()
    anchored = fill.anchor(given)
    row = int(np.flatnonzero(np.isnan(given.values).any(axis=0))[0])
    single = Matrix(given.values[:, [row]], given.names, Everyone(1))
    gaps = np.isnan(single.values)
    values = anchored.fill(single)[gaps]
    np.testing.assert_allclose(values, anchored.fill(given)[:, [row]][gaps], rtol=1e-9)


@pytest.mark.parametrize("fill", LEARNED, ids=repr)
def test_anchored_fills_have_a_document_form(fill: Any) -> None:
    from govindex.toml import dumps, loads

    framework = gi.Framework("index", [gi.Indicator(n, rule=gi.rules.MinMax()) for n in "abcd"])
    for step in (Impute(fill), Impute(fill.anchor(drawn()))):
        method = gi.Methodology("t", "1", framework, steps=step)
        assert loads(dumps(method)) == method


def test_neighbours_are_the_nearest_in_standard_deviations() -> None:
    given = drawn()
    values = given.values
    scaled = (values - np.nanmean(values, axis=1, keepdims=True)) / np.nanstd(
        values, axis=1, keepdims=True, ddof=1
    )
    actual = Neighbours(3).fill(given)
    for variable, unit in np.argwhere(np.isnan(values)):
        apart = []
        for other in np.flatnonzero(~np.isnan(values[variable])):
            both = ~np.isnan(scaled[:, unit]) & ~np.isnan(scaled[:, other])
            square = ((scaled[both, unit] - scaled[both, other]) ** 2).mean()
            apart.append((square, values[variable, other]))
        expected = np.mean([value for _, value in sorted(apart)[:3]])
        assert actual[variable, unit] == pytest.approx(expected, rel=1e-12)


def test_more_neighbours_than_units_are_refused() -> None:
    with pytest.raises(
        gi.DataError, match=r"the 3 nearest .* variable 'b' has 2: take a smaller k"
    ):
        Neighbours(3).fill(matrix([1, 2, 3, 4], [1, 2, NAN, NAN]))


def test_a_unit_that_reports_nothing_has_no_neighbours() -> None:
    given = matrix([1, 2, 3, NAN], [1, 2, NAN, NAN])
    values = Neighbours(1).fill(given)
    assert values[1, 2] == 2
    assert np.isnan(values[:, 3]).all()
    data = gi.Observations([gi.Unit(u) for u in "ABCD"], ("a", "b"), given.values.T)
    with pytest.raises(gi.DataError, match=r"Neighbours\(k=1.* no number for 'D' in 2 variables"):
        Impute(Neighbours(1))(data)
    filled = Impute(Neighbours(1), otherwise=Mean())(data)
    assert filled.value("D", "a") == 2


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.impute", None)
    with pytest.raises(gi.SettingError, match=r"^Neighbours needs sklearn: .* 'govindex\[ml\]'$"):
        Neighbours(1).fill(matrix([1, 2], [1, NAN]))


def test_constant_variables_separate_no_units() -> None:
    values = Neighbours(1).fill(matrix([5, 5, 5], [1, 2, NAN], [1, 9, 9]))
    assert values[1, 2] == 2


def test_regression_is_the_least_squares_line() -> None:
    given = drawn()
    x, y = given.values[:2]
    known = ~np.isnan(y)
    slope, intercept = np.polyfit(x[known], y[known], 1)
    values = Regression("a").fill(given)[1]
    np.testing.assert_allclose(values, intercept + slope * x, rtol=1e-9)


def test_a_variable_is_regressed_on_the_others_of_its_group() -> None:
    given = drawn()
    lines = Regression(["a", "b"]).anchor(given).lines  # type: ignore[attr-defined]
    assert set(lines["b"]) == {"", "a"}
    assert set(lines["c"]) == {"", "a", "b"}


def test_a_unit_without_what_it_is_regressed_on_has_no_number() -> None:
    values = Regression("a").fill(matrix([1, 2, 3, NAN], [2, 4, 6, NAN]))
    assert np.isnan(values[1, 3])


@pytest.mark.parametrize(
    ("rows", "on", "message"),
    [
        ([[1, 2, 3], [1, NAN, NAN]], "a", r"of 'b' on 'a' needs more than 2 .* all of them; 1 do"),
        ([[1, 1, 1, 1], [1, 2, 3, NAN]], "a", "'a' depend on each other, or are constant"),
        (
            [[1, 2, 3, 4, 5], [2, 4, 6, 8, 10], [1, 2, 1, 3, NAN]],
            ["a", "b"],
            "'a', 'b' depend on each other",
        ),
    ],
)
def test_impossible_regressions_are_refused(rows: Any, on: Any, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        Regression(on).fill(matrix(*rows))


def test_unknown_regressors_are_refused() -> None:
    with pytest.raises(gi.UnknownNameError, match="there is no variable 'x': Known: 'a', 'b'"):
        Regression("x").fill(matrix([1, 2, 3], [1, 2, NAN]))


def test_em_with_one_gapped_variable_is_its_regression_on_the_others() -> None:
    """With gaps in one variable only the likelihood factors, and its maximum is known."""
    given = drawn()
    values = given.values[[0, 1]]
    two = Matrix(values, ("a", "b"), given.peers)
    np.testing.assert_allclose(
        EM(tolerance=1e-12).fill(two)[1][np.isnan(values[1])],
        Regression("a").fill(two)[1][np.isnan(values[1])],
        rtol=1e-8,
    )


def test_em_maximises_the_likelihood() -> None:
    """No small change of the means or covariances makes what is known likelier."""
    given = drawn(seed=5)
    moments = EM().anchor(given).moments  # type: ignore[attr-defined]
    names = sorted(given.names)
    mean = np.array([moments[""][n] for n in names])
    covariance = np.array([[moments[n][m] for m in names] for n in names])
    table = given.values.T

    def likelihood(mean: Any, covariance: Any) -> float:
        total = 0.0
        for row in table:
            known = ~np.isnan(row)
            inner = covariance[np.ix_(known, known)]
            apart = row[known] - mean[known]
            total -= np.linalg.slogdet(inner)[1] + apart @ np.linalg.solve(inner, apart)
        return total

    best = likelihood(mean, covariance)
    rng = np.random.default_rng(0)
    for _ in range(20):
        moved = covariance * np.exp(1e-3 * (z := rng.normal(size=(4, 4))) + 1e-3 * z.T)
        assert likelihood(mean + 1e-3 * rng.normal(size=4), moved) < best


def test_em_leaves_what_is_known_alone() -> None:
    given = drawn()
    known = ~np.isnan(given.values)
    assert (EM().fill(given)[known] == given.values[known]).all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2, 3], [1, 2, NAN]], "there are 3 units and 2 variables"),
        ([[1, 2, 3, 4, 5], [7, 7, 7, 7, NAN]], "constant: 'b'"),
        ([[1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12], [1, 3, 2, 5, 4, NAN]], "depend on each other"),
    ],
)
def test_what_em_cannot_learn_from_is_refused(rows: Any, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        EM().fill(matrix(*rows))


def test_em_refuses_moments_that_did_not_converge() -> None:
    with pytest.raises(gi.DataError, match="did not converge in 2 rounds"):
        EM(rounds=2).fill(drawn())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Neighbours(0), "is a whole number above 0, not 0"),
        (lambda: Neighbours(donors=[1]), "donors are a mapping"),  # type: ignore[arg-type]
        (lambda: Regression([]), "takes names of variables, at least one"),
        (lambda: Regression("a", lines={"b": {"a": NAN}}), "coefficient 'a' of 'b' is a finite"),
        (lambda: EM(moments={"a": {"a": 1}}), "moments are a mapping"),
        (lambda: EM(moments={"": {"a": 1, "b": 1}, "a": {"a": 1}}), "needs a number for each"),
    ],
)
def test_impossible_settings_are_refused(build: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        build()


def observed(given: Matrix) -> gi.Observations:
    units = [gi.Unit(f"U{i:03}") for i in range(len(given.peers))]
    return gi.Observations(units, given.names, given.values.T)


def test_the_same_seed_gives_the_same_imputations_in_any_order() -> None:
    data = observed(drawn())
    first = imputations(data, 3, rng=7, rounds=5)
    again = imputations(data, 2, rng=7, rounds=5)
    turned = imputations(data.take(data.units.codes[::-1]), 3, rng=7, rounds=5)
    for one, same in zip(first, again, strict=False):
        assert one.values.tobytes() == same.values.tobytes()
    for one, other in zip(first, turned, strict=True):
        assert (one.values == other.values[::-1]).all()
    assert not (first[0].values == first[1].values).all()


def test_imputations_mark_and_report_what_they_fill() -> None:
    data = observed(drawn())
    filled = imputations(data, 1, rng=1, rounds=2)[0]
    assert ((filled.status == CellStatus.IMPUTED) == np.isnan(data.values)).all()
    known = ~np.isnan(data.values)
    assert (filled.values[known] == data.values[known]).all()
    report: Any = filled.reports[0]
    assert report.cells["by"].unique().tolist() == ["draw 1 of 1"]
    cell = report.cells.iloc[0]
    assert filled.value(cell["unit"], cell["variable"]) == cell["value"]


def test_imputations_centre_on_what_is_expected() -> None:
    given = drawn(200)
    data = observed(given)
    gaps = np.isnan(data.values)
    sets = np.array([filled.values[gaps] for filled in imputations(data, 300, rng=2, rounds=10)])
    expected = EM().fill(given).T[gaps]
    error = (sets.mean(axis=0) - expected) / sets.std(axis=0)
    assert np.abs(error).mean() < 0.15


def test_imputations_know_that_the_mean_is_uncertain() -> None:
    """Between data sets, the mean of n values of which m are known varies by s²(1/m − 1/n)."""
    values = np.full(60, NAN)
    values[:30] = np.random.default_rng(4).normal(size=30)
    data = observed(Matrix(values[None], ("a",), Everyone(60)))
    means = [filled.values.mean() for filled in imputations(data, 500, rng=3, rounds=8)]
    scale = values[:30].var(ddof=1) * 29 / 27  # the posterior mean of the variance
    assert np.var(means) == pytest.approx(scale * (1 / 30 - 1 / 60), rel=0.15)


def test_impossible_imputations_are_refused() -> None:
    data = observed(drawn())
    with pytest.raises(gi.SettingError, match="draws is a whole number from 1 to 1,000,000, not 0"):
        imputations(data, 0, rng=1)
    with pytest.raises(gi.DataError, match="there are 3 units and 4 variables"):
        imputations(data.take(["U000", "U001", "U002"]), 1, rng=1)
