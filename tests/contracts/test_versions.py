"""What plug-ins are asked for changes together with its version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from govindex import contracts, testing
from tests.public_names import public_names

# What a plug-in keeps to: if a hash differs, raise the version (docs/compatibility.md says which
# part of it) and write the new hash.
PROTOCOL = ((1, 0), "a531d6becd0fa08e")
LAWS = ((1, 0), "6a6b94c0a99d5908")
ASKED = (
    *("AbsencePolicy", "Aggregator", "GapFill", "Measure", "RelativeAggregator", "RelativeRule"),
    *("Rounder", "Rule", "Step", "Treatment"),
)


def digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def test_protocol_of_plug_ins_changes_with_its_version() -> None:
    prefixes = tuple(f"govindex.contracts.{name}." for name in ASKED)
    asked = [line for line in public_names() if line.startswith(prefixes)]
    assert {line.split(".")[2] for line in asked} == {*ASKED}
    assert (contracts.PROTOCOL, digest(asked)) == PROTOCOL


def test_laws_of_the_kit_change_with_their_version() -> None:
    assert (testing.LAWS_VERSION, digest(law.name for law in testing.LAWS)) == LAWS
