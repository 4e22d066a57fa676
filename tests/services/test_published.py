"""Published figures of Phú Thọ, counted again from one row for each dossier that they count."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache

import pytest

import govindex as gi
from govindex.services import ServiceCounts, service_766
from tests.reference import reference
from tests.sampling import some
from tests.services.published_records import own_counts, published_tables

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
    for row in rows_of("d766_vectors_phutho_2026.csv"):
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


Cases = tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a published table."""
    with reference(f"../vietnam/{name}").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def completed(counts: dict[str, int]) -> dict[str, int]:
    """Return counts of a unit with those that are not published, so that they score somehow."""
    paid, fees, different = counts["3.6.a"], counts["3.6.b"], counts["3.5b.a"]
    rest = {"2.1.b": fees, "3.3.b": counts.get("2.1.b", fees), "3.3.a": paid, "3.2.a": different}
    zero = dict.fromkeys(["2.1.a", "4.1.a", "4.2.a", "4.3.a", "4.4.a", "4.5b.a", "5.4.a"], 0)
    return {**zero, **rest, "3.2.b": different, **counts}


def payments() -> Cases:
    """Return the payments of 35 departments and communes of Phú Thọ."""
    counts, scores = {}, {}
    for row in rows_of("d766_vectors_payment_2026.csv"):
        if row["unit"] != PROVINCE:
            fees, procedures = int(row["dossiers_with_obligation"]), int(row["fee_procedures"])
            numbers = {
                "3.6.a": int(row["dossiers_paid_online"]),
                "3.6.b": fees,
                "3.5b.a": int(row["fee_procedures_with_online_tx(B)"]),
                "3.5a.a": int(row["fee_procedures_on_portal(C)"]),
                "3.5a.b": procedures,
            }
            counts[row["unit"]] = completed(numbers)
            scores[row["unit"]] = {"3B": float(row["published_score_max10"])}
    return counts, scores


def dak_lak() -> Cases:
    """Return the indicators of Đắk Lắk, those of online services left out."""
    numbers: dict[str, int] = {}
    for row in rows_of("d766_daklak_leaves_2026.csv"):
        if row["numerator"].isdigit() and row["denominator"] != "0" and row["code"] != "1.4":
            numbers |= {f"{row['code']}.{k}": int(row[c]) for k, c in _COLUMNS.items()}
    groups = {"1": 11.85, "2": 17.72, "3B": 6.69, "4": 9.08, "5": 11.18}
    return {"Đắk Lắk": completed(numbers)}, {"Đắk Lắk": groups}


_COLUMNS = {"a": "numerator", "b": "denominator"}


@pytest.mark.parametrize("published", some([payments, dak_lak]))
def test_published_groups_follow_from_records(published: Callable[[], Cases]) -> None:
    counts, scores = published()
    polars = pytest.importorskip("polars")
    records = published_tables(counts)
    tables = {name: polars.from_pandas(table) for name, table in records.items()}
    counted = service_766(tables, period="2026", until="2026-10-10", units=map(gi.Unit, counts))
    result = counted.method.compute(counted.observations())
    for unit, groups in scores.items():
        found = {code: result.scores.loc[unit, code] for code in groups}
        assert found == pytest.approx(groups, abs=1e-9), unit
