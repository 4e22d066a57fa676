"""Estimates of a survey: values with standard errors, by domain and item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import (
    among,
    instance_of,
    is_number,
    names_of,
    shown,
    text,
    tuple_of,
    whole_number,
)
from govindex.contracts import Bool, CellStatus, Float, Status, is_absent
from govindex.errors import DataError, Problems, SettingError, UnknownNameError, near_miss
from govindex.extras import Interchanged
from govindex.frames import column_texts, open_table, require_columns
from govindex.kernels.seeds import as_seed
from govindex.model.arrays import as_statuses
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.survey.columns import numbers
from govindex.survey.contrasts import difference_table
from govindex.survey.covariance_tables import read_covariances
from govindex.survey.drawn_values import drawn_values, joint_errors
from govindex.survey.index_variables import variables_of
from govindex.survey.intervals import quantiles
from govindex.survey.linearisation import Linearised, PairVariances

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame
    from numpy.typing import ArrayLike

__all__ = ["Estimates"]

_SIZES = ("df", "n", "n_effective", "deff")
_COLUMNS = ("value", "se", *_SIZES, "low", "high")


def _codes(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(names, "names")))


def _array(values: ArrayLike) -> Float:
    try:
        array: Float = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"estimates are arrays of numbers, domains × items: {error}") from error
    array.flags.writeable = False
    return array


def _optional(values: ArrayLike | None) -> Float | None:
    return None if values is None else _array(values)


def _statuses(words: list[str | None], problems: Problems) -> Status:
    """Return a column of status in words; note other words."""
    known = {status.label: status for status in CellStatus}
    for row, word in enumerate(words, 1):
        if word not in known:
            what = "is blank" if word is None else f"cannot be '{word}'"
            problems.add(
                f"a status {what}: {near_miss(word or '', known)}", code="survey.status", row=row
            )
    return np.array([known.get(word or "", CellStatus.MISSING) for word in words], dtype=np.uint8)


def _linear(instance: object, attribute: object, value: Any) -> None:
    if value is not None and not isinstance(value, PairVariances):
        instance_of(value, Linearised, "Estimates(linear=…)")


def _level(instance: object, attribute: object, value: Any) -> None:
    if not is_number(value) or not 0 < value < 1:
        raise SettingError(f"level is a share between 0 and 1, such as 0.95, not {value!r}")


def _scale(instance: object, attribute: object, value: Any) -> None:
    if not is_number(value) or not value > 0:
        raise SettingError(f"scale is a finite number above 0, not {shown(value)}")


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Estimates(Interchanged):
    """Estimates with standard errors, for every domain and item.

    Parameters
    ----------
    domains, items : tuple of str
    value, se : array, shape (domains, items)
        NaN where nothing is known: no valid answer; fewer than two clusters. Of a suppressed value
        nothing is kept.
    df, n, n_effective, deff, low, high : array, shape (domains, items), optional
        Degrees of freedom, valid answers, the size of a simple random sample of the same
        precision, the design effect against one with replacement, and the limits of the interval.
    status : array of CellStatus, shape (domains, items), optional
        By default reported, and missing where the value is NaN.
    covariances : array, shape (domains, items, items), optional
        Of the items of a domain; squared errors are on the diagonal.
    replicates : array, shape (replicates, domains, items), optional
    factors : array, shape (replicates,), optional
        What squared deviations of replicates count in the variance.
    level : float
        The confidence of the interval.
    formula : str
        What was estimated.
    scale : float
        What values were multiplied by: 100 for per cent.
    linear : optional
        What errors of differences between domains follow from; from :func:`estimate` only.
    """

    domains: tuple[str, ...] = attrs.field(converter=_codes)
    items: tuple[str, ...] = attrs.field(converter=_codes)
    value: Float = attrs.field(converter=_array)
    se: Float = attrs.field(converter=_array)
    df: Float = attrs.field(default=None, converter=_optional)
    n: Float = attrs.field(default=None, converter=_optional)
    n_effective: Float = attrs.field(default=None, converter=_optional)
    deff: Float = attrs.field(default=None, converter=_optional)
    low: Float = attrs.field(default=None, converter=_optional)
    high: Float = attrs.field(default=None, converter=_optional)
    status: Status = attrs.field(default=None, converter=attrs.converters.optional(as_statuses))
    covariances: Float | None = attrs.field(default=None, converter=_optional)
    replicates: Float | None = attrs.field(default=None, converter=_optional)
    factors: Float | None = attrs.field(default=None, converter=_optional)
    level: float = attrs.field(default=0.95, validator=_level)
    formula: str = attrs.field(default="", validator=text)
    scale: float = attrs.field(default=1.0, validator=_scale)
    linear: Linearised | PairVariances | None = attrs.field(default=None, validator=_linear)

    def __attrs_post_init__(self) -> None:
        shape = (len(self.domains), len(self.items))
        problems = Problems()
        for what, names in (("domain", self.domains), ("item", self.items)):
            if not names:
                problems.add(f"there is no {what}")
            for name in sorted({name for name in names if names.count(name) > 1}):
                problems.add(f"{what} '{name}' appears more than once")
        for name in _COLUMNS:
            if getattr(self, name) is None:
                unknown = np.full(shape, np.inf if name == "df" else np.nan)
                object.__setattr__(self, name, _array(unknown))
            elif getattr(self, name).shape != shape:
                found = getattr(self, name).shape
                problems.add(f"{name} has shape {found}, expected {shape}: domains × items")
        blocks = (*shape, shape[1])
        if self.covariances is not None and self.covariances.shape != blocks:
            found = self.covariances.shape
            problems.add(f"covariances have shape {found}, expected {blocks}")
        count = None if self.replicates is None else self.replicates.shape[:1]
        if self.replicates is not None and self.replicates.shape[1:] != shape:
            problems.add(f"replicates have shape {self.replicates.shape}, expected (…, {shape})")
        if self.factors is not None and self.factors.shape != count:
            problems.add("factors are one number for each replicate")
        if self.status is not None and self.status.shape != shape:
            problems.add(f"status has shape {self.status.shape}, expected {shape}")
        if not len(problems):
            self._check_cells(problems)
        problems.raise_any(DataError, "The estimates cannot be used")

    def _check_cells(self, problems: Problems) -> None:
        if self.status is None:
            missing = np.isnan(self.value) * np.uint8(CellStatus.MISSING)
            object.__setattr__(self, "status", missing)
        if (is_absent(self.status) != np.isnan(self.value)).any():
            problems.add("a value is NaN exactly where its status is absent")
        for domain, item in np.argwhere(np.isinf(self.value) | (self.se < 0)).tolist():
            problems.add(
                "a value is finite, and a standard error at least 0",
                code="survey.estimate",
                unit=self.domains[domain],
                variable=self.items[item],
            )
        self._withhold(self.status == np.uint8(CellStatus.SUPPRESSED))
        known = np.isnan(self.low) & ~np.isnan(self.se)
        if known.any():
            reach = quantiles(self.df, self.level) * self.se
            object.__setattr__(self, "low", np.where(known, self.value - reach, self.low))
            object.__setattr__(self, "high", np.where(known, self.value + reach, self.high))

    def _withhold(self, mask: Bool) -> None:
        """Take out what depends on suppressed values: errors, counts, replicates, totals."""
        if not mask.any():
            return
        fields = {name: np.where(mask, np.nan, getattr(self, name)) for name in _COLUMNS}
        if self.covariances is not None:
            either = mask[:, :, None] | mask[:, None, :]
            fields["covariances"] = np.where(either, np.nan, self.covariances)
        if self.replicates is not None:
            fields["replicates"] = np.where(mask, np.nan, self.replicates)
        for name, array in fields.items():
            object.__setattr__(self, name, _array(array))
        if self.linear is not None:
            object.__setattr__(self, "linear", self.linear.without(mask))

    def suppressed(self, cells: Iterable[tuple[str, str]]) -> Estimates:
        """Return the estimates with some of them suppressed: known, but withheld.

        Value, error, interval and number of answers go together, as do covariances and replicates.
        ``disclosure.suppress`` finds the cells that small groups require.

        Parameters
        ----------
        cells : iterable of (domain, item)

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"domain": ["A"], "item": ["S1"], "value": [0.8], "se": [0.02]})
        >>> Estimates.of(table).suppressed([("A", "S1")]).table()["status"].tolist()
        ['suppressed']
        """
        mask = np.zeros(self.value.shape, dtype=bool)
        for cell in tuple_of(cells, "cells", "pairs (domain, item)"):
            if not isinstance(cell, tuple) or len(cell) != 2:
                raise SettingError(f"a cell to suppress is (domain, item), not {shown(cell)}")
            domain, item = cell
            if not among(item, self.items):
                known = near_miss(item, self.items)
                raise UnknownNameError(f"there is no item {shown(item)}: {known}")
            mask[self._row(domain), self.items.index(item)] = True
        status = np.where(mask, np.uint8(CellStatus.SUPPRESSED), self.status)
        return attrs.evolve(self, value=np.where(mask, np.nan, self.value), status=status)

    def __repr__(self) -> str:
        return (
            f"<Estimates: {len(self.domains)} domains × {len(self.items)} items"
            f"{f', {self.formula}' if self.formula else ''}>"
        )

    @classmethod
    def of(
        cls,
        frame: IntoFrame,
        *,
        domain: str = "domain",
        item: str = "item",
        value: str = "value",
        se: str = "se",
        df: str | None = None,
        n: str | None = None,
        covariances: IntoFrame | None = None,
        status: str | None = None,
        level: float = 0.95,
    ) -> Estimates:
        """Take estimates that were made elsewhere: in R, in svy, in a publication.

        Parameters
        ----------
        frame : data frame
            One row for each domain and item.
        domain, item, value, se, df, n : str
            Its columns; `df` and `n` if they are known. A blank value is missing, a blank error
            unknown.
        covariances : data frame, optional
            One row for each pair of items of a domain: the columns `domain` and `item` as in
            `frame`, ``other`` (the other item) and ``covariance``, in either order or both. Pairs
            that it does not have are not known.
        status : str, optional
            A column of status in words, as in :meth:`table`: "reported", "missing", "not
            applicable", "suppressed" …; without a value if it is absent.
        level : float
            The confidence of the intervals.

        Raises
        ------
        DataError
            With every problem: columns that do not exist, a domain and item twice, texts among
            numbers; covariances of items that `frame` does not have, or beyond their errors.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame(
        ...     {"domain": ["A", "B"], "item": ["S1"] * 2, "value": [0.8, 0.9], "se": [0.02, 0.01]}
        ... )
        >>> Estimates.of(table).table()["high"].round(3).tolist()
        [0.839, 0.92]
        """
        table, problems = open_table(frame), Problems()
        for name in (domain, item, value, se):
            instance_of(name, str, "the name of a column")
        others = [name for name in (df, n, status) if name is not None]
        columns = [*names_of((domain, item, value, se, *others), "columns")]
        require_columns(table, columns, problems)
        problems.raise_any(DataError, "The estimates cannot be used")
        keys = [[each or "" for each in column_texts(table, name)] for name in (domain, item)]
        rows: dict[tuple[str, str], int] = {}
        for row, key in enumerate(zip(*keys, strict=True), 1):
            if "" in key:
                problems.add("a domain or an item is blank", row=row)
            elif key in rows:
                problems.add(f"appears in rows {rows[key]} and {row}", unit=key[0], variable=key[1])
            rows.setdefault(key, row)
        read = {
            name: numbers(table, column, problems, blank=True)
            for name, column in {"value": value, "se": se, "df": df, "n": n}.items()
            if column is not None
        }
        words = None if status is None else _statuses(column_texts(table, status), problems)
        problems.raise_any(DataError, "The estimates cannot be used")
        domains, items = (tuple(dict.fromkeys(texts)) for texts in keys)
        at = tuple(
            [names.index(t) for t in texts]
            for names, texts in zip((domains, items), keys, strict=True)
        )
        arrays: dict[str, Any] = {}
        for name, column in read.items():
            arrays[name] = np.full((len(domains), len(items)), np.inf if name == "df" else np.nan)
            arrays[name][at] = column
        if covariances is not None:
            named = (domains, items), (domain, item)
            arrays["covariances"] = read_covariances(covariances, *named, arrays["se"])
        if words is not None:
            arrays["status"] = np.full(arrays["value"].shape, np.uint8(CellStatus.MISSING))
            arrays["status"][at] = words
        return cls(domains=domains, items=items, level=level, **arrays)

    def table(self) -> pd.DataFrame:
        """Return a row per domain and item.

        Returns
        -------
        DataFrame
            domain, item, value, se, df, n, n_effective, deff, low, high and status in words.
        """
        import pandas as pd

        count = len(self.items)
        columns: dict[str, Any] = {
            "domain": [domain for domain in self.domains for _ in range(count)],
            "item": list(self.items) * len(self.domains),
            **{name: getattr(self, name).ravel() for name in _COLUMNS},
            "status": [CellStatus(code).label for code in self.status.ravel().tolist()],
        }
        return pd.DataFrame(columns)

    def covariance(self, domain: str) -> pd.DataFrame:
        """Return the covariances between the items of a domain, items × items.

        Raises
        ------
        DataError
            If the estimates have none.
        """
        import pandas as pd

        row = self._row(domain)
        if self.covariances is None:
            raise DataError("the estimates have no covariances between items")
        return pd.DataFrame(self.covariances[row], index=self.items, columns=self.items)

    def difference(self, first: str, second: str) -> pd.DataFrame:
        """Return the difference of two domains, the first less the second, item by item.

        Domains of one sample may share strata and clusters: their covariance is taken into
        account. Estimates that were made elsewhere are taken as independent.

        Returns
        -------
        DataFrame
            Index item; difference, se, df, low, high, t, and p: the probability of a difference at
            least as large if there is none.
        """
        one, other = self._row(first), self._row(second)
        if one == other:
            raise SettingError(f"'{first}' and '{second}' are one domain")
        difference = self.value[one] - self.value[other]
        if self.linear is not None:
            variance = np.diagonal(self.linear.covariance({one: 1.0, other: -1.0}))
        elif self.replicates is not None and self.factors is not None:
            apart = self.replicates[:, one] - self.replicates[:, other] - difference
            variance = self.factors @ apart**2
        else:
            variance = self.se[one] ** 2 + self.se[other] ** 2
        unknown = np.isnan(self.se[one]) | np.isnan(self.se[other])
        se = np.where(unknown, np.nan, np.sqrt(np.maximum(variance, 0.0)))
        freedom = self.df[[one, other]].sum(axis=0)
        return difference_table(self.items, difference, se, freedom, self.level)

    def _row(self, domain: str) -> int:
        if not among(domain, self.domains):
            known = near_miss(domain, self.domains)
            raise UnknownNameError(f"there is no domain '{domain}': {known}")
        return self.domains.index(domain)

    def for_index(self, framework: Framework) -> Estimates:
        """Return the estimates of the variables that the leaves of an index measure.

        Parameters
        ----------
        framework : Framework
            A leaf takes the item of its code. Where it measures a part of a whole, such as
            satisfied answers of valid ones, the value is the part, and what a share of 1
            would be (`scale`, such as 100) is the whole, which has no error.

        Raises
        ------
        DataError
            If no leaf has the code of an item, or with every leaf whose measure takes
            anything else.

        Examples
        --------
        >>> import pandas as pd
        >>> from govindex import Framework, Indicator, measures, rules
        >>> estimates = Estimates(
        ...     domains=["A"], items=["S1"], value=[[80.0]], se=[[2.0]], scale=100
        ... )
        >>> measure = measures.Ratio("satisfied", "valid", times=100)
        >>> leaf = Indicator("S1", measure=measure, rule=rules.Proportional(target=100))
        >>> estimates.for_index(Framework("satisfaction", [leaf])).table()[["item", "value", "se"]]
                item  value   se
        0  satisfied   80.0  2.0
        1      valid  100.0  0.0
        """
        instance_of(framework, Framework, "framework")
        found, whole = variables_of(framework, self.items), self.scale
        covariances, replicates = self.covariances, self.replicates
        return Estimates(
            domains=self.domains,
            items=found.names,
            value=found.values(self.value, whole),
            se=found.errors(self.se),
            **{name: getattr(self, name)[:, found.items] for name in _SIZES},
            low=found.values(self.low, whole),
            high=found.values(self.high, whole),
            status=found.status(self.status),
            covariances=None if covariances is None else found.covariances(covariances),
            replicates=None if replicates is None else found.values(replicates, whole),
            factors=self.factors,
            level=self.level,
            scale=whole,
        )

    def observations(
        self, *, items: Iterable[str] | None = None, units: Iterable[Unit] | None = None
    ) -> Observations:
        """Return the values as the data of an index: domains are units, items variables.

        The standard errors go with them, the covariances between the items of a domain, and
        replicates where the survey has them; ``robustness.Errors()`` draws from them. Where all
        answers agree the linearised error is 0, and half of the interval over its quantile counts.

        Parameters
        ----------
        items : sequence of str, optional
            The items to take; by default all.
        units : iterable of Unit, optional
            The units with their fields; a unit without a domain is missing. By default the
            domains.

        Raises
        ------
        UnknownNameError
            If there is no such item, or a domain is no unit.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"domain": ["A"], "item": ["S1"], "value": [0.8], "se": [0.02]})
        >>> Estimates.of(table).observations().value("A", "S1")
        0.8
        """
        chosen = self.items if items is None else _codes(items)
        for item in chosen:
            if item not in self.items:
                raise UnknownNameError(f"there is no item '{item}': {near_miss(item, self.items)}")
        given = None if units is None else tuple_of(units, "units", "several Unit(…)")
        known = Units(self.domains) if given is None else Units.of(given)
        rows = [known.locate(domain) for domain in self.domains]
        columns = [self.items.index(item) for item in chosen]
        shape = (len(known), len(chosen))
        values, status = np.full(shape, np.nan), np.full(shape, CellStatus.MISSING, dtype=np.uint8)
        values[rows] = self.value[:, columns]
        status[rows] = self.status[:, columns]
        joint = joint_errors(self, chosen, rows, len(known))
        return Observations(known, chosen, values, status, **joint)

    def drawn(
        self,
        draws: int,
        *,
        rng: int | np.random.Generator,
        limits: tuple[float, float] | None = None,
    ) -> dict[str, pd.DataFrame]:
        """Draw values, for ``robustness.Replicates(…)``: items of a unit vary together.

        The replicates of bootstrapped estimates, in turn; else normal values with the
        covariances of the items of each domain, or independent ones without covariances.

        Parameters
        ----------
        draws : int
        rng : int or numpy.random.Generator
        limits : (float, float), optional
            The least and the largest value; a value drawn beyond a limit becomes the limit.

        Returns
        -------
        dict of str to DataFrame
            By item, draws × domains.

        Raises
        ------
        DataError
            If a value or its error is not known, with every one of them.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"domain": ["A"], "item": ["S1"], "value": [0.8], "se": [0.02]})
        >>> Estimates.of(table).drawn(2, rng=1)["S1"].shape
        (2, 1)
        """
        import pandas as pd

        values = drawn_values(self, whole_number(draws, "draws"), as_seed(rng))
        if limits is not None:
            if not isinstance(limits, tuple) or len(limits) != 2 or not all(map(is_number, limits)):
                raise SettingError(f"limits are a pair (low, high), not {shown(limits)}")
            values = np.clip(values, *limits)
        return {
            item: pd.DataFrame(values[:, :, column], columns=pd.Index(self.domains, name="unit"))
            for column, item in enumerate(self.items)
        }
