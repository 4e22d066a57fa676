"""Golden results: what released methodologies make of the built-in data, to the last bit.

``python -m tests.goldens`` writes the files that are missing; a file that exists is written anew
only if it is named after ``--replace``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import zip_longest
from pathlib import Path

import attrs
import numpy as np

import govindex as gi
from govindex.contracts import CellStatus

FOLDER = Path(__file__).parent / "golden"
FINGERPRINTS = FOLDER / "fingerprints.txt"
COLUMNS = ("unit", "node", "score", "maximum", "status", "rank", "overall", "band")


@attrs.frozen
class Case:
    """A dataset, the edition that scores it, and how much of the edition it has data for."""

    dataset: str
    edition: str
    part: Callable[[gi.Methodology], gi.Methodology] = attrs.field(default=lambda method: method)


def published_dimensions(method: gi.Methodology) -> gi.Methodology:
    return method.cut()


def without_online_services(method: gi.Methodology) -> gi.Methodology:
    return method.cut(["3A"])


def online_payment(method: gi.Methodology) -> gi.Methodology:
    return attrs.evolve(method, framework=method.framework.subtree("3B"), display=())


CASES = {
    "vn.dti.bac-ninh-2020": Case("vn.dti.bac-ninh-2020", "vn.dti.province@1726"),
    "vn.dti.provinces-2022-main-indexes": Case(
        "vn.dti.provinces-2022-main-indexes", "vn.dti.province@922"
    ),
    "vn.par.dak-lak-2023": Case("vn.par.dak-lak-2023", "vn.par.province@876"),
    "vn.par.hai-phong-2025": Case("vn.par.hai-phong-2025", "vn.par.hai-phong@2025"),
    "vn.par.lao-cai-2015": Case("vn.par.lao-cai-2015", "vn.par.department.lao-cai@2015"),
    "vn.par.ministries-2023": Case("vn.par.ministries-2023", "vn.par.ministry@876"),
    "vn.par.ninh-thuan-2022": Case("vn.par.ninh-thuan-2022", "vn.par.province@876"),
    "vn.par.thanh-hoa-2023": Case("vn.par.thanh-hoa-2023", "vn.par.department.thanh-hoa@2023"),
    "vn.par.thanh-hoa-2024": Case("vn.par.thanh-hoa-2024", "vn.par.department.thanh-hoa@2023"),
    "vn.procedure-handling.lai-chau-2021": Case(
        "vn.procedure-handling.lai-chau-2021", "vn.procedure-handling-lai-chau@2021"
    ),
    "vn.service-766.dak-lak-2026-10-10": Case(
        "vn.service-766.dak-lak-2026-10-10", "vn.service-766@2022", without_online_services
    ),
    "vn.service-766.phu-tho-2026": Case("vn.service-766.phu-tho-2026", "vn.service-766@2022"),
    "vn.service-766.phu-tho-2026.document": Case(
        "vn.service-766.phu-tho-2026", "vn.service-766-document@2022"
    ),
    "vn.service-766.phu-tho-payment-2026": Case(
        "vn.service-766.phu-tho-payment-2026", "vn.service-766@2022", online_payment
    ),
    "vn.service-766.provinces-2026-10-06": Case(
        "vn.service-766.provinces-2026-10-06", "vn.service-766@2022", published_dimensions
    ),
    "vn.service-766.provinces-2026-10-10": Case(
        "vn.service-766.provinces-2026-10-10", "vn.service-766@2022", published_dimensions
    ),
    "vn.sipas.national-2023": Case("vn.sipas.national-2023", "vn.sipas@2023", published_dimensions),
    "vn.sipas.national-2024": Case("vn.sipas.national-2024", "vn.sipas@2023", published_dimensions),
}


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.csv"


def golden(case: Case) -> str:
    """Return a golden file: where the numbers come from, then a line per unit and node."""
    edition = gi.methodology(case.edition)
    result = case.part(edition).compute(gi.datasets.load(case.dataset))
    head = {
        "dataset": case.dataset,
        "methodology": case.edition,
        "fingerprint": edition.fingerprint,
        "fingerprint of the part scored": result.provenance.fingerprint,
    }
    text = StringIO()
    text.writelines(f"# {what}: {value}\n" for what, value in head.items())
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(result))
    return text.getvalue()


def _rows(result: gi.IndexResult) -> Iterator[tuple[str, ...]]:
    bands = {code: result.band_of(code) for code in result.bands.columns}
    ranks = {code: result.ranks_at(code) for code in result.codes}
    overall = {code: result.ranks_at(code, overall=True) for code in result.codes}
    for unit, name in enumerate(result.units.codes):
        for row, code in enumerate(result.codes):
            status = CellStatus(result.status[row, unit])
            band = bands[code][unit] if code in bands else None
            yield (
                name,
                code,
                _number(result.printed[row, unit]),
                _number(result.applicable_points[row, unit]),
                "" if status == CellStatus.REPORTED else status.name.lower(),
                _number(ranks[code][unit]),
                _number(overall[code][unit]),
                band or "",
            )


def _number(value: float) -> str:
    # The shortest text that is read as the same double: every bit counts, and a person can read it.
    return "" if np.isnan(value) else repr(float(value)).removesuffix(".0")


def differences(before: str, after: str) -> list[str]:
    """Say what changed between two golden texts: unit, node, what it was and what it is."""
    (old_head, old), (new_head, new) = _parsed(before), _parsed(after)
    actual = [
        f"{a or 'nothing'} → {b or 'nothing'}" for a, b in zip_longest(old_head, new_head) if a != b
    ]
    for key in dict.fromkeys([*old, *new]):
        where = f"unit '{key[0]}', node '{key[1]}'"
        if key not in old or key not in new:
            actual.append(f"{where}: {'is new' if key in new else 'is gone'}")
            continue
        actual += [
            f"{where}: {column} {a or 'nothing'} → {b or 'nothing'}"
            for column, a, b in zip(COLUMNS[2:], old[key], new[key], strict=True)
            if a != b
        ]
    # Whatever a line by line comparison cannot see, such as the order of units, counts as well.
    return actual or (
        [] if before == after else ["the order of the lines, or how they are written"]
    )


def _parsed(text: str) -> tuple[list[str], dict[tuple[str, str], list[str]]]:
    lines = text.splitlines()
    head = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    rows = csv.reader(line for line in lines if not line.startswith("# "))
    next(rows)
    return head, {(row[0], row[1]): row[2:] for row in rows}


def pinned() -> dict[str, str]:
    """Return the fingerprints of released editions."""
    lines = FINGERPRINTS.read_text(encoding="utf-8").splitlines() if FINGERPRINTS.exists() else []
    return {edition: actual for edition, _, actual in (line.partition(" ") for line in lines)}


def write(replace: Sequence[str] = ()) -> list[str]:
    """Write the files that are missing and those to be replaced, and pin what is not pinned yet.

    Returns
    -------
    list of str
        What was written.
    """
    FOLDER.mkdir(exist_ok=True)
    known, written = pinned(), []
    for edition in built_in():
        if edition not in known or edition in replace:
            known[edition] = gi.methodology(edition).fingerprint
            written.append(f"fingerprint of {edition}")
    pins = "".join(f"{edition} {known[edition]}\n" for edition in sorted(known))
    FINGERPRINTS.write_text(pins, encoding="utf-8", newline="\n")
    for name, case in CASES.items():
        if name in replace or not file_of(name).exists():
            file_of(name).write_text(golden(case), encoding="utf-8", newline="\n")
            written.append(str(file_of(name)))
    return written


def built_in() -> list[str]:
    """Return the editions whose documents come with the package."""
    from importlib.resources import files

    names = [file.name for file in files("govindex.builtin").iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write golden results that are missing.")
    parser.add_argument(
        "--replace",
        nargs="+",
        default=[],
        choices=[*CASES, *built_in()],
        metavar="NAME",
        help="golden files and editions whose released numbers change, which the changelog says",
    )
    for line in write(parser.parse_args().replace) or ["nothing is missing"]:
        print(line)
