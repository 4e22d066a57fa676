"""An index of one's own from a CSV file (five made-up provinces), ranked inside regions."""

from __future__ import annotations

from pathlib import Path

import govindex as gi


def main() -> None:
    frame = gi.read_table(Path(__file__).with_name("own_index.csv"))
    framework = gi.Framework(
        "service",
        [
            gi.Dimension(
                "speed", [gi.Indicator("days", direction="lower", rule=gi.rules.MinMax())]
            ),
            gi.Dimension(
                "reach",
                [
                    gi.Indicator("online", rule=gi.rules.Proportional(target=0.8), weight=2),
                    gi.Indicator("complaints", rule=gi.rules.Deduction(per=0.25)),
                ],
                weight=2,
            ),
        ],
    )
    method = gi.Methodology("example.service", version="1", framework=framework)
    data = gi.Observations.from_frame(frame, unit="province", league="region")
    result = method.compute(data)
    print(result.table().round(2).to_string())
    print(result.announce().to_string())


if __name__ == "__main__":
    main()
