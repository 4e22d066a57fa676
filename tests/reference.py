"""Reference data of third parties, which lie beside the checkout and never in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    # By default, pandas before 3 may miss the last bit of a number.
    exact: Any = {} if pd.__version__ >= "3" else {"float_precision": "round_trip"}
    table: pd.DataFrame = pd.read_csv(
        reference(name), na_values=["NA", "NaN"], keep_default_na=False, **exact
    )
    return table
