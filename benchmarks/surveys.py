"""Made-up answers to 22 questions in 63 domains, with standard errors: in memory, and in engines.

Run: ``python benchmarks/surveys.py`` for a million respondents, beside svy where it is installed;
``python benchmarks/surveys.py 10_000_000 polars duckdb path`` from Parquet files (in pieces, of
which two differ; deleted after), each engine in a process of its own whose peak memory is printed;
``path`` leaves the engine to govindex.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from govindex import survey

QUESTIONS, DOMAINS, CLUSTERS = 22, 63, 2_520
PIECE, DIFFERENT = 5_000_000, 2
FORM = survey.Questionnaire(
    [survey.Question(f"q{n}", f"factor {n % 5}") for n in range(QUESTIONS)],
    survey.AnswerScale.likert(5, unknown=["9"]),
)
DESIGN = survey.SampleDesign(weights="weight", strata="stratum", clusters="cluster")


def answers_of(respondents: int, seed: int = 1) -> pd.DataFrame:
    """Return made-up answers: 40 clusters in 4 strata for each domain, 5 % don't know."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, CLUSTERS, respondents)
    mood = np.random.default_rng(1).normal(size=CLUSTERS)[cluster] * 0.4
    columns: dict[str, object] = {
        "unit": np.array([f"province {n:02}" for n in range(DOMAINS)])[cluster % DOMAINS],
        "stratum": (cluster % (4 * DOMAINS)).astype(np.int16),
        "cluster": cluster.astype(np.int16),
        "weight": rng.uniform(50, 150, respondents),
    }
    for number in range(QUESTIONS):
        drawn = np.clip(np.round(3.6 + mood + rng.normal(size=respondents)), 1, 5)
        columns[f"q{number}"] = np.where(rng.random(respondents) < 0.05, 9, drawn).astype(np.int8)
    return pd.DataFrame(columns)


def peak() -> float:
    """Return the peak memory of this process, in MB, without that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(title: str, answers: Any, items: Any = "questions") -> float:
    """Estimate and print how long it took; return the seconds."""
    start, before = time.perf_counter(), time.process_time()
    estimates = survey.estimate(answers, FORM, DESIGN, items=items)
    took = time.perf_counter() - start
    cpu = time.process_time() - before
    count = estimates.value.size
    print(f"{title:34}{count:>7,} estimates {took:>8.2f} s {cpu:>8.2f} s of processor time")
    print(
        f"{'':34}sum of errors {estimates.se.sum():.9f}; peak memory {peak():,.0f} MB", flush=True
    )
    return cpu


def with_svy(frame: pd.DataFrame) -> float:
    """Estimate the same shares with svy; return the seconds of processor time."""
    import polars as pl

    svy: Any = import_module("svy")
    table = pl.from_pandas(frame)
    codes = [f"q{n}" for n in range(QUESTIONS)]
    shares = [
        pl.when(pl.col(code) == 9).then(None).otherwise((pl.col(code) >= 4).cast(pl.Float64))
        for code in codes
    ]
    table = table.with_columns(**dict(zip(codes, shares, strict=True)))
    start, before = time.perf_counter(), time.process_time()
    sample = svy.Sample(table, svy.Design(stratum="stratum", psu="cluster", wgt="weight"))
    errors = 0.0
    for code in codes:
        found = sample.estimation.mean(code, by="unit", drop_nulls=True)
        errors += sum(each.se for each in found.estimates)
    took, cpu = time.perf_counter() - start, time.process_time() - before
    print(f"{'svy ' + svy.__version__:34}{22 * 63:>7,} estimates {took:>8.2f} s {cpu:>8.2f} s of "
          f"processor time\n{'':34}sum of errors {errors:.9f}", flush=True)  # fmt: skip
    return cpu


def in_memory(respondents: int) -> None:
    """Compare frames in memory with svy, in one run."""
    frame = answers_of(respondents)
    print(f"{respondents:,} respondents × {QUESTIONS} questions × {DOMAINS} domains")
    own = timed("pandas", frame)
    timed("pandas, factors too", frame, "all")
    if find_spec("svy") is None:
        print("svy is not installed: no comparison")
        return
    theirs = with_svy(frame)
    print(f"svy takes {theirs / own:.0f} times the processor time")


def in_engines(respondents: int, engines: list[str]) -> None:
    """Write Parquet files, and estimate from them in each engine."""
    with tempfile.TemporaryDirectory(prefix="govindex-surveys-") as folder:
        files = [Path(folder) / f"{n:03}.parquet" for n in range(-(-respondents // PIECE))]
        for number, file in enumerate(files[:DIFFERENT]):
            answers_of(PIECE, seed=number + 1).to_parquet(file, index=False)
        for number, file in enumerate(files[DIFFERENT:]):
            file.hardlink_to(files[number % DIFFERENT])
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{len(files) * PIECE:,} respondents, {size:,.0f} MB of Parquet", flush=True)
        for engine in engines:
            subprocess.run([sys.executable, __file__, folder, engine], check=True)


def from_files(folder: str, engine: str) -> None:
    """Estimate from the Parquet files of a folder in one engine, or in that of paths."""
    source: Any = f"{folder}/*.parquet"
    if engine == "polars":
        import polars as pl

        source = pl.scan_parquet(source)
    elif engine == "duckdb":
        import duckdb

        source = duckdb.read_parquet(source)
    timed(engine, source)


def main(arguments: list[str]) -> None:
    """Run what the arguments ask for."""
    if arguments and Path(arguments[0]).is_dir():
        from_files(arguments[0], arguments[1])
        return
    respondents = int(arguments[0]) if arguments else 1_000_000
    if arguments[1:]:
        in_engines(respondents, arguments[1:])
    else:
        in_memory(respondents)


if __name__ == "__main__":
    main(sys.argv[1:])
