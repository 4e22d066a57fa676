"""Write the workbooks of a made-up province's year, laid out as offices lay them out.

The province of An Bình, its departments and every score are made up. Run it to write the
workbooks again: ``python make_workbooks.py`` (the stored ones are its output).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

FOLDER = Path(__file__).parent / "made-up"
PROVINCE = "TỈNH AN BÌNH (HƯ CẤU)"
SEED = 2025

# Fields, groups and criteria: name, maximum, whether it is surveyed, whether it is about
# procedures (which some departments do not have).
Criterion = tuple[str, float, str]
RUBRIC: list[tuple[str, list[tuple[str, list[Criterion]]]]] = [
    (
        "CHỈ ĐẠO, ĐIỀU HÀNH CẢI CÁCH HÀNH CHÍNH",
        [
            (
                "Kế hoạch cải cách hành chính",
                [
                    ("Ban hành kế hoạch năm đúng hạn", 2, ""),
                    ("Mức độ hoàn thành kế hoạch năm", 4, ""),
                ],
            ),
            ("Chế độ báo cáo", [("Báo cáo định kỳ đủ số lượng, đúng hạn", 2, "")]),
            (
                "Kiểm tra cải cách hành chính",
                [
                    ("Tỷ lệ phòng, đơn vị được kiểm tra", 2, ""),
                    ("Khắc phục tồn tại sau kiểm tra", 2.5, ""),
                ],
            ),
            ("Sáng kiến", [("Sáng kiến được công nhận trong năm", 2.5, "")]),
        ],
    ),
    (
        "CẢI CÁCH THỂ CHẾ",
        [
            (
                "Xây dựng văn bản",
                [
                    ("Tham mưu văn bản đúng tiến độ", 4, ""),
                    ("Văn bản ban hành đúng quy trình", 3, ""),
                ],
            ),
            ("Rà soát văn bản", [("Xử lý kết quả rà soát", 3, "")]),
        ],
    ),
    (
        "CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
        [
            (
                "Công bố, công khai",
                [
                    ("Công bố thủ tục kịp thời", 3, "procedures"),
                    ("Công khai thủ tục đầy đủ", 2, "procedures"),
                ],
            ),
            (
                "Giải quyết hồ sơ",
                [
                    ("Tỷ lệ hồ sơ giải quyết đúng hạn", 8, "procedures"),
                    ("Xin lỗi khi trễ hạn", 2, "procedures"),
                ],
            ),
        ],
    ),
    (
        "CẢI CÁCH BỘ MÁY VÀ CHẾ ĐỘ CÔNG VỤ",
        [
            (
                "Tổ chức bộ máy",
                [
                    ("Thực hiện quy định về cơ cấu tổ chức", 4, ""),
                    ("Số lượng cấp phó đúng quy định", 2, ""),
                ],
            ),
            (
                "Công vụ",
                [
                    ("Bố trí công chức theo vị trí việc làm", 4, ""),
                    ("Hoàn thành kế hoạch bồi dưỡng", 3, ""),
                ],
            ),
        ],
    ),
    (
        "CẢI CÁCH TÀI CHÍNH CÔNG",
        [
            (
                "Giải ngân và tự chủ",
                [
                    ("Tỷ lệ giải ngân kế hoạch vốn", 5, ""),
                    ("Mức độ tự chủ của đơn vị sự nghiệp", 3, ""),
                    ("Thực hiện kiến nghị kiểm toán", 2, ""),
                ],
            ),
        ],
    ),
    (
        "XÂY DỰNG CHÍNH QUYỀN SỐ",
        [
            (
                "Ứng dụng",
                [
                    ("Tỷ lệ văn bản ký số", 4, ""),
                    ("Cập nhật cổng thông tin điện tử", 3, ""),
                ],
            ),
            (
                "Dịch vụ công trực tuyến",
                [
                    ("Tỷ lệ hồ sơ trực tuyến toàn trình", 5, "procedures"),
                    ("Tỷ lệ hồ sơ được số hóa", 4, "procedures"),
                ],
            ),
        ],
    ),
    (
        "TÁC ĐỘNG CỦA CẢI CÁCH HÀNH CHÍNH",
        [
            (
                "Điều tra xã hội học",
                [
                    ("Mức độ hài lòng của người dân, tổ chức", 12, "survey"),
                    ("Đánh giá của lãnh đạo tỉnh", 5, "survey"),
                ],
            ),
            ("Kinh tế - xã hội", [("Hoàn thành chỉ tiêu được giao", 4, "")]),
        ],
    ),
]
GUIDANCE = {
    "": "Đạt yêu cầu: điểm tối đa\nĐạt một phần: 50% điểm\nKhông đạt: 0 điểm",
    "procedures": "Tỷ lệ từ 95% trở lên: điểm tối đa\nTừ 80% đến dưới 95%: 75% điểm\n"
    "Dưới 80%: 0 điểm",
    "survey": "Điểm = chỉ số hài lòng x điểm tối đa",
}
# In 2024 some maxima were others, and one criterion was not there yet.
MAXIMA_2024 = {
    "Tỷ lệ hồ sơ giải quyết đúng hạn": 10.0,
    "Tỷ lệ hồ sơ trực tuyến toàn trình": 4.0,
    "Sáng kiến được công nhận trong năm": 2.0,
    "Mức độ hài lòng của người dân, tổ chức": 13.5,
    "Tỷ lệ giải ngân kế hoạch vốn": 7.0,
}
NEW_IN_2025 = "Tỷ lệ hồ sơ được số hóa"
WITH, WITHOUT = "Có thủ tục hành chính", "Không có thủ tục hành chính"
UNITS_2025 = {
    "Sở Nội vụ": WITH,
    "Sở Tư pháp": WITH,
    "Sở Tài chính": WITH,
    "Sở Công Thương": WITH,
    "Sở Xây dựng": WITH,
    "Sở Y tế": WITH,
    "Sở Nông nghiệp và Môi trường": WITH,
    "Sở Giáo dục và Đào tạo": WITH,
    "Sở Khoa học và Công nghệ": WITH,
    "Sở Văn hóa, Thể thao và Du lịch": WITH,
    "Thanh tra tỉnh": WITHOUT,
    "Văn phòng UBND tỉnh": WITHOUT,
    "Sở Ngoại vụ": WITHOUT,
    "Ban Quản lý dự án tỉnh": WITHOUT,
}
# Two departments of 2024 were merged into "Sở Tài chính" and "Sở Xây dựng" in 2025.
UNITS_2024 = {**UNITS_2025, "Sở Kế hoạch và Đầu tư": WITH, "Sở Giao thông vận tải": WITH}
MERGED = {
    "Sở Kế hoạch và Đầu tư": "Sở Tài chính",
    "Sở Tài chính": "Sở Tài chính",
    "Sở Giao thông vận tải": "Sở Xây dựng",
    "Sở Xây dựng": "Sở Xây dựng",
}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")


def rows_of(year: int) -> Iterator[tuple[int, str, str, float, str]]:
    """Return level, running number, name, maximum and kind of every row of a rubric."""
    for field, (name, groups) in enumerate(RUBRIC, 1):
        lines: list[tuple[int, str, str, float, str]] = []
        for group, (title, criteria) in enumerate(groups, 1):
            kept = [
                (text, MAXIMA_2024.get(text, most) if year == 2024 else most, kind)
                for text, most, kind in criteria
                if year == 2025 or text != NEW_IN_2025
            ]
            lines.append((2, f"{field}.{group}", title, sum(most for _, most, _ in kept), ""))
            for number, (text, most, kind) in enumerate(kept, 1):
                lines.append((3, f"{field}.{group}.{number}", text, most, kind))
        yield (
            1,
            ROMAN[field - 1],
            name,
            sum(most for level, _, _, most, _ in lines if level == 2),
            "",
        )
        yield from lines


def scores_of(year: int, units: dict[str, str]) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Return self-scored and appraised points by unit and running number."""
    dice = random.Random(SEED + year)
    scores: dict[str, dict[str, tuple[Any, Any]]] = {}
    for unit, league in units.items():
        skill = dice.uniform(0.72, 0.98)
        scores[unit] = {}
        for level, number, _, most, kind in rows_of(year):
            if level < 3:
                continue
            if kind == "procedures" and league == WITHOUT:
                scores[unit][number] = ("KAD", "KAD")
                continue
            step = 0.01 if kind == "survey" else 0.25
            points = round(round(min(dice.gauss(skill, 0.12), 1.0) * most / step) * step, 2)
            points = min(max(points, 0.0), most)
            cut = 0.25 * dice.choice((0, 0, 0, 0, 1, 2)) if kind != "survey" else 0.0
            itself = None if kind == "survey" else points
            scores[unit][number] = (itself, max(points - cut, 0.0))
    return scores


def book_at(path: Path) -> Any:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "Made up: no province is meant", "created": datetime(2026, 1, 5)})
    return book


def styles(book: Any) -> dict[str, Any]:
    plain = {"border": 1, "text_wrap": True, "valign": "top", "font_name": "Times New Roman"}
    return {
        "title": book.add_format({"bold": True, "align": "center", "font_name": "Times New Roman"}),
        "head": book.add_format({**plain, "bold": True, "align": "center", "valign": "vcenter"}),
        "bold": book.add_format({**plain, "bold": True}),
        "plain": book.add_format(plain),
    }


def write_annex(year: int, path: Path) -> None:
    book = book_at(path)
    style, sheet = styles(book), book.add_worksheet("Phụ lục")
    sheet.set_column("B:B", 48)
    sheet.set_column("E:F", 36)
    number = {2024: "88/QĐ-UBND", 2025: "99/QĐ-UBND"}[year]
    for row, text in enumerate(
        (
            "PHỤ LỤC",
            f"BỘ TIÊU CHÍ CHẤM ĐIỂM CẢI CÁCH HÀNH CHÍNH NĂM {year} - {PROVINCE}",
            f"(Kèm theo Quyết định hư cấu số {number})",
        )
    ):
        sheet.merge_range(row, 0, row, 5, text, style["title"])
    for column, text in {
        0: "STT",
        1: "Lĩnh vực/Tiêu chí",
        4: "Hướng dẫn chấm điểm",
        5: "Ghi chú",
    }.items():
        sheet.merge_range(4, column, 5, column, text, style["head"])
    sheet.merge_range(4, 2, 4, 3, "Điểm tối đa", style["head"])
    sheet.write(5, 2, "Thẩm định", style["head"])
    sheet.write(5, 3, "Điều tra XHH", style["head"])
    row = 6
    for level, number, name, most, kind in rows_of(year):
        look = style["plain" if level == 3 else "bold"]
        typed = float(number) if level == 2 and number[-1] != "0" and number[0] in "24" else number
        sheet.write(row, 0, typed, look)
        sheet.write(row, 1, name, look)
        sheet.write(row, 3 if kind == "survey" else 2, most, look)
        sheet.write(row, 2 if kind == "survey" else 3, None, look)
        sheet.write(row, 4, GUIDANCE[kind] if level == 3 else None, look)
        note = "Không áp dụng với cơ quan không có TTHC" if kind == "procedures" else None
        sheet.write(row, 5, note, look)
        row += 1
    sheet.write(row, 1, "TỔNG ĐIỂM", style["bold"])
    sheet.write(row, 2, 100, style["bold"])
    book.close()


def write_sheets(year: int, path: Path, scores: dict[str, dict[str, tuple[Any, Any]]]) -> None:
    """Write one sheet per department, with self-scored and appraised points."""
    book = book_at(path)
    style = styles(book)
    for unit, points in scores.items():
        sheet = book.add_worksheet(unit[:31])
        sheet.set_column("B:B", 48)
        sheet.merge_range(
            "A1:F1", f"BẢNG ĐIỂM CẢI CÁCH HÀNH CHÍNH NĂM {year} (HƯ CẤU)", style["title"]
        )
        sheet.merge_range("A2:F2", unit.upper(), style["title"])
        titles = ("STT", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm", "Điểm thẩm định", "Ghi chú")
        sheet.write_row(3, 0, titles, style["head"])
        row, total = 4, 0.0
        for level, number, name, most, _ in rows_of(year):
            look = style["plain" if level == 3 else "bold"]
            sheet.write_row(row, 0, (number, name, most if level == 3 else None), look)
            if level == 3:
                itself, appraised = points[number]
                sheet.write_row(row, 3, (itself, appraised), look)
                total += appraised if appraised != "KAD" else 0.0
                if itself not in (None, "KAD") and appraised < itself:
                    sheet.write(row, 5, "Thiếu tài liệu kiểm chứng", look)
            row += 1
        sheet.write(row, 1, "Tổng cộng", style["bold"])
        sheet.write(row, 4, round(total, 2), style["bold"])
    book.close()


def write_summary(year: int, path: Path, scores: dict[str, dict[str, tuple[Any, Any]]]) -> None:
    """Write criteria in rows and departments in pairs of columns; one total is misprinted."""
    book = book_at(path)
    style, sheet = styles(book), book.add_worksheet("Tổng hợp")
    sheet.set_column("B:B", 48)
    sheet.merge_range("A1:H1", PROVINCE, style["title"])
    sheet.merge_range("A2:H2", f"TỔNG HỢP ĐIỂM CẢI CÁCH HÀNH CHÍNH NĂM {year}", style["title"])
    for column, text in enumerate(("STT", "Tiêu chí", "Điểm tối đa")):
        sheet.merge_range(3, column, 4, column, text, style["head"])
    for pair, unit in enumerate(scores):
        sheet.merge_range(3, 3 + 2 * pair, 3, 4 + 2 * pair, unit, style["head"])
        sheet.write_row(4, 3 + 2 * pair, ("Tự chấm", "Thẩm định"), style["head"])
    row = 5
    for level, number, name, most, _ in rows_of(year):
        look = style["plain" if level == 3 else "bold"]
        sheet.write_row(row, 0, (number, name, most if level == 3 else None), look)
        if level == 3:
            cells = [cell for unit in scores for cell in scores[unit][number]]
            sheet.write_row(row, 3, cells, look)
        row += 1
    sheet.write(row, 1, "Tổng cộng", style["bold"])
    for pair, points in enumerate(scores.values()):
        total = sum(appraised for _, appraised in points.values() if appraised != "KAD")
        misprint = 0.1 if pair == 3 else 0.0
        sheet.write(row, 4 + 2 * pair, round(total + misprint, 2), style["bold"])
    book.close()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for year in (2024, 2025):
        write_annex(year, FOLDER / f"bo_tieu_chi_{year}.xlsx")
    write_sheets(2025, FOLDER / "diem_2025.xlsx", scores_of(2025, UNITS_2025))
    write_summary(2024, FOLDER / "tong_hop_2024.xlsx", scores_of(2024, UNITS_2024))
    tables = {
        "nhom_2024.csv": [("unit", "league"), *UNITS_2024.items()],
        "nhom_2025.csv": [("unit", "league"), *UNITS_2025.items()],
        "hop_nhat_2025.csv": [("unit", "now"), *MERGED.items()],
    }
    for name, table in tables.items():
        lines = (",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in table)
        (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


if __name__ == "__main__":
    main()
