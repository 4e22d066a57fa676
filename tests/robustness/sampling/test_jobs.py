"""Draws computed by other processes and machines: the same bytes, nothing lost, nothing twice."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any

import attrs
import numpy as np
import pytest

from govindex import (
    DataError,
    Framework,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    Units,
    absence,
    aggregate,
    prepare,
    robustness,
    rules,
    treat,
)
from govindex.robustness import RankSample, sample_ranks
from govindex.robustness.sampling import jobs
from govindex.robustness.sampling.counts import DrawCounts
from govindex.robustness.sampling.draws import Runner

CODES = tuple("xyz")
VARY: list[Any] = [
    robustness.Weights(spread=0.5),
    robustness.Errors({"x": 0.05}, distribution="normal", limits={"x": (0.1, 1)}),
    robustness.Alternatives(
        aggregate=[None, aggregate.Geometric(offset=0.1)], probabilities=[0.75, 0.25]
    ),
    robustness.Alternatives(steps=[[], [prepare.Treat([treat.Winsorise(1)])]]),
    robustness.LeaveOut(["y", "z"]),
]


def method_of(**settings: Any) -> Methodology:
    leaves = [Indicator(code, rule=rules.MinMax()) for code in CODES]
    return Methodology("example.elsewhere", "1", Framework("index", leaves, **settings))


def data_of(units: int, missing: float = 0.0) -> Observations:
    rng = np.random.default_rng(5)
    values = rng.gamma(2.0, 1.0, (units, len(CODES)))
    values[rng.random(values.shape) < missing] = np.nan
    return Observations(Units(tuple(f"u{n:03}" for n in range(units))), CODES, values)


def drawn(draws: int = 4_000, units: int = 40, vary: Any = None, **settings: Any) -> RankSample:
    method = method_of(absence=absence.Shrink())
    return sample_ranks(method, data_of(units), vary=vary or VARY, draws=draws, rng=11, **settings)


def bytes_of(sample: RankSample) -> bytes:
    assert sample._kept is not None
    return sample._kept.tobytes()


def counts_of(tally: Any) -> list[Any]:
    return [np.asarray(count).tolist() for count in attrs.astuple(tally, recurse=False)]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no draws, as with too many of them."""
    monkeypatch.setattr("govindex.robustness.sampling.samples._KEPT_BYTES", 0)


# -- processes of this machine --------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as actual:
        yield actual


@pytest.mark.parametrize("tasks", [1, 3, 1000])
def test_processes_and_tasks_of_any_size_give_the_same_bytes(
    pool: Executor, tasks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_TASKS", tasks)
    assert bytes_of(drawn(executor=pool)) == bytes_of(drawn())


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("together", [1, 2**22])
def test_processes_count_the_same(
    pool: Executor, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = drawn(executor=pool)._tally
    monkeypatch.setattr(jobs, "_TOGETHER", together)
    assert counts_of(elsewhere) == counts_of(drawn()._tally)


def test_an_error_in_another_process_is_the_same(pool: Executor) -> None:
    vary = [
        robustness.Errors({"x": 5.0}),
        robustness.Alternatives(aggregate=[aggregate.Geometric()]),
    ]
    said = []
    for executor in (None, pool):
        with pytest.raises(DataError, match=r"draw 0 .*Geometric.* cannot be") as error:
            drawn(vary=vary, executor=executor)
        said.append(str(error.value))
    assert said[0] == said[1]


def _dies(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_dies_is_reported_with_a_cure() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
        own.submit(_dies)
        with pytest.raises(SettingError, match=r"a worker died, .*memory, before 4,000 draws"):
            drawn(executor=own)


class _Losing(ThreadPoolExecutor):
    """Loses its workers as Dask does, with an error of its library."""

    def submit(self, *_: Any, **__: Any) -> Any:
        lost: Future[Any] = Future()
        error = type("KilledWorker", (Exception,), {"__module__": "distributed.scheduler"})
        lost.set_exception(error("3 workers died"))
        return lost


def test_workers_of_dask_that_keep_dying_are_reported_with_a_cure() -> None:
    with (
        _Losing(1) as own,
        pytest.raises(SettingError, match=r"a worker died, .*memory, before 4,000 draws") as error,
    ):
        drawn(executor=own)
    assert str(error.value.__cause__) == "3 workers died"


def test_an_executor_that_was_shut_down_is_refused() -> None:
    own = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    own.shutdown()
    with pytest.raises(SettingError, match="the executor takes no work"):
        drawn(executor=own)


def test_a_job_of_a_million_draws_can_be_sent_and_is_no_larger_than_a_small_one() -> None:
    sample = drawn(draws=100)
    sizes = []
    for draws in (1_000, 1_000_000):
        task = attrs.evolve(sample._drawable, draws=draws), sample._counting
        sent = pickle.dumps(task)
        here, there = (
            jobs._compute(recipe, counting, (0, 1), Runner(recipe), lambda _: None)
            for recipe, counting in (task, pickle.loads(sent))
        )
        assert isinstance(here, DrawCounts)
        assert isinstance(there, DrawCounts)
        assert counts_of(here) == counts_of(there)
        sizes.append(len(sent))
    assert sizes[1] - sizes[0] < 100


# -- several machines -----------------------------------------------------------------------------


@contextmanager
def _busy(port: int) -> Iterator[None]:
    """Keep a port busy, so that nothing here can depend on its being free."""
    with socket.socket() as taken:
        # Somebody else may have it, which is as good.
        with suppress(OSError):
            taken.bind(("127.0.0.1", port))
            taken.listen()
        yield


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    distributed = pytest.importorskip(
        "distributed", reason="dask and distributed are not installed (the extra 'dask')"
    )
    with (
        _busy(8787),  # where the dashboard would be
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address=":0",
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster) as actual,
    ):
        yield actual


def test_dask_workers_give_the_same_bytes(client: Any) -> None:
    assert len(client.scheduler_info()["workers"]) == 2
    assert bytes_of(drawn(executor=client.get_executor())) == bytes_of(drawn())


@pytest.mark.usefixtures("counted")
def test_a_killed_dask_worker_loses_nothing_and_counts_nothing_twice(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = 100_000
    calls: list[int] = []
    first = client.run(os.getpid)

    def kill(done: int, whole: int) -> None:
        if not calls:
            os.kill(next(iter(first.values())), signal.SIGKILL)
        calls.append(done)

    vary = [robustness.Weights(spread=0.5)]
    together = drawn(draws, 60, vary, executor=client.get_executor(), progress=kill)
    assert calls == sorted(set(calls))
    assert calls[-1] == draws
    assert counts_of(together._tally) == counts_of(drawn(draws, 60, vary)._tally)
    assert together._tally.draws == draws
    client.wait_for_workers(2, timeout=20)
    assert set(client.run(os.getpid).values()) != set(first.values())


def test_a_worker_scores_the_data_of_a_job_once() -> None:
    sample = drawn(draws=100)
    recipe, other = sample._drawable, attrs.evolve(sample._drawable)
    worker = jobs._Worker()
    runner = worker.runner_of(recipe)
    assert worker.runner_of(pickle.loads(pickle.dumps(recipe))) is runner
    assert worker.runner_of(other) is not runner


def test_matrix_products_have_their_threads_again_when_no_task_runs() -> None:
    pools = pytest.importorskip("threadpoolctl").ThreadpoolController()
    before = [pool["num_threads"] for pool in pools.select(user_api="blas").info()]
    limit = jobs._OneThread()
    with limit:
        inside = limit._limit
        with limit:
            assert limit._limit is inside
        assert limit._limit is inside
        counts = [pool["num_threads"] for pool in pools.select(user_api="blas").info()]
        assert set(counts) <= {1}
    assert limit._limit is None
    assert [pool["num_threads"] for pool in pools.select(user_api="blas").info()] == before


def test_an_error_of_progress_stops_workers_within_a_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, count: int) -> None:
        stopped.append(len(blocks))
        raise EnoughError

    def slow(self: Runner, number: int, **settings: Any) -> Any:
        blocks.append(number)
        time.sleep(0.005)
        return run(self, number, **settings)

    blocks: list[int] = []
    stopped: list[int] = []
    run = Runner.run
    monkeypatch.setattr(Runner, "run", slow)
    leaves = [Indicator(code, rule=rules.MinMax()) for code in "ab"]
    method = Methodology("m", "1", Framework("f", leaves))
    data = Observations(Units(("A", "B", "C")), ["a", "b"], [[1.0, 3], [2, 1], [3, 2]])  # type: ignore[arg-type]
    vary = [robustness.Weights(spread=0.3)]
    with ThreadPoolExecutor(2) as executor, pytest.raises(EnoughError):
        sample_ranks(
            method, data, vary=vary, draws=1_000_000, rng=1, executor=executor, progress=stop
        )
    # Each worker ends the block that it has begun; a task has over a dozen.
    assert len(blocks) - stopped[0] <= 2
