"""The conformance kit: tried laws, messages of broken ones, excuses, given data."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import strategies as st

import govindex as gi
from govindex import Framework, Indicator, Methodology, Observations, SettingError, Unit, rules
from govindex.testing import (
    LawBroken,
    LawNotTried,
    check_methodology,
    laws,
    methodology_around,
    methodology_checks,
    observed,
    promises,
)
from govindex.testing.kit import LAWS
from tests.sampling import few


@attrs.frozen
class Boasting:
    """Says that more earns more, and punishes the best."""

    peer_dependent = False
    monotone = True
    directed = False
    bounds = (0.0, 1.0)

    def __call__(self, values: Any, scope: Any) -> Any:
        return np.where(values > 90, 0.2, np.clip(values / 100, 0, 1))


BROKEN = Methodology(
    "example.boasting",
    "1",
    Framework("index", [Indicator("a", rule=Boasting()), Indicator("b", rule=rules.Clip())]),
)
GOOD = gi.methodology("vn.par.ministry@876")


def _check(method: Any, law: str, **settings: Any) -> Any:
    return next(c for c in methodology_checks(method, **settings) if c.name == law)


def test_good_methodology_passes_silently() -> None:
    check_methodology(GOOD, examples=5)


def test_message_says_what_broke_on_which_data_and_how_to_see_it_again() -> None:
    with pytest.raises(LawBroken) as caught:
        _check(BROKEN, "betterment", examples=200)()
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("example.boasting@1 breaks the law 'betterment': A better figure ")
    assert lines[1].startswith("  unit 'U0' improves 'a' from ")
    assert lines[2].startswith("  why it matters: No unit may be punished")
    table = lines[lines.index("the smallest example found:") + 1 :]
    assert lines[3] == (
        "  it follows from what is declared: the parts on the way are `monotone` or `falling`"
    )
    assert table[0].split() == ["a", "b"]
    assert table[1].split()[0] == "U0"
    assert table[2] == "to see it again:"  # one unit is enough
    assert not getattr(caught.value, "__notes__", [])


def test_what_the_message_says_to_run_breaks_the_law_again() -> None:
    with pytest.raises(LawBroken) as caught:
        _check(BROKEN, "betterment", examples=200)()
    snippet = str(caught.value).partition("to see it again:\n")[2]
    code = "\n".join(line[2:] for line in snippet.splitlines())
    with pytest.raises(LawBroken, match="breaks the law 'betterment'"):
        exec(code, {"method": BROKEN})


def test_broken_rule_is_found_by_the_whole_kit_and_named() -> None:
    with pytest.raises(LawBroken, match="breaks the law 'betterment'"):
        check_methodology(BROKEN, examples=few(50))


def test_same_seed_finds_the_same_example() -> None:
    def said(seed: int) -> str:
        with pytest.raises(LawBroken) as caught:
            _check(BROKEN, "dominance", examples=200, seed=seed)()
        return str(caught.value)

    assert said(3) == said(3)


# -- excuses --------------------------------------------------------------------------------------


def test_excused_law_must_fail() -> None:
    _check(BROKEN, "betterment", examples=200, excuses={"betterment": "the best are capped"})()
    with pytest.raises(LawBroken, match="drop the excuse 'nobody knows'"):
        _check(GOOD, "betterment", examples=20, excuses={"betterment": "nobody knows"})()


def test_excuse_for_a_law_that_is_not_promised_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingError, match=r"'beterment', which .* does not promise.*betterment"):
        methodology_checks(GOOD, excuses={"beterment": "a typing error"})
    with pytest.raises(SettingError, match="nothing to excuse in 'anchoring'"):
        methodology_checks(GOOD, excuses={"anchoring": "it is absolute"})


# -- promises -------------------------------------------------------------------------------------


def test_promises_follow_from_what_the_parts_declare() -> None:
    absolute, relative = promises(GOOD), promises(methodology_around(rules.MinMax()))
    assert set(absolute.index) == {law.name for law in LAWS}
    assert absolute.loc["rivals_unchanged", "promised"]
    assert relative.loc["rivals_unchanged", "why"] == "it looks at peers: rule of 'a'"
    assert relative.loc["anchoring", "promised"]
    assert absolute.loc["anchoring", "why"] == "nothing in it looks at peers"
    assert absolute.loc["measure_unit", "why"] == "it has no rule that ignores measure units"


def test_every_law_says_what_must_be_declared() -> None:
    assert laws.scoring.declared == "nothing"
    assert laws.rivals_unchanged.declared == "no part is `peer_dependent`"
    assert laws.linearity.declared == "parts that can be seen; linear aggregator"
    for law in LAWS:
        assert (law.declared == "nothing") == (not law.unless)


def test_every_law_states_itself_and_why_it_matters() -> None:
    for law in LAWS:
        assert len(law.statement) > 30, law.name
        assert len(law.reason) > 30, law.name
        assert law.statement[0].isupper()


class Opaque:
    """Scores with code of its own: the mean of two figures."""

    id, version, fingerprint = "example.opaque", "1", "example.opaque@1"
    framework = Framework(
        "index", [Indicator(code, rule=rules.Goalposts(worst=0, best=100)) for code in "ab"]
    )

    def compute(self, data: Observations) -> gi.IndexResult:
        columns = [data.values[:, data.column_of(code)] for code in "ab"]
        scores = np.clip(np.mean(columns, axis=0), 0, 100)
        return gi.result_from_scores(self, data, {"index": scores})


class Saying(Opaque):
    """The same, and says what it promises."""

    peer_dependent = False
    monotone = True


def test_opaque_methodology_promises_what_it_says() -> None:
    silent, saying = promises(Opaque()), promises(Saying())
    assert silent.loc["rivals_unchanged", "why"] == "it does not declare peer_dependent"
    assert silent.loc["bounds", "why"] == "it is opaque: its parts cannot be varied"
    assert saying.loc["rivals_unchanged", "promised"]
    assert saying.loc["betterment", "promised"]


@pytest.mark.parametrize("method", [Opaque(), Saying()])
def test_opaque_methodology_passes(method: Any) -> None:
    check_methodology(method, examples=few(20))


class NoMethodology:
    id, version = "example.none", ""


def test_object_that_is_not_a_methodology_is_refused() -> None:
    with pytest.raises(gi.FrameworkError, match="has no framework, fingerprint, compute"):
        check_methodology(NoMethodology())  # type: ignore[arg-type]


class Raising(Opaque):
    """Its properties fail."""

    @property
    def framework(self) -> Framework:  # type: ignore[override]
        raise ValueError("no file")

    @property
    def peer_dependent(self) -> bool:
        raise RuntimeError("ask me later")


def test_properties_that_raise_are_named() -> None:
    with pytest.raises(gi.FrameworkError, match="is not a methodology") as caught:
        check_methodology(Raising())
    assert caught.value.problems == (
        "its framework raises ValueError: no file",
        "its peer_dependent raises RuntimeError: ask me later",
    )


# -- data -----------------------------------------------------------------------------------------


def _shrink() -> Any:
    return gi.absence.Shrink()


@attrs.frozen
class Doubled:
    """A measure that the kit has never seen."""

    variable: str
    optional: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,)

    def __call__(self, columns: Any) -> Any:
        cells = columns[self.variable]
        return attrs.evolve(cells, values=2.0 * cells.values)


STRANGE = Methodology(
    "example.strange",
    "1",
    Framework("index", [Indicator("a", measure=Doubled("x"), rule=rules.Proportional(target=9))]),
)


def test_measure_whose_data_cannot_be_drawn_asks_for_data() -> None:
    with pytest.raises(gi.FrameworkError, match=r"Doubled\(.*give data that it reads \(data=…\)"):
        check_methodology(STRANGE)


def test_given_observations_are_tried_in_other_mixtures() -> None:
    data = observed({"x": [1.0, 4.0, None]}, units=[Unit("A", league="L"), "B", "C"])
    method = attrs.evolve(STRANGE, framework=attrs.evolve(STRANGE.framework, absence=_shrink()))
    check_methodology(method, data=data, examples=5)


def test_given_strategy_is_drawn_from() -> None:
    rows = st.lists(st.floats(0, 9), min_size=3, max_size=3)
    figures = rows.map(lambda cells: observed({"x": cells}))
    untried = ("leagues_apart", "anonymity_of_leagues")
    excuses = dict.fromkeys(untried, "the figures are those of one league")
    check_methodology(STRANGE, data=figures, examples=5, excuses=excuses)


NOTHING = observed({"a": [None, None], "b": [None, None]})
SHRINKING = attrs.evolve(BROKEN, framework=attrs.evolve(BROKEN.framework, absence=_shrink()))


def test_law_that_given_data_never_let_be_tried_fails_and_says_so() -> None:
    assert _check(SHRINKING, "anonymity_of_order", data=NOTHING, examples=10)() == 10
    with pytest.raises(
        LawNotTried, match=r"'betterment' was not tried on .*: of 200 examples 0 could be tried, "
    ) as caught:
        _check(SHRINKING, "betterment", data=NOTHING, examples=10)()
    assert "the law does not apply to" in caught.value.said
    assert "excuses={'betterment': '…'}" in str(caught.value)


def test_kit_names_every_law_that_was_not_tried_unless_it_is_excused() -> None:
    with pytest.raises(LawNotTried, match="the law 'betterment' was not tried") as caught:
        check_methodology(SHRINKING, data=NOTHING, examples=1)
    untried = [
        line.split("'")[1] for line in str(caught.value).splitlines() if "was not tried" in line
    ]
    assert {"betterment", "dominance"} <= {*untried}
    excuses = dict.fromkeys(untried, "the sample has no figures")
    check_methodology(SHRINKING, data=NOTHING, examples=1, excuses=excuses)


REFUSERS = {
    "of more than 1 unit is": lambda data: len(data.units) > 1,
    "of more than 2 units is": lambda data: len(data.units) > 2,
    "of more than [2-4] units? is": lambda data: len(data.units) > 4,
}


def _refusing(refuses: Any) -> Methodology:
    def step(data: Observations) -> Observations:
        if refuses(data):
            raise gi.DataError("these units are too many for me")
        return data

    return attrs.evolve(SHRINKING, steps=[step])


@pytest.mark.parametrize("said", REFUSERS)
def test_methodology_that_refuses_larger_tables_breaks_scoring(said: str) -> None:
    with pytest.raises(LawBroken, match=f"every table {said} refused .*too many for me"):
        check_methodology(_refusing(REFUSERS[said]), examples=40)


def test_law_that_needs_what_is_refused_was_not_tried() -> None:
    def alike(data: Observations) -> bool:
        return len(np.unique(np.nan_to_num(data.values), axis=0)) < len(data.units)

    with pytest.raises(LawNotTried, match=r"'equal_units_tie' was not.*were refused \(steps of"):
        _check(_refusing(alike), "equal_units_tie", examples=2)()


def test_law_can_be_tried_by_hand() -> None:
    data = observed({"a": [50, 95], "b": [1, 1]})
    laws.betterment(BROKEN, data, unit="U0", indicator="a", value=80.0)
    with pytest.raises(LawBroken, match="falls from"):
        laws.betterment(BROKEN, data, unit="U0", indicator="a", value=95.0)


# -- profiles -------------------------------------------------------------------------------------


def test_deep_profile_tries_ten_thousand_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVINDEX_PROFILE", "deep")
    assert {check.examples for check in methodology_checks(GOOD)} == {10_000}
    monkeypatch.delenv("GOVINDEX_PROFILE")
    assert {check.examples for check in methodology_checks(GOOD)} == {15}


def test_checks_are_named_by_their_laws_for_pytest() -> None:
    assert "betterment" in [str(check) for check in methodology_checks(GOOD)]


def test_result_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "from tests.testing.test_kit import BROKEN, _check\n"
        "try: _check(BROKEN, 'dominance', examples=200)()\n"
        "except Exception as error: print(error)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert "breaks the law 'dominance'" in said.pop()
