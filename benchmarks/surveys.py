"""A million made-up answers to 22 questions in 63 domains, with standard errors.

Run: ``python benchmarks/surveys.py [respondents]`` (about 2 GB of memory for a million).
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd

from govindex import survey

QUESTIONS, DOMAINS, CLUSTERS = 22, 63, 2_520


def answers_of(respondents: int) -> pd.DataFrame:
    """Return made-up answers: 40 clusters in 4 strata for each domain, 5 % don't know."""
    rng = np.random.default_rng(1)
    cluster = rng.integers(0, CLUSTERS, respondents)
    mood = rng.normal(size=CLUSTERS)[cluster] * 0.4
    columns: dict[str, object] = {
        "unit": np.array([f"province {n:02}" for n in range(DOMAINS)])[cluster % DOMAINS],
        "stratum": cluster % (4 * DOMAINS),
        "cluster": cluster,
        "weight": rng.uniform(50, 150, respondents),
    }
    for number in range(QUESTIONS):
        drawn = np.clip(np.round(3.6 + mood + rng.normal(size=respondents)), 1, 5)
        columns[f"q{number}"] = np.where(rng.random(respondents) < 0.05, 9, drawn).astype(np.int8)
    return pd.DataFrame(columns)


def main(respondents: int) -> None:
    frame = answers_of(respondents)
    scale = survey.AnswerScale.likert(5, unknown=["9"])
    form = survey.Questionnaire(
        [survey.Question(f"q{n}", f"factor {n % 5}") for n in range(QUESTIONS)], scale
    )
    design = survey.SampleDesign(weights="weight", strata="stratum", clusters="cluster")
    print(f"{respondents:,} respondents × {QUESTIONS} questions × {DOMAINS} domains")
    for title, items in (("questions", "questions"), ("questions and factors", "all")):
        start = time.perf_counter()
        estimates = survey.estimate(frame, form, design, items=items)  # type: ignore[arg-type]
        took = time.perf_counter() - start
        print(f"{title:24}{estimates.value.size:>7,} estimates {took:>7.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, answers included: {peak:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
