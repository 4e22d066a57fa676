"""Long calls report how far they are, and stop when they are told to."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import govindex as gi
from govindex.meters import Meter

FRAMEWORK = gi.Framework(
    "x", [gi.Indicator(c, rule=gi.rules.Goalposts(worst=0, best=10)) for c in ("a", "b")]
)
METHOD = gi.Methodology("made-up", "1", FRAMEWORK)


def data() -> gi.Observations:
    frame = pd.DataFrame({"unit": list("ABCDE"), "a": [1, 2, 3, 4, None], "b": [5, 1, 2, 9, 4.0]})
    return gi.Observations.from_frame(frame)


def complete() -> gi.Observations:
    return data().take(list("ABCD"))


def folder(tmp_path: Path) -> Path:
    for unit in "ABC":
        (tmp_path / f"{unit}.csv").write_text(f"unit;a;b\n{unit};3;4\n", encoding="utf-8")
    return tmp_path


def points() -> gi.Methodology:
    leaves = [gi.Indicator(c, weight=5, rule=gi.rules.Points()) for c in ("a", "b")]
    return gi.Methodology("p", "1", gi.Framework("x", leaves, aggregate=gi.aggregate.Sum()))


def forms(tmp_path: Path) -> Path:
    for unit in "AB":
        gi.workbooks.write_form(points(), tmp_path / f"{unit}.xlsx", units=[unit])
    return tmp_path


def sample(progress: Any) -> gi.robustness.RankSample:
    vary = [gi.robustness.Weights(spread=0.2)]
    return gi.robustness.sample_ranks(
        METHOD, complete(), vary=vary, draws=300, rng=1, progress=progress
    )


def kit(progress: Any, _: Path) -> None:
    from govindex.testing import check_methodology

    check_methodology(METHOD, examples=2, progress=progress)


LONG: dict[str, tuple[int | None, Callable[[Any, Path], Any]]] = {
    "sample_ranks": (300, lambda p, _: sample(p)),
    "reversals": (
        8, lambda p, _: gi.robustness.reversals(METHOD, complete(), copies=True, progress=p)
    ),
    "imputations": (7, lambda p, _: gi.prepare.imputations(data(), 7, rng=1, progress=p)),
    "read_scores": (
        3, lambda p, t: gi.workbooks.read_scores(folder(t), points(), progress=p)
    ),
    "read_form": (
        2,
        lambda p, t: gi.workbooks.read_form(forms(t), points(), on_problem="collect", progress=p),
    ),
    "check_methodology": (None, kit),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_a_long_call_reports_each_step_up_to_the_last(name: str, tmp_path: Path) -> None:
    count, call = LONG[name]
    calls: list[tuple[int, int]] = []
    call(lambda done, whole: calls.append((done, whole)), tmp_path)
    done = [number for number, _ in calls]
    assert done == sorted(set(done))
    assert {whole for _, whole in calls} == {done[-1]}
    assert count in (None, done[-1])


@pytest.mark.parametrize("name", LONG)
def test_a_long_call_refuses_what_is_no_progress(name: str, tmp_path: Path) -> None:
    with pytest.raises(gi.SettingError, match="progress is True, False or a function, not 'bar'"):
        LONG[name][1]("bar", tmp_path)


def test_a_bar_shows_what_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    gi.robustness.reversals(METHOD, complete(), progress=True)
    shown = capsys.readouterr().err
    assert "100%" in shown
    assert "4.00/4.00" in shown
    assert "cases" in shown


def test_an_interrupted_call_says_what_was_done() -> None:
    def interrupt(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="stopped after 3 of 8 cases; nothing is returned"):
        gi.robustness.reversals(METHOD, complete(), copies=True, progress=interrupt)


def test_a_function_of_other_arguments_is_refused() -> None:
    with pytest.raises(
        gi.SettingError, match=r"progress is called as progress\(done, all\): .*len"
    ):
        gi.robustness.reversals(METHOD, complete(), progress=len)  # type: ignore[arg-type]


def test_another_error_is_raised_as_it_is() -> None:
    with pytest.raises(ValueError, match="mine"), Meter(3, None, "draws"):
        raise ValueError("mine")


SCRIPT = """
import os, sys, time
from concurrent.futures import {pool}
import govindex as gi

def begun(done, whole):
    if not begun.said:
        print("begun", flush=True)
    begun.said = True
begun.said = False

if __name__ == "__main__":
    groups = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    vary = [gi.robustness.Weights(spread=0.2)]
    pool = {made}
    if pool is not None:
        submit = pool.submit
        pool.submit = lambda *task: (begun(0, 0), submit(*task))[1]
    try:
        gi.robustness.sample_ranks(
            groups, data, vary=vary, draws=200_000_000, rng=1, executor=pool, progress=begun)
    except KeyboardInterrupt as error:
        if pool is not None:
            pool.shutdown(wait=True)
        print(error, flush=True)
        sys.exit(7)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT to one process: POSIX")
@pytest.mark.parametrize(
    ("pool", "made"),
    [
        ("ProcessPoolExecutor", "ProcessPoolExecutor(2)"),
        ("ThreadPoolExecutor", "ThreadPoolExecutor(2)"),
        ("Executor", "None"),
    ],
    ids=["processes", "threads", "alone"],
)
def test_ctrl_c_stops_workers_at_once(pool: str, made: str, tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(SCRIPT.format(pool=pool, made=made), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(2)  # workers are busy with their first task of millions of draws
        assert process.poll() is None
        start = time.monotonic()
        process.send_signal(signal.SIGINT)  # to this process only, as a notebook does
        out, err = process.communicate(timeout=30)
        seconds = time.monotonic() - start
    finally:
        process.kill()
    assert process.returncode == 7, err
    assert "of 200,000,000 draws; nothing is returned" in out
    # Two seconds and the end of Python on an idle machine; all draws would take minutes.
    assert seconds < (2.5 if os.environ.get("GOVINDEX_PROFILE") == "full" else 15)


def test_a_limit_of_time_lets_a_call_go_on_until_it_is_up() -> None:
    now = [100.0]
    limit = gi.TimeLimit(5, clock=lambda: now[0])
    now[0] = 105.0
    limit(3, 8)
    now[0] = 105.1
    with pytest.raises(gi.StoppedError, match=r"^stopped after 4 of 8: the limit is 5 s$"):
        limit(4, 8)


def test_a_cancelled_limit_stops_a_call_whatever_the_time_is() -> None:
    limit = gi.TimeLimit(5, clock=lambda: 0.0)
    limit.cancel()
    with pytest.raises(gi.StoppedError, match="it was cancelled"):
        limit()


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "5", None])
def test_impossible_limits_of_time_are_refused(seconds: Any) -> None:
    with pytest.raises(gi.SettingError, match="seconds is a number above 0"):
        gi.TimeLimit(seconds)


def test_a_limit_of_time_ends_a_sample_after_the_block_in_which_it_is_up() -> None:
    clock = itertools.count()
    method = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    vary = [gi.robustness.Weights(spread=0.25)]
    limit = gi.TimeLimit(1, clock=lambda: next(clock))
    with pytest.raises(gi.StoppedError, match=r"stopped after \d[\d,]* of 20,000"):
        gi.robustness.sample_ranks(method, data, vary=vary, draws=20_000, rng=1, progress=limit)
    assert next(clock) == 3  # at the start, and after two blocks
