"""What steps of preparation, fills and treatments promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from govindex.contracts.arrays import Float
from govindex.matrices import Matrix

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Anchorable",
    "BaseFill",
    "BaseStep",
    "GapFill",
    "Report",
    "Settled",
    "Step",
    "Treatment",
]


@runtime_checkable
class Anchorable(Protocol):
    """A part that can be frozen on a reference."""

    def anchor(self, *reference: Any) -> Any:
        """Return what it is on the reference."""


@runtime_checkable
class GapFill(Protocol):
    """Numbers for the gaps of a matrix of variables.

    `peer_dependent`: one unit's data can move what another is given; such a fill has
    ``anchor(matrix) -> GapFill`` if it can be frozen on a reference. What a fill may say
    besides has its default in :class:`BaseFill`.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def fill(self, matrix: Matrix) -> Float:
        """Return numbers of the matrix's shape; NaN where no number can be given.

        Only those at gaps are used.
        """


@runtime_checkable
class Settled(Protocol):
    """What a treatment does to one variable, in numbers: a function that never falls.

    `cuts`: it moves only the values beyond its limits; if not, it moves them all.
    """

    @property
    def cuts(self) -> bool: ...

    def __call__(self, values: Float) -> Float:
        """Return treated values in the shape of `values`; NaN stays NaN."""


@runtime_checkable
class Treatment(Protocol):
    """Finds out from the values of a variable what is to be done to them.

    `peer_dependent`: what is to be done depends on the values; if not, it is what the treatment
    says of itself.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def settle(self, ordered: Float, enough: Callable[[Float], bool] | None) -> Settled | None:
        """Return what is to be done, None if nothing can be.

        Parameters
        ----------
        ordered : array, shape (values,)
            The values that count, in rising order; two of them at least are distinct.
        enough : callable or None
            Tells of values in rising order whether they need no treatment any more; None to treat
            them as far as possible.
        """


class Report(Protocol):
    """What a preparation step did."""

    @property
    def step(self) -> Any:
        """The step."""

    @property
    def frame(self) -> pd.DataFrame:
        """What it did, as a table."""


@runtime_checkable
class Step(Protocol):
    """Observations → Observations, before anything is measured.

    The observations come back with a :class:`Report` at the end of their ``reports``.
    `peer_dependent`: one unit's data can move another's; such a step has ``anchor(reference) ->
    Step`` if it can be frozen on observations. What a step may say besides has its default in
    :class:`BaseStep`.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def __call__(self, observations: Any) -> Any:
        """Return prepared observations."""


class BaseFill:
    """What holds of a fill that does not speak of it."""

    __slots__ = ()

    @property
    def over(self) -> str:
        """It looks at all units together."""
        return "all"

    @property
    def over_time(self) -> bool:
        """It does not read the unit's data of other periods."""
        return False

    def within(self, dimensions: Mapping[str, tuple[str, ...]], lower: Iterable[str]) -> Any:
        """Return the fill with what only frameworks know, None if it needs nothing of that.

        The variables below each dimension, and those of which low values are good.
        """
        return None


class BaseStep:
    """What holds of a step that does not speak of it, such as any function of observations."""

    __slots__ = ()

    @property
    def peer_dependent(self) -> bool:
        """One unit's data can move another's."""
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that it needs beside those of the framework."""
        return ()

    @property
    def leaves_out(self) -> bool:
        """No unit may leave the data."""
        return False

    @property
    def fills(self) -> tuple[Any, ...]:
        """What fills gaps in it."""
        return ()

    def within(self, frameworks: Sequence[Any], observations: Any) -> Any:
        """Return the step with what only the frameworks know, None if it needs nothing of that.

        Which variables are meant, and which belong to a dimension.
        """
        return None
