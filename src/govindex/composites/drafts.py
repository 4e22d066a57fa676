"""A composite indicator in one call, with every choice in sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.checks import instance_of, names_of, shown
from govindex.composites.choices import STEPS, StatedChoice, choices_of
from govindex.composites.pages import composite_page
from govindex.composites.source_code import python_code
from govindex.contracts import AbsencePolicy, Aggregator, CellStatus, GapFill, Rule, Treatment
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, Problem, Problems, SettingError, near_miss
from govindex.kernels import reductions
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.nesting import Nested
from govindex.model.observations import Observations
from govindex.model.wide_frames import opened_frame
from govindex.names import as_code
from govindex.notation import Notation
from govindex.prepare import Denominate, Impute, Screen, Treat
from govindex.prepare.flow import read_by_steps
from govindex.results import IndexResult
from govindex.rules import MinMax
from govindex.toml import dumps
from govindex.weight import Weigher, apply

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["Composite", "composite"]


@attrs.frozen(repr=False, eq=False)
class Composite:
    """A composite indicator: its methodology, its data and result, and every choice behind it.

    :func:`~govindex.composite` makes it; a notebook and ``print`` show what is done and why.

    Parameters
    ----------
    method : Methodology
        The explicit form: from here on an index like any other.
    data : Observations
        As read, before preparation.
    result : IndexResult
    made : tuple of StatedChoice
    left_out : tuple of str
        The columns of the frame that nothing reads.
    """

    method: Methodology
    data: Observations
    result: IndexResult
    made: tuple[StatedChoice, ...]
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        indicators, units = len(self.method.framework.leaf_codes), len(self.data.units)
        edition = f"{self.method.id}@{self.method.version}"
        return f"<Composite {edition}: {indicators} indicators, {units} units>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return composite_page(self.method, self.data, self.made, self.left_out, language)

    @property
    def choices(self) -> pd.DataFrame:
        """A row per choice: the setting, whether it is the default, and the default's reason."""
        import pandas as pd

        rows = [(c.text(), c.is_default, c.reason()) for c in self.made]
        index = pd.Index([choice.of for choice in self.made], name="choice")
        return pd.DataFrame(rows, index=index, columns=["setting", "default", "reason"])

    def python(self) -> str:
        """Return the methodology as Python code, node by node.

        Raises
        ------
        FrameworkError
            If it holds a function, or a class from outside govindex.
        """
        return python_code(self.method)

    def toml(self) -> str:
        """Return the methodology as a TOML document, which ``load_methodology`` reads.

        Raises
        ------
        FrameworkError
            If it holds a function, or a class from outside govindex.
        """
        return dumps(self.method)


def composite(
    frame: IntoFrame | Observations,
    dimensions: Nested,
    *,
    lower: str | Iterable[str],
    unit: str | None = None,
    name: str | None = None,
    league: str | None = None,
    attributes: Iterable[str] = (),
    notation: Notation | None = None,
    denominate: Mapping[str, str] | Denominate | None = None,
    screen: Screen | None = None,
    impute: GapFill | Impute | None = None,
    treat: Treatment | Sequence[Treatment] | Treat | None = None,
    normalise: Rule | Mapping[str, Rule] | None = None,
    weights: Mapping[str, float | str] | Weigher | None = None,
    aggregate: Aggregator | None = None,
    absence: Absence | AbsencePolicy | None = None,
    id: str = "composite",
    version: str = "1",
    code: str = "index",
) -> Composite:
    """Make a composite indicator of a frame in one call, and say what was chosen and why.

    The steps act in the order of the OECD/JRC Handbook: denominate, screen, impute, treat,
    normalise, weigh, aggregate. Nothing is guessed: directions are declared, gaps and constant
    indicators are refused until they are settled, and columns that nothing reads are listed.

    Parameters
    ----------
    frame : data frame or Observations
        One row per unit, one column per indicator.
    dimensions : mapping or list of str
        The columns of each dimension, nested to any depth: ``{"speed": ["days", "queue"], …}``; a
        list if there are no dimensions.
    lower : iterable of str
        The indicators of which lower values are better, ``[]`` if there are none; of all others
        higher values are.
    unit, name, league, attributes, notation
        As of :meth:`Observations.from_frame <govindex.Observations.from_frame>`; not given
        with observations.
    denominate : mapping of str to str or Denominate, optional
        The column that divides an indicator, by indicator. By default nothing is divided.
    screen : Screen, optional
        Which units have too few values. By default all stay.
    impute : GapFill or Impute, optional
        What fills gaps, a part of :mod:`govindex.impute`. By default gaps are refused, unless
        `absence` says what becomes of them.
    treat : Treatment, sequence of Treatment or Treat, optional
        What draws outliers in, parts of :mod:`govindex.treat`. By default nothing does, and the
        indicators that are beyond the limits of :class:`~govindex.prepare.Treat` are listed.
    normalise : Rule or mapping of str to Rule, optional
        How values become shares; a mapping names single indicators. By default
        :class:`~govindex.rules.MinMax`.
    weights : mapping of str to float or Weigher, optional
        By indicator and dimension, 1 where it is not named; or a method of :mod:`govindex.weight`,
        whose weights become numbers. By default all nodes of a group weigh the same.
    aggregate : Aggregator, optional
        By default :class:`~govindex.aggregate.Arithmetic`.
    absence : Absence or policy, optional
        What becomes of cells that stay absent. By default they are refused.
    id, version, code : str
        Of the methodology, and the code of its root.

    Returns
    -------
    Composite

    Raises
    ------
    FrameworkError
        With every problem of the tree.
    DataError
        With every problem of the frame, every gap that nothing settles and every indicator
        that cannot be normalised.
    SettingError
        If a part is of another kind.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 2, 3, 5 and 6.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "unit": ["A", "B", "C"], "days": [3, 5, 4],
    ...     "online": [0.5, 0.9, None], "phone": [1, 2, 3],
    ... })
    >>> made = composite(
    ...     frame, {"speed": ["days"], "reach": ["online"]}, lower=["days"], impute=gi.impute.Mean()
    ... )
    >>> made.result.score.to_dict(), made.left_out
    ({'A': 50.0, 'B': 50.0, 'C': 50.0}, ('phone',))
    >>> made.choices.loc["impute", "setting"]
    'Mean()'
    """
    given: dict[str, Any] = {
        "denominate": denominate,
        "screen": screen,
        "impute": impute,
        "treat": treat,
        "normalise": normalise,
        "weights": weights,
        "aggregate": aggregate,
        "absence": absence,
    }
    _check_parts(given)
    framework = _framework(dimensions, lower, code, given)
    method = Methodology(id, version, framework, steps=_steps(given), scale=100.0)
    reading = {"unit": unit, "name": name, "league": league, "attributes": attributes}
    data, left_out = _read(frame, method, {**reading, "notation": notation})
    prepared = method.prepare(data)
    if absence is None:
        _refuse_gaps(prepared, framework)
    if isinstance(weights, Weigher):
        method = method.with_weights(apply(method, weights, data))
    outliers = () if treat is not None else _outliers(prepared, framework)
    return Composite(
        method=method,
        data=data,
        result=method.compute(data),
        made=choices_of(method, given, outliers),
        left_out=left_out,
    )


_EXAMPLES = {
    "denominate": '{"cases": "people"}',
    "screen": "gi.prepare.Screen(0.75)",
    "impute": "gi.impute.Median()",
    "treat": "gi.treat.Winsorise(5)",
    "normalise": "gi.rules.ZScore()",
    "weights": '{"speed": 2}',
    "aggregate": "gi.aggregate.Geometric(offset=0.01)",
    "absence": "gi.absence.Renormalise()",
}


def _check_parts(given: Mapping[str, Any]) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "denominate": (Mapping, Denominate),
        "screen": (Screen,),
        "impute": (GapFill, Impute),
        "treat": (Treatment, list, tuple, Treat),
        "normalise": (Rule, Mapping),
        "weights": (Mapping, Weigher),
        "aggregate": (Aggregator,),
        "absence": (Absence, AbsencePolicy),
    }
    for name, part in given.items():
        wanted = kinds[name]
        if part is not None and (isinstance(part, type) or not isinstance(part, wanted)):
            names = [kind.__name__ for kind in wanted]
            example = f": {name}={_EXAMPLES[name]}, for instance"
            raise SettingError(f"{name}=… takes {' or '.join(names)}, not {shown(part)}{example}")


def _framework(dimensions: Any, lower: Any, code: str, given: Mapping[str, Any]) -> Framework:
    if isinstance(dimensions, str) or not isinstance(dimensions, (Mapping, list, tuple)):
        raise SettingError(
            "dimensions is a mapping of dimensions to columns, or a list of columns, not "
            f"{shown(dimensions)}"
        )
    low = names_of(lower, "lower")
    rules, weights = given["normalise"], given["weights"]
    settings = {name: given[name] for name in ("aggregate", "absence") if given[name] is not None}
    framework = Framework.from_dict(
        dimensions,
        instance_of(code, str, "code"),
        rule=rules if isinstance(rules, Rule) else MinMax(),
        lower=low,
        weights=weights if isinstance(weights, Mapping) else None,
        **settings,
    )
    if not isinstance(rules, Mapping):
        return framework
    problems = Problems()
    for name in rules:
        if name not in framework.leaf_codes:
            hint = near_miss(name, framework.leaf_codes)
            problems.add(f"normalise names '{name}', which is no indicator: {hint}")
    problems.raise_any(SettingError, "The rules do not fit")
    return framework.with_rules(rules)


def _steps(given: Mapping[str, Any]) -> list[Any]:
    denominate, screen, impute, treat = (given[name] for name in STEPS)
    if isinstance(denominate, Mapping):
        denominate = Denominate(denominate)
    if impute is not None and not isinstance(impute, Impute):
        # What has no number stays a gap, if the framework says what becomes of gaps.
        lacking: Literal["error", "missing"] = "error" if given["absence"] is None else "missing"
        impute = Impute(impute, lacking=lacking)
    if treat is not None and not isinstance(treat, Treat):
        treat = Treat(treat)
    return [step for step in (denominate, screen, impute, treat) if step is not None]


def _read(
    frame: Any, method: Methodology, reading: Mapping[str, Any]
) -> tuple[Observations, tuple[str, ...]]:
    """Return the data, and the names of what nothing reads."""
    framework = method.framework
    measured = [name for leaf in framework.leaves for name in leaf.measure.variables]
    needed = dict.fromkeys([*framework.variables, *measured, *read_by_steps(method.steps)])
    optional = [name for name in framework.optional_variables if name not in needed]
    if isinstance(frame, Observations):
        named = [f"{name}=…" for name, column in reading.items() if column]
        if named:
            raise SettingError(
                f"{', '.join(named)} says how a frame is read; observations are read already"
            )
        used = {*needed, *optional}
        return frame, tuple(name for name in frame.variables if name not in used)
    attributes = tuple(map(as_code, names_of(reading["attributes"], "attributes")))
    table, unit = opened_frame(frame, reading["unit"], None, {})
    _refuse_unknown(table.columns, needed)
    variables = [*needed, *(name for name in optional if name in table.columns)]
    settings = {**reading, "unit": unit, "attributes": attributes}
    data = Observations.from_frame(table.to_native(), variables=variables, **settings)
    describing = {unit, *attributes, *(as_code(reading[key]) for key in ("name", "league"))}
    used = {*variables, *describing}
    return data, tuple(column for column in table.columns if column not in used)


def _refuse_unknown(columns: Sequence[str], needed: Iterable[str]) -> None:
    problems = Problems()
    for name in needed:
        if name not in columns:
            problems.add(f"the frame has no column '{name}': {near_miss(name, columns)}")
    problems.raise_any(DataError, "The frame does not have what the index needs")


def _refuse_gaps(prepared: Observations, framework: Framework) -> None:
    """Refuse cells that no step has filled, each by unit and indicator."""
    problems = Problems()
    cure = (
        "fill them, impute=gi.impute.Median() for instance; or say what becomes of them, "
        "absence=gi.absence.Renormalise() for instance"
    )
    for name in framework.variables:
        column = prepared.column_of(name)
        for row in np.flatnonzero(np.isnan(prepared.values[:, column])):
            code = prepared.units.codes[row]
            state = CellStatus(prepared.status[row, column]).label
            problems.add(Problem(state, code="composite.gap", unit=code, variable=name, cure=cure))
    problems.raise_any(DataError, "There are gaps that no choice settles")


def _outliers(prepared: Observations, framework: Framework) -> tuple[str, ...]:
    """Return the indicators that the step would treat by its limits."""
    step, found = Treat(), []
    for name in framework.variables:
        if name in prepared.levels:
            continue
        values = prepared.values[:, prepared.column_of(name)]
        ordered = np.sort(values[~np.isnan(values)])
        if len(ordered) and not step.fine(*reductions.shape_of_ordered(ordered)):
            found.append(name)
    return tuple(found)
