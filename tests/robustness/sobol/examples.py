"""Sensitivities of small indices."""

from __future__ import annotations

from typing import Any

from govindex.robustness import (
    Sensitivity,
    sensitivity,
)
from tests.robustness.examples import (
    flat,
    random_data,
)

POINTS = 128


def sensitivity_to(vary: Any, **settings: Any) -> Sensitivity:
    method = settings.pop("method", None) or flat()
    data = settings.pop("data", None)
    data = random_data(1, 8) if data is None else data
    return sensitivity(method, data, vary=vary, **{"points": POINTS, "rng": 1, **settings})
