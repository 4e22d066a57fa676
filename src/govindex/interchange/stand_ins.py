"""Stand-ins for parts that a document cannot hold: they refuse to be called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.contracts import (
    BaseAggregator,
    BaseMeasure,
    BasePolicy,
    BaseRounder,
    BaseRule,
    Float,
    completed,
)
from govindex.errors import SettingError, listing
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations

__all__ = ["MethodologyElsewhere", "code_text", "described", "stand_in"]

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def code_text(part: Any) -> str:
    """Return how a part prints itself, without its address in memory.

    Examples
    --------
    >>> code_text(lambda x: x)
    '<function <lambda>>'
    """
    if isinstance(part, Absence):
        part = part.missing if isinstance(part.missing, _Elsewhere) else part
    return part.text if isinstance(part, _Elsewhere) else _ADDRESS.sub("", repr(part))


@attrs.frozen
class _Elsewhere:
    """A part whose code is not in the document.

    Parameters
    ----------
    text : str
        The part, as it printed itself.
    """

    text: str

    def __repr__(self) -> str:
        return self.text

    def _refuse(self) -> NoReturn:
        raise SettingError(
            f"{self.text} is code that the document of this result does not hold: compute the "
            "result again with the methodology as an object"
        )

    def __call__(self, *arguments: Any) -> Any:
        self._refuse()


@attrs.frozen(repr=False)
class _RuleElsewhere(_Elsewhere, BaseRule):
    """A rule whose code is not in the document."""


@attrs.frozen(repr=False)
class _MeasureElsewhere(_Elsewhere, BaseMeasure):
    """A measure whose code is not in the document."""

    variables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@attrs.frozen(repr=False)
class _AggregatorElsewhere(_Elsewhere, BaseAggregator):
    """An aggregator whose code is not in the document."""

    sums_points: bool = False


@attrs.frozen(repr=False)
class _PolicyElsewhere(_Elsewhere, BasePolicy):
    """An absence policy whose code is not in the document."""

    refuses: bool = False

    def fill(self, *arguments: Any) -> Any:
        """Refuse."""
        self._refuse()

    def reweight(self, *arguments: Any) -> Any:
        """Refuse."""
        self._refuse()


@attrs.frozen(repr=False)
class _RounderElsewhere(_Elsewhere, BaseRounder):
    """A rounding whose code is not in the document; it knows what it made of the scores."""

    decimals: int = 2
    printed: FrozenMap[float, float] = attrs.field(factory=FrozenMap, eq=False)

    def __call__(self, values: Float) -> Float:
        """Return the printed scores; refuse any other number."""
        numbers = values.ravel().tolist()
        if not all(number in self.printed for number in numbers if number == number):
            self._refuse()
        rounded = [self.printed.get(number, np.nan) for number in numbers]
        return np.array(rounded, dtype=np.float64).reshape(values.shape)


@attrs.frozen
class MethodologyElsewhere:
    """A methodology whose code is not in the document: it has a name, and computes nothing.

    Parameters
    ----------
    id, version, fingerprint : str
    framework : Framework
    opaque : tuple of str
        What is code.
    """

    id: str
    version: str
    fingerprint: str
    framework: Framework
    opaque: tuple[str, ...]

    def compute(self, observations: Observations, /) -> NoReturn:
        """Refuse."""
        raise SettingError(
            f"{self.id}@{self.version} is code that the document of this result does not hold: "
            f"{listing(self.opaque, shown=3)}; take the methodology as an object"
        )


_CLASSES: FrozenMap[str, Callable[..., Any]] = FrozenMap(
    {
        "rule": _RuleElsewhere,
        "measure": _MeasureElsewhere,
        "aggregate": _AggregatorElsewhere,
        "absence": _PolicyElsewhere,
        "rounding": _RounderElsewhere,
    }
)


def described(setting: str, part: Any) -> dict[str, Any]:
    """Return what a document says of a part that it cannot hold."""
    said: dict[str, Any] = {"opaque": code_text(part)}
    if setting == "measure":
        said["variables"] = list(part.variables)
        said["optional"] = list(completed(part, BaseMeasure).optional)
    if setting == "aggregate":
        said["sums_points"] = bool(part.sums_points)
    if setting == "rounding":
        said["decimals"] = int(part.decimals)
    return said


def stand_in(setting: str, said: dict[str, Any]) -> Any:
    """Return the stand-in for a part of which a document says only this."""
    about: dict[str, Any] = {}
    if setting == "measure":
        about = {name: tuple(said.get(name, ())) for name in ("variables", "optional")}
    if setting == "aggregate":
        about = {"sums_points": said.get("sums_points") is True}
    if setting == "rounding":
        about = {"decimals": said.get("decimals", 2)}
        about["printed"] = FrozenMap(said.get("printed", {}))
    return _CLASSES[setting](str(said["opaque"]), **about)
