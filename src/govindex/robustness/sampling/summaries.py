"""Summaries of samples of ranks, in words and as a table of growing samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["convergence_table", "summary"]

_SHOWN = 5


def summary(sample: Any, language: str | None = None) -> str:
    """Return a summary of a sample of ranks on one screen."""
    names = dict(
        zip(sample.nominal.units.codes, sample.nominal.units.labels(language), strict=True)
    )
    intervals = sample.intervals(0.9)
    ranked = intervals[intervals["rank"].notna()].assign(name=lambda table: table.index.map(names))
    width = (ranked["high"] - ranked["low"]).astype(float)
    lines = [*_counts(sample, ranked, width, language), "", *_first(sample, ranked, language)]
    lines += ["", words("robustness.least_certain", language)]
    for code in width.sort_values(ascending=False, kind="stable").head(_SHOWN).index:
        row = ranked.loc[code]
        ranks = {end: _plain(row[end], language) for end in ("rank", "low", "high")}
        lines.append(f"  {words('robustness.between', language, name=row['name'], **ranks)}")
    close = sample.neighbours().sort_values("before", kind="stable").head(_SHOWN)
    lines += ["", words("robustness.neighbours", language)]
    lines += [f"  {_pair(row, names, language)}" for _, row in close.iterrows()]
    return "\n".join(lines)


def _counts(sample: Any, ranked: Any, width: Any, language: str | None) -> list[str]:
    """Return how many draws and units there are, and how much their ranks move."""
    counts = {"draws": _plain(sample.draws, language), "units": _plain(len(ranked), language)}
    lines = [words("robustness.draws", language, **counts)]
    if sample.failed:
        failed = _plain(sample.failed, language)
        lines[0] += words("robustness.failed", language, failed=failed)
    figures = {
        "shift": number_text(sample.mean_shift, language, 2),
        "error": number_text(sample.mean_shift_error, language, 4),
        "concordance": number_text(sample.concordance(), language, 3),
    }
    steady = {
        "count": _plain(int((width == 0).sum()), language),
        "units": _plain(len(ranked), language),
    }
    return [
        *lines,
        words("robustness.shift", language, **figures),
        words("robustness.steady", language, **steady),
    ]


def _first(sample: Any, ranked: Any, language: str | None) -> list[str]:
    """Return lines about the first units of each league."""
    shares = sample.top(1).sort_values(ascending=False, kind="stable")
    shares = shares[(shares > 0) & shares.index.isin(ranked.index)]
    names = [name for name in ("period", "league") if ranked[name].nunique(dropna=False) > 1]
    if not names:
        head = words("robustness.first", language)
        return [head, *_shares(shares.head(_SHOWN), ranked, language)]
    lines = []
    groups = list(ranked.groupby(names, sort=False, dropna=False))
    for key, group in groups[:_SHOWN]:
        leaders = shares[shares.index.isin(group.index)]
        league = ", ".join(str(part) for part in key)
        lines.append(words("robustness.first_in", language, group=league))
        lines += _shares(leaders.head(_SHOWN - 2), ranked, language)
    if len(groups) > _SHOWN:
        more = _plain(len(groups) - _SHOWN, language)
        lines.append(words("robustness.more_groups", language, count=more))
    return lines


def _shares(shares: Any, ranked: Any, language: str | None) -> list[str]:
    return [
        f"  {ranked.loc[code, 'name']}: {_percent(share, language)}"
        for code, share in shares.items()
    ]


def _pair(row: Any, names: Mapping[str, str], language: str | None) -> str:
    return words(
        "robustness.ahead",
        language,
        first=names.get(row["first"], row["first_name"]),
        first_rank=_plain(row["first_rank"], language),
        second=names.get(row["second"], row["second_name"]),
        second_rank=_plain(row["second_rank"], language),
        share=_percent(row["before"], language),
    )


def _plain(number: float, language: str | None) -> str:
    return number_text(float(number), language)


def _percent(share: float, language: str | None) -> str:
    return f"{number_text(100.0 * share, language, 1)}%"


def convergence_table(samples: Sequence[Any]) -> pd.DataFrame:
    """Return the mean shift of growing samples, with its error, by number of draws."""
    import pandas as pd

    rows = [
        {
            "mean_shift": sample.mean_shift,
            "error": sample.mean_shift_error,
            "share_error": math.sqrt(0.25 / max(sample._tally.draws, 1)),
        }
        for sample in samples
    ]
    return pd.DataFrame(rows, index=pd.Index([sample.draws for sample in samples], name="draws"))
