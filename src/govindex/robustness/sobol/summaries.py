"""Sensitivities in words: which choices move the ranking."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from govindex.language import number_text, words

__all__ = ["reason_text", "summary", "title"]

_SHOWN = 5
_CONSTANT = re.compile(r"no variance: (?P<value>\S+) at every point")
_ABSENT = re.compile(r"(?P<absent>[\d,]+) of (?P<points>[\d,]+) evaluations give no number")


def title(found: Any, language: str | None = None) -> str:
    """Return how many points, evaluations and units a sensitivity has."""
    counts = {"points": found.points, "evaluations": found.evaluations, "units": len(found.units)}
    texts = {name: number_text(float(count), language) for name, count in counts.items()}
    return words("robustness.points", language, **texts)


def reason_text(reason: str, language: str | None = None) -> str:
    """Return why an output has no indices; the reasons of tables are English."""
    for key, pattern in (("constant", _CONSTANT), ("absent", _ABSENT)):
        match = pattern.fullmatch(reason)
        if match is not None:
            numbers = {n: float(text.replace(",", "")) for n, text in match.groupdict().items()}
            texts = {name: number_text(number, language) for name, number in numbers.items()}
            return words(f"robustness.reason.{key}", language, **texts)
    return reason


def summary(found: Any, language: str | None = None) -> str:
    """Return a summary of a sensitivity on one screen."""
    lines = [title(found, language), "", *_shares(found, language)]
    frame = found.ranks().iloc[:, 2:]
    moved = frame[frame["reason"] == ""].drop(columns="reason")
    lines += ["", words("robustness.most_moving", language)]
    most = moved.to_numpy(float).argmax(axis=1) if len(moved) else np.empty(0)
    counts = {group: int((most == index).sum()) for index, group in enumerate(found.groups)}
    leading = sorted(counts, key=counts.__getitem__, reverse=True)[:_SHOWN]
    lines += [
        f"  {group}: {number_text(float(counts[group]), language)}"
        for group in leading
        if counts[group]
    ]
    unmoved = number_text(float(len(frame) - len(moved)), language)
    return "\n".join([*lines, "", words("robustness.unmoved", language, count=unmoved)])


def _shares(found: Any, language: str | None) -> list[str]:
    """Return the shares of the groups that move the ranking most."""
    shift = found.mean_shift.sort_values("total", ascending=False, kind="stable")
    if shift["reason"].iloc[0]:
        reason = reason_text(shift["reason"].iloc[0], language)
        return [words("robustness.no_shares", language, reason=reason)]
    return [
        words("robustness.shares", language),
        *(
            f"  {group}: {_percent(row['first'], language)}, {_percent(row['total'], language)}"
            for group, row in shift.head(_SHOWN).iterrows()
        ),
    ]


def _percent(share: float, language: str | None) -> str:
    return f"{number_text(100.0 * share, language, 0)}%"
