"""Small real data, each with its source, in the words of the methodology that scores it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from govindex.checks import among
from govindex.errors import DataError, UnknownNameError, near_miss
from govindex.model.observations import Observations
from govindex.namespaces import define_namespace

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
    if not among(name, index):
        raise UnknownNameError(f"there is no dataset '{name}': {near_miss(name, index)}")
    return index[name]


def _kind(entry: dict[str, Any]) -> str:
    return str(entry.get("kind", "observations"))


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
        If there is no such dataset; the message lists those that exist.
    DataError
        If it holds published results only, without data to compute them from.

    Examples
    --------
    >>> load("vn.service-766.provinces-2026-10-10")
    <Observations: 34 units × 6 variables, period 2026, 0 cells absent>
    """
    entry = _entry(name)
    if _kind(entry) == "published":
        raise DataError(
            f"'{name}' holds published results only, without data to compute them from: "
            f"datasets.published('{name}') returns them"
        )
    frame = _frame(entry)
    data = frame[[column for column in frame.columns if not column.startswith(_PUBLISHED)]]
    return Observations.from_frame(
        data,
        unit="unit",
        name="name" if "name" in data.columns else None,
        league="league" if "league" in data.columns else None,
        type="type" if "type" in data.columns else None,
        parent="parent" if "parent" in data.columns else None,
        period=entry["period"],
    )


def published(name: str) -> pd.DataFrame:
    """Return the published scores and ranks of a dataset's units, units × nodes.

    Columns are the codes of nodes for scores, ``total`` for that of the root, and ``rank`` or
    ``rank_<code>`` for ranks; NaN if nothing was published. Texts, such as classes, stay texts. In
    a dataset of published results only, a unit may have several rows, of different dates, years or
    leagues.

    Examples
    --------
    >>> published("vn.service-766.provinces-2026-10-10")["total"].nlargest(2).to_list()
    [68.8, 67.48]
    """
    import pandas as pd

    entry = _entry(name)
    frame = _frame(entry)
    if _kind(entry) == "published":
        columns = {column: column for column in frame.columns if column != "unit"}
    else:
        prefixed = [column for column in frame.columns if column.startswith(_PUBLISHED)]
        columns = {column: column.removeprefix(_PUBLISHED) for column in prefixed}
    table = frame[list(columns)].rename(columns=columns)
    table.index = pd.Index(frame["unit"], name="unit")
    texts = entry.get("text", ())
    numbers = [column for column in table.columns if column not in texts]
    table[numbers] = table[numbers].apply(pd.to_numeric).astype(float)
    return table


def available() -> pd.DataFrame:
    """Return the datasets: title, methodology, period, kind, source and confidence of each.

    The kind is ``observations`` for data to compute with, ``published`` for results only, which may
    be of a methodology that is not built in.
    """
    import pandas as pd

    columns = ["title", "methodology", "period", "kind", "source", "confidence"]
    rows = {
        name: {**dict.fromkeys(columns, ""), **entry, "kind": _kind(entry)}
        for name, entry in _index().items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")[columns]
    return table.rename_axis("name")


define_namespace(__name__)
