"""A form of every built-in edition: written, filled in and read back."""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from tests.workbooks.filling import NOT_APPLICABLE, Filled, fill, made_up

BUILTIN = Path(gi.__file__).parent / "builtin"
EDITIONS = sorted(file.stem for file in BUILTIN.glob("*.toml"))


def method_of(edition: str) -> gi.Methodology:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gi.DeprecatedEditionWarning)
        method = gi.methodology(edition)
    assert isinstance(method, gi.Methodology)
    return method


def units_of(method: gi.Methodology) -> list[gi.Unit]:
    types = [None, *method.forms] if isinstance(method, gi.Forms) else [None, None]
    names = {"vi": "Đơn vị tự đặt ra", "en": "Made-up unit"}
    return [gi.Unit(f"U{i}", names, type=kind, league="l") for i, kind in enumerate(types)]


def expected(units: list[gi.Unit], filled: Filled, answers: dict[str, Any]) -> gi.Observations:
    """Return what was filled in, without the code that reads forms."""
    used = {*answers["needed"], *(name for (_, name), cell in filled.items() if cell is not None)}
    names = sorted(name for name in {name for _, name in filled} if name in used)
    cells = [[filled.get((unit.code, name)) for name in names] for unit in units]
    values = np.full((len(units), len(names)), np.nan)
    status = np.full(values.shape, np.uint8(CellStatus.MISSING))
    for row, of_unit in enumerate(cells):
        for column, cell in enumerate(of_unit):
            if cell == NOT_APPLICABLE or (units[row].code, names[column]) not in filled:
                status[row, column] = CellStatus.NOT_APPLICABLE
            elif cell is not None:
                texts = answers["levels"].get(names[column])
                values[row, column] = texts.index(cell) if texts else float(cell)
                status[row, column] = CellStatus.REPORTED
    levels = {name: texts for name, texts in answers["levels"].items() if name in names}
    return gi.Observations(units, names, values, status, levels=levels, period="2026")


def answers_of(method: gi.Methodology) -> dict[str, Any]:
    levels: dict[str, tuple[str, ...]] = {}
    needed: set[str] = set()
    for framework in method.frameworks:
        needed |= set(framework.variables)
        for leaf in framework.leaves:
            if isinstance(leaf.rule, gi.rules.Choice) and isinstance(leaf.rule.answers[0], str):
                levels[leaf.measure.variables[0]] = tuple(map(str, leaf.rule.answers))
    return {"needed": needed, "levels": levels}


def outcome(method: gi.Methodology, data: gi.Observations) -> Any:
    try:
        return method.compute(data).scores.to_numpy()
    except gi.DataError as error:
        return sorted(map(str, error.problems))


@pytest.mark.parametrize("edition", EDITIONS)
@given(
    seed=st.integers(0, 2**32 - 1),
    blank=st.sampled_from([0.0, 0.15]),
    layout=st.sampled_from(["by_unit", "together"]),
    language=st.sampled_from(["vi", "en"]),
)
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_a_filled_in_form_reads_back_as_it_was_filled_in(
    edition: str, seed: int, blank: float, layout: Any, language: str
) -> None:
    method = method_of(edition)
    units = units_of(method)
    filled = made_up(method, units, seed, blank)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "form.xlsx"
        gi.workbooks.write_form(
            method, file, units=units, period="2026", language=language, layout=layout
        )
        fill(file, method, filled)
        scores = gi.workbooks.read_form(file, method)
    data, wanted = scores.observations, expected(units, filled, answers_of(method))
    assert not scores.problems
    assert scores.checks.empty
    assert sorted(data.variables) == list(wanted.variables)
    assert list(data.units) == units
    columns = [data.variables.index(name) for name in wanted.variables]
    assert data.levels == wanted.levels
    assert data.period == "2026"
    np.testing.assert_array_equal(data.status[:, columns], wanted.status)
    np.testing.assert_array_equal(data.values[:, columns], wanted.values)
    np.testing.assert_equal(outcome(method, data), outcome(method, wanted))


def test_every_built_in_edition_has_a_form() -> None:
    assert len(EDITIONS) >= 37
