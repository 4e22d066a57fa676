"""What the reconciliation of a published table has found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.display import ShownPage, html, plain
from govindex.errors import Problem
from govindex.language import check_language
from govindex.reconciliation.pages import reconciliation_page
from govindex.reconciliation.printed_tables import PrintedTable
from govindex.reconciliation.suggestions import Suggestion
from govindex.reconciliation.texts import finding_text, rule_text, suggestion_text
from govindex.reconciliation.tried_rules import CONTRADICTION, KINDS, OTHER_RULE, TableCheck

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reconciliation"]

_ROWS = ("row", "unit", "check", "column", "stated", "computed", "difference", "bound", "kind")
_RULES = ("check", "rule", "base", "decimals", "mode", "ties", "tiers")
_FINDINGS = ("code", "check", "row", "unit", "column", "stated", "instead", "text")


@attrs.frozen(eq=False, slots=False)
class Reconciliation:
    """A published table against its own parts, and against a recomputation.

    Each cell that is checked is one of these:

    - *agrees*: what is computed from the printed parts prints the same;
    - *printing error*: the two differ by no more than half a unit of the last printed decimal of
      the column and of each of its parts, so that rounding explains it;
    - *other rule*: a rule that was tried explains it, such as figures that were cut off;
    - *contradiction*: no rule that was tried explains it;
    - *unknown*: it, or one of its parts, is blank.

    Parameters
    ----------
    table : PrintedTable
        The published table as it was read.
    checks : tuple of TableCheck
        A check for each column that is made of others.
    suggestions : tuple of (str, Suggestion)
        The name of a check, and what may have gone wrong in print.
    """

    table: PrintedTable
    checks: tuple[TableCheck, ...]
    suggestions: tuple[tuple[str, Suggestion], ...] = ()

    def __repr__(self) -> str:
        found = sum(kind == CONTRADICTION for check in self.checks for kind in check.kinds)
        return (
            f"<Reconciliation of {len(self.table.units)} rows in {len(self.checks)} checks: "
            f"{found} contradiction{'s' * (found != 1)}>"
        )

    @property
    def rows(self) -> pd.DataFrame:
        """A row for each checked cell.

        Columns: row (from 1), unit, check, column, what is stated, what is computed from the
        printed parts (missing where only the order is known), the difference (stated less
        computed), the bound of printing errors, the kind, and the rule that explains the cell, ""
        without one.
        """
        import pandas as pd

        rows: list[tuple[Any, ...]] = []
        for check in self.checks:
            texts = {id(rule): rule_text(check, rule) for rule in check.rules}
            for row, kind in enumerate(check.kinds):
                rule = texts.get(id(check.rule_of(row)), "")
                stated, computed = check.stated[row], check.computed[row]
                where = (row + 1, self.table.units[row], check.name, check.column)
                gap = _difference(stated, computed)
                bound = float(check.bounds[row])
                rows.append((*where, stated, computed, gap, bound, kind, rule))
        return pd.DataFrame(rows, columns=[*_ROWS, "rule"])

    @property
    def rules(self) -> pd.DataFrame:
        """A row for each rule that was tried, those that explain most rows first.

        Columns: check, the rule in words, what it is made of (base, decimals, mode, ties, tiers),
        how many of the known rows it explains (`explained` of `known`), and whether no other rule
        is better (`is_best`): it explains more, coarser rounding a tenth more.
        """
        import pandas as pd

        rows: list[tuple[Any, ...]] = []
        for check in self.checks:
            counts, known = check.counts, int(check.known.sum())
            for i in np.argsort([-count for count in counts], kind="stable").tolist():
                rule = check.rules[i]
                said = (check.name, rule_text(check, rule), *rule.settings)
                rows.append((*said, counts[i], known, any(rule is best for best in check.best)))
        frame = pd.DataFrame(rows, columns=[*_RULES, "explained", "known", "is_best"])
        return frame.astype({"decimals": "Int64"})

    @property
    def summary(self) -> pd.DataFrame:
        """A row for each check: cells by kind, and whether one rule explains all."""
        import pandas as pd

        rows = []
        for check in self.checks:
            kinds = check.kinds
            best = check.best[0]
            complete = bool((best.explains | ~check.known).all())
            counts = [kinds.count(kind) for kind in KINDS]
            rows.append((check.name, *counts, rule_text(check, best), complete))
        names = [kind.replace(" ", "_") for kind in KINDS]
        return pd.DataFrame(rows, columns=["check", *names, "rule", "explains_all"])

    @property
    def findings(self) -> pd.DataFrame:
        """What somebody should look at; see :meth:`findings_in`."""
        return self.findings_in()

    def findings_in(self, language: str | None = None) -> pd.DataFrame:
        """Return what somebody should look at.

        Contradictions; cells that the rule of their column does not explain, though another does;
        and suggestions, what may have gone wrong in print. Nothing is corrected.

        Parameters
        ----------
        language : str, optional
            Of the texts; English by default.

        Returns
        -------
        DataFrame
            A row for each finding: code ("contradiction", "other_rule", "swapped", "transposed" or
            "out_of_order"), check, row (from 1), unit, column, what is stated, what may have been
            meant (`instead`), and the text.
        """
        import pandas as pd

        rows = list(self._found(check_language(language)))
        return pd.DataFrame(rows, columns=list(_FINDINGS))

    def _found(self, language: str | None) -> Iterator[tuple[Any, ...]]:
        units = self.table.units
        for check in self.checks:
            best = check.best[0]
            for row, kind in enumerate(check.kinds):
                is_other = kind == OTHER_RULE and not best.explains[row]
                if kind != CONTRADICTION and not is_other:
                    continue
                where = (check.name, row + 1, units[row], check.column, check.stated[row])
                text = finding_text(check, row, kind, language)
                yield kind.replace(" ", "_"), *where, check.computed[row], text
            for name, suggestion in self.suggestions:
                if name == check.name:
                    text = suggestion_text(suggestion, units, language)
                    cell = suggestion.cells[0]
                    where = (name, cell.row + 1, units[cell.row], cell.column, cell.value)
                    instead = suggestion.instead[0] if suggestion.instead else None
                    yield suggestion.kind, *where, instead, text

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The contradictions, as data."""
        return tuple(
            Problem(
                finding_text(check, row, kind),
                code=f"reconciliation.{check.quantity}",
                unit=self.table.units[row],
                variable=check.column,
                row=row + 1,
                found=str(check.stated[row]),
                noun="column",
            )
            for check in self.checks
            for row, kind in enumerate(check.kinds)
            if kind == CONTRADICTION
        )

    def _repr_html_(self) -> str:
        return html(self._page())

    def __str__(self) -> str:
        return plain(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return reconciliation_page(self, language)


def _difference(stated: Any, computed: Any) -> float:
    if stated is None or computed is None or isinstance(stated, str):
        return float("nan")
    return round(float(stated) - float(computed), 9)
