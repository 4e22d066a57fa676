"""What a notebook shows of a methodology: its settings, sources and tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govindex.display import Facts, ShownPage
from govindex.display.part_texts import part_text
from govindex.language import number_text, words
from govindex.method_definitions import definition_table
from govindex.model.framework import Framework
from govindex.model.pages import tree_of
from govindex.ranking import Bands
from govindex.rounding import Levels

__all__ = ["methodology_page"]


def methodology_page(
    title: str, framework: Framework, settings: Mapping[str, Any], language: str | None = None
) -> ShownPage:
    """Return the settings of a methodology that are declared, its sources and its tree.

    Parameters
    ----------
    title : str
    framework : Framework
    settings : mapping
        The fields of the methodology, its fingerprint, and its `variables` with what they are.
    language : str, optional
    """
    scale, bands, rounding = (settings[name] for name in ("scale", "bands", "rounding"))
    declared = {
        "scale": scale if isinstance(scale, str) else number_text(scale, language),
        "rounding": "" if rounding == Levels() else part_text(rounding),
        "ranking": part_text(settings["ranking"]),
        "bands": "" if bands is None else _band_texts(bands, language),
        "steps": ", ".join(map(part_text, settings["steps"])),
        "issued": settings["issued"],
        "sources": "; ".join(source.title for source in settings["sources"]),
        "deprecated": settings["deprecated"],
        "notes": settings["notes"],
        "fingerprint": settings["fingerprint"][:12],
    }
    pairs = tuple(
        (words(f"display.{key}", language), text) for key, text in declared.items() if text
    )
    edition = words("display.methodology", language, id=settings["id"], version=settings["version"])
    defined = definition_table(settings["variables"], language)
    tree = tree_of(framework.root, framework.views, language)
    return ShownPage(title, (edition, Facts(pairs), tree, *([] if defined is None else [defined])))


def _band_texts(bands: Bands, language: str | None) -> str:
    """Return the bands with their starts, and what the starts are."""
    texts = []
    for band in bands.bands:
        if band.start is None:
            texts.append(words("report.band_below", language, band=band.name))
        else:
            key = "report.band_from" if bands.closed == "lower" else "report.band_above"
            start = number_text(float(band.start), language)
            texts.append(words(key, language, band=band.name, start=start))
    return f"{words(f'report.band_by.{bands.by}', language)}: {'; '.join(texts)}"
