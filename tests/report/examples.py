"""Results that reports are written of: published ones, and made-up departments with stages."""

from __future__ import annotations

from functools import cache

import numpy as np

import govindex as gi
from govindex.contracts import CellStatus

LEAGUES = ("Departments (made up)", "Wards (made up)")
_NAMES = ("Administration", "Institutions", "Procedures", "Organisation", "Finance")


def provinces_method() -> gi.Methodology:
    return gi.methodology("vn.service-766").cut()


@cache
def provinces(day: str = "10") -> gi.IndexResult:
    data = gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}")
    return provinces_method().compute(data)


@cache
def rubric() -> gi.Methodology:
    """Return a made-up rubric of 15 indicators, whose maximum shrinks where some do not apply."""
    dimensions = [
        gi.Dimension(
            str(number),
            [
                gi.Indicator(
                    f"{number}.{i}",
                    {"en": f"Criterion {number}.{i}", "vi": f"Tiêu chí {number}.{i}"},
                    weight=4.0,
                    rule=gi.rules.Points(),
                )
                for i in range(1, 4)
            ],
            name,
        )
        for number, name in enumerate(_NAMES, 1)
    ]
    policies = gi.Absence(
        missing=gi.absence.AsZero(),
        not_applicable=gi.absence.Shrink(),
        suppressed=gi.absence.Shrink(),
    )
    framework = gi.Framework(
        "par", dimensions, aggregate=gi.aggregate.Sum(), absence=policies, name="Made-up rubric"
    )
    return gi.Methodology(
        "example.rubric",
        "2025",
        framework,
        title={"en": "Made-up index", "vi": "Chỉ số giả định"},
        rounding=gi.Levels(leaf=gi.Rounding(2)),
        bands=gi.Bands([("Good", 65), ("Fair", None)], by="percent"),
        sources=[gi.Source("A made-up decision", url="https://example.org/decision")],
        notes="Made up.",
    )


@cache
def departments(seed: int = 1) -> gi.Observations:
    """Return 20 made-up units in two leagues, self-assessed and verified, with every mark."""
    rng = np.random.default_rng(seed)
    codes = rubric().framework.leaf_codes
    units = [
        gi.Unit(f"S{i:02}", f"Unit {i} (made up)", league=LEAGUES[int(i >= 12)]) for i in range(20)
    ]
    values = np.round(rng.uniform(1.5, 4.0, (20, len(codes))), 2)
    status = np.zeros(values.shape, dtype=np.uint8)
    status[12:, 3] = status[5, :3] = CellStatus.NOT_APPLICABLE
    status[7, 1], status[8, 2] = CellStatus.MISSING, CellStatus.SUPPRESSED
    status[9, 6] = CellStatus.IMPUTED
    values[3] = values[2]
    values[status >= CellStatus.MISSING] = np.nan
    own = gi.Observations(units, codes, values, status, period="2025")
    lowered = np.where(rng.random(values.shape) < 0.15, values - 0.5, values)
    blank = status.copy()
    lowered[11, 5], blank[11, 5] = np.nan, CellStatus.MISSING
    verified = gi.Observations(units, codes, lowered, blank, period="2025")
    return gi.Observations.from_stages({"self": own, "verified": verified}, fall_back=True)


@cache
def verified(seed: int = 1) -> gi.IndexResult:
    return rubric().compute(departments(seed))


def small(names: dict[str, str], points: list[float], **settings: object) -> gi.IndexResult:
    """Return the result of a rubric of two indicators on named units with these points."""
    units = [gi.Unit(code, name) for code, name in names.items()]
    values = np.array([[p, p] for p in points])
    data = gi.Observations(units, ["a", "b"], values)
    leaves = [gi.Indicator(code, weight=10.0, rule=gi.rules.Points()) for code in "ab"]
    framework = gi.Framework("small", leaves, aggregate=gi.aggregate.Sum())
    return gi.Methodology("example.small", "1", framework, **settings).compute(data)  # type: ignore[arg-type]


def content_texts(content: gi.report.Content) -> list[str]:
    """Return every text of a content, as printed."""
    texts = [content.title, content.subject]
    for chapter in content.chapters:
        texts.append(chapter.title)
        for block in chapter.blocks:
            if isinstance(block, gi.report.Prose):
                texts.append(block.text)
            elif isinstance(block, gi.report.Listing):
                texts += block.entries
            elif isinstance(block, gi.report.DataTable):
                texts += [block.caption, *(column.heading for column in block.columns)]
                texts += [cell.text for row in block.rows for cell in row]
                texts += block.notes
            else:
                texts.append(block.caption)
    return texts


def tables(content: gi.report.Content) -> list[gi.report.DataTable]:
    """Return the tables of a content."""
    blocks = (block for chapter in content.chapters for block in chapter.blocks)
    return [block for block in blocks if isinstance(block, gi.report.DataTable)]


def table(content: gi.report.Content, caption: str) -> gi.report.DataTable:
    """Return the first table whose caption begins with a text."""
    return next(found for found in tables(content) if found.caption.startswith(caption))


def cells(found: gi.report.DataTable) -> list[list[str]]:
    """Return the texts of a table's cells, row by row."""
    return [[cell.text for cell in row] for row in found.rows]
