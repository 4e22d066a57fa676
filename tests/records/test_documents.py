"""What is counted, as a document, and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import govindex as gi
from govindex.cli.entry import main
from govindex.records import (
    Column,
    Columns,
    Count,
    count,
    load_count_definition,
    made_up_records,
    where,
)
from tests.sampling import few

DOCUMENT = """
format = 1
unit = "commune"
period = "quarter"
date = "received"
parents = "province"

[[columns]]
name = "dossier"
role = "id"

[[columns]]
name = "commune"
role = "unit"

[[columns]]
name = "province"
role = "parent"
allowed = ["made-up province 1"]

[[columns]]
name = "received"
type = "date"
role = "date"

[[columns]]
name = "due"
type = "date"

[[columns]]
name = "returned"
type = "date"
null = true

[[columns]]
name = "fee"
type = "whole"
minimum = 0
maximum = 90
unit = "đồng"

[rules]
"due before it was received" = {column = "due", below = {column = "received"}}
"returned before it was received" = {column = "returned", below = {column = "received"}}

[variables.dossiers]
kind = "count"

[variables.on_time]
kind = "count"
where = {column = "returned", at_most = {column = "due"}}

[variables.quick]
kind = "count"
where = [
    {time_between = ["received", "returned"], unit = "working_days", at_most = 90},
    {not = {any = [{column = "fee", is = 5}, {column = "returned", missing = true}]}},
]

[variables.fees]
kind = "sum"
column = "fee"

[variables.days]
kind = "elapsed"
start = "received"
end = "returned"
where = {column = "returned", missing = false}

[variables.communes]
kind = "distinct"
column = "commune"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the document and two files of made-up records."""
    made = tmp_path_factory.mktemp("records")
    (made / "counts.toml").write_text(DOCUMENT, encoding="utf-8")
    columns = load_count_definition(made / "counts.toml").columns
    assert columns is not None
    for number in (1, 2):
        frame = made_up_records(columns, 300, rng=number, units=4)
        frame.to_parquet(made / f"dossiers-{number}.parquet")
        frame.to_csv(made / f"dossiers-{number}.csv", index=False)
    return made


def test_a_document_counts_what_code_counts(folder: Path) -> None:
    definition = load_count_definition(folder / "counts.toml")
    found = definition.count(str(folder / "*.parquet"), period=None)
    assert found.value("made-up province 1", "dossiers") == 600
    assert found.value("made-up province 1", "communes") == 4
    on_time = Count(where("returned") <= where("due"))
    files = sorted(folder.glob("*.parquet"))
    by_code = count(files, {"on_time": on_time}, unit="commune")
    for unit in by_code.units:
        assert found.value(unit, "on_time") == by_code.value(unit, "on_time")
    texts = definition.count([str(file) for file in sorted(folder.glob("*.csv"))], period=None)
    assert texts.frame.equals(found.frame)


def test_every_problem_of_a_document_is_named(tmp_path: Path) -> None:
    wrong = DOCUMENT.replace('kind = "sum"', 'kind = "summ"').replace("at_most = 90", "most = 90")
    wrong = wrong.replace('role = "id"', 'roll = "id"').replace("unit =", "unti =", 1)
    (tmp_path / "wrong.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(gi.FrameworkError) as caught:
        load_count_definition(tmp_path / "wrong.toml")
    text = str(caught.value)
    for part in (
        "unti: there is no setting 'unti': did you mean 'unit'",
        "columns[0]",
        "variables.quick.where.all[0]: there is no setting 'most'",
        "variables.fees: expected a table with a kind, not 'summ': did you mean 'sum'",
    ):
        assert part in text


def test_made_up_records_fit_their_schema_and_are_the_same_for_a_seed(folder: Path) -> None:
    columns = load_count_definition(folder / "counts.toml").columns
    assert columns is not None
    for seed in range(few(10)):
        made = made_up_records(columns, 50, rng=seed)
        assert made.equals(made_up_records(columns, 50, rng=seed))
        assert len(count(made, {"n": Count()}, columns=columns).units) > 1  # none is refused
        assert made["dossier"].str.startswith("made-up dossier").all()
    never = Columns([Column("a", "number")], rules={"never": where("a") >= 0})
    with pytest.raises(gi.SettingError, match=r"the rules leave 0 of 5 made-up records"):
        made_up_records(never, 5, rng=1)


def test_the_command_counts_and_writes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts, files = str(folder / "counts.toml"), str(folder / "*.parquet")
    out = folder / "counts.xlsx"
    assert main(["records", files, "--counts", counts, "--out", str(out), "--sql"]) == 0
    shown = capsys.readouterr().out
    assert "made-up province 1 2026-Q4" in shown
    assert "GROUP BY" in shown.upper()
    written = gi.read_table(out)
    assert list(written.columns[:4]) == ["unit", "period", "records", "dossiers"]
    assert len(written) == 5 * 4
    assert main(["records", files, "--counts", counts, "--period", "year", "--unit", "no"]) == 1
    assert "there is no column 'no'" in capsys.readouterr().err
    assert main(["records", files, "--counts", counts, "--language", "vi"]) == 0
    assert "made-up commune 1" in capsys.readouterr().out
