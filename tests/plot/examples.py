"""Made-up results of every size, and what each function of `gi.plot` takes of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import govindex as gi
from govindex import absence, aggregate, robustness, rules
from govindex.testing import observed

LEAGUES = {"vi": ("Tỉnh", "Thành phố", "Sở")}
NAMES = ("Sở Nông nghiệp và Môi trường", "Xã Đắk Ơ", "Phường Ngũ Hành Sơn", "Tỉnh Thừa Thiên Huế",
         "Thành phố Hồ Chí Minh", "Huyện Mường Nhé", "Thị xã Quảng Trị", "Tỉnh Bà Rịa – Vũng Tàu")  # fmt: skip
DIMENSIONS = ("Công khai, minh bạch", "Tiến độ giải quyết", "Dịch vụ công trực tuyến",
              "Mức độ hài lòng của người dân, doanh nghiệp", "Số hóa hồ sơ", "Thanh toán trực tuyến")  # fmt: skip


def framework(dimensions: int = 6, leaves: int = 4) -> gi.Framework:
    """Return a framework of two tiers with Vietnamese names."""
    branches = [
        gi.Dimension(
            f"{number + 1}",
            [
                gi.Indicator(
                    f"{number + 1}.{leaf + 1}",
                    f"Chỉ số thành phần {number + 1}.{leaf + 1}",
                    rule=rules.Goalposts(worst=0, best=10),
                    weight=1 + (leaf + number) % 3,
                )
                for leaf in range(leaves)
            ],
            DIMENSIONS[number % len(DIMENSIONS)],
            weight=1 + number % 4,
        )
        for number in range(dimensions)
    ]
    policy = absence.Renormalise(min_share=0)
    return gi.Framework(
        "index", branches, "Chỉ số phục vụ", absence=absence.Absence(missing=policy, not_applicable=policy)
    )  # fmt: skip


@cache
def method(dimensions: int = 6, leaves: int = 4) -> gi.Methodology:
    bands = gi.Bands(
        [("Xuất sắc", 70), ("Tốt", 55), ("Khá", 45), ("Trung bình", None)], by="percent"
    )
    return gi.Methodology(
        "example.plots", "1", framework(dimensions, leaves), scale=100, bands=bands,
        ranking=gi.Ranking(decimals=1),
    )  # fmt: skip


@cache
def data(
    count: int, *, leagues: int = 1, dimensions: int = 6, leaves: int = 4, seed: int = 1
) -> gi.Observations:
    """Return made-up data with gaps, ties, a treated column and units that are not ranked."""
    rng = np.random.default_rng(seed)
    tree = framework(dimensions, leaves)
    skill = rng.normal(5.5, 1.2, count)
    values = np.clip(
        skill[:, None] + rng.normal(0, 1.8, (count, len(tree.leaf_codes))), 0, 10
    ).round(1)
    if count > 5:
        values[4] = values[3]  # a tie
        values[rng.random(values.shape) < 0.03] = np.nan
    units = [
        gi.Unit(
            f"U{i + 1:04d}", {"vi": f"{NAMES[i % len(NAMES)]} {chr(65 + i % 26)}{chr(97 + i // 26 % 26)}", "en": f"Unit {i + 1}"},
            league=LEAGUES["vi"][i % leagues] if leagues > 1 else None, ranked=not (count > 8 and i == 7),
        )
        for i in range(count)
    ]  # fmt: skip
    return observed(
        {
            code: [None if np.isnan(v) else float(v) for v in values[:, j]]
            for j, code in enumerate(tree.leaf_codes)
        },
        units,
    )


@cache
def result(count: int, **settings: Any) -> gi.IndexResult:
    shape = {key: settings[key] for key in ("dimensions", "leaves") if key in settings}
    steps = [] if count < 6 else [gi.prepare.Impute({"1.1": gi.impute.Median()})] if False else []
    del steps
    return method(**shape).compute(data(count, **settings))


@cache
def sample(
    count: int, *, draws: int = 200, spread: float = 0.4, **settings: Any
) -> robustness.RankSample:
    shape = {key: settings[key] for key in ("dimensions", "leaves") if key in settings}
    vary = [robustness.Weights(spread=spread)]
    return robustness.sample_ranks(
        method(**shape), data(count, **settings), vary=vary, draws=draws, rng=1
    )
