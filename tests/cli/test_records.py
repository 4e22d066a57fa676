"""``govindex records``: what lacks is named in the words of the shell, which has a cure for it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from govindex.cli import main

_COUNTS = """
format = 1
unit = "unit"
period = "month"
date = "received"

[variables.received]
kind = "count"

[variables.fees]
kind = "sum"
column = "fee"

[variables.days]
kind = "elapsed"
start = "received"
end = "returned"
"""
_GOOD = {
    "unit": ["A", "A", "B"],
    "received": ["2026-01-05", "2026-02-05", "2026-05-07"],
    "returned": ["2026-01-09", "2026-02-06", "2026-05-08"],
    "fee": [1.0, 2.5, 2.0],
}


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """Write what is counted."""
    file = tmp_path / "counts.toml"
    file.write_text(_COUNTS, encoding="utf-8")
    return file


def _called(counts: Path, frame: pd.DataFrame, *more: str) -> int:
    frame.to_parquet(counts.parent / "made-up.parquet", index=False)
    return main(["records", str(counts.parent / "made-up.parquet"), "--counts", str(counts), *more])


def _dossiers(zone: str | None = None, **changed: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame({**_GOOD, **changed})
    for name in ("received", "returned"):
        if name not in changed:
            frame[name] = pd.to_datetime(frame[name]).dt.tz_localize(zone)
    return frame


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (_dossiers(), "if not, name the periods: --periods PERIOD"),
        (_dossiers("UTC"), "say where days are counted: --time-zone Asia/Ho_Chi_Minh"),
        (_dossiers()[:0], "if that is so, name the units that there are: --units FILE"),
        (_dossiers(unit=["A", None, "B"]), "or leave them out: --missing leave_out"),
        (
            _dossiers(received=["05/01/2026", "2026-02-05", "7.5.2026"]),
            'declare it: [[columns]] name = "received", type = "date", format = "%d/%m/%Y" in the',
        ),
        (
            _dossiers(fee=["1", "x", "2"]),
            'declare them, with [[columns]] name = "fee", type = "number" in the document',
        ),
        (
            _dossiers(fee=[1.0, None, 2.0])[:2],
            'with where = {column = "…", missing = false} in the document, or leave them out: --mi',
        ),
    ],
)
def test_what_is_wrong_is_cured_by_an_option_or_the_document(
    counts: Path, frame: pd.DataFrame, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _called(counts, frame) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "=[…]" not in error


def test_days_periods_and_units_are_those_that_are_named(
    counts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units, out = counts.parent / "units.csv", counts.parent / "out.csv"
    units.write_text("unit,name\nA,Xã A\nB,Xã B\nC,Xã C\n", encoding="utf-8")
    frame = _dossiers("UTC").assign(received=pd.to_datetime(["2026-01-31 20:00Z"] * 3))
    frame["returned"] = frame["received"] + pd.Timedelta("1D")
    named = ["--periods", "2026-02", "--periods", "2026-03", "--units", str(units)]
    zone = ["--time-zone", "Asia/Ho_Chi_Minh"]
    assert _called(counts, frame, *named, *zone, f"--out={out}") == 0
    table = pd.read_csv(out)
    assert table["received"].fillna(-1).tolist() == [2, -1, 1, -1, -1, -1]
    assert table["unit"].tolist() == [*"AABBCC"]


def test_what_is_left_out_is_said_once_by_variable(
    counts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = _dossiers(fee=[1.0, None, 2.0])
    frame["returned"] = pd.to_datetime(pd.Series(["2026-01-01", None, "2026-05-08"]))
    assert _called(counts, frame, "--missing", "leave_out", "--period", "year") == 0
    out = capsys.readouterr().out
    assert "Left out of 'days': 2 × no unit, date or number, or an end before the start." in out
    assert out.count("Left out of") == 2
