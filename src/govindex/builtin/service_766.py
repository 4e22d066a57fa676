"""The service index of Decision 766/QĐ-TTg (Vietnam, 23 June 2022), complete to the leaf."""

from __future__ import annotations

import attrs

from govindex.absence import Absence, Full, Renormalise
from govindex.aggregate import Sum
from govindex.contracts import Measure
from govindex.measures import Inherited, Largest, PerPeriod, Ratio, Value
from govindex.methodology import Methodology, Source
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.ranking import Ranking
from govindex.rounding import Levels, Rounding
from govindex.rules import Proportional

__all__ = ["service_766_2022", "service_766_document_2022"]

_SOURCES = (
    Source(
        "Decision 766/QĐ-TTg of 23 June 2022: set of indicators for directing, administering and "
        "evaluating the quality of services to people and businesses",
        "https://sonoivu.namdinh.gov.vn",
        "verified",
        "Groups and maxima 18 / 20 / 22 / 22 / 18, in operation since 1 August 2022.",
    ),
    Source(
        "The group of online services as published: 12 + 10",
        "https://quangnam.gov.vn/print/58228.html",
        "verified",
        "Services online and payment online are printed as two groups.",
    ),
    Source(
        "Rule sheet METRICS, formula description and captured responses of the national portal, "
        "as collected in ChippedTopaz/qd766",
        "https://github.com/ChippedTopaz/qd766",
        "secondary, reproduced",
        "Maxima, targets and zero-denominator rules of the indicators; facts only.",
    ),
    Source(
        "Scores of the national portal, October 2026, as collected in hauphanquoc/766-Analyze",
        "https://github.com/hauphanquoc/766-Analyze",
        "secondary, reproduced",
        "4.2 without threshold, 4.3 with one, 4.4 plain, 4.6 full where nothing applies.",
    ),
)
_NOTES = (
    "Ratios are rounded half up to two decimals of a percent, indicators half up to two decimals, "
    "and then summed: found by recomputing published scores, not read in a text. The indicators of "
    "online payment are rounded on the binary number (5.595 becomes 5.59): without that one of 36 "
    "published payment scores differs by 0.01, and with it everywhere the published 4.1 of Đắk Lắk "
    "(3.855 becomes 3.86) would. Where no source says what a denominator of 0 gives (1.1-1.3, 2.1, "
    "3.1-3.5, 4.1-4.5), the indicator gets 0, as 1.4, 3.6 and 5.4 do. A unit with a missing figure "
    "has no total. Cut-offs of the classes Xuất sắc, Tốt, Khá, Trung bình, Yếu are not known from "
    "a legal text and are left out."
)
_REPRODUCED = "secondary, reproduced on published scores"
_PERCENT = Rounding(2)
_BINARY = Rounding(2, "binary")


def _ratio(code: str, **settings: object) -> Ratio:
    given = {"times": 100, "empty": "zero", "rounding": _PERCENT, **settings}
    return Ratio(f"{code}.a", f"{code}.b", **given)  # type: ignore[arg-type]


def _indicator(
    code: str,
    vi: str,
    en: str,
    points: float,
    *,
    target: float = 100,
    measure: Measure | None = None,
    rounding: Rounding | None = None,
) -> Indicator:
    return Indicator(
        code,
        {"vi": vi, "en": en},
        weight=points,
        measure=_ratio(code) if measure is None else measure,
        rule=Proportional(target),
        rounding=rounding,
        measure_unit="%",
        data_source="statistic",
        confidence=_REPRODUCED,
    )


def _shown(code: str, vi: str, en: str, measure: Measure, measure_unit: str) -> Indicator:
    return Indicator(
        code, {"vi": vi, "en": en}, weight=0, measure=measure, measure_unit=measure_unit
    )


def _transparency() -> Dimension:
    synchronised = Ratio(
        "1.4.a",
        Largest(("1.4.b", "1.4.b_portal")),
        times=100,
        empty="zero",
        missing_denominator="empty",
        fallback=PerPeriod("1.4.b_previous_year"),
        rounding=_PERCENT,
    )
    return Dimension(
        "1",
        [
            _indicator(
                "1.1",
                "Tỷ lệ TTHC công bố đúng hạn",
                "Procedures announced on time",
                6,
                measure=Inherited(_ratio("1.1")),
            ),
            _indicator(
                "1.2",
                "Tỷ lệ TTHC được cập nhật, công khai đúng hạn",
                "Procedures published on time",
                4,
                measure=Inherited(_ratio("1.2")),
            ),
            _indicator(
                "1.3",
                "Tỷ lệ TTHC công khai đầy đủ nội dung các bộ phận tạo thành",
                "Procedures published with complete content",
                2,
                measure=Inherited(_ratio("1.3")),
            ),
            _indicator(
                "1.4",
                "Tỷ lệ hồ sơ đồng bộ lên Cổng DVCQG",
                "Dossiers synchronised to the national portal",
                6,
                measure=synchronised,
            ),
        ],
        {"vi": "Công khai, minh bạch", "en": "Transparency"},
        confidence="verified",
    )


def _progress() -> Dimension:
    return Dimension(
        "2",
        [
            _indicator(
                "2.1", "Tỷ lệ hồ sơ xử lý trước hạn, đúng hạn", "Dossiers handled on time", 20
            ),
            _shown(
                "2.2",
                "Thời gian giải quyết TTHC trung bình",
                "Average handling time",
                Value("2.2"),
                "days",
            ),
        ],
        {"vi": "Tiến độ, kết quả giải quyết", "en": "Progress"},
        confidence="verified",
    )


def _online() -> Dimension:
    services = Dimension(
        "3A",
        [
            _indicator(
                "3.1",
                "Tỷ lệ TTHC cung cấp dịch vụ công trực tuyến",
                "Procedures offered online",
                2,
                target=80,
            ),
            _indicator(
                "3.2", "Tỷ lệ DVCTT có phát sinh hồ sơ", "Online services with a dossier", 4
            ),
            _indicator(
                "3.3", "Tỷ lệ hồ sơ nộp trực tuyến", "Dossiers submitted online", 6, target=50
            ),
        ],
        {"vi": "Dịch vụ công trực tuyến", "en": "Online services"},
        confidence="verified",
    )
    payment = Dimension(
        "3B",
        [
            _indicator(
                "3.5a",
                "Tỷ lệ TTHC có nghĩa vụ tài chính được cung cấp thanh toán trên Cổng DVCQG",
                "Fee procedures payable on the portal",
                2,
                target=80,
                rounding=_BINARY,
            ),
            _indicator(
                "3.5b",
                "Tỷ lệ TTHC có giao dịch thanh toán trực tuyến",
                "Fee procedures paid online",
                2,
                target=80,
                rounding=_BINARY,
            ),
            _indicator(
                "3.6",
                "Tỷ lệ hồ sơ thanh toán trực tuyến",
                "Dossiers paid online",
                6,
                rounding=_BINARY,
            ),
        ],
        {"vi": "Thanh toán trực tuyến", "en": "Online payment"},
        confidence="verified",
    )
    return Dimension(
        "3",
        [services, payment],
        {"vi": "Cung cấp dịch vụ trực tuyến", "en": "Services online"},
        confidence="verified",
    )


def _digitisation() -> Dimension:
    certified = _indicator(
        "4.6",
        "Tỷ lệ cung cấp dịch vụ chứng thực bản sao điện tử từ bản chính",
        "Electronic certified copies offered",
        2,
        measure=_ratio("4.6", empty="full"),
    )
    return Dimension(
        "4",
        [
            _indicator(
                "4.1",
                "Tỷ lệ hồ sơ có cấp kết quả giải quyết TTHC điện tử",
                "Dossiers with an electronic result",
                6,
            ),
            _indicator("4.2", "Tỷ lệ hồ sơ thực hiện số hóa hồ sơ", "Dossiers digitised", 4),
            _indicator(
                "4.3",
                "Tỷ lệ khai thác, sử dụng lại thông tin, dữ liệu số hóa",
                "Reuse of digitised data",
                2,
                target=80,
            ),
            _indicator(
                "4.4",
                "Tỷ lệ hồ sơ số hóa có kết nối, chia sẻ dữ liệu phục vụ tái sử dụng",
                "Digitised dossiers connected for reuse",
                4,
            ),
            _indicator(
                "4.5a",
                "Tỷ lệ TTHC triển khai kết nối, chia sẻ dữ liệu dân cư",
                "Procedures connected to population data",
                2,
            ),
            _indicator(
                "4.5b",
                "Tỷ lệ hồ sơ sử dụng thông tin, dữ liệu dân cư",
                "Dossiers using population data",
                2,
            ),
            # Communes that offer the service; a unit without communes gets the full points.
            attrs.evolve(
                certified,
                absence=Absence(missing=Renormalise(min_share=1), not_applicable=Full()),
            ),
        ],
        {"vi": "Số hóa hồ sơ", "en": "Digitisation"},
        confidence="verified",
    )


def _satisfaction() -> Dimension:
    return Dimension(
        "5",
        [
            _shown(
                "5.1a",
                "Tỷ lệ PAKN về thủ tục hành chính",
                "Petitions on procedures",
                _ratio("5.1a"),
                "%",
            ),
            _shown(
                "5.1b",
                "Tỷ lệ PAKN về cán bộ, công chức",
                "Petitions on officials",
                _ratio("5.1b"),
                "%",
            ),
            _indicator(
                "5.2",
                "Tỷ lệ PAKN xử lý đúng hạn",
                "Petitions handled on time",
                6,
                measure=_ratio("5.2", empty="full"),
            ),
            _indicator(
                "5.3",
                "Tỷ lệ hài lòng trong xử lý PAKN",
                "Satisfaction with petition handling",
                6,
                measure=_ratio("5.3", empty="full"),
            ),
            _indicator(
                "5.4",
                "Tỷ lệ hài lòng trong tiếp nhận, giải quyết TTHC",
                "Satisfaction with dossier handling",
                6,
                target=90,
            ),
        ],
        {"vi": "Mức độ hài lòng", "en": "Satisfaction"},
        confidence="verified",
    )


def service_766_2022() -> Methodology:
    """Return the index as the published scores of 2026 show it to be computed."""
    return Methodology(
        "vn.service-766",
        "2022",
        Framework(
            "766",
            [_transparency(), _progress(), _online(), _digitisation(), _satisfaction()],
            {"vi": "Bộ chỉ số 766", "en": "Service index, Decision 766"},
            aggregate=Sum(),
            absence=Renormalise(min_share=1),
        ),
        scale="points",
        rounding=Levels(leaf=Rounding(2)),
        ranking=Ranking(decimals=2),
        display=("1", "2", "3A", "3B", "4", "5"),
        title={
            "vi": "Bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg)",
            "en": "Service index for people and businesses (Decision 766/QĐ-TTg)",
        },
        sources=_SOURCES,
        notes=_NOTES,
    )


def service_766_document_2022() -> Methodology:
    """Return the variant in which 4.2 has the 80 % target that the formula description words."""
    index = service_766_2022()
    return attrs.evolve(
        index,
        id="vn.service-766-document",
        framework=index.framework.with_rules({"4.2": Proportional(80)}),
        notes="The formula description gives 4.2 full points from 80 % on; the published scores of "
        "2026 contradict it, and vn.service-766 follows the scores. " + _NOTES,
    )
