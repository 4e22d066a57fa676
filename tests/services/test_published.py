"""Published figures of Phú Thọ, counted again from one row for each dossier that they count."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

import govindex as gi
from govindex.services import ServiceCounts, service_766
from tests.services.published_records import own_counts, published_tables

FILE = Path(__file__).parents[3] / "shared" / "vietnam" / "d766_vectors_phutho_2026.csv"
PROVINCE, DEPARTMENT, WARD = (
    "UBND tỉnh Phú Thọ",
    "Sở Công Thương - Tỉnh Phú Thọ",
    "UBND Phường Việt Trì",
)
GROUPS = {"1(group)": "1", "2.1": "2", "3A(group)": "3A", "3B(group)": "3B"}
GROUPS |= {"4(group)": "4", "5(group)": "5"}


def vectors() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Return the counts of each unit by variable, and its published scores by group."""
    counts: dict[str, dict[str, int]] = {}
    scores: dict[str, dict[str, float]] = {}
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["numerator"]:
                of_unit = counts.setdefault(row["unit"], {})
                of_unit[f"{row['code']}.a"] = int(row["numerator"])
                of_unit[f"{row['code']}.b"] = int(row["denominator"])
            if row["code"] in GROUPS and row["published_score"]:
                of_unit_scores = scores.setdefault(row["unit"], {})
                of_unit_scores[GROUPS[row["code"]]] = float(row["published_score"])
    return counts, scores


@cache
def counted() -> ServiceCounts:
    """Count all three units; what the department and the ward have is part of the province."""
    published, _ = vectors()
    parts = {code: dict(published[code]) for code in (DEPARTMENT, WARD)}
    for part in parts.values():  # of their online services only the group is published
        part |= {"3.3.b": part["2.1.b"], "3.3.a": part["3.6.a"], "3.2.a": part["3.5b.a"]}
        part["3.2.b"] = part["3.2.a"]
    whole = own_counts(published[PROVINCE], list(parts.values()))
    units = [gi.Unit(PROVINCE), *(gi.Unit(code, parent=PROVINCE) for code in parts)]
    polars = pytest.importorskip("polars")
    records = published_tables({PROVINCE: whole, **parts})
    tables = {name: polars.from_pandas(table) for name, table in records.items()}
    return service_766(tables, period="2026", until="2026-09-26", units=units)


def test_every_published_numerator_and_denominator_is_counted() -> None:
    published, _ = vectors()
    frame = counted().frame
    differences = {
        (unit, name): (frame.loc[unit, name], number)
        for unit, numbers in published.items()
        for name, number in numbers.items()
        if frame.loc[unit, name] != number and not name.startswith("1.4")
    }
    assert differences == {}


def test_published_groups_and_the_total_follow() -> None:
    counts = counted()
    result = counts.method.compute(counts.observations())
    _, published = vectors()
    for unit, groups in published.items():
        for code, score in groups.items():
            if (unit, code) not in {(DEPARTMENT, "3A"), (WARD, "3A")}:
                assert result.scores.loc[unit, code] == pytest.approx(score), (unit, code)
    assert result.score[PROVINCE] == pytest.approx(61.89)
    assert counts.method.fingerprint == gi.methodology("vn.service-766").fingerprint
