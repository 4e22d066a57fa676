"""Every law catches the mutants that break it, and no sound methodology."""

from __future__ import annotations

import pytest

from govindex.testing import Check, LawBroken
from govindex.testing.kit import LAWS
from govindex.testing.law import why_not
from govindex.testing.subject import Subject
from tests.mutants import MUTANTS, Mutant
from tests.own_laws import OWN_LAWS
from tests.sampling import some

REFUSALS = (
    "gave a share for an absent value",
    "gave no finite share",
    "refuses what it says it takes",
    "computing raises ZeroDivisionError",
    "valid data are refused",
)
SOUND = {(id(m.sound), m.law.name, id(m.data)): m for m in MUTANTS}


@pytest.mark.parametrize("mutant", some(MUTANTS), ids=str)
def test_law_catches_the_mutant(mutant: Mutant) -> None:
    subject = Subject(mutant.method)
    assert why_not(mutant.law, subject) == ""
    with pytest.raises(LawBroken) as broken:
        Check(mutant.law, subject, mutant.data, mutant.examples)()
    said = str(broken.value).splitlines()[1]
    assert mutant.says in said
    refused = "valid data are refused" in said or "computing raises" in said
    assert refused == (mutant.says in REFUSALS)


@pytest.mark.parametrize("mutant", some(SOUND.values()), ids=str)
def test_sound_methodology_keeps_the_law(mutant: Mutant) -> None:
    subject = Subject(mutant.sound)
    assert why_not(mutant.law, subject) == ""
    Check(mutant.law, subject, mutant.data, 20)()


def test_every_law_catches_a_mutant() -> None:
    assert {law.name for law in (*LAWS, *OWN_LAWS)} == {mutant.law.name for mutant in MUTANTS}


def test_there_are_many_mutants() -> None:
    assert len({mutant.name for mutant in MUTANTS}) >= 40
