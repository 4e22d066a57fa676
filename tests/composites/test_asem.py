"""The ASEM index of the reference data in one call."""

from __future__ import annotations

import numpy as np
import polars as pl

import govindex as gi
from tests.asem import asem_framework, asem_meta, asem_table


def pillars() -> dict[str, object]:
    """Return the tree of the table of indicators as nested dicts and lists."""
    meta = asem_meta()

    def below(code: str) -> object:
        children = meta.loc[meta["Parent"] == code, "iCode"]
        if not meta["Parent"].isin(children).any():
            return list(children)
        return {child: below(child) for child in children}

    tree = below("Index")
    assert isinstance(tree, dict)
    return tree


def test_one_call_gives_the_scores_of_the_reference_and_says_what_it_did() -> None:
    meta, table = asem_meta(), asem_table("input_iData")
    weights = meta.set_index("iCode")["Weight"].astype(float)
    leaves = meta[meta["Type"] == "Indicator"]
    sizes = leaves.loc[leaves["Denominator"].notna(), ["iCode", "Denominator"]]
    made = gi.composite(
        pl.from_pandas(table),
        pillars(),  # type: ignore[arg-type]
        lower=leaves.loc[leaves["Direction"].astype(float) < 0, "iCode"],
        unit="uCode",
        name="uName",
        attributes=["EurAsia_group"],
        denominate=gi.prepare.Denominate(dict(sizes.to_numpy()), lacking="missing"),
        impute=gi.impute.Mean(over="EurAsia_group"),
        treat=[gi.treat.Winsorise(5), gi.treat.Log()],
        weights=dict(weights[weights.index != "Index"]),
        code="Index",
    )
    expected = asem_table("stage_Aggregated").set_index("uCode")
    codes = [code for code in made.method.framework.codes if code in expected]
    scores = made.result.scores.loc[expected.index, codes]
    np.testing.assert_allclose(scores, expected[codes].astype(float), rtol=1e-9, atol=1e-9)
    assert len(codes) == len(asem_framework().codes)
    assert set(made.left_out) == {"GDP_group", "GDPpc_group", "Pop_group", "Time"} & set(table)
    written: dict[str, gi.Methodology] = {}
    exec(made.python(), written)
    assert written["method"].fingerprint == made.method.fingerprint
