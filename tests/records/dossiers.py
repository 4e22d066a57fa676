"""Made-up dossiers, and what a plain loop counts of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import attrs
import pandas as pd
from hypothesis import strategies as st

__all__ = ["DOSSIERS", "Dossier", "frame_of"]


@attrs.frozen
class Dossier:
    """One made-up dossier."""

    unit: str
    person: str | None
    received: date
    due: date | None
    returned: date | None
    status: str | None
    fee: float | None


_DAYS = st.integers(0, 120).map(lambda days: date(2025, 11, 20) + timedelta(days))

DOSSIERS = st.lists(
    st.builds(
        Dossier,
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(["x", "y", "z", None]),
        _DAYS,
        st.none() | _DAYS,
        st.none() | _DAYS,
        st.sampled_from(["done", "open", None]),
        st.sampled_from([0.0, 2.5, 1024.125, None]),
    ),
    min_size=1,
    max_size=12,
)

# Records in every month, so that there is no hole between periods.
MONTHS = tuple(
    Dossier("A", "x", date(year, month, 3), date(year, month, 9), date(year, month, 9), "done", 1.0)
    for year, month in ((2025, 11), (2025, 12), (2026, 1), (2026, 2), (2026, 3))
)


def frame_of(dossiers: Iterable[Dossier], *, with_months: bool = True) -> pd.DataFrame:
    """Return dossiers as a pandas frame."""
    every = [*(MONTHS if with_months else ()), *dossiers]
    columns: dict[str, list[Any]] = {
        field.name: [getattr(dossier, field.name) for dossier in every]
        for field in attrs.fields(Dossier)
    }
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    for name in ("received", "due", "returned"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.astype({"fee": float})
