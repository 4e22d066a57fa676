"""A made-up departmental rubric of 20 points: choice, steps, deduction, bonus, not applicable."""

from __future__ import annotations

import pandas as pd

import govindex as gi


def rubric() -> gi.Methodology:
    framework = gi.Framework(
        "reform",
        [
            gi.Dimension(
                "leadership",
                [
                    gi.Indicator(
                        "chair",
                        weight=4,
                        rule=gi.rules.Choice({"Director": 1, "Deputy": 0.5, "none": 0}),
                    ),
                    gi.Indicator(
                        "meetings",
                        weight=4,
                        rule=gi.rules.Steps([(1, 0.25), (2, 0.5), (3, 0.75), (4, 1)]),
                    ),
                ],
            ),
            gi.Dimension(
                "procedures",
                [
                    gi.Indicator(
                        "on_time",
                        weight=8,
                        measure=gi.measures.Ratio("done_on_time", "done", empty="not_applicable"),
                        rule=gi.rules.Proportional(target=1, floor=0.8),
                    ),
                    gi.Indicator("breaches", weight=4, rule=gi.rules.Deduction(per=0.5)),
                    gi.Indicator(
                        "initiatives",
                        weight=1,
                        rule=gi.rules.PerItem(0.5),
                        outside_maximum=True,
                    ),
                ],
            ),
        ],
        aggregate=gi.aggregate.Sum(),
        # A department without procedures is assessed on what applies to it.
        absence=gi.Absence(not_applicable=gi.absence.Shrink()),
    )
    return gi.Methodology(
        "example.reform",
        "2026",
        framework,
        scale="points",
        rounding=gi.Levels(leaf=gi.Rounding(2)),
        bands=gi.Bands(
            [("excellent", 90), ("good", 75), ("fair", 50), ("weak", None)], by="percent"
        ),
    )


def main() -> None:
    frame = pd.DataFrame(
        {
            "department": ["Home Affairs", "Justice", "Foreign Affairs", "Finance"],
            "chair": ["Director", "Deputy", "Director", "none"],
            "meetings": [4, 4, 3, 2],
            "done_on_time": [941, 1200, 0, 310],
            "done": [1000, 1201, 0, 400],
            "breaches": [0, 1, 0, 0],
            "initiatives": [1, 0, 0, 2],
        }
    )
    result = rubric().compute(gi.Observations.from_frame(frame, unit="department"))
    print(result.table().round(2).to_string())
    print(gi.explain(result, "Justice"))


if __name__ == "__main__":
    main()
