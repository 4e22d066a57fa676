"""The variables of Decision 766, counted from tables of records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.contracts import CellStatus
from govindex.records import Column
from govindex.services import ServiceCounts, columns_766, made_up_766, service_766
from govindex.services.record_documents import counting_document

MADE = made_up_766(400, provinces=2, communes=2, rng=1)
WHOLE = service_766(MADE.tables, period="2026", units=MADE.units)
DOCUMENT = counting_document("vn.service-766@2022")
METHOD = gi.methodology("vn.service-766")
FEW = {name: MADE.tables[name] for name in ("dossiers", "communes")}
SOME = service_766(FEW, period="2026", units=MADE.units)


def dossier(**cells: Any) -> pd.DataFrame:
    """Return one dossier that was received and finished in time, with some cells changed."""
    dates = {"received": "2026-03-02", "due": "2026-03-12", "finished": "2026-03-10"}
    texts = {"dossier": "1", "unit": "A", "procedure": "p", "channel": "online"}
    flags = dict.fromkeys(columns_766().table().query("type == 'flag'")["column"], True)
    row = {**texts, **dates, **flags, "complaint": False, **cells}
    frame = pd.DataFrame([row])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


def counted(*dossiers: pd.DataFrame, **settings: Any) -> list[dict[str, float]]:
    """Return what is counted of each dossier, those that are not 0."""
    units = [f"unit {number}" for number in range(len(dossiers))]
    table = pd.concat([d.assign(unit=u) for d, u in zip(dossiers, units, strict=True)])
    frame = service_766(table, **{"period": "2026", **settings}).frame
    return [
        {str(name): float(value) for name, value in frame.loc[unit].dropna().items() if value}
        for unit in units
    ]


def count_of(counts: ServiceCounts, unit: str, variable: str) -> float:
    """Return one count."""
    return float(counts.frame[variable][unit])


# ------------------------------------------------------------------- the document


def test_every_variable_is_counted_once_or_known_to_be_in_no_table() -> None:
    counted = [name for count in DOCUMENT.counts for name in count.variables]
    assert len(counted) == len(set(counted))
    assert set(METHOD._variables) - set(counted) == {"1.4.b_portal"}


def test_counts_and_conditions_read_columns_that_their_table_has() -> None:
    used = {name for count in DOCUMENT.counts for name in count.among}
    assert used == set(DOCUMENT.conditions)
    for count in DOCUMENT.counts:
        assert set(DOCUMENT.columns_of(count)) <= set(DOCUMENT.tables[count.table].column_names)
        assert {DOCUMENT.conditions[name]["table"] for name in count.among} <= {count.table}


def test_every_column_is_read_by_a_count_or_identifies_a_record() -> None:
    for name, table in DOCUMENT.tables.items():
        counts = [count for count in DOCUMENT.counts if count.table == name]
        read = {column for count in counts for column in DOCUMENT.columns_of(count)}
        assert set(table.column_names) - read <= {"dossier", "petition", "commune", "unit"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_definitions_are_in_words_of_a_language(language: str) -> None:
    table = WHOLE.definitions(language)
    assert (table["name"] != "").all()
    assert (table.loc[table["lacks"] == "", "table"] != "").all()
    other = WHOLE.definitions("vi" if language == "en" else "en")
    assumed = table["assumed"] != ""
    assert assumed.sum() > 20
    assert (table["assumed"] != other["assumed"])[assumed].all()


# ------------------------------------------------------------------- what counts


CASES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, ["1.4.a", "1.4.b", "2.1.a", "2.1.b", "2.2", "3.3.a", "5.4.a"], []),
    ({"finished": "2026-03-12"}, ["2.1.a"], []),
    ({"finished": "2026-03-13"}, ["2.1.b", "5.4.b"], ["2.1.a", "5.4.a"]),
    ({"finished": None}, ["2.1.b"], ["2.1.a", "2.2"]),
    ({"finished": None, "due": "2026-12-31"}, ["2.1.a"], ["2.2"]),
    ({"finished": None, "due": None}, ["2.1.a"], ["2.2"]),
    ({"finished": "2027-01-02", "due": "2026-12-30"}, ["2.1.b"], ["2.1.a", "2.2"]),
    ({"finished": "2027-01-02", "due": "2027-01-01"}, ["2.1.b", "2.1.a"], ["2.2"]),
    (
        {"received": "2025-12-30", "due": "2026-01-05", "finished": "2026-01-04"},
        ["2.1.a", "2.1.b", "2.2", "1.4.b_previous_year", "4.1.a", "5.4.a"],
        ["1.4.a", "1.4.b", "3.2.a", "3.3.a", "3.3.b", "3.6.a", "3.6.b"],
    ),
    (
        {"received": "2025-12-01", "due": "2025-12-31", "finished": "2025-12-31"},
        ["1.4.b_previous_year"],
        ["2.1.a", "2.1.b", "2.2", "4.1.a", "5.4.b"],
    ),
    (
        {"received": "2027-01-01", "due": None, "finished": None},
        [],
        ["1.4.b", "2.1.b", "3.3.b"],
    ),
    ({"channel": "post"}, ["3.3.b"], ["3.2.a", "3.3.a"]),
    ({"fee": False, "paid_online": False}, ["3.3.a"], ["3.5b.a", "3.6.a", "3.6.b"]),
    ({"paid_online": False}, ["3.6.b"], ["3.5b.a", "3.6.a"]),
    ({"complaint": True}, ["2.1.a", "5.4.b"], ["5.4.a"]),
    ({"digitised": False}, ["4.2.b", "4.1.a"], ["4.2.a"]),
]


def test_what_a_dossier_counts_for() -> None:
    found = counted(*(dossier(**cells) for cells, _, _ in CASES))
    for (cells, yes, no), numbers in zip(CASES, found, strict=True):
        wanted = {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}
        assert {name: name in numbers for name in wanted} == wanted, cells


def test_mean_days_are_calendar_days() -> None:
    assert counted(dossier())[0]["2.2"] == 8


def test_a_quarter_and_a_month_count_their_own_days() -> None:
    both = dossier(), dossier(received="2026-04-01", due="2026-04-03", finished="2026-04-02")
    assert ["1.4.b" in found for found in counted(*both, period="2026-Q1")] == [True, False]
    assert ["1.4.b" in found for found in counted(*both, period="2026-04")] == [False, True]


def test_what_is_due_on_the_last_day_that_records_reach_is_not_late() -> None:
    both = dossier(finished=None, due="2026-10-09"), dossier(finished=None, due="2026-10-08")
    found = counted(*both, until="2026-10-09")
    assert ["2.1.a" in numbers for numbers in found] == [True, False]


def test_a_year_is_the_sum_of_its_quarters_for_what_is_received() -> None:
    received, petitions = ["5.1a.a", "5.1b.a", "5.2.b"], {"petitions": MADE.tables["petitions"]}
    quarters = [
        service_766(petitions, period=f"2026-Q{q}", units=MADE.units).frame for q in (1, 2, 3, 4)
    ]
    total = quarters[0] + quarters[1] + quarters[2] + quarters[3]
    pd.testing.assert_frame_equal(total[received], WHOLE.frame[received])


# ------------------------------------------------------------------- units


def test_a_parent_counts_its_own_records_and_those_below() -> None:
    frame, parents = WHOLE.frame, list(MADE.units.parents or ())
    summed = ["2.1.a", "2.1.b", "3.3.a", "3.6.a", "4.1.a", "5.2.a", "5.4.a"]
    below = frame[summed].groupby(parents).sum()
    pd.testing.assert_frame_equal(below, frame.loc[below.index, summed], check_names=False)


def test_a_procedure_of_several_units_counts_once_above_them() -> None:
    assert count_of(WHOLE, "made-up-1", "3.2.b") == count_of(WHOLE, "made-up-1-c1", "3.2.b")
    parts = [count_of(WHOLE, f"made-up-1-c{k}", "3.2.a") for k in (1, 2)]
    assert max(parts) <= count_of(WHOLE, "made-up-1", "3.2.a") <= 40


def test_a_unit_without_records_has_counts_of_zero() -> None:
    units = [*MADE.units, gi.Unit("quiet", parent="made-up-1")]
    counts = service_766(FEW, period="2026", units=units)
    assert [count_of(counts, "quiet", name) for name in ("2.1.b", "3.2.a", "4.1.a")] == [0, 0, 0]
    assert counts.observations().cell("quiet", "4.6.b") == CellStatus.NOT_APPLICABLE


def test_without_units_those_of_the_tables_are_counted() -> None:
    counts = service_766(MADE.tables["dossiers"], period="2026")
    assert set(counts.units.codes) == set(MADE.tables["dossiers"]["unit"])
    assert set(counts.units.parents or ()) == {None}


def test_a_unit_that_is_not_known_is_refused() -> None:
    with pytest.raises(gi.DataError, match="made-up-1-c1"):
        service_766(FEW, period="2026", units=[gi.Unit("made-up-1")])


def test_electronic_copies_do_not_apply_to_units_without_communes() -> None:
    data = WHOLE.observations()
    assert data.cell("made-up-1-d1", "4.6.a") == CellStatus.NOT_APPLICABLE
    result = METHOD.compute(data)
    assert result.scores.loc["made-up-1-d1", "4.6"] == 2


# ------------------------------------------------------------------- what lacks


def test_without_columns_and_tables_indicators_are_missing_never_zero() -> None:
    tables = {"dossiers": MADE.tables["dossiers"].drop(columns=["reused", "complaint"])}
    counts = service_766(tables, period="2026", units=MADE.units)
    reasons = dict(zip(counts.lacking["variable"], counts.lacking["reason"], strict=True))
    assert reasons.pop("4.3.a") == "the table 'dossiers' lacks 'reused'"
    assert reasons.pop("5.4.a") == "the table 'dossiers' lacks 'complaint'"
    assert set(reasons.values()) == {
        f"there is no table '{name}'" for name in ("procedures", "petitions", "communes")
    }
    of_procedures = ("1.1", "1.2", "1.3", "3.1", "3.2.b", "3.5a", "3.5b.b", "4.5a")
    assert {name for name in reasons if name.startswith(of_procedures)} == {
        name for name, reason in reasons.items() if "procedures" in reason
    }
    data, lacking = counts.observations(), set(counts.lacking["variable"])
    for name in data.variables:
        cells = {data.cell(unit, name) for unit in data.units.codes}
        assert cells == {CellStatus.MISSING if name in lacking else CellStatus.REPORTED}
    result = METHOD.compute(data)
    assert result.score.isna().all()
    assert result.scores["2"].notna().all()


def test_reasons_are_in_a_language() -> None:
    counts = service_766(MADE.tables["dossiers"], period="2026")
    assert "không có bảng 'communes'" in set(counts.lacking_in("vi")["reason"])
    shown = gi.show(counts, language="vi")
    assert "Chỉ tiêu chưa có dữ liệu" in str(shown)


def test_blank_flags_leave_the_unit_and_those_above_it_undecided() -> None:
    dossiers = MADE.tables["dossiers"].astype({"digitised": "boolean"})
    row = dossiers.index[dossiers["unit"] == "made-up-1-c1"][0]
    dossiers.loc[row, "digitised"] = pd.NA
    counts = service_766(dossiers, period="2026", units=MADE.units)
    assert counts.undecided.to_dict("records") == [
        {"unit": "made-up-1", "variable": "4.2.a", "records": 1},
        {"unit": "made-up-1-c1", "variable": "4.2.a", "records": 1},
    ]
    data = counts.observations()
    assert data.cell("made-up-1-c1", "4.2.a") == CellStatus.MISSING
    assert data.cell("made-up-2", "4.2.a") == CellStatus.REPORTED
    no = service_766(dossiers, period="2026", units=MADE.units, undecided="no")
    was = count_of(WHOLE, "made-up-1-c1", "4.2.a")
    lost = was - count_of(no, "made-up-1-c1", "4.2.a")
    assert lost == MADE.tables["dossiers"].loc[row, "digitised"]


def test_a_blank_flag_beside_a_no_is_decided() -> None:
    frame = dossier(fee=False).astype({"paid_online": "boolean"})
    frame["paid_online"] = pd.array([pd.NA], dtype="boolean")
    assert service_766(frame, period="2026").undecided.empty


# ------------------------------------------------------------------- into an index


def test_counts_go_straight_into_the_index_and_say_what_was_assumed() -> None:
    result = WHOLE.method.compute(WHOLE.observations())
    assert result.score.notna().all()
    assert WHOLE.method.fingerprint == METHOD.fingerprint
    table = gi.describe_variables(WHOLE.method, language="vi")
    assert table.loc["2.1.a", "confidence"] == "assumed"
    assert "chưa quá hạn" in str(table.loc["2.1.a", "note"])
    assert table.loc["1.1.b", "confidence"] == "counted from the table 'procedures'"


def test_periods_make_a_panel() -> None:
    earlier = service_766(FEW, period="2025", units=MADE.units).observations()
    panel = gi.Observations.panel({"2025": earlier, "2026": SOME.observations()})
    assert METHOD.compute(panel).scores["2"].notna().sum() == 2 * len(MADE.units)


# ------------------------------------------------------------------- engines


def in_engine(engine: str, frame: pd.DataFrame, folder: Path) -> Any:
    if engine == "duckdb":
        return pytest.importorskip("duckdb").from_df(frame)
    if engine == "pyarrow":
        return pytest.importorskip("pyarrow").Table.from_pandas(frame)
    polars = pytest.importorskip("polars")
    if engine == "polars":
        return polars.from_pandas(frame).lazy()
    file = folder / f"{len(frame)}-{len(frame.columns)}.parquet"
    polars.from_pandas(frame).write_parquet(file)
    return str(file)


@pytest.mark.parametrize("engine", ["duckdb", "pyarrow", "polars"])
def test_every_engine_counts_alike(engine: str, tmp_path: Path) -> None:
    tables = {name: in_engine(engine, table, tmp_path) for name, table in FEW.items()}
    counts = service_766(tables, period="2026", units=MADE.units)
    pd.testing.assert_frame_equal(counts.frame, SOME.frame)


def test_files_are_counted_where_they_lie_and_show_what_ran(tmp_path: Path) -> None:
    tables = {name: in_engine("parquet", table, tmp_path) for name, table in FEW.items()}
    counts = service_766(tables, period="2026", units=MADE.units)
    pd.testing.assert_frame_equal(counts.frame, SOME.frame)
    assert "-- table communes" in counts.sql()


def test_the_order_of_records_and_columns_does_not_matter() -> None:
    tables = {
        name: table.sample(frac=1, random_state=3)[table.columns[::-1]]
        for name, table in FEW.items()
    }
    again = service_766(tables, period="2026", units=MADE.units)
    pd.testing.assert_frame_equal(again.frame, SOME.frame)


# ------------------------------------------------------------------- the user's tables


def test_columns_may_be_called_otherwise_and_dates_written_otherwise() -> None:
    frame = MADE.tables["dossiers"]
    given = frame.assign(Ngay=frame["received"].dt.strftime("%d/%m/%Y")).drop(columns="received")
    declared: dict[str, str | Column] = {
        "received": Column("Ngay", "date", format="%d/%m/%Y"),
        "unit": "DonVi",
    }
    counts = service_766(
        given.rename(columns={"unit": "DonVi"}), period="2026", columns={"dossiers": declared}
    )
    pd.testing.assert_frame_equal(counts.frame, service_766(frame, period="2026").frame)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"period": "2026-13"}, "write years as '2026'"),
        ({"period": 2026}, "a year '2026', quarter"),
        ({"until": "2027-01-01"}, "a day of the period '2026'"),
        ({"until": "soon"}, "until is a date such as"),
        ({"undecided": "zero"}, "undecided is 'missing' or 'no'"),
        ({"missing": "zero"}, "missing is 'refuse' or 'leave_out'"),
        ({"columns": {"dosiers": {}}}, "did you mean 'dossiers'"),
        ({"columns": {"petitions": {"unit": "u"}}}, "not among the tables"),
        ({"columns": {"dossiers": {"recieved": "x"}}}, "did you mean 'received'"),
        ({"columns": {"dossiers": {"received": "x"}}}, "lacks columns that were named"),
        ({"columns": {"dossiers": {"received": 3}}}, "the name of a column or a records.Column"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(gi.SettingError, match=said):
        service_766(dossier(), **{"period": "2026", **settings})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"channel": "fax"}, "table 'dossiers': .*'fax' 1×.*allowed are 'online'"),
        (
            {"finished": "2026-03-01"},
            "finished before it was received in 1 record.*correct the dates",
        ),
        ({"due": "2026-03-01"}, "due before it was received"),
        ({"received": None}, "'received' is missing in 1 record.*fill it in"),
        ({"unit": None}, "'unit' is missing.*or leave them out: missing='leave_out'"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_the_first(
    cells: dict[str, Any], said: str
) -> None:
    with pytest.raises(gi.DataError, match=said):
        service_766(dossier(**cells), period="2026")


def test_dates_written_in_several_ways_are_refused_with_the_cure() -> None:
    frame = pd.concat([dossier(), dossier()], ignore_index=True)
    frame["received"] = ["2026-03-02", "02/03/2026"]
    with pytest.raises(gi.DataError, match=r"1 as 30/09/2026.*columns=\{'dossiers'"):
        service_766(frame, period="2026")


def test_a_table_that_is_none_or_unknown_is_refused() -> None:
    with pytest.raises(gi.SettingError, match="did you mean 'dossiers'"):
        service_766({"dosiers": dossier()}, period="2026")
    with pytest.raises(gi.SettingError, match="at least one table"):
        service_766({}, period="2026")
    with pytest.raises(gi.SettingError, match="no table 'dosiers'"):
        columns_766("dosiers")


def test_records_without_unit_can_be_left_out_and_are_listed() -> None:
    frame = pd.concat([dossier(), dossier(unit=None)], ignore_index=True)
    counts = service_766(frame, period="2026", missing="leave_out")
    assert counts.left_out["records"].to_list() == [1]
    assert counts.frame.loc["A", "2.1.b"] == 1


# ------------------------------------------------------------------- made-up tables


def test_made_up_tables_say_so_and_have_the_columns_of_the_schema() -> None:
    for name, table in MADE.tables.items():
        assert set(table.columns) == {column.name for column in columns_766(name)}
    assert all(code.startswith("made-up") for code in MADE.units.codes)
    assert MADE.tables["dossiers"]["dossier"].str.startswith("made-up").all()
    again = made_up_766(400, provinces=2, communes=2, rng=np.random.default_rng(3))
    assert len(again.tables["dossiers"]) == 400


def test_made_up_tables_are_those_of_their_seed() -> None:
    again = made_up_766(400, provinces=2, communes=2, rng=1)
    for name, table in again.tables.items():
        pd.testing.assert_frame_equal(table, MADE.tables[name])


def test_a_result_is_shown_in_a_line() -> None:
    assert repr(WHOLE).startswith("<ServiceCounts of 2026, 2026-01-01 to 2026-12-31: 48 of 48")
