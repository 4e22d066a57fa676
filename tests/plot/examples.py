"""Made-up results of every size, and what each function of `gi.plot` takes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs
import numpy as np

import govindex as gi
from govindex import absence, coherence, plot, prepare, robustness, rules, treat, weight
from govindex.testing import observed

__all__ = ["PICTURES", "SUBJECTS", "Subject", "framework", "regions", "subject"]

NAMES = (
    "Sở Nông nghiệp và Môi trường",
    "Xã Đắk Ơ",
    "Phường Ngũ Hành Sơn",
    "Tỉnh Thừa Thiên Huế",
    "Thành phố Hồ Chí Minh",
    "Huyện Mường Nhé",
    "Thị xã Quảng Trị",
    "Tỉnh Bà Rịa – Vũng Tàu",
)
DIMENSIONS = (
    "Công khai, minh bạch",
    "Tiến độ giải quyết",
    "Dịch vụ công trực tuyến",
    "Mức độ hài lòng của người dân, doanh nghiệp",
    "Số hóa hồ sơ",
    "Thanh toán trực tuyến",
)
LEAGUES = ("Tỉnh", "Thành phố", "Sở")
LANGUAGE = "vi"


@attrs.frozen
class Subject:
    """The shape of a made-up index.

    `values` is "drawn", "equal" (all units tie) or "missing".
    """

    units: int
    leagues: int = 1
    dimensions: int = 6
    leaves: int = 4
    values: str = "drawn"


SUBJECTS = {
    "ten units": Subject(10),
    "63 units in three leagues": Subject(63, leagues=3),
    "one unit": Subject(1),
    "two units": Subject(2),
    "all ties": Subject(12, values="equal"),
    "all missing": Subject(8, values="missing"),
    "a league of one": Subject(10, leagues=10),
    "400 leaves": Subject(7, dimensions=20, leaves=20),
    "one dimension": Subject(9, dimensions=1),
}


def framework(dimensions: int, leaves: int) -> gi.Framework:
    """Return a framework of two tiers with Vietnamese names."""
    rule = rules.Goalposts(worst=0, best=10)
    branches = []
    for one in range(dimensions):
        inside = [
            gi.Indicator(
                f"{one + 1}.{two + 1}",
                {"vi": f"Chỉ số thành phần {one + 1}.{two + 1}"},
                rule=rule,
                weight=1 + (one + two) % 3,
            )
            for two in range(leaves)
        ]
        name = {"vi": DIMENSIONS[one % len(DIMENSIONS)], "en": f"Dimension {one + 1}"}
        branches.append(gi.Dimension(f"{one + 1}", inside, name, weight=1 + one % 4))
    policy = absence.Renormalise(min_share=0)
    both = absence.Absence(missing=policy, not_applicable=policy)
    return gi.Framework("index", branches, {"vi": "Chỉ số phục vụ", "en": "Index"}, absence=both)


@cache
def method(subject: Subject) -> gi.Methodology:
    bands = gi.Bands(
        [("Xuất sắc", 70), ("Tốt", 55), ("Khá", 45), ("Trung bình", None)], by="percent"
    )
    tree = framework(subject.dimensions, subject.leaves)
    return gi.Methodology(
        "example.plots", "1", tree, scale=100, bands=bands, ranking=gi.Ranking(decimals=1)
    )


@cache
def data(subject: Subject, seed: int = 1) -> gi.Observations:
    """Return data with gaps, ties and a unit that is not ranked."""
    rng = np.random.default_rng(seed)
    codes, count = framework(subject.dimensions, subject.leaves).leaf_codes, subject.units
    values = rng.normal(5.5, 1.2, (count, 1)) + rng.normal(0, 1.8, (count, len(codes)))
    values = np.clip(values, 0, 10).round(1)
    if count > 5:
        values[4] = values[3]
        values[rng.random(values.shape) < 0.03] = np.nan
    values = {"equal": np.full_like(values, 5.0), "missing": np.full_like(values, np.nan)}.get(
        subject.values, values
    )
    units = [
        gi.Unit(
            f"U{i + 1:04d}",
            {"vi": f"{NAMES[i % 8]} {chr(65 + i % 26)}{i // 26}", "en": f"Unit {i + 1}"},
            league=league_of(i, subject.leagues),
            ranked=not (count > 8 and i == 7),
        )
        for i in range(count)
    ]
    columns = {
        code: [None if np.isnan(value) else float(value) for value in column]
        for code, column in zip(codes, values.T, strict=True)
    }
    return observed(columns, units)


def league_of(row: int, count: int) -> str | None:
    if count == 1:
        return None
    return LEAGUES[row % count] if count <= len(LEAGUES) else f"Nhóm {row % count + 1}"


@cache
def result(subject: Subject, seed: int = 1) -> gi.IndexResult:
    return method(subject).compute(data(subject, seed))


@cache
def sample(subject: Subject, spread: float = 0.4) -> robustness.RankSample:
    vary = [robustness.Weights(spread=spread)]
    return robustness.sample_ranks(method(subject), data(subject), vary=vary, draws=100, rng=1)


@cache
def found(subject: Subject) -> robustness.Sensitivity:
    vary: list[Any] = [robustness.Weights(spread=0.3), robustness.LeaveOut()]
    settings: dict[str, Any] = {"points": 16, "rng": 1, "bootstraps": 20}
    return robustness.sensitivity(method(subject), data(subject), vary=vary, **settings)


@cache
def prepared(subject: Subject) -> gi.Observations:
    """Return data with imputed and treated cells."""
    steps = [prepare.TreatAs({"1.1": treat.Between(low=3, high=8)})]
    if subject.values != "missing" and subject.units > 2:
        steps = [prepare.Impute(gi.impute.Median(), variables=["1.3"]), *steps]  # type: ignore[list-item]
    found = data(subject)
    for step in steps:
        found = step(found)
    return found


def regions(count: int) -> Mapping[str, Any]:
    """Return made-up regions: the fourth has no unit."""
    side, features = int(np.ceil(count**0.5)), []
    for number in range(count):
        x, y = 104 + (number % side) * 0.5, 9 + (number // side) * 0.5
        ring = [[x, y], [x + 0.45, y + 0.1], [x + 0.5, y + 0.4], [x + 0.1, y + 0.5], [x, y]]
        code = "nowhere" if number == 3 else f"U{number + 1:04d}"
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


Picture = Callable[..., Any]


def _explanations(subject: Subject) -> tuple[Any, Any]:
    return tuple(gi.explain(result(subject, seed), "U0001", language=LANGUAGE) for seed in (1, 2))  # type: ignore[return-value]


def _felt(subject: Subject) -> Any:
    return weight.correlation_ratio(result(subject), smoother="linear")


@cache
def register(subject: Subject) -> gi.tasks.TaskRegister:
    """Return a made-up register: a few tasks of each unit, of every status."""
    made = []
    for row, name in enumerate(data(subject).units.codes):
        kinds = [
            (f"2025-0{1 + row % 9}-01", None),
            ("2025-12-31", None),
            ("2025-06-30", "2025-03-01"),
            ("2025-02-01", "2025-04-01"),
        ]
        made += [gi.tasks.Task(f"{row}.{i}", name, *each) for i, each in enumerate(kinds)]
        made.append(gi.tasks.Task(f"{row}.r", name, regular=True))
        made.append(gi.tasks.Task(f"{row}.c", name, "2025-12-31", cancelled=row % 2 == 0))
    return gi.tasks.TaskRegister(made)


# Every function with what it takes, by a name of the question.
PICTURES: dict[str, Picture] = {
    "ranking": lambda s, **k: plot.ranking(result(s), **k),
    "ranking in dots": lambda s, **k: plot.ranking(result(s), "1", style="dots", **k),
    "bump": lambda s, **k: plot.bump({"2023": result(s), "2024": result(s, 2)}, **k),
    "bump, one followed": lambda s, **k: plot.bump(
        {"2023": result(s), "2024": result(s, 2), "2025": result(s, 3)}, highlight="U0001", **k
    ),
    "contributions": lambda s, **k: plot.contributions(result(s), **k),
    "heatmap": lambda s, **k: plot.heatmap(result(s), **k),
    "heatmap of scores": lambda s, **k: plot.heatmap(result(s), show="score", **k),
    "heatmap of ranks": lambda s, **k: plot.heatmap(result(s), 2, show="rank", **k),
    "tasks": lambda s, **k: plot.tasks(register(s).at("2025-07-01"), **k),
    "tasks over time": lambda s, **k: plot.tasks(
        register(s).over_time(["Q1 2025", "Q2 2025"], "agency"), **k
    ),
    "profile": lambda s, **k: plot.profile(result(s), "U0001", **k),
    "profile of indicators": lambda s, **k: plot.profile(result(s), "U0001", 2, **k),
    "radar": lambda s, **k: plot.radar(result(s), "U0001", **k),
    "change of ranks": lambda s, **k: plot.change(result(s), result(s, 2), **k),
    "change of scores": lambda s, **k: plot.change(result(s), result(s, 2), show="score", **k),
    "waterfall": lambda s, **k: plot.change(*_explanations(s), **k),
    "acceptability": lambda s, **k: plot.acceptability(sample(s), **k),
    "pairwise": lambda s, **k: plot.pairwise(sample(s), **k),
    "rank intervals": lambda s, **k: plot.rank_intervals(sample(s), **k),
    "rank intervals by source": lambda s, **k: plot.rank_intervals(
        {"hẹp": sample(s), "rộng": sample(s, 0.8)}, **k
    ),
    "swap margins": lambda s, **k: plot.swap_margins(robustness.swap_margins(result(s), at=1), **k),
    "swap margins of the leader": lambda s, **k: plot.swap_margins(
        robustness.swap_margins(result(s), at=1, pairs="leader"), **k
    ),
    "sensitivity": lambda s, **k: plot.sensitivity(found(s), **k),
    "sensitivity of a unit": lambda s, **k: plot.sensitivity(found(s), "U0001", **k),
    "weights": lambda s, **k: plot.weights(result(s), **k),
    "weights as felt": lambda s, **k: plot.weights(result(s), felt=_felt(s), **k),
    "framework": lambda s, **k: plot.framework(method(s).framework, **k),
    "sunburst": lambda s, **k: plot.framework(method(s).framework, style="sunburst", **k),
    "correlations": lambda s, **k: plot.correlations(
        coherence.correlation_matrix(result(s)), framework=result(s), **k
    ),
    "correlations by cluster": lambda s, **k: plot.correlations(
        coherence.correlation_matrix(result(s), 1),
        clusters=coherence.clusters(result(s), 1, count=1),
        **k,
    ),
    "distribution": lambda s, **k: plot.distribution(prepared(s), "1.1", **k),
    "missing": lambda s, **k: plot.missing(prepared(s), **k),
    "missing of a result": lambda s, **k: plot.missing(result(s), **k),
    "scatter": lambda s, **k: plot.scatter(result(s), "1", highlight="U0001", **k),
    "map": lambda s, **k: plot.map(result(s), regions(s.units), **k),
    "league table": lambda s, **k: plot.league_table(result(s), **k),
}


def subject(name: str) -> Subject:
    return SUBJECTS[name]
