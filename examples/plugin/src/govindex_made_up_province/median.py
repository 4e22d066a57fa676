"""A methodology that no document can say: the median of what a department's indicators attain.

Weights play no part in it, and one indicator that fails moves a department little.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import attrs
import numpy as np

import govindex as gi
from govindex.contracts import CellStatus
from govindex.toml import loads

DOCUMENT = "made-up-province.reform@2026.toml"


@attrs.frozen
class Median:
    """The median share of all indicators that apply, from 0 to 100; a bonus is none of them.

    Parameters
    ----------
    rubric : Methodology
        Its measures and rules say what each indicator attains.
    """

    rubric: gi.Methodology
    id: str = "made-up-province.median"
    version: str = "2026"

    @property
    def framework(self) -> gi.Framework:
        """The rubric's tree."""
        return self.rubric.framework

    @property
    def fingerprint(self) -> str:
        """Changes with the rubric; change the words when the formula changes."""
        return f"median of indicators that apply, missing as 0; {self.rubric.fingerprint}"

    def label(self, language: str | None = None) -> str:
        """Return the title in a language."""
        titles = {"vi": "Trung vị các tiêu chí (giả định)"}
        return titles.get(language or "", "Median of all indicators (made up)")

    def compute(self, observations: gi.Observations) -> gi.IndexResult:
        """Return the medians of the whole tree and of its dimensions."""
        attained = self.rubric.compute(observations)
        missing = attained.status == CellStatus.MISSING
        shares = np.where(missing, 0.0, attained.shares)
        scores = {}
        absent = {}
        for code in (self.framework.code, *self.rubric.shown):
            leaves = [leaf for leaf in self.framework.below(code) if not leaf.outside_maximum]
            rows = [attained.row_of(leaf.code) for leaf in leaves]
            scores[code] = np.array([100.0 * _middle(cells) for cells in shares[rows].T])
            for index in np.flatnonzero(np.isnan(scores[code])):
                absent[observations.units.codes[index], code] = "no indicator applies"
        return gi.result_from_scores(
            self, observations, scores, ranking=gi.Ranking(decimals=2), absent=absent
        )


def _middle(cells: Any) -> float:
    known = cells[~np.isnan(cells)]
    return float(np.median(known)) if len(known) else np.nan


def median() -> Median:
    """Return the methodology, as the entry point promises."""
    text = files("govindex_made_up_province").joinpath(DOCUMENT).read_text(encoding="utf-8")
    return Median(loads(text, name=DOCUMENT))
