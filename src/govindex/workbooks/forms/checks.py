"""Points and sums that forms state, against those that follow from the entries."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.forms import Forms
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.workbooks.forms.formulas import provisional_scores
from govindex.workbooks.forms.observations import asked_of
from govindex.workbooks.forms.rows import form_of
from govindex.workbooks.forms.sheet_reading import Stated
from govindex.workbooks.readings import CHECK_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sum_checks"]

_ALIKE = 1e-9
_PRINTED = 0.005  # half of the last digit that forms show


def sum_checks(
    method: Methodology, data: Observations, stated: Iterable[Stated], stage: str | None
) -> pd.DataFrame:
    """Return a row for each stated number of points that differs from the entries'."""
    import pandas as pd

    computed = _computed(method, data)
    rows = list(_differences(method, data, stated, computed, stage))
    return pd.DataFrame(rows, columns=list(CHECK_COLUMNS))


def _computed(method: Methodology, data: Observations) -> dict[str, dict[str, float]]:
    by_form: dict[int, list[str]] = {}
    forms: dict[int, Methodology] = {}
    for unit in data.units:
        form = form_of(method, unit)
        forms[id(form)] = form
        by_form.setdefault(id(form), []).append(unit.code)
    computed: dict[str, dict[str, float]] = {}
    for key, codes in by_form.items():
        part = data.take(codes)
        if isinstance(method, Forms):
            part = _only(part, forms[key])
        computed.update(provisional_scores(forms[key], part))
    return computed


def _only(data: Observations, form: Methodology) -> Observations:
    """Return the variables that a form asks for."""
    asked = next(iter(asked_of(form, [data.units[0]]).values()))
    columns = np.array([i for i, name in enumerate(data.variables) if name in asked], dtype=np.intp)
    names = tuple(data.variables[i] for i in columns)
    return Observations(
        data.units,
        names,
        data.values[:, columns],
        data.status[:, columns],
        levels={name: texts for name, texts in data.levels.items() if name in names},
        period=data.period,
    )


def _differences(
    method: Methodology,
    data: Observations,
    stated: Iterable[Stated],
    computed: dict[str, dict[str, float]],
    stage: str | None,
) -> Iterator[tuple[Any, ...]]:
    units = {unit.code: unit for unit in data.units}
    for entry in stated:
        points = computed.get(entry.unit, {}).get(entry.node, math.nan)
        difference = entry.points - points
        if math.isnan(points) or abs(difference) <= _ALIKE * max(1.0, abs(points)):
            continue
        framework = form_of(method, units[entry.unit]).framework
        parts = len(framework.below(entry.node))
        kind = "printing error" if abs(difference) <= _PRINTED * (parts + 1) else "contradiction"
        row = (entry.unit, stage, entry.node, entry.points, points, difference, kind, entry.cell)
        yield row
