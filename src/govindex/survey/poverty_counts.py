"""Multidimensional poverty of a population: M0, H, A, headcounts and contributions, with errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among, instance_of, whole_number
from govindex.contracts import Bool, Float
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import open_table, require_columns
from govindex.lookalikes import lookalike, where_they_differ
from govindex.survey.asked_items import UNUSABLE
from govindex.survey.columns import factorised, first_rows, numbers, text_of_cell, without_decimals
from govindex.survey.deprivations import Deprivation, PovertyMeasure
from govindex.survey.designs import SampleDesign
from govindex.survey.estimates import Estimates
from govindex.survey.estimation import check_by, check_level, given_design
from govindex.survey.precision import Estimation
from govindex.survey.respondents import Respondents
from govindex.survey.samples import Sample, sample_of
from govindex.survey.sums import EstimatedItem, sums_of

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

    from govindex.engines import Records

__all__ = ["PovertyEstimates", "alkire_foster"]

Missing = Literal["refuse", "drop", "not_deprived"]
_MISSING = ("refuse", "drop", "not_deprived")
_PARTS = ("headcount", "censored", "contribution")


def _count(_: object, __: object, value: Any) -> None:
    whole_number(value, "PovertyEstimates(left_out=…)", least=0)


def _estimates(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    instance_of(value, Estimates, f"PovertyEstimates({attribute.name}=…)")


@attrs.frozen(eq=False, repr=False)
class PovertyEstimates:
    """Multidimensional poverty by domain, of which every figure has its standard error.

    Parameters
    ----------
    estimates : Estimates
        Items "M0", "H" and "A", and for each indicator "headcount.CODE" (all who are deprived),
        "censored.CODE" (who are poor and deprived) and "contribution.CODE" (its share of M0).
    whole : Estimates
        Of the whole population, for each domain: "population.DOMAIN", its share of the population,
        and "contribution.DOMAIN", its share of M0.
    left_out : int
        Respondents without all indicators that were dropped.
    """

    estimates: Estimates = attrs.field(validator=_estimates)
    whole: Estimates = attrs.field(validator=_estimates)
    left_out: int = attrs.field(default=0, validator=_count)

    def __repr__(self) -> str:
        domains = len(self.estimates.domains)
        left_out = f", {self.left_out:,} respondents left out" if self.left_out else ""
        return f"<PovertyEstimates: {domains:,} domain{'s' * (domains != 1)}{left_out}>"

    def table(self) -> pd.DataFrame:
        """Return M0, H and A by domain, each with its error.

        Returns
        -------
        DataFrame
            Indexed by domain: M0, M0_se, H, H_se, A, A_se and n, the respondents. A is missing
            where nobody is poor.
        """
        import pandas as pd

        found: dict[str, Any] = {}
        for name in ("M0", "H", "A"):
            at = self.estimates.items.index(name)
            found[name] = self.estimates.value[:, at]
            found[f"{name}_se"] = self.estimates.se[:, at]
        found["n"] = self.estimates.n[:, self.estimates.items.index("M0")]
        return pd.DataFrame(found, index=pd.Index(self.estimates.domains, name="domain"))

    def indicators(self) -> pd.DataFrame:
        """Return what each indicator adds to poverty.

        Returns
        -------
        DataFrame
            A row per domain and indicator: domain, indicator, and with its error each of headcount,
            censored and contribution. Contributions of a domain add up to 1; they are missing where
            nobody is poor.
        """
        import pandas as pd

        items = self.estimates.items
        codes = [item.removeprefix("censored.") for item in items if item.startswith("censored.")]
        rows = []
        for row, domain in enumerate(self.estimates.domains):
            for code in codes:
                line: dict[str, Any] = {"domain": domain, "indicator": code}
                for part in _PARTS:
                    at = items.index(f"{part}.{code}")
                    line[part] = self.estimates.value[row, at]
                    line[f"{part}_se"] = self.estimates.se[row, at]
                rows.append(line)
        return pd.DataFrame(rows)

    def subgroups(self) -> pd.DataFrame:
        """Return what each domain adds to the poverty of the whole population.

        M0 of the population is the mean of M0 of the domains, by their shares of the population.

        Returns
        -------
        DataFrame
            Indexed by domain: population, M0 and contribution, the shares with their errors.
        """
        import pandas as pd

        found: dict[str, list[float]] = {}
        for part in ("population", "contribution"):
            at = [self.whole.items.index(f"{part}.{d}") for d in self.estimates.domains]
            found[part] = list(self.whole.value[0, at])
            found[f"{part}_se"] = list(self.whole.se[0, at])
        frame = pd.DataFrame(found, index=pd.Index(self.estimates.domains, name="domain"))
        frame.insert(2, "M0", self.estimates.value[:, self.estimates.items.index("M0")])
        return frame


def alkire_foster(
    frame: Records,
    measure: PovertyMeasure,
    design: SampleDesign | None = None,
    *,
    by: str | None = None,
    missing: Missing = "refuse",
    level: float = 0.95,
) -> PovertyEstimates:
    """Estimate multidimensional poverty by the counting of Alkire and Foster.

    H is the share of the population that is poor, A the mean deprivation score of the poor, and
    M0 = H · A the mean score of all, where that of who is not poor counts as 0 (is censored).

    Parameters
    ----------
    frame : data frame
        One row per person or household, with a column per deprivation. Households that count as
        many as their members have them in the weights of the design.
    measure : PovertyMeasure
    design, by, level
        As in :func:`means`.
    missing : {"refuse", "drop", "not_deprived"}
        What becomes of respondents without a value of an indicator: an error that counts them; left
        out of every figure and counted in `left_out`; or not deprived in that indicator.

    Returns
    -------
    PovertyEstimates
        Standard errors are linearised (Taylor), or those of the design's replicates.

    Raises
    ------
    DataError
        With every problem of the data: columns that do not exist, texts where a cut-off is a
        number, missing values, what the design does not fit.
    SettingError
        If a setting is not valid.

    References
    ----------
    S. Alkire, J. Foster, S. Seth, M. E. Santos, J. M. Roche and P. Ballon (2015), Multidimensional
    Poverty Measurement and Analysis, Oxford University Press, chapters 5 (the counting) and 8
    (statistical inference): their subjects were confirmed, pages could not be compared.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.survey import Deprivation
    >>> people = pd.DataFrame({"income": [900, 300, 200, 700], "water": [1, 0, 0, 0]})
    >>> measure = PovertyMeasure(
    ...     [Deprivation("income", below=500), Deprivation("water", answers=["0"])], cutoff=1
    ... )
    >>> alkire_foster(people, measure).table()[["M0", "H", "A"]]
             M0    H    A
    domain
    all     0.5  0.5  1.0
    """
    instance_of(measure, PovertyMeasure, "measure")
    if not among(missing, _MISSING):
        raise SettingError(f"missing is 'refuse', 'drop' or 'not_deprived', not {missing!r}")
    check_level(level)
    check_by(by)
    table, problems = open_table(frame), Problems()
    read = [_deprived(table, each, missing, problems) for each in measure.deprivations]
    people, applied = Respondents(table), given_design(design)
    sample = sample_of(people, applied, by, problems)
    whole = sample if by is None else sample_of(people, applied, None, Problems())
    problems.raise_any(DataError, UNUSABLE)
    assert sample is not None
    assert whole is not None
    deprived, known = (np.stack(part, axis=1) for part in zip(*read, strict=True))
    valid = np.asarray(known.all(axis=1) | (missing == "not_deprived"), dtype=bool)
    if not valid.any():
        raise DataError(f"{UNUSABLE}: nobody has a value of every indicator")
    scores = measure.scores(deprived & known)
    poor = np.asarray(measure.poor(scores) & valid, dtype=bool)
    items = [*_items(measure, deprived & known, scores, poor, valid)]
    shares = [*_shares(sample, scores, poor, valid)]
    return PovertyEstimates(
        _estimated(sample, items, level),
        _estimated(whole, shares, level),
        int((~valid).sum()),
    )


def _estimated(sample: Sample, items: list[EstimatedItem], level: float) -> Estimates:
    limits = np.zeros(len(items)), np.ones(len(items))
    return Estimation(sample, sums_of(sample, items), level, "alkire_foster").result(
        limits, "logit"
    )


def _items(
    measure: PovertyMeasure, deprived: Bool, scores: Float, poor: Bool, valid: Bool
) -> Iterator[EstimatedItem]:
    """Yield the measures, and the parts of each indicator, as ratios of sums."""
    ones, is_poor = valid.astype(np.float64), poor.astype(np.float64)
    censored = np.where(poor, scores, 0.0)
    yield EstimatedItem("M0", censored, ones, ones)
    yield EstimatedItem("H", is_poor, ones, ones)
    yield EstimatedItem("A", censored, is_poor, ones)
    for column, (code, weight) in enumerate(measure.shares.items()):
        lacking = (deprived[:, column] & valid).astype(np.float64)
        yield EstimatedItem(f"headcount.{code}", lacking, ones, ones)
        yield EstimatedItem(f"censored.{code}", lacking * is_poor, ones, ones)
        yield EstimatedItem(f"contribution.{code}", weight * lacking * is_poor, censored, ones)


def _shares(sample: Sample, scores: Float, poor: Bool, valid: Bool) -> Iterator[EstimatedItem]:
    """Yield the share of each domain in the population and in its poverty."""
    ones, censored = valid.astype(np.float64), np.where(poor, scores, 0.0)
    for number, domain in enumerate(sample.domains):
        inside = (sample.domain == number).astype(np.float64)
        yield EstimatedItem(f"population.{domain}", inside * ones, ones, ones)
        yield EstimatedItem(f"contribution.{domain}", inside * censored, censored, ones)


def _beyond(values: Float, each: Deprivation) -> Bool:
    """Return which values are on the deprived side of a cut-off."""
    if each.below is not None:
        return np.asarray(values < each.below)
    assert each.above is not None
    return np.asarray(values > each.above)


def _note_strange_answers(
    each: Deprivation, values: list[Any], texts: list[str], problems: Problems
) -> None:
    """Note answers that no cell of the column's kind can be, and cells that look like an answer."""
    flags = all(isinstance(value, (bool, np.bool_)) for value in values)
    figures = not flags and all(isinstance(value, (int, float, np.number)) for value in values)
    cannot = [a for a in each.answers if (flags or figures) and not _may_be(a, flags=flags)]
    if values and cannot:
        problems.add(
            f"column '{each.code}' holds {'True and False' if flags else 'numbers'}, and none of "
            f"its cells can be {listing(cannot)}",
            code="survey.answer",
            variable=each.code,
            cure="give answers=['True']" if flags else "give below=…, above=… or answers=['1']",
        )
    for text in dict.fromkeys(texts):
        meant = lookalike(text, each.answers) if text not in each.answers else None
        if text and meant is not None:
            problems.add(
                f"column '{each.code}' holds '{text}', which is not the answer '{meant}': "
                f"{where_they_differ(text, meant)}",
                code="survey.answer",
                variable=each.code,
                cure="correct the cells, or name both in Deprivation(answers=…)",
            )


def _may_be(answer: str, *, flags: bool) -> bool:
    """Return whether a flag, or a number, may be written as an answer is."""
    if flags:
        return answer in ("True", "False")
    try:
        float(answer)
    except ValueError:
        return False
    return True


def _deprived(
    table: nw.DataFrame[Any], each: Deprivation, missing: Missing, problems: Problems
) -> tuple[Bool, Bool]:
    """Return who is deprived in an indicator, and of whom a value is known."""
    nobody = np.zeros(len(table), dtype=bool)
    if not require_columns(table, [each.code], problems):
        return nobody, ~nobody
    if each.answers:
        codes, values = factorised(table[each.code])
        texts = [text_of_cell(value) for value in values]
        _note_strange_answers(each, values, texts, problems)
        named = [text in each.answers or without_decimals(text) in each.answers for text in texts]
        lacking = np.array([*named, False])[codes]
        known = np.array([*(text != "" for text in texts), False])[codes]
    else:
        found = numbers(table, each.code, problems, blank=True)
        if found is None:
            return nobody, ~nobody
        known = ~np.isnan(found)
        with np.errstate(invalid="ignore"):
            lacking = _beyond(found, each)
    if missing == "refuse" and not known.all():
        problems.add(
            f"'{each.code}' is missing in {first_rows(~known)}",
            code="survey.missing",
            variable=each.code,
            row=int(np.argmin(known)) + 1,
            cure="give missing='drop' or missing='not_deprived'",
        )
    return np.asarray(lacking, dtype=bool), np.asarray(known, dtype=bool)
