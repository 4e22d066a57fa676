"""Bands of single nodes, which every output shows, and indicators whose weight is blank."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import Bands, Dimension, Framework, FrameworkError, Indicator, View
from govindex.toml import dumps, loads

HALVES = Bands([("good", 50), ("weak", None)], by="percent")
FLAG = Bands([("warning", 0)], closed="upper")
DATA = gi.Observations.from_frame(
    pd.DataFrame({"unit": ["A", "B", "C"], "a": [10, 20.4, 20], "b": [10, 20, 5], "c": [0, 40, 40]})
)


def methodology(**settings: object) -> gi.Methodology:
    points = gi.rules.Points()
    leaves = [Indicator(code, rule=points, weight=w) for code, w in (("a", 30), ("b", 20))]
    speed = Dimension("speed", leaves, {"en": "Speed", "vi": "Tốc độ"}, bands=HALVES)
    framework = Framework(
        "index",
        [speed, Indicator("c", rule=points, weight=50, bands=FLAG)],
        aggregate=gi.aggregate.Sum(),
        views=[View("v", of=["a", "c"], bands=Bands([("high", 60), ("low", None)]))],
    )
    return gi.Methodology(
        "example.bands",
        "1",
        framework,
        bands=Bands([("A", 80), ("B", None)]),
        display=("speed", "c", "v"),
        **settings,  # type: ignore[arg-type]
    )


def test_a_node_has_its_own_bands_and_others_those_of_the_methodology() -> None:
    result = methodology().compute(DATA)
    expected = {
        "index": ["B", "A", "B"],
        "speed": ["weak", "good", "good"],
        "c": [None, "warning", "warning"],
        "v": ["low", "high", "high"],
    }
    assert {code: result.band_of(code) for code in expected} == expected
    assert list(result.bands.columns) == ["index", "speed", "c", "v"]
    assert result.band_of("a") == ["B", "B", "B"]


def test_tables_show_bands_before_scores() -> None:
    result = methodology().compute(DATA)
    table = result.table(language="vi")
    assert list(table.columns)[-6:] == [
        *("Xếp loại: Tốc độ", "Xếp loại: c", "Xếp loại: v", "Tốc độ", "c", "v"),
    ]
    assert table["Xếp loại: Tốc độ"].to_dict() == {"A": "weak", "B": "good", "C": "good"}
    assert result.style().to_html().count("weak") == 1
    assert gi.explain(result, "A").table["band"].to_dict() == {
        **{"index": "B", "speed": "weak", "a": "", "b": "", "c": ""},
    }


def test_explanations_without_bands_of_nodes_have_no_such_column() -> None:
    method = methodology()
    framework = method.framework.without("c")
    plain = Framework("index", [Indicator("a", rule=gi.rules.Points(), weight=30)])
    result = gi.Methodology("example.plain", "1", plain).compute(DATA)
    assert "band" not in gi.explain(result, "A").table
    assert framework.node("speed").bands == HALVES


def test_documents_keep_bands_of_nodes_and_results_travel_with_them() -> None:
    method = methodology()
    assert loads(dumps(method)) == method
    result = method.compute(DATA)
    again = gi.IndexResult.from_json(result.to_json())
    assert again == result
    assert again.band_of("speed") == result.band_of("speed")


def test_workbooks_and_reports_show_bands_of_nodes(tmp_path: Path) -> None:
    result = methodology().compute(DATA)
    gi.workbooks.write_result(result, tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx")
    rows = list(book["Ranking"].iter_rows(values_only=True))
    header = next(row for row in rows if "Band: Speed" in row)
    first = rows[rows.index(header) + 1]
    assert first[header.index("Band: Speed")] == "good"
    assert first[header.index("Band: c")] == "warning"
    texts = [cell for row in book["Method"].iter_rows(values_only=True) for cell in row if cell]
    assert any("Speed: by percent" in str(text) for text in texts)


def test_bands_of_a_node_count_in_the_fingerprint_and_in_what_depends_on_peers() -> None:
    method = methodology()
    other = methodology()
    thirds = Bands([("upper", 66), ("lower", None)], by="quantile")
    bare = Framework("i", [Indicator("a", rule=gi.rules.Points(), weight=30)])
    banded = Framework("i", [Indicator("a", rule=gi.rules.Points(), weight=30, bands=thirds)])
    one, two = (gi.Methodology("x.y", "1", framework) for framework in (bare, banded))
    assert method.fingerprint == other.fingerprint
    assert one.fingerprint != two.fingerprint
    assert [str(part) for part in one.peer_dependent_parts()] == []
    assert [part.at for part in two.peer_dependent_parts()] == ["a"]


def test_what_is_no_bands_is_refused() -> None:
    leaf = Indicator("a", rule=gi.rules.Points(), bands=[("A", 80)])  # type: ignore[arg-type]
    with pytest.raises(FrameworkError, match=r"'a': its bands are \[\('A', 80\)\], not Bands"):
        Framework("index", [leaf])


# -- weights that are left blank -------------------------------------------------------------------


@given(
    weights=st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=1, max_size=5),
)
def test_a_blank_weight_of_an_indicator_is_one(weights: list[int | None]) -> None:
    codes = [f"i{number}" for number in range(len(weights))]
    frame = pd.DataFrame(
        {"code": ["r", *codes], "parent": [None, *["r"] * len(codes)], "weight": [None, *weights]}
    )
    read = Framework.from_table(frame, rule=gi.rules.MinMax())
    full = frame.fillna({"weight": 1})
    full.loc[0, "weight"] = None
    assert read == Framework.from_table(full, rule=gi.rules.MinMax())


@pytest.mark.parametrize("where", ["table", "argument", "branch above"])
def test_points_are_never_blank_under_a_sum(where: str) -> None:
    frame = pd.DataFrame(
        {
            "code": ["r", "d", "a", "b"],
            "parent": [None, "r", "d", "d"],
            "weight": [None, None, 5, None],
            "aggregate": [None, "Sum" if where == "branch above" else None, None, None],
        }
    )
    given_sum = gi.aggregate.Sum() if where == "argument" else None
    if where == "table":
        frame.loc[0, "aggregate"] = "Sum"
    with pytest.raises(FrameworkError, match=r"row 4 \('b'\), column 'weight': is blank; under a"):
        Framework.from_table(frame, rule=gi.rules.Points(), aggregate=given_sum)
