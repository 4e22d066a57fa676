"""Reference data of third parties, which lie beside the checkout and never in it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"


def reference(name: str) -> Path:
    """Return a file or folder of reference data; skip the test where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the reference data '{name}' do not lie beside the checkout")
    return path


def reference_table(name: str) -> pd.DataFrame:
    """Return a table of reference data, texts as they are and "NA" missing."""
    return pd.read_csv(
        reference(name),
        na_values=["NA", "NaN"],
        keep_default_na=False,
        float_precision="round_trip",  # by default, pandas before 3 may miss the last bit
    )
