"""Rank 34 provinces, show what moved since four days before, explain one province."""

from __future__ import annotations

import govindex as gi


def main() -> None:
    method = gi.methodology("vn.service-766@2022")
    groups = method.cut()
    before, after = (
        groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
        for day in ("06", "10")
    )
    print(after.table(language="en").to_string())
    print(after.announce().T.to_string(header=False))

    print(gi.change(before, after, language="en"))

    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    why = gi.explain(result, unit="UBND tỉnh Phú Thọ", language="en")
    print(why)
    print(result.unscored.to_string())


if __name__ == "__main__":
    main()
