"""How long the laws take: the quick profile on every built-in edition.

The target on two cores is three minutes for all of them and twenty seconds for one.
Run: ``python benchmarks/conformance.py``.
"""

from __future__ import annotations

import time

import govindex as gi
from govindex.testing import methodology_checks


def main() -> None:
    print(f"{'edition':44}{'laws':>6}{'seconds':>10}")
    whole = 0.0
    for id_, row in gi.methodologies().iterrows():
        edition = f"{id_}@{row['version']}"
        start = time.perf_counter()
        checks = methodology_checks(gi.methodology(edition))
        for check in checks:
            check()
        seconds = time.perf_counter() - start
        whole += seconds
        print(f"{edition:44}{len(checks):6}{seconds:10.1f}")
    print(f"{'all':50}{whole:10.1f}")


if __name__ == "__main__":
    main()
