"""Forms: units of another type with other points, in one result."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.absence import Shrink
from govindex.aggregate import Sum
from govindex.rules import MinMax, Points
from govindex.toml import dumps, loads

PLAIN = "without procedures"
BANDS = gi.Bands(
    [("leading", 75), ("advanced", 50), ("starting", 25), ("weak", None)],
    by="percent",
    closed="upper",
)


def leaf(code: str, weight: float, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, weight=weight, **{"rule": Points(), **settings})


def form(services: float, **settings: Any) -> gi.Framework:
    """Return a form of 800 points, with up to 200 more for services."""
    served = [leaf("1.3", services)] if services else []
    basis = gi.Dimension("1", [leaf("1.1", 300), leaf("1.2", 300), *served], "Foundation")
    work = gi.Dimension("2", [leaf("2.1", 200, **settings)], "Activity")
    return gi.Framework("DTI", [basis, work], aggregate=Sum(), absence=Shrink())


METHOD = gi.Forms("test.forms", "1", form(200), forms={PLAIN: form(0)}, scale="points", bands=BANDS)
ROWS: list[tuple[str, str, float, float, float | str | None, float]] = [
    ("H1", "n/a", 300, 200, 150, 100),
    ("H2", "n/a", 300, 300, 100, 50),
    ("H3", "n/a", 300, 250, 200, 0.01),
    ("P1", PLAIN, 300, 200, None, 100),
    ("P2", PLAIN, 200, 200, None, 0),
    ("P3", PLAIN, 200, 200, None, 0.01),
]


def observed(rows: Any = ROWS, **settings: Any) -> gi.Observations:
    frame = pd.DataFrame(rows, columns=["unit", "type", "1.1", "1.2", "1.3", "2.1"])
    frame["league"] = ["main" if kind == "n/a" else "plain" for kind in frame["type"]]
    return gi.Observations.from_frame(frame, unit="unit", type="type", league="league", **settings)


RESULT = METHOD.compute(observed())


def test_each_league_is_ranked_on_its_own_maximum() -> None:
    table = RESULT.table()
    assert table.index.to_list() == ["H3", "H1", "H2", "P1", "P3", "P2"]
    assert table["rank"].to_list() == [1, 2, 2, 1, 2, 3]
    assert table["maximum"].to_list() == [1000, 1000, 1000, 800, 800, 800]
    assert table["percent"].to_list()[2:5] == [75, 75, 50.00125]


def test_bands_are_closed_above_at_a_share_of_each_maximum() -> None:
    bands = dict(zip(RESULT.units.codes, RESULT.band_of("DTI"), strict=True))
    assert bands == {
        "H1": "advanced",
        "H2": "advanced",
        "H3": "leading",
        "P1": "advanced",
        "P2": "starting",
        "P3": "advanced",
    }


@given(cells=st.lists(st.integers(0, 200), min_size=24, max_size=24), order=st.permutations(ROWS))
def test_joined_result_is_each_form_computed_alone(cells: list[int], order: list[Any]) -> None:
    rows = [(unit, kind, *cells[4 * i : 4 * i + 4]) for i, (unit, kind, *_) in enumerate(order)]
    data = observed(rows)
    joined = METHOD.compute(data)
    for kind in (None, PLAIN):
        own = [unit for unit, other, *_ in order if other == (kind or "n/a")]
        alone = METHOD.single(kind).compute(data.take(own))
        codes = list(alone.codes)
        pd.testing.assert_frame_equal(joined.scores.loc[own, codes], alone.scores, check_exact=True)
        pd.testing.assert_frame_equal(joined.ranks.loc[own, codes], alone.ranks, check_dtype=False)
        assert [joined.band_of("DTI")[joined.units.locate(u)] for u in own] == alone.band_of("DTI")
        indices = [joined.units.locate(unit) for unit in own]
        np.testing.assert_array_equal(
            joined.applicable_points[0][indices], alone.applicable_points[0]
        )


def test_what_a_form_does_not_have_is_not_applicable() -> None:
    assert list(RESULT.scores.loc["P1", ["1", "1.1"]]) == [500, 300]
    assert RESULT.scores["1.3"].isna().to_list() == [False] * 3 + [True] * 3
    assert RESULT.ranks["1.3"].isna().to_list() == [False] * 3 + [True] * 3
    assert RESULT.applicable_points[RESULT.row_of("1"), 3] == 600


def test_units_of_an_unknown_type_are_named_with_the_near_miss() -> None:
    rows = [("A", "without procedure", 1, 1, 1, 1), ("B", "ward", 1, 1, 1, 1), ROWS[0]]
    with pytest.raises(gi.DataError) as caught:
        METHOD.compute(observed(rows))
    first, second = caught.value.problems
    known = "Known: 'without procedures'"
    assert first == (
        "unit 'A': the type is 'without procedure', for which 'test.forms' has no form: "
        f"did you mean 'without procedures'? {known}"
    )
    assert second.endswith(f"has no form: {known}")


def test_units_of_one_form_only_are_computed() -> None:
    result = METHOD.compute(observed(ROWS[3:]))
    assert result.table()["score"].to_list() == [600, 400.01, 400]
    assert result.percent[0].tolist() == [75, 50, 50.00125]


def test_missing_cells_count_in_the_units_own_form() -> None:
    rows = [*ROWS[:2], ("P4", PLAIN, 300, None, None, 100)]
    result = METHOD.compute(observed(rows))
    assert result.applicable_points[0].tolist() == [1000, 1000, 500]
    assert result.percent[0][2] == 80


def test_explain_speaks_of_the_units_own_form() -> None:
    explanation = gi.explain(RESULT, "P1")
    assert str(explanation).splitlines()[0] == "P1: 600 of 800, 200 lost"
    assert "1.3" not in str(explanation)
    assert "1.3" in str(gi.explain(RESULT, "H1"))


def test_change_compares_each_unit_on_its_own_form() -> None:
    rows = [(*row[:2], 300, 300, *row[4:]) for row in ROWS]
    moved = gi.change(RESULT, METHOD.compute(observed(rows))).units
    assert moved["score_change"].to_dict() == {
        "H1": 100,
        "H2": 0,
        "H3": 50,
        "P1": 100,
        "P2": 200,
        "P3": 200,
    }
    assert moved.loc["P2", "rank_change"] == 0


def test_announcement_has_a_row_for_each_league() -> None:
    announced = RESULT.announce()
    assert announced["ranked"].to_dict() == {"main": 3, "plain": 3}
    assert announced["first"].to_dict() == {"main": "H3", "plain": "P1"}
    assert announced["second"].to_dict() == {"main": "H1, H2", "plain": "P3"}


def test_cut_forms_score_published_groups() -> None:
    cut = METHOD.cut()
    frame = pd.DataFrame(
        {"unit": ["A", "B"], "type": ["n/a", PLAIN], "1": [600, 500], "2": [100, 100]}
    )
    result = cut.compute(gi.Observations.from_frame(frame, unit="unit", type="type"))
    assert result.percent[0].tolist() == [70, 75]
    assert [form.leaf_codes for form in cut.frameworks] == [("1", "2")] * 2


def test_forms_are_not_cut_at_what_none_of_them_has() -> None:
    with pytest.raises(gi.UnknownNameError, match="at: there is no node 'no such'"):
        METHOD.cut("no such")


def test_anchored_forms_are_frozen_on_their_own_units() -> None:
    relative = attrs.evolve(
        METHOD,
        framework=form(200, rule=MinMax(degenerate=0.5)),
        forms={PLAIN: form(0, rule=MinMax(degenerate=0.5))},
    )
    anchored = relative.anchored(observed())
    assert not anchored.peer_dependent
    before, after = (m.compute(observed()).scores for m in (relative, anchored))
    pd.testing.assert_frame_equal(before, after)
    alone = anchored.compute(observed(ROWS[3:4])).scores
    assert alone.loc["P1", "2.1"] == 200


def test_a_form_without_reference_units_cannot_be_anchored() -> None:
    forms = {PLAIN: form(0, rule=MinMax())}
    with pytest.raises(gi.FrameworkError, match="the reference lacks units of some forms"):
        attrs.evolve(METHOD, forms=forms).anchored(observed(ROWS[:3]))


def test_forms_of_a_document_compute_the_same() -> None:
    again = loads(dumps(METHOD)).compute(observed())
    pd.testing.assert_frame_equal(again.table(), RESULT.table(), check_exact=True)


def test_forms_of_a_methodology_are_those_that_are_named_at_once() -> None:
    assert gi.Forms.of(METHOD.single(), METHOD.forms).fingerprint == METHOD.fingerprint
    with pytest.raises(gi.FrameworkError, match="forms are frameworks by the type of units, not"):
        gi.Forms.of(METHOD.single(), {PLAIN: "a tree"})  # type: ignore[dict-item]


def test_variables_that_only_one_form_uses_are_used() -> None:
    data = observed()
    assert METHOD.compute(data).provenance.unused == ()
    assert METHOD.single(PLAIN).compute(data.take(["P1"])).provenance.unused == ("1.3",)


def test_scores_of_forms_feed_another_index() -> None:
    frame = RESULT.as_observations(1)
    assert frame.variables == ("1", "2")
    assert frame.value("P1", "1") == 500


def test_ties_are_broken_by_the_nodes_that_are_there() -> None:
    method = attrs.evolve(METHOD, ranking=gi.Ranking(tie_break=("1.3", "2.1")))
    result = method.compute(observed([row for row in ROWS if row[1] == PLAIN]))
    assert result.table()["rank"].to_dict() == {"P1": 1, "P3": 2, "P2": 3}


def test_units_of_another_form_move_no_tie() -> None:
    method = attrs.evolve(METHOD, ranking=gi.Ranking(decimals=0))
    rows = [("P1", PLAIN, 300, 200, None, 100), ("P2", PLAIN, 300, 200, None, 100.45)]
    alone = method.compute(observed(rows))
    joint = method.compute(observed([*rows, ROWS[0]]))
    for overall in (False, True):
        together = joint.ranks_at("DTI", overall=overall)[:2]
        assert (alone.ranks_at("DTI", overall=overall) == together).tolist() == [True, True]
