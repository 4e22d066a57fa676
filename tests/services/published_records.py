"""Records with published numerators and denominators: a row for each dossier that they count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["own_counts", "published_tables"]

_DAY, _BEFORE = np.datetime64("2026-03-02", "s"), np.datetime64("2025-12-01", "s")
_LAST, _LATER = np.datetime64("2026-09-01", "s"), np.datetime64("2026-12-31", "s")
_NEVER = np.datetime64("NaT", "D")
# The flags of dossiers by the variable that counts them.
_FLAGS = {
    "4.1.a": "electronic_result",
    "4.2.a": "digitised",
    "4.3.a": "reused",
    "4.4.a": "in_personal_store",
    "4.5b.a": "population_data",
}
_DIFFERENT = ("3.2.a", "3.5b.a")  # a procedure of two units counts once above them

Counts = Mapping[str, int]


def own_counts(whole: Counts, parts: list[Counts]) -> dict[str, int]:
    """Return what a unit counts besides the units below it."""
    return {
        name: number
        if name in _DIFFERENT or name.startswith(("1.", "3.1", "3.2", "3.5", "4.5a"))
        else number - sum(part.get(name, 0) for part in parts)
        for name, number in whole.items()
    }


def published_tables(units: Mapping[str, Counts]) -> dict[str, pd.DataFrame]:
    """Return tables of records whose counts are those of each unit."""
    return {
        "dossiers": _together(_dossiers, units),
        "procedures": _together(_procedures, units),
        "petitions": _together(_petitions, units),
        "communes": pd.DataFrame(
            {
                "commune": pd.Series([], dtype="string"),
                "unit": pd.Series([], dtype="string"),
                "certified_copies": pd.Series([], dtype="boolean"),
            }
        ),
    }


def _together(table: Any, units: Mapping[str, Counts]) -> pd.DataFrame:
    parts = [table(counts).assign(unit=code) for code, counts in units.items()]
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together


def _first(number: int, of: int) -> Any:
    assert number <= of
    return np.arange(of) < number


def _dossiers(counts: Counts) -> pd.DataFrame:
    n = counts["2.1.b"]
    row, received, late = np.arange(n), counts["3.3.b"], ~_first(counts["2.1.a"], n)
    paid = row < counts["3.6.a"]
    # Paid ones use the first procedures over and over, other ones all of them.
    procedure = np.where(
        paid, row % max(counts["3.5b.a"], 1), row % max(counts["3.2.a"], counts["3.5b.a"], 1)
    )
    good = counts["5.4.a"]
    return pd.DataFrame(
        {
            "procedure": np.array([f"p{k}" for k in range(1 + int(procedure.max()))])[procedure],
            "received": np.where(row < received, _DAY, _BEFORE),
            "due": np.where(late, _DAY, _LATER),
            "finished": np.where(row % 3 == 1, _NEVER, _LAST),
            "channel": np.where(row < counts["3.3.a"], "online", "counter"),
            "fee": row < counts["3.6.b"],
            "paid_online": paid,
            "synchronised": True,
            "complaint": (row >= good) & ~late,
            **{flag: _first(counts[name], n) for name, flag in _FLAGS.items()},
        }
    )


def _procedures(counts: Counts) -> pd.DataFrame:
    """Return procedures, those that other units have too coming first."""
    services = counts.get("1.3.b", 0) + counts.get("3.2.b", 0) - counts.get("3.1.a", 0)
    n = max(services, *(counts.get(name, 0) for name in ("3.5a.b", "4.5a.b", "1.1.b")))
    row = np.arange(n)

    def days(number: int) -> Any:
        return np.where(row < number, _DAY, _NEVER)

    return pd.DataFrame(
        {
            "procedure": [f"p{k}" for k in range(n)],
            "own": row < counts.get("1.3.b", 0),
            "announced": days(counts.get("1.1.b", 0)),
            "announced_on_time": row < counts.get("1.1.a", 0),
            "updated": days(counts.get("1.2.b", 0)),
            "published_on_time": row < counts.get("1.2.a", 0),
            "published": True,
            "complete": row < counts.get("1.3.a", 0),
            "online": np.where(_online(row, counts), "full", "none"),
            "fee": row < counts.get("3.5a.b", 0),
            "payable_on_portal": row < counts.get("3.5a.a", 0),
            "for_persons": row < counts.get("4.5a.b", 0),
            "population_data": row < counts.get("4.5a.a", 0),
        }
    )


def _online(row: Any, counts: Counts) -> Any:
    """Return which procedures are online: some of the unit's own, and as many others as needed."""
    own, offered = counts.get("1.3.b", 0), counts.get("3.1.a", 0)
    others = counts.get("3.2.b", 0) - offered
    return (row < offered) | ((row >= own) & (row < own + others))


def _petitions(counts: Counts) -> pd.DataFrame:
    n = counts.get("5.2.b", 0)
    row = np.arange(n)
    return pd.DataFrame(
        {
            "received": np.full(n, _DAY),
            "due": np.full(n, _DAY),
            "answered": np.where(row < counts.get("5.2.a", 0), _DAY, _LAST),
            "about": "other",
            "dissatisfied": row >= counts.get("5.3.a", 0),
            "renewed": np.zeros(n, dtype=bool),
        }
    )
