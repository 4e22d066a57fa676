"""The ASEM index, 51 economies × 49 indicators, from the reference data beside the checkout."""

from __future__ import annotations

from typing import Any

import pandas as pd

from govindex import Framework, Observations
from govindex.contracts import Rule
from govindex.rules import Identity
from tests.reference import reference_table

__all__ = ["asem_data", "asem_framework", "asem_meta", "asem_panel", "asem_table"]


def asem_table(name: str) -> pd.DataFrame:
    """Return a table of the folder, numbers as numbers."""
    return reference_table(f"asem/{name}.csv")


def asem_meta() -> pd.DataFrame:
    """Return indicators, dimensions and the index, one row each."""
    meta = asem_table("input_iMeta")
    return meta[meta["Type"].isin(["Indicator", "Aggregate"])]


def asem_framework(rule: Rule | None = None, **settings: Any) -> Framework:
    """Return the framework, every indicator with one rule, or with shares for values."""
    meta = asem_meta()
    directions = meta["Direction"].astype(float).map({1.0: "higher", -1.0: "lower"})
    table = pd.DataFrame(
        {
            "code": meta["iCode"],
            "parent": meta["Parent"],
            "weight": meta["Weight"].astype(float).where(meta["iCode"] != "Index"),
            # Values that are shares already have no direction any more.
            "direction": directions.where((meta["Type"] == "Indicator") & (rule is not None)),
        }
    )
    return Framework.from_table(table, rule=rule or Identity(), **settings)


def asem_data(name: str, *, leagues: str | None = None) -> Observations:
    """Return a table of units × indicators as observations; NA is missing."""
    table = asem_table(name)
    codes = [c for c in asem_meta()["iCode"] if c in table.columns]
    frame = pd.concat([table[["uCode"]], table[codes].astype(float)], axis=1)
    if leagues is not None:
        frame["league"] = table[leagues]
    return Observations.from_frame(
        frame, unit="uCode", league="league" if leagues is not None else None
    )


def asem_panel(name: str) -> Observations:
    """Return a table of economies and years as a panel; NA is missing."""
    table = asem_table(name)
    codes = [code for code in asem_meta()["iCode"] if code in table.columns]
    frame = table[["uCode", "Time"]].join(table[codes].astype(float))
    return Observations.from_frame(frame, unit="uCode", period="Time", variables=codes)
