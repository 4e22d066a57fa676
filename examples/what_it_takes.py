"""What the second province needs to be first, and what a province needs for seventy points."""

from __future__ import annotations

import govindex as gi


def main() -> None:
    whole = gi.methodology("vn.service-766@2022")
    groups = whole.cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    result = groups.compute(data)
    print(gi.gap(result, language="en")[["name", "score", "other_score", "gap"]].to_string())
    print(gi.improve(groups, data, "H19", to=1, language="en"))

    figures = gi.datasets.load("vn.service-766.phu-tho-2026")
    limits = {"1.1": None, "2.1": (None, 590_000)}
    print(gi.improve(whole, figures, "H44", to={"score": 70}, feasible=limits, language="vi"))


if __name__ == "__main__":
    main()
