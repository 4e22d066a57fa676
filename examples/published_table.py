"""A made-up announcement of twelve districts, checked before it is signed.

Nobody was assessed and no such districts exist. Totals were added from points that are not printed
in full; then two cells changed places and the digits of one were transposed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import govindex as gi

COLUMNS = gi.PublishedColumns(
    sums={"total": ["reform", "service", "digital"]},
    percents={"percent": ("total", 80)},
    ranks={"rank": "total"},
    classes={"class": ("percent", gi.Bands([("Good", 80), ("Fair", 65), ("Poor", None)]))},
)


def announcement() -> list[dict[str, Any]]:
    """Return the table as it went to print."""
    drawn = np.random.default_rng(2026).uniform([20, 15, 10], [30, 28, 22], size=(12, 3))
    two = gi.Rounding(2)
    totals = two(drawn.sum(axis=1))
    percents = two(totals / 80 * 100)
    order = sorted(totals.tolist(), reverse=True)
    rows = [
        {
            "unit": f"Made-up district {number}",
            **dict(zip(("reform", "service", "digital"), two(parts).tolist(), strict=True)),
            "total": total,
            "percent": percent,
            "rank": order.index(total) + 1,
            "class": "Good" if percent >= 80 else "Fair" if percent >= 65 else "Poor",
        }
        for number, (parts, total, percent) in enumerate(
            zip(drawn, totals.tolist(), percents.tolist(), strict=True), 1
        )
    ]
    rows[3]["service"], rows[8]["service"] = rows[8]["service"], rows[3]["service"]
    whole, decimals = f"{rows[5]['total']:.2f}".split(".")
    rows[5]["total"] = float(f"{whole[::-1]}.{decimals}")
    return rows


def main() -> None:
    found = gi.reconcile(announcement(), COLUMNS)
    print(found)
    print()
    for text in found.findings_in("vi").query("code == 'transposed'")["text"]:
        print(text)


if __name__ == "__main__":
    main()
