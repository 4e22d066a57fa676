"""Small real data, each with its source, in the words of the methodology that scores it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from govindex.errors import UnknownNameError, near_miss
from govindex.model.observations import Observations

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["available", "load", "published"]

_PUBLISHED = "published_"


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, Any]]:
    import tomllib
    from importlib.resources import files

    text = files(__name__).joinpath("index.toml").read_text(encoding="utf-8")
    return {entry["name"]: entry for entry in tomllib.loads(text)["dataset"]}


def _entry(name: str) -> dict[str, Any]:
    index = _index()
    if name not in index:
        raise UnknownNameError(f"there is no dataset '{name}': {near_miss(name, index)}")
    return index[name]


def _frame(entry: dict[str, Any]) -> pd.DataFrame:
    from importlib.resources import files

    import pandas as pd

    with files(__name__).joinpath(entry["file"]).open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


def load(name: str) -> Observations:
    """Return a dataset as observations.

    Parameters
    ----------
    name : str
        One of :func:`available`.

    Raises
    ------
    UnknownNameError
        If there is no such dataset; the message says which are.

    Examples
    --------
    >>> load("vn.service-766.provinces-2026-10-10")
    <Observations: 34 units × 6 variables, period 2026, 0 cells absent>
    """
    entry = _entry(name)
    frame = _frame(entry)
    data = frame[[column for column in frame.columns if not column.startswith(_PUBLISHED)]]
    coded = "code" in data.columns
    return Observations.from_frame(
        data,
        unit="code" if coded else "unit",
        name="unit" if coded else None,
        league="league" if "league" in data.columns else None,
        parent="parent" if "parent" in data.columns else None,
        period=entry["period"],
    )


def published(name: str) -> pd.DataFrame:
    """Return what was published about a dataset's units: scores and places, units × nodes.

    Columns are the codes of nodes for scores, and ``rank`` or ``rank_<code>`` for places; NaN where
    nothing was published.

    Examples
    --------
    >>> published("vn.service-766.provinces-2026-10-10")["total"].nlargest(2).to_list()
    [68.8, 67.48]
    """
    import pandas as pd

    frame = _frame(_entry(name))
    unit = "code" if "code" in frame.columns else "unit"
    columns = [column for column in frame.columns if column.startswith(_PUBLISHED)]
    numbers: pd.DataFrame = frame[columns].apply(pd.to_numeric, errors="coerce").astype(float)
    numbers.index = pd.Index(frame[unit], name="unit")
    numbers.columns = pd.Index([column.removeprefix(_PUBLISHED) for column in columns])
    return numbers


def available() -> pd.DataFrame:
    """Return the datasets: title, methodology, period, source and confidence of each."""
    import pandas as pd

    columns = ["name", "title", "methodology", "period", "source", "confidence"]
    return pd.DataFrame([{c: e[c] for c in columns} for e in _index().values()]).set_index("name")
