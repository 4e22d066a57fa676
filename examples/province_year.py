"""A province's year: from the annex of a decision to the report that is signed.

All names and figures are made up. The documents are written into a temporary folder, which the last
line names.
"""

from pathlib import Path
from tempfile import mkdtemp

import govindex as gi

MADE_UP = Path(__file__).parent / "province_year" / "made-up"
FOLDER = Path(mkdtemp())
RULES = gi.Absence(not_applicable=gi.absence.Shrink())  # a smaller maximum, compared in percent


def scored(year: str, file: str, accept: list[str]) -> tuple[gi.Methodology, gi.IndexResult]:
    """Return the methodology and the result of a year, from its annex and its scores."""
    rubric = gi.workbooks.read_rubric(MADE_UP / f"bo_tieu_chi_{year}.xlsx")
    method = rubric.methodology("made-up.reform", year, decimals=2, absence=RULES)
    scores = gi.workbooks.read_scores(
        MADE_UP / file,
        rubric,
        stages=["tự chấm", "thẩm định"],
        not_applicable=["KAD"],
        leagues=MADE_UP / f"nhom_{year}.csv",
        period=year,
        accept=accept,
    )
    return method, method.compute(scores.observations)


_, before = scored("2024", "tong_hop_2024.xlsx", ["total.contradiction"])  # a misprinted total
method, result = scored("2025", "diem_2025.xlsx", [])
merged = gi.Merger(MADE_UP / "hop_nhat_2025.csv", how="mean")
moved = gi.change(before, result, units=merged)

gi.workbooks.write_form(method, FOLDER / "phieu.xlsx", units=result.units, language="vi")
gi.workbooks.write_result(
    result, FOLDER / "ket-qua.xlsx", method=method, before=moved, language="vi"
)
gi.report.write(result, FOLDER / "bao-cao.docx", method=method, before=moved, language="vi")

print(result.table()[["rank", "league", "score"]])
print(*result.announcement_sentences(language="vi"), sep="\n")
print(moved.units[["rank_before", "rank", "rank_change"]])
print(str(gi.explain(result, "Sở Nội vụ", language="vi")).partition("\n")[0])
print(*sorted(file.name for file in FOLDER.iterdir()), FOLDER)
