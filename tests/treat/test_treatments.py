"""Treatments, and the step that tries them until a variable needs no more."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError, OutlierWarning
from govindex.prepare import Treat, TreatAs
from govindex.treat import (
    Between,
    BoxCox,
    Deviations,
    GIILog,
    Log,
    Percentiles,
    Quartiles,
    Winsorise,
    YeoJohnson,
)
from tests.tables import column, lettered

FAR_APART = [0.0] * 19 + [0.5, 1e6, 1e7, 1e9]
FAR = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1000.0]
ALL = [
    Winsorise(),
    Winsorise("all"),
    Quartiles(),
    Percentiles(),
    Deviations(),
    Log(),
    Log(mirrored="skewed"),
    Log(offset=1),
    GIILog(factor=100),
    BoxCox(power=0.5, origin="least", offset=1),
    YeoJohnson(power=0.5),
]


def report_of(data: gi.Observations) -> Any:
    return data.reports[-1]


def test_outliers_are_winsorised_and_marked() -> None:
    treated = Treat()(lettered(days=FAR, online=[0.5] * 5 + [0.25] * 5))
    assert column(treated, "days") == [*FAR[:9], 9.0]
    assert treated.cell("J", "days") is CellStatus.REPORTED
    assert treated.treated[:, 0].tolist() == [False] * 9 + [True]
    table = report_of(treated).frame
    assert table.loc["days", "cells"] == 1
    assert table.loc["days", "by"] == "Between(low=None, high=9.0)"
    assert table["fine"].all()
    assert table.loc["days", "skewness"] > 3 > 2 > table.loc["days", "skewness_after"]


def test_far_low_values_are_winsorised_too() -> None:
    treated = Treat()(lettered(days=[-x for x in FAR]))
    assert column(treated, "days")[9] == -9


def test_marks_reach_the_result() -> None:
    framework = gi.Framework("index", [gi.Indicator("days", rule=gi.rules.MinMax())])
    result = gi.Methodology("t", "1", framework, steps=Treat()).compute(lettered(days=FAR))
    assert result.status[result.row_of("days")].tolist() == [CellStatus.REPORTED] * 10
    assert result.treated[result.row_of("days")].tolist() == [False] * 9 + [True]
    assert result.preparation[0].step == Treat(variables=["days"])


def test_what_winsorising_cannot_repair_takes_the_next_treatment() -> None:
    values = [*range(1, 12), 500.0, 800.0, 6000.0, 90000.0, 1e6]
    treated = Treat([Winsorise(1), Log()], remaining="accept")(lettered(days=values))
    assert report_of(treated).frame.loc["days", "cells"] == len(values)
    offset = 0.01 * (1e6 - 1)
    assert column(treated, "days")[1] == pytest.approx(math.log(1 + offset), rel=1e-11)


def test_the_last_treatment_applies_if_none_suffices() -> None:
    treated = Treat(Winsorise(1), remaining="accept")(lettered(days=FAR_APART))
    table = report_of(treated).frame
    assert not table.loc["days", "fine"]
    assert table.loc["days", "cells"] == 1


def test_what_was_given_up_is_reported_with_what_it_left() -> None:
    step = Treat([Winsorise(1), Percentiles(0.9, 1.0), Log()], remaining="accept")
    values = [0.0] * 9 + [*range(1, 12), 500.0, 800.0, 6000.0, 90000.0, 1e6]
    row = report_of(step(lettered(days=values))).rows[0]
    winsorised = np.minimum(values, 90000.0)
    skew, kurtosis = stats.skew(winsorised, bias=False), stats.kurtosis(winsorised, bias=False)
    assert [type(one.treatment) for one in row.given_up] == [Between, Between]
    assert row.given_up[0].left == pytest.approx((skew, kurtosis))
    assert (
        "Between(low=None, high=90000.0) (skewness 3.28, kurtosis 9.58);"
        in (report_of(step(lettered(days=values))).frame.loc["days", "given_up"])
    )
    constant = Treat([Percentiles(0.0, 0.5), Log()], remaining="accept")
    row = report_of(constant(lettered(days=[0.0] * 22 + [1.0, 1e6]))).rows[0]
    assert str(row.given_up[0]) == "Percentiles(low=0.0, high=0.5) (impossible)"


@pytest.mark.parametrize("values", [FAR_APART, [-x for x in FAR_APART]], ids=["high", "low"])
def test_variables_that_remain_beyond_the_limits_are_named(values: list[float]) -> None:
    data = lettered(days=values, kept=values, fine=list(range(23)))
    step = Treat(Winsorise(1), exempt=["kept"])
    message = r"beyond \|skewness\| 2 and kurtosis 3.5: 'days'; .*remaining='accept'"
    with pytest.warns(OutlierWarning, match=message) as caught:
        treated = step(data)
    assert "'kept'" not in str(caught[0].message)
    assert [row.variable for row in report_of(treated).remaining] == ["days", "kept"]
    said = "outliers treated in 1 of 3 variables; beyond the limits still: 'days', 'kept'"
    assert report_of(treated).summary_in() == said
    with pytest.raises(DataError, match=r"'days': skewness -?3.11, kurtosis .* after") as refused:
        attrs.evolve(step, remaining="error")(data)
    assert [problem.variable for problem in refused.value.problems] == ["days"]
    assert attrs.evolve(step, remaining="accept")(data).values.tolist() == treated.values.tolist()


@given(values=st.lists(st.integers(0, 12).map(lambda e: 2.0**e), min_size=8, max_size=20))
def test_low_outliers_are_treated_as_the_mirror_of_high_ones(values: list[float]) -> None:
    step = Treat(remaining="accept")
    high, low = step(lettered(x=values)), step(lettered(x=[-x for x in values]))
    np.testing.assert_array_equal(column(low, "x"), [-x for x in column(high, "x")])


def test_treatments_can_be_combined() -> None:
    values = [*range(1, 12), 500.0, 800.0, 6000.0, 90000.0, 1e6]
    treated = Treat([Winsorise(1), Log()], combine=True)(lettered(days=values))
    assert [type(part) for part in report_of(treated).rows[0].by] == [Between, Log]
    assert column(treated, "days")[-1] == column(treated, "days")[-2]


def test_variables_are_exempt_or_forced() -> None:
    data = lettered(a=FAR, b=FAR, c=list(range(10)))
    treated = Treat(Winsorise(2), exempt=["a"], force=["c"])(data)
    assert column(treated, "a") == FAR
    assert column(treated, "b")[-1] == 9
    assert column(treated, "c") == [1, 1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_constants_and_blanks_need_nothing() -> None:
    data = lettered(a=[5.0] * 10, b=[None] * 9 + [1.0], c=FAR)
    treated = Treat(when="always")(data)
    assert column(treated, "a") == [5.0] * 10
    assert report_of(treated).frame.loc["a", "cells"] == 0
    assert math.isnan(report_of(treated).frame.loc["b", "skewness"])


@pytest.mark.parametrize(
    "fixed",
    [Log(origin=-1), GIILog(low=0, high=200), BoxCox(power=0.5, origin=0), YeoJohnson(power=0.5)],
)
@given(values=st.lists(st.sampled_from([0.5, 3.0, 40.0]), min_size=1, max_size=5))
def test_a_treatment_with_fixed_numbers_looks_at_one_value_only(
    fixed: Any, values: list[float]
) -> None:
    step = Treat(fixed, when="always", remaining="accept")
    assert not step.peer_dependent
    done = step(lettered(days=values))
    alone = [column(step(lettered(days=[value])), "days")[0] for value in values]
    assert column(done, "days") == alone
    assert done.treated.all()


def test_equal_values_have_no_shape_even_if_their_mean_is_rounded() -> None:
    treated = Treat()(lettered(a=[0.1] * 10))
    assert math.isnan(report_of(treated).frame.loc["a", "kurtosis"])


def test_absent_cells_and_answers_are_left_alone() -> None:
    data = lettered(days=[*FAR, None, "n/a"], kind=["x"] * 12)
    treated = Treat(Log(), when="always", remaining="accept")(data)
    assert treated.status[10:, 0].tolist() == [CellStatus.MISSING, CellStatus.NOT_APPLICABLE]
    assert treated.treated[:, 0].tolist() == [True] * 10 + [False] * 2
    with pytest.raises(gi.DataError, match="variable 'kind' holds answers"):
        Treat(variables=["kind"])(data)


def test_leagues_are_treated_by_themselves() -> None:
    data = lettered(league="N" * 10 + "S" * 10, days=FAR + [100 * x for x in range(1, 11)])
    treated = Treat(Winsorise(1), over="league")(data)
    assert column(treated, "days")[9] == 9
    table = report_of(treated).frame
    assert table["group"].tolist() == ["N", "S"]
    assert table["cells"].tolist() == [1, 0]


def test_units_that_are_not_ranked_take_the_limits_of_the_others() -> None:
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(11)], "days": [*FAR, 5000.0]})
    frame["ranked"] = [True] * 10 + [False]
    data = gi.Observations.from_frame(frame, ranked="ranked")
    assert column(Treat(over="ranked")(data), "days")[9:] == [9, 9]


def test_cells_that_a_treatment_cannot_take_are_named() -> None:
    with pytest.raises(gi.DataError) as caught:
        TreatAs({"days": Log(origin=0)})(lettered(days=[1.0, 0.0, -3.0]))
    assert caught.value.problems == (
        "unit 'B', variable 'days': a logarithm needs values above its origin (value 0)",
        "unit 'C', variable 'days': a logarithm needs values above its origin (value -3)",
    )
    with pytest.raises(gi.DataError, match=r"needs values below its origin \(value 6\)"):
        TreatAs({"days": Log(origin=5, mirrored=True)})(lettered(days=[1.0, 4.0, 6.0]))
    with pytest.raises(gi.DataError, match="variable 'days': a Box-Cox transformation needs"):
        Treat(BoxCox(), when="always")(lettered(days=[0.0, 1.0, 2.0]))


def test_unknown_variables_to_force_are_refused() -> None:
    with pytest.raises(gi.UnknownNameError, match="no 'dais': did you mean 'days'"):
        Treat(force=["dais"])(lettered(days=FAR))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Treat("log"), "a treatment is a part such as"),  # type: ignore[arg-type]
        (lambda: Treat([]), "give one treatment at least"),
        (lambda: Treat(skewness=-1), "cannot be negative"),
        (lambda: Treat(force=["a"], exempt="a"), "at once: 'a'"),
        (lambda: Treat(over="region"), "no reference population 'region'"),  # type: ignore[arg-type]
        (lambda: TreatAs([]), "give a mapping of variables to treatments"),  # type: ignore[arg-type]
        (lambda: TreatAs({"a": Winsorise()}), "'a': Winsorise.* has no fixed numbers"),  # type: ignore[arg-type]
        (lambda: Winsorise(0), "is a whole number from 1 to"),
        (lambda: Between(low=2, high=1), "a low end below the high one"),
        (lambda: Percentiles(0.9, 0.1), "a low end below the high one"),
        (lambda: Quartiles(0), "is a number above 0"),
        (lambda: Log(origin="first"), "origin=…. is 'least' or a number"),  # type: ignore[arg-type]
        (lambda: Log(share=-1), "cannot be negative"),
        (lambda: Log()(np.array([1.0])), "has no origin yet"),
        (lambda: BoxCox()(np.array([1.0])), "has no numbers yet"),
        (lambda: YeoJohnson()(np.array([1.0])), "has no power yet"),
    ],
)
def test_impossible_treatments_are_refused(build: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        build()


def test_tied_values_move_together_or_not_at_all() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 100, 100])
    assert Winsorise(1).settle(values, None) is None
    assert Winsorise(2).settle(values, None) == Between(high=8)


def test_nothing_is_drawn_together_to_one_value() -> None:
    assert Winsorise("all").settle(np.array([0.0, 0, 0, 0, 1]), None) is None
    assert Percentiles(0.4, 0.6).settle(np.array([0.0, 1, 1, 1, 2]), None) is None
    assert Deviations().settle(np.array([0.0, 1, 1, 1, 2]), None) is None


@pytest.mark.parametrize("power", [-1.0, 0.0, 0.3, 1.0, 2.0])
def test_powers_are_those_of_scipy(power: float) -> None:
    values = np.array([0.5, 1.0, 3.0, 40.0])
    np.testing.assert_allclose(BoxCox(power=power)(values), stats.boxcox(values, power), rtol=1e-13)
    both = np.array([-3.0, -0.5, 0.0, 2.0, 40.0])
    shares = YeoJohnson(power=power)(both)
    np.testing.assert_allclose(shares, stats.yeojohnson(both, power), rtol=1e-13)


def test_powers_are_fitted_by_maximum_likelihood() -> None:
    values = np.exp(np.random.default_rng(5).normal(size=200))
    settled = BoxCox().settle(np.sort(values), None)
    assert settled is not None
    assert settled.power == pytest.approx(stats.boxcox(values)[1], abs=1e-6)
    fitted = YeoJohnson().settle(np.sort(values), None)
    assert fitted is not None
    assert fitted.power == pytest.approx(stats.yeojohnson(values)[1], abs=1e-5)


@pytest.mark.parametrize("treatment", ALL, ids=repr)
@given(values=st.lists(st.integers(-1000, 1000), min_size=3, max_size=12, unique=True))
def test_treatments_keep_the_order(treatment: Any, values: list[int]) -> None:
    ordered = np.sort(np.array(values, dtype=float))
    if isinstance(treatment, GIILog):  # needs a largest value above 0
        ordered += 2000
    settled = treatment.settle(ordered, None)
    if settled is not None:
        assert (np.diff(settled(ordered)) >= 0).all()


@pytest.mark.parametrize("curve", [Log(mirrored="skewed"), GIILog(mirrored="skewed")])
@given(
    halves=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    unit=st.sampled_from([0.1, 1.0, 3.0]),
    shift=st.integers(-30, 30),
)
def test_last_bits_mirror_no_symmetric_values(
    curve: Any, halves: list[int], unit: float, shift: int
) -> None:
    values = np.sort([*halves, 0, *(-half for half in halves)]) * unit + shift / 10
    assert curve.settle(values, None).mirrored is False
    extreme = np.append(-1000.0, values)
    assert curve.settle(extreme, None).mirrored is True
    moved = Winsorise(1).settle(values, None)
    assert moved is None or moved.low is None


@given(values=st.permutations([*FAR, 3.0, 700.0, -20.0]))
def test_the_order_of_units_moves_nothing(values: list[float]) -> None:
    treated = column(Treat([Winsorise(1), Log()])(lettered(days=values)), "days")
    expected = column(Treat([Winsorise(1), Log()])(lettered(days=sorted(values))), "days")
    assert sorted(treated) == expected


def test_treatments_are_anchored_as_numbers() -> None:
    data = lettered(days=FAR, online=list(range(10)))
    anchored = Treat().anchor(data)
    assert anchored == TreatAs({"days": Between(high=9)})
    assert column(anchored(lettered(days=[5.0, 20.0], online=[0.0, 99.0])), "days") == [5, 9]


def test_treatments_of_leagues_cannot_be_anchored() -> None:
    data = lettered(league="NNNNNSSSSS", days=FAR)
    framework = gi.Framework("index", [gi.Indicator("days", rule=gi.rules.Identity())])
    method = gi.Methodology("t", "1", framework, steps=Treat(over="league"))
    with pytest.raises(gi.FrameworkError, match="over leagues cannot be anchored"):
        method.anchored(data)
