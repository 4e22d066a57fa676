"""The choices behind a composite indicator: what each is, and why it is so by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from govindex.display.part_texts import part_text
from govindex.language import words
from govindex.methods import Methodology

__all__ = ["STEPS", "StatedChoice", "choices_of"]

STEPS = ("denominate", "screen", "impute", "treat")


@attrs.frozen
class StatedChoice:
    """One choice: what it decides, the part that was chosen, and whether it is the default.

    Parameters
    ----------
    of : str
        "direction", "denominate", "screen", "impute", "treat", "normalise", "weights",
        "aggregate", "absence", "scale" or "ranking".
    setting : str
        The part as code; "" for a step that is not taken.
    is_default : bool
    rest : str
        The default of those that a mapping does not name; "" if it names all.
    indicators : tuple of str
        Of "direction" those that are better if low, of "treat" those that are beyond the limits of
        skewness and kurtosis.
    """

    of: str
    setting: str
    is_default: bool
    rest: str = ""
    indicators: tuple[str, ...] = ()

    def text(self, language: str | None = None) -> str:
        """Return what is done, in words where no part does it."""
        if self.of == "direction" and not self.indicators:
            return words("composite.all_higher", language)
        if self.of == "direction":
            return words("composite.lower", language, indicators=", ".join(self.indicators))
        if self.rest:
            return words("composite.others", language, setting=self.setting, default=self.rest)
        return self.setting or words("composite.not_done", language)

    def reason(self, language: str | None = None) -> str:
        """Return why the default is the default; "" for a choice that was given."""
        if not self.is_default:
            return ""
        reason = words(f"composite.reason.{self.of}", language)
        if self.of != "treat":
            return reason
        if not self.indicators:
            return f"{reason} {words('composite.no_outliers', language)}"
        names = ", ".join(self.indicators)
        return f"{reason} {words('composite.outliers', language, indicators=names)}"


def choices_of(
    method: Methodology, given: Mapping[str, Any], outliers: Sequence[str]
) -> tuple[StatedChoice, ...]:
    """Return all choices behind a methodology, in the order in which they act.

    Parameters
    ----------
    method : Methodology
    given : mapping
        The settings of :func:`~govindex.composite` by name, None for those that were left out.
    outliers : sequence of str
        The indicators beyond the limits of skewness and kurtosis.
    """
    framework = method.framework
    indicators = {
        "direction": tuple(leaf.code for leaf in framework.leaves if leaf.direction == "lower"),
        "treat": tuple(outliers),
    }
    defaults = {
        "direction": "",
        **dict.fromkeys(STEPS, ""),
        "normalise": "MinMax()",
        "weights": "Equal()",
        "aggregate": part_text(framework.aggregate),
        "absence": part_text(framework.absence.missing),
        "scale": f"{method.scale:g}" if isinstance(method.scale, float) else method.scale,
        "ranking": part_text(method.ranking),
    }
    rest = {
        "normalise": _unnamed(given["normalise"], framework.leaf_codes, "MinMax()"),
        "weights": _unnamed(given["weights"], framework.codes[1:], "1"),
    }
    return tuple(
        StatedChoice(
            of=name,
            setting=default if given.get(name) is None else _text(given[name]),
            is_default=name != "direction" and given.get(name) is None,
            rest=rest.get(name, ""),
            indicators=indicators.get(name, ()),
        )
        for name, default in defaults.items()
    )


def _unnamed(part: Any, codes: Sequence[str], default: str) -> str:
    """Return the default if a mapping leaves a code out, else ""."""
    return default if isinstance(part, Mapping) and set(codes) - set(part) else ""


def _text(part: Any) -> str:
    if isinstance(part, Mapping):
        return ", ".join(f"{name}: {_text(item)}" for name, item in part.items())
    if isinstance(part, (list, tuple)):
        return ", ".join(map(_text, part))
    return part if isinstance(part, str) else part_text(part)
