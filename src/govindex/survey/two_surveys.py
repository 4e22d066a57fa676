"""Two surveys compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.checks import instance_of
from govindex.errors import DataError
from govindex.survey.contrasts import difference_table, joint_freedom
from govindex.survey.estimates import Estimates
from govindex.survey.estimation import check_level

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["differences"]


def differences(after: Estimates, before: Estimates, *, level: float = 0.95) -> pd.DataFrame:
    """Return the differences between two surveys, which are taken as independent.

    Parameters
    ----------
    after, before : Estimates
        The later survey, and the earlier one; domains and items that both have are compared.
    level : float
        The confidence of the intervals.

    Returns
    -------
    DataFrame
        domain, item, difference, se, df (Welch and Satterthwaite), low, high, t, p.

    Raises
    ------
    DataError
        If the surveys have no domain and item in common, or differ in their formula.
    """
    for estimates in (after, before):
        instance_of(estimates, Estimates, "an estimate of a survey")
    check_level(level)
    if after.formula != before.formula and after.formula and before.formula:
        raise DataError(
            f"'{after.formula}' and '{before.formula}' are not compared: estimate both in one way"
        )
    items = [item for item in after.items if item in before.items]
    domains = [domain for domain in after.domains if domain in before.domains]
    if not items or not domains:
        raise DataError("the two surveys have no domain and item in common")
    rows = [estimates.domains.index(d) for estimates in (after, before) for d in domains]
    late, early = rows[: len(domains)], rows[len(domains) :]
    now = np.ix_(late, [after.items.index(item) for item in items])
    then = np.ix_(early, [before.items.index(item) for item in items])
    se = np.sqrt(after.se[now] ** 2 + before.se[then] ** 2)
    df = joint_freedom((after.se[now], before.se[then]), (after.df[now], before.df[then]))
    apart = after.value[now] - before.value[then]
    every = items * len(domains)
    table = difference_table(every, apart.ravel(), se.ravel(), df.ravel(), level)
    table.insert(0, "domain", [domain for domain in domains for _ in items])
    found: pd.DataFrame = table.reset_index()[["domain", "item", *table.columns[1:]]]
    return found
