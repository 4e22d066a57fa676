"""Frameworks and bytes for tests of the engine."""

from __future__ import annotations

from typing import Any

from govindex import (
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    aggregate,
    rules,
)

POINTS = rules.Points()


def scored(framework: Framework, data: Observations, **settings: Any) -> Any:
    return Methodology("test", "1", framework, **settings).compute(data)


def rubric(*children: Indicator | Dimension, **settings: Any) -> Framework:
    return Framework("total", children, aggregate=aggregate.Sum(), **settings)


def leaf(code: str, points: float | str = 10, **settings: Any) -> Indicator:
    return Indicator(code, weight=points, rule=settings.pop("rule", POINTS), **settings)
