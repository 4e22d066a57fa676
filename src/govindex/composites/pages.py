"""What a notebook shows of a composite indicator: every choice, what was left out, the tree."""

from __future__ import annotations

from collections.abc import Sequence

from govindex.composites.choices import StatedChoice
from govindex.display import Facts, ShownPage
from govindex.language import words
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.pages import tree_of

__all__ = ["composite_page"]


def composite_page(
    method: Methodology,
    data: Observations,
    choices: Sequence[StatedChoice],
    left_out: Sequence[str],
    language: str | None = None,
) -> ShownPage:
    """Return what is done step by step, with the reasons of defaults, and the tree."""
    framework = method.framework
    edition = words("display.methodology", language, id=method.id, version=method.version)
    extent = words(
        "composite.extent",
        language,
        units=len(data.units),
        indicators=len(framework.leaf_codes),
        dimensions=len(framework.codes) - len(framework.leaf_codes) - 1,
    )
    pairs = [
        (words(f"composite.choice.{choice.of}", language), _sentence(choice, language))
        for choice in choices
    ]
    unread = words("composite.nothing_left_out", language)
    if left_out:
        unread = words("composite.left_out", language, columns=", ".join(left_out))
    tree = tree_of(framework.root, framework.views, language)
    why = words("composite.why", language)
    label = method.label(language)
    return ShownPage(label, (edition, extent, Facts(tuple(pairs)), why, unread, tree))


def _sentence(choice: StatedChoice, language: str | None) -> str:
    text = choice.text(language)
    if not choice.is_default:
        return text
    reason = choice.reason(language)
    return words("composite.by_default", language, setting=text, reason=reason)
