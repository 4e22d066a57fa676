"""A Dask cluster of two processes counts what pandas counts, also if a worker is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from govindex.engines import grouped_distinct, grouped_sums, open_records


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Return a client of two worker processes."""
    distributed = pytest.importorskip("distributed")
    import dask

    with dask.config.set({"distributed.worker.daemon": True}):
        cluster = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        )
    with cluster, distributed.Client(cluster) as opened:
        yield opened


def frame(rows: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    units = np.array(["A", "B", "C"], dtype=object)[rng.integers(0, 3, rows)]
    return pd.DataFrame({"unit": units, "who": rng.integers(0, 900, rows), "fee": 0.25})


def counts(table: Any) -> list[Any]:
    opened = open_records(table)
    sums = grouped_sums(opened, ["unit"], {"fee": nw.col("fee")})
    return [
        sums.to_numpy().tolist(),
        grouped_distinct(opened, [], nw.col("who")).to_numpy().tolist(),
    ]


def test_two_processes_count_what_pandas_counts(client: Any) -> None:
    import dask.dataframe as dd

    table = dd.from_pandas(frame(), npartitions=5)  # type: ignore[no-untyped-call]
    assert counts(table) == counts(frame())


@pytest.mark.skipif(
    os.environ.get("GOVINDEX_PROFILE", "quick") == "quick", reason="nox -s engines kills a worker"
)
def test_a_killed_worker_loses_and_doubles_nothing(client: Any, tmp_path: Any) -> None:
    import dask.dataframe as dd

    whole = frame().assign(number=np.repeat(np.arange(8), 500))
    table = dd.from_pandas(whole, npartitions=8)  # type: ignore[no-untyped-call]
    mark = str(tmp_path / "killed")

    # Inside the test, since workers may not import it: they get the function itself.
    def killing(part: pd.DataFrame) -> pd.DataFrame:
        """Kill the process that counts the third part, the first time."""
        if len(part) and part["number"].iloc[0] == 2 and not os.path.exists(mark):
            with open(mark, "w", encoding="utf-8") as file:
                file.write("killed")
            os._exit(1)
        return part

    slow = table.map_partitions(killing, meta=table._meta)
    assert counts(slow) == counts(whole)
    assert os.path.exists(mark)
