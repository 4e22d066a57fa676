"""Protocols and defaults of preparation steps, fills and treatments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, TypeVar, runtime_checkable

from govindex.contracts.arrays import Float
from govindex.contracts.matrices import Matrix

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

# What steps read and return is declared above them: in this library `Framework` and `Observations`.
Form = TypeVar("Form", contravariant=True)
Data = TypeVar("Data")
Reference = ParamSpec("Reference")
Fixed = TypeVar("Fixed", covariant=True)


@runtime_checkable
class Anchorable(Protocol[Reference, Fixed]):
    """A part that can be frozen on a reference.

    Of a step that is ``Anchorable[[Observations], Step[Observations]]``.
    """

    def anchor(self, *reference: Reference.args, **named: Reference.kwargs) -> Fixed:
        """Return the fixed part that it is on the reference."""


@runtime_checkable
class GapFill(Protocol):
    """Numbers for the gaps of a matrix of variables.

    `peer_dependent`: one unit's data can move another's fills; such a fill has
    ``anchor(matrix) -> GapFill`` if it can be frozen on a reference. :class:`BaseFill` holds the
    defaults of its optional promises.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def fill(self, matrix: Matrix) -> Float:
        """Return numbers of the matrix's shape; NaN where no number can be given.

        Only those at gaps are used.
        """


@runtime_checkable
class Settled(Protocol):
    """A treatment with the limits of one variable: a function that never falls.

    `cuts`: it moves only the values beyond its limits; if not, it moves them all.
    """

    @property
    def cuts(self) -> bool: ...

    def __call__(self, values: Float) -> Float:
        """Return treated values in the shape of `values`; NaN stays NaN."""


@runtime_checkable
class Treatment(Protocol):
    """The values of a variable → the function that treats them.

    `peer_dependent`: the function depends on the values; if not, on the settings alone.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def settle(self, ordered: Float, enough: Callable[[Float], bool] | None) -> Settled | None:
        """Return the function that treats the values, None if they cannot be treated.

        Parameters
        ----------
        ordered : array, shape (values,)
            The values that count, in rising order; two of them at least are distinct.
        enough : callable or None
            Returns whether values in rising order need no further treatment; None to treat
            them as far as possible.
        """


class Report(Protocol):
    """The changes that a preparation step made."""

    @property
    def step(self) -> object:
        """The step."""

    @property
    def frame(self) -> pd.DataFrame:
        """The changes, as a table."""


@runtime_checkable
class Step(Protocol[Data]):
    """Observations → Observations, before anything is measured.

    The observations come back with a :class:`Report` at the end of their ``reports``.
    `peer_dependent`: one unit's data can move another's; such a step has ``anchor(reference) ->
    Step`` if it can be frozen on observations. :class:`BaseStep` holds the defaults of its
    optional promises.
    """

    @property
    def peer_dependent(self) -> bool: ...

    def __call__(self, observations: Data) -> Data:
        """Return prepared observations."""


class BaseFill:
    """Defaults of the promises of a fill."""

    __slots__ = ()

    @property
    def over(self) -> str:
        """It looks at all units together."""
        return "all"

    @property
    def over_time(self) -> bool:
        """It does not read the unit's data of other periods."""
        return False

    def within(
        self, dimensions: Mapping[str, tuple[str, ...]], lower: Iterable[str]
    ) -> GapFill | None:
        """Return the fill with settings from frameworks, None if it needs none.

        Frameworks give the variables below each dimension, and those whose low values are good.
        """
        return None


class BaseStep(Generic[Form, Data]):
    """Defaults of the promises of a step; any function of observations is a step.

    Where types are checked, a step inherits from ``BaseStep[Framework, Observations]``.
    """

    __slots__ = ()

    @property
    def peer_dependent(self) -> bool:
        """One unit's data can move another's."""
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that it needs besides those of the framework."""
        return ()

    @property
    def leaves_out(self) -> bool:
        """No unit may leave the data."""
        return False

    @property
    def fills(self) -> tuple[GapFill, ...]:
        """The fills that it applies."""
        return ()

    def within(
        self, frameworks: Sequence[Form], observations: Data
    ) -> Callable[[Data], Data] | None:
        """Return the step with settings from the frameworks, None if it needs none.

        Frameworks say which variables are meant, and which belong to a dimension.
        """
        return None
