"""What a call to the service holds."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

import govindex as gi

UNITS, DRAWS = 5_000, 20_000  # the most of one call


class Columns(BaseModel, extra="forbid"):
    """What the names of records are: the unit's code, its name, its league …"""

    unit: str | None = None
    name: str | None = None
    league: str | None = None
    type: str | None = None
    parent: str | None = None
    period: str | None = None


class Data(BaseModel, extra="forbid"):
    """A methodology by name, and records (one per unit) or a document of observations."""

    method: str
    records: list[dict[str, Any]] = Field(default=[], max_length=UNITS)
    columns: Columns = Columns()
    observations: dict[str, Any] | None = None
    cut: bool = False  # the data are scores of the published dimensions

    def read(self) -> tuple[Any, gi.Observations]:
        """Return the methodology and the data."""
        method: Any = gi.methodology(self.method)
        if self.observations is not None:
            data = gi.Observations.from_dict(self.observations)
        else:
            data = gi.Observations.from_records(self.records, **self.columns.model_dump())
        if len(data.units) > UNITS:
            raise gi.DataError(f"{len(data.units)} units are more than the limit, {UNITS}")
        return (method.cut() if self.cut else method), data

    def result(self) -> gi.IndexResult:
        """Return the result of the methodology."""
        method, data = self.read()
        result: gi.IndexResult = method.compute(data)
        return result


class Explained(Data):
    """A unit whose score is explained."""

    unit: str
    language: str | None = None


class Sampled(Data):
    """Draws of weights: how many, how far they vary, and the seed."""

    draws: Annotated[int, Field(ge=1, le=DRAWS)] = 1_000
    spread: Annotated[float, Field(gt=0, lt=1)] = 0.25
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
