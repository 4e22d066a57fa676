"""What was read of another tool: framework, data, denominators, targets and goalposts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import attrs

from govindex.contracts import Step
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare import Denominate

if TYPE_CHECKING:
    from govindex.methods import Methodology, MethodologySettings

__all__ = ["Coin"]


@attrs.frozen(eq=False, repr=False)
class Coin:
    """A composite indicator that was read from tables of COINr or a workbook of the COIN Tool.

    Parameters
    ----------
    framework : Framework
        Weighted means that pass over missing indicators, as both tools compute by default.
    observations : Observations
        The indicators and denominators, unprepared; groups are attributes of the units.
    denominators : mapping of str to str
        By indicator, what it is divided by.
    targets : mapping of str to float
        By indicator, in its measure unit.
    goalposts : mapping of str to (float, float)
        By indicator, the lower and the upper one, in its measure unit.
    remarks : tuple of str
        What was left out: columns that nothing reads, levels that are not used.
    """

    framework: Framework
    observations: Observations
    denominators: Mapping[str, str] = attrs.field(factory=FrozenMap, kw_only=True)
    targets: Mapping[str, float] = attrs.field(factory=FrozenMap, kw_only=True)
    goalposts: Mapping[str, tuple[float, float]] = attrs.field(factory=FrozenMap, kw_only=True)
    remarks: tuple[str, ...] = attrs.field(default=(), kw_only=True)

    def __repr__(self) -> str:
        leaves, units = len(self.framework.leaf_codes), len(self.observations.units)
        return (
            f"<Coin '{self.framework.code}': {leaves} indicators, {units} units, "
            f"{len(self.denominators)} denominators>"
        )

    def __str__(self) -> str:
        return "\n".join([repr(self), *(f"  {remark}" for remark in self.remarks)])

    @property
    def denominate(self) -> Denominate | None:
        """The step that divides by the denominators, None if there are none.

        A cell whose denominator is missing is missing as well, as in COINr.
        """
        return Denominate(self.denominators, lacking="missing") if self.denominators else None

    def methodology(
        self,
        id: str,
        version: str,
        *,
        steps: Iterable[Step[Observations]] = (),
        **settings: Unpack[MethodologySettings],
    ) -> Methodology:
        """Return the methodology: denominators first, scores on a scale of 100.

        Parameters
        ----------
        id, version : str
            As of a :class:`~govindex.Methodology`.
        steps : iterable of Step
            What follows the denominators: imputing, screening, treating.
        **settings
            Further settings of the methodology, or others instead of these.
        """
        from govindex.methods import Methodology

        first = self.denominate
        every = [*([] if first is None else [first]), *steps]
        usual: dict[str, Any] = {"title": self.framework.name, "scale": 100}
        return Methodology(id, version, self.framework, steps=every, **{**usual, **settings})
