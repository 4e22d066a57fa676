"""Jobs: ranges of blocks, computed in this process or by an executor."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, wait
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast
from uuid import uuid4

import numpy as np

from govindex.compute import Scored
from govindex.errors import GovIndexError, SettingError
from govindex.meters import Meter, Progress
from govindex.robustness.sampling.counts import Counting, DrawCounts
from govindex.robustness.sampling.draws import BlockRanks, Ranks, Recipe, Runner

__all__ = ["run"]

AnyScored = Sequence[Scored] | None

_TASKS = 32
_COUNTED_TASKS = 8
_TOGETHER = 2**22
_SECONDS = 2.0  # in which workers stop after Ctrl-C


class _StoppedError(Exception):
    """A worker that was told to stop."""


def _compute(
    recipe: Recipe,
    counting: Counting | None,
    blocks: tuple[int, int],
    runner: Runner,
    after_block: Callable[[int], None],
) -> BlockRanks | DrawCounts:
    """Compute a range of blocks, and count or keep their ranks.

    `after_block` is called after each, with its draws.
    """
    first, last = blocks
    units = len(recipe.basis.prepared.units)
    dtype = np.int16 if 2 * units + 1 < 2**15 else np.int32
    start, stop = first * recipe.block, min(last * recipe.block, recipe.draws)
    most = stop - start if counting is None else max(_TOGETHER // units, recipe.block)
    ranks = np.empty((min(most, stop - start), units), dtype=dtype)
    failed = np.zeros(len(ranks), dtype=bool)
    tally, filled = None, 0
    for number in range(first, last):
        count = runner.draws_of(number)
        if counting is not None and filled + count > len(ranks):
            tally = counting(ranks[:filled], failed[:filled], tally)
            filled = 0
        outcome = runner.run(number, ranks=ranks[filled : filled + count])
        failed[filled : filled + count] = outcome.failed
        filled += count
        after_block(count)
    if counting is None:
        return BlockRanks(ranks, None, failed)
    return counting(ranks[:filled], failed[:filled], tally)


class _Worker(threading.local):
    """The runner that a worker keeps between tasks, so that data are scored once."""

    def __init__(self) -> None:
        self.key, self.runner = "", cast(Runner, None)

    def runner_of(self, recipe: Recipe) -> Runner:
        if self.key != recipe.key:
            self.key, self.runner = recipe.key, Runner(recipe)
        return self.runner


_WORKER = _Worker()


def _compute_in_worker(
    recipe: Recipe, counting: Counting | None, first: int, last: int, sign: str
) -> BlockRanks | DrawCounts:
    """Compute blocks in a worker, with one thread for matrix products.

    It stops between two blocks if there is a file of the name in `sign`.
    """

    def stop_if_told(_: int) -> None:
        if os.path.exists(sign):
            raise _StoppedError

    stop_if_told(0)
    with _ONE_THREAD:
        runner = _WORKER.runner_of(recipe)
        return _compute(recipe, counting, (first, last), runner, stop_if_told)


class _OneThread:
    """Limits matrix products to one thread while a task of this process runs."""

    def __init__(self) -> None:
        self._lock, self._tasks, self._limit = threading.Lock(), 0, cast(Any, None)

    def __enter__(self) -> None:
        with self._lock:
            self._tasks += 1
            controller = _thread_pools()
            if self._tasks == 1 and controller is not None:
                self._limit = controller.limit(limits=1, user_api="blas")

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._tasks -= 1
            if self._tasks == 0 and self._limit is not None:
                self._limit.restore_original_limits()
                self._limit = None


_ONE_THREAD = _OneThread()


@cache
def _thread_pools() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # it comes with the extra `ml`
        return None
    return ThreadpoolController()


def run(
    recipe: Recipe,
    counting: Counting | None,
    executor: Executor | None = None,
    progress: Progress = None,
    scored: AnyScored = None,
) -> BlockRanks | DrawCounts:
    """Compute all blocks of a recipe.

    Parameters
    ----------
    recipe : Recipe
    counting : Counting or None
        Counts the ranks of every draw; with None they are kept.
    executor : concurrent.futures.Executor, optional
        Computes the blocks; without it they are computed in this process.
    progress : bool or callable, optional
        Show a bar (needs tqdm), or call ``progress(done, all)`` with draws.
    scored : sequence of Scored, optional
        The indicators of the unvaried methodology by form, if they are scored already.
    """
    blocks = recipe.blocks
    alone = executor is None
    # Counts are as large for a few draws as for many, and are sent once for each task.
    most = _TASKS if counting is None or executor is None else _COUNTED_TASKS
    size = blocks if alone else -(-blocks // min(blocks, most))
    ranges = [(first, min(first + size, blocks)) for first in range(0, blocks, size)]
    kept: dict[int, BlockRanks] = {}
    counted: DrawCounts | None = None
    with Meter(recipe.draws, progress, "draws") as meter:
        found = (
            _computed_here(recipe, counting, ranges, scored, meter)
            if executor is None
            else _computed(recipe, counting, ranges, executor, meter)
        )
        with closing(found):
            for first, outcome in found:
                if isinstance(outcome, BlockRanks):
                    kept[first] = outcome
                elif counted is None:
                    counted = outcome
                else:
                    counted.add(outcome)
    return _in_order(kept) if counted is None else counted


def _in_order(kept: dict[int, BlockRanks]) -> BlockRanks:
    ordered = [kept[first] for first in sorted(kept)]
    if len(ordered) == 1:
        return ordered[0]
    ranks: Ranks = np.concatenate([outcome.ranks for outcome in ordered])
    return BlockRanks(ranks, None, np.concatenate([outcome.failed for outcome in ordered]))


def _computed_here(
    recipe: Recipe,
    counting: Counting | None,
    ranges: list[tuple[int, int]],
    scored: AnyScored,
    meter: Meter,
) -> Generator[tuple[int, BlockRanks | DrawCounts], None, None]:
    """Yield the results of ranges of blocks, computed in this process."""
    runner = Runner(recipe, scored)
    for blocks in ranges:
        yield blocks[0], _compute(recipe, counting, blocks, runner, meter)


def _computed(
    recipe: Recipe,
    counting: Counting | None,
    ranges: list[tuple[int, int]],
    executor: Executor,
    meter: Meter,
) -> Generator[tuple[int, BlockRanks | DrawCounts], None, None]:
    """Yield the results of ranges of blocks as they are completed by workers."""
    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        raise SettingError(f"executor is a concurrent.futures.Executor, not {executor!r}")
    waiting: list[Any] = []
    done: SimpleQueue[tuple[tuple[int, int], Any]] = SimpleQueue()
    sign = Path(tempfile.gettempdir(), f"govindex-stop-{uuid4().hex}")
    try:
        for blocks in ranges:
            waiting.append(_submitted(executor, recipe, counting, *blocks, str(sign)))
            # Futures of other libraries only share the public interface.
            waiting[-1].add_done_callback(partial(_put, done, blocks))
        for (first, last), outcome in _collected(done, dict(zip(ranges, waiting, strict=True))):
            count = min(last * recipe.block, recipe.draws) - first * recipe.block
            try:
                meter(count)
            except Exception:  # the caller's progress= stops the sample
                _stop(waiting, sign)
                raise
            yield first, outcome
    except (KeyboardInterrupt, GeneratorExit):  # or the caller was interrupted
        _stop(waiting, sign)
        raise
    except Exception as error:
        if not _is_of_executor(error):
            raise
        raise SettingError(
            f"executor: a worker died, perhaps from lack of memory, before {recipe.draws:,} "
            "draws were done; take a new executor, with fewer workers if memory is short"
        ) from error
    finally:
        for future in waiting:
            future.cancel()


def _stop(waiting: Sequence[Any], sign: Path) -> None:
    """Tell workers to stop after their block, and wait a little until they have."""
    sign.touch()
    try:
        for future in waiting:
            future.cancel()
        if all(hasattr(future, "_waiters") for future in waiting):  # of the standard library
            wait(waiting, timeout=_SECONDS)
    finally:
        sign.unlink(missing_ok=True)


def _is_of_executor(error: Exception) -> bool:
    """Return whether workers of a pool or of Dask were lost; Dask need not be installed."""
    family = type(error).__module__.partition(".")[0]
    return isinstance(error, BrokenExecutor) or family in ("distributed", "dask")


def _collected(
    done: SimpleQueue[tuple[tuple[int, int], Any]], waiting: dict[tuple[int, int], Any]
) -> Iterator[tuple[tuple[int, int], BlockRanks | DrawCounts]]:
    """Yield the results of workers; of several errors raise that of the first draws."""
    failed: dict[tuple[int, int], GovIndexError] = {}
    for _ in waiting:
        blocks, future = done.get()
        try:
            outcome = future.result()
        except GovIndexError as error:
            failed[blocks] = error
            for later in waiting:
                if later > blocks:
                    waiting[later].cancel()
        except CancelledError:
            if not failed:
                raise
        else:
            yield blocks, outcome
    if failed:
        raise failed[min(failed)]


def _submitted(executor: Executor, *task: Any) -> Any:
    try:
        return executor.submit(_compute_in_worker, *task)
    except RuntimeError as error:
        if _is_of_executor(error):
            raise
        raise SettingError(f"the executor takes no work: {error}") from error


def _put(
    done: SimpleQueue[tuple[tuple[int, int], Any]], blocks: tuple[int, int], future: Any
) -> None:
    done.put((blocks, future))
