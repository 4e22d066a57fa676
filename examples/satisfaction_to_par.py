"""From answers to ranks: a made-up survey of satisfaction → SIPAS with margins → PAR with margins.

Nobody gave these answers: 36,525 respondents in 63 provinces, as many as SIPAS asked in 2024, are
drawn at random, and so are the other points of the PAR index.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import govindex as gi

PROVINCES, COMMUNES, RESPONDENTS = 63, 6, 36_525
FORM = gi.survey.sipas("2023")
DESIGN = gi.survey.SampleDesign(weights="persons", strata="province", clusters="commune")


def made_up_answers(respondents: int = RESPONDENTS) -> pd.DataFrame:
    """Return made-up answers: respondents of one commune are alike, and so are answers of one."""
    rng = np.random.default_rng(2024)
    province = np.arange(respondents) % PROVINCES
    commune = province * COMMUNES + rng.integers(0, COMMUNES, respondents)
    mood = (
        rng.normal(4.1, 0.12, PROVINCES)[province]
        + rng.normal(0.0, 0.15, PROVINCES * COMMUNES)[commune]
        + rng.normal(0.0, 0.55, respondents)
    )
    columns: dict[str, object] = {
        "province": np.array([f"made-up {number:02}" for number in range(1, 64)])[province],
        "commune": commune,
        "persons": rng.integers(900, 4_000, PROVINCES * COMMUNES)[commune].astype(float),
    }
    for question in FORM.questions:
        drawn = np.clip(np.round(mood + rng.normal(0.0, 0.5, respondents)), 1, 5)
        columns[question.code] = np.where(rng.random(respondents) < 0.03, np.nan, drawn)
    return pd.DataFrame(columns)


def made_up_points(units: tuple[str, ...]) -> pd.DataFrame:
    """Return made-up points of the other blocks of the PAR index, of 61.5, 22 and 6.5."""
    rng = np.random.default_rng(876)
    return pd.DataFrame(
        {
            "A": np.clip(rng.normal(55.0, 1.6, len(units)), 0.0, 61.5).round(2),
            "B2": np.clip(rng.normal(18.3, 0.6, len(units)), 0.0, 22.0).round(2),
            "B3": np.clip(rng.normal(5.0, 0.4, len(units)), 0.0, 6.5).round(2),
        },
        index=pd.Index(units, name="unit"),
    )


def satisfaction(answers: pd.DataFrame) -> tuple[gi.Methodology, gi.Observations]:
    """Return the index of satisfaction and its data, with their errors."""
    estimates = gi.survey.estimate(answers, FORM, DESIGN, by="province", items="factors", scale=100)
    framework = (method := gi.methodology("vn.sipas@2023")).framework
    # Satisfaction is scored; perception and expectation are asked, too.
    return method, estimates.for_index(framework).observations(items=framework.variables)


def par(index: gi.robustness.RankSample) -> tuple[gi.Methodology, gi.Observations]:
    """Return the PAR index and its data: satisfaction is 10 of its points, with an error."""
    scores = index.score_intervals(0.95).sort_index()
    points = made_up_points(tuple(scores.index))
    points["B1"] = scores["score"] / 10
    errors = pd.DataFrame(0.0, index=points.index, columns=points.columns)
    errors["B1"] = scores["error"] / 10
    units = [gi.Unit(unit) for unit in points.index]
    blocks = [str(block) for block in points]
    data = gi.Observations(units, blocks, points.to_numpy(), errors=errors.to_numpy())
    return gi.methodology("vn.par.province@876"), data


def ranks(method: gi.Methodology, data: gi.Observations, draws: int) -> gi.robustness.RankSample:
    """Return the ranks that other samples of the same size would have given."""
    limits = (0.0, 100.0) if method.id == "vn.sipas" else None
    errors = gi.robustness.Errors(limits=limits)
    return gi.robustness.sample_ranks(method, data, vary=[errors], draws=draws, rng=1)


def main() -> None:
    answers = made_up_answers()
    print(f"{len(answers):,} made-up answers in {answers['province'].nunique()} provinces")
    index = ranks(*satisfaction(answers), draws=2_000)
    margins = index.score_intervals(0.95)
    groups = gi.robustness.tied_groups(index, 0.95, correction="none")
    shown = margins[["rank", "score", "error", "low", "high"]].join(groups["ranks"])
    print("SIPAS, with margins of 95 % and the ranks that a province can have:")
    print(shown.sort_values("rank").head(5).round(2).to_string())

    reform = ranks(*par(index), draws=20_000)
    intervals = reform.intervals(0.95)[["rank", "low", "high"]]
    wide = (intervals["high"] - intervals["low"]).median()
    print("PAR, with the ranks that the error of its survey leaves open:")
    print(intervals.sort_values("rank").head(5).to_string())
    print(f"Half of the provinces have {wide + 1:.0f} ranks or more, of 63")


if __name__ == "__main__":
    main()
