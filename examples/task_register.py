"""A made-up register of 145 tasks: statuses at a date, overdue tasks, targets, agencies ranked.

Nobody assigned these tasks and no such agencies exist. Only two figures are taken from a published
report, 85 of 145 tasks done at the end of September 2025.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

import govindex as gi

AT = date(2025, 9, 30)
AGENCIES = [f"Made-up department {letter}" for letter in "ABCDEFGH"]


def register() -> gi.tasks.TaskRegister:
    """Return 145 made-up tasks, of which 85 are done at the date."""
    rng = np.random.default_rng(57)
    done = rng.permutation(145) < 85
    tasks = []
    for number in range(145):
        assigned = date(2025, 1, 15) + timedelta(days=int(rng.integers(0, 120)))
        due = assigned + timedelta(days=int(rng.integers(60, 300)))
        took = int(rng.integers(20, (AT - assigned).days))
        tasks.append(
            {
                "task": f"M{number + 1:03}",
                "agency": AGENCIES[int(rng.integers(0, 8))],
                "programme": ["made-up plan 1", "made-up plan 2"][number % 2],
                "assigned": f"{assigned:%d/%m/%Y}",
                "due": f"{due:%d/%m/%Y}",
                "done": f"{assigned + timedelta(days=took):%d/%m/%Y}" if done[number] else None,
            }
        )
    dates = gi.tasks.DateNotation(order="dmy")
    return gi.tasks.TaskRegister.from_frame(tasks, dates=dates)


def targets() -> gi.tasks.Targets:
    """Return a made-up target for each agency: the share of applications that come online."""
    shares = np.random.default_rng(40).uniform(25, 60, size=8).round(2)
    return gi.tasks.Targets(
        gi.tasks.Target(
            "online",
            agency,
            40,
            float(share),
            name="Online applications",
            measure_unit="%",
            baseline=20,
            start="2025-01-01",
            measured=AT,
            due="2025-12-31",
        )
        for agency, share in zip(AGENCIES, shares, strict=True)
    )


def main() -> None:
    tasks, aims = register(), targets()
    statuses = tasks.at(AT)
    print(statuses)
    print()
    print(aims)
    print()
    quarters = tasks.over_time(["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025"])
    print(quarters[["date", "total", "done", "in_term", "overdue"]].to_string(index=False))
    print()
    method = gi.Methodology("example.tasks", "2025", gi.tasks.task_framework(aims))
    result = method.compute(statuses.observations(targets=aims))
    print(result.table().round(2).to_string())


if __name__ == "__main__":
    main()
