"""``govindex survey``: from files of answers to estimates, observations and a ranking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import survey
from govindex.cli import main

FORM = """format = 1
[scales.five]
options = ["1", "2", "3", "4", "5"]
positive = ["4", "5"]
unknown = ["9"]
[[factors]]
code = "access"
name = { vi = "Tiếp cận", en = "Access" }
[[questions]]
code = "q1"
factor = "access"
[[questions]]
code = "q2"
factor = "access"
[[questions]]
code = "staff"
"""
INDEX = """format = 1
id = "example.satisfaction"
version = "1"
title = { vi = "Chỉ số hài lòng", en = "Satisfaction" }
scale = 100
[[nodes]]
code = "S"
[[nodes]]
code = "access"
parent = "S"
weight = 2
rule = { kind = "Proportional", target = 100 }
[[nodes]]
code = "staff"
parent = "S"
measure = { kind = "Ratio", numerator = "satisfied", denominator = "valid", times = 100 }
rule = { kind = "Proportional", target = 100 }
"""
DESIGN = ["--weights", "w", "--strata", "unit", "--clusters", "village"]


def answers() -> pd.DataFrame:
    """Return made-up answers of 12 villages in 3 units."""
    rng = np.random.default_rng(3)
    village = np.repeat(np.arange(12), 25)
    level = 3.2 + 0.6 * (village % 3) + rng.normal(size=12)[village] * 0.2
    data = pd.DataFrame({"unit": np.array([*"ABC"])[village % 3], "village": village})
    data["w"] = rng.integers(2, 9, 300) / 2
    data["sex"] = rng.choice(["f", "m"], 300)
    for code in ("q1", "q2", "staff"):
        data[code] = np.clip(np.round(level + rng.normal(size=300)), 1, 5).astype(int)
    data.loc[::20, "q1"] = 9
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = answers()
    data.assign(w=[f"{w:.1f}".replace(".", ",") for w in data["w"]]).to_csv(
        tmp_path / "answers.csv", index=False, sep=";"
    )
    for half in (0, 1):
        data[data["village"] % 2 == half].to_parquet(tmp_path / f"part{half}.parquet")
    (tmp_path / "form.toml").write_text(FORM, encoding="utf-8")
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> int:
    return main(["survey", *options, "--questionnaire", str(folder / "form.toml"), *DESIGN])


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_estimates_are_printed_and_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--numbers", "vi", "--language", "vi", "--out", str(folder / "out.csv")]
    assert run(folder, str(folder / "answers.csv"), *words) == 0
    out = lines(capsys.readouterr().out)
    assert out[0] == "Khảo sát: 3 đơn vị, 1 nội dung"
    form = survey.load_questionnaire(folder / "form.toml")
    design = survey.SampleDesign(weights="w", strata="unit", clusters="village")
    expected = survey.estimate(answers(), form, design, items="factors", scale=100).table()
    row = expected.iloc[0]
    shown = " ".join(f"{row[name]:.2f}" for name in ("value", "se", "low", "high"))
    assert any(line.startswith(f"A access Tiếp cận {shown}".replace(".", ",")) for line in out)
    written = pd.read_csv(folder / "out.csv")
    np.testing.assert_allclose(written["se"], expected["se"])


def test_files_of_engines_give_the_same_and_margins_are_matched(folder: Path) -> None:
    totals = pd.DataFrame({"column": "sex", "category": ["f", "m"], "total": [60, 40]})
    totals.to_csv(folder / "totals.csv", index=False)
    for name, file in (("a", "answers.csv"), ("b", "*.parquet")):
        words = ["--numbers", "vi", "--items", "all", "--margins", str(folder / "totals.csv")]
        assert run(folder, str(folder / file), *words, "--out", str(folder / f"{name}.csv")) == 0
    tables = [pd.read_csv(folder / f"{name}.csv") for name in "ab"]
    pd.testing.assert_frame_equal(tables[0], tables[1], rtol=1e-9)
    assert set(tables[0]["item"]) == {"access", "q1", "q2", "staff"}


def test_an_index_is_ranked_with_margins(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    method = ["--method", str(folder / "index.toml"), "--items", "all", "--draws", "2000"]
    parquet = str(folder / "*.parquet")
    words = [*method, "--table", "ranking", "--out", str(folder / "r.json")]
    assert run(folder, parquet, *words) == 0
    out = lines(capsys.readouterr().out)
    assert "Rank Unit Score Standard error Low High Ranks Group" in out
    ranking = pd.read_json(folder / "r.json")
    assert ranking["rank"].tolist() == [1, 2, 3]
    assert (ranking["low"] < ranking["score"]).all()
    assert (ranking["score"] < ranking["high"]).all()
    assert ranking["rank_group"].tolist() == ["1", "2–3", "2–3"]
    words = [*method, "--table", "observations", "--out", str(folder / "o.csv")]
    assert run(folder, parquet, *words) == 0
    observed = gi.read_table(folder / "o.csv").astype({"satisfied": float})
    assert list(observed) == ["unit", "access", "satisfied", "valid"]
    index = gi.load_methodology(folder / "index.toml")
    scored = index.compute(gi.Observations.from_frame(observed, unit="unit"))
    by_unit = scored.table()["score"]
    assert by_unit.tolist() == pytest.approx(ranking["score"].tolist())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ["--weights", "unit"],
            "variable 'unit': 'A' is not a number (300 rows, first 1, 2, 3",
        ),
        (["--lonely", "error", "--clusters", "unit"], "choose --lonely centre or --lonely certai"),
        (["--table", "ranking", "--out", "r.csv"], "there is no ranking without an index"),
        (["--questions", "staff2=q1"], "there is no item 'staff2'"),
    ],
)
def test_errors_speak_of_options(
    folder: Path, change: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(folder / "answers.csv")
    form = ["--questionnaire", str(folder / "form.toml"), "--numbers", "vi"]
    change = [str(folder / word) if word == "r.csv" else word for word in change]
    assert main(["survey", file, *form, *DESIGN, *change]) == 1
    assert message in capsys.readouterr().err
