"""What a reconciliation says, in words: rules, findings and suggestions."""

from __future__ import annotations

from typing import Any

from govindex.language import number_text, words
from govindex.reconciliation.suggestions import Suggestion
from govindex.reconciliation.tried_rules import OTHER_RULE, TableCheck, TriedRule

__all__ = [
    "finding_text",
    "formula_text",
    "rule_text",
    "rules_text",
    "suggestion_text",
    "value_text",
]

_ORDER = ("rank", "class")
_PLACES = 4  # of figures that the published table does not print


def rule_text(check: TableCheck, rule: TriedRule, language: str | None = None) -> str:
    """Return a tried rule in words."""
    places = "" if rule.decimals is None else number_text(rule.decimals, language)
    if check.quantity in _ORDER:
        parts = [words(f"reconciliation.order.{rule.base}", language, decimals=places)]
    elif check.quantity == "recomputed":
        parts = [words(f"reconciliation.index.{rule.base}", language)]
        tiers = [words(f"reconciliation.tier.{tier}", language) for tier in rule.tiers]
        if tiers:
            parts.append(words("reconciliation.rounded", language, tiers=", ".join(tiers)))
        if rule.decimals is not None:
            parts.append(words("reconciliation.below", language, decimals=places))
    else:
        parts = [words(f"reconciliation.number.{rule.base}", language, decimals=places)]
    if rule.mode is not None:
        parts.append(words(f"workbook.rounding_mode.{rule.mode.replace('-', '_')}", language))
    if rule.ties is not None:
        if check.quantity == "class":
            parts.append(words(f"reconciliation.closed.{rule.ties}", language))
        else:
            parts.append(words(f"reconciliation.ties.{rule.ties}", language))
    return ", ".join(parts)


def formula_text(check: TableCheck, language: str | None = None) -> str:
    """Return what a column is made of."""
    if check.quantity in _ORDER:
        return words(f"reconciliation.made.{check.quantity}", language, of=check.parts[0])
    if check.quantity == "recomputed":
        return words("reconciliation.made.recomputed", language)
    return check.name.removeprefix(f"{check.column} ")


def rules_text(check: TableCheck, language: str | None = None) -> str:
    """Return the simplest rule that explains most rows, and how many others do as well."""
    best = check.best
    text = rule_text(check, best[0], language)
    if len(best) == 1:
        return text
    count = number_text(len(best) - 1, language)
    return words("reconciliation.others", language, rule=text, count=count)


def value_text(value: Any, language: str | None, decimals: int | None = None) -> str:
    """Return a cell: a number as the language writes it, or a text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else number_text(float(value), language, decimals)


def finding_text(check: TableCheck, row: int, kind: str, language: str | None = None) -> str:
    """Return what is wrong with a row."""
    stated, computed = check.stated[row], check.computed[row]
    values = {"column": check.column, "stated": value_text(stated, language)}
    if kind == OTHER_RULE:
        explaining = check.rule_of(row)
        rule = "" if explaining is None else rule_text(check, explaining, language)
        return words("reconciliation.finding.other_rule", language, rule=rule, **values)
    if check.quantity in _ORDER:
        key = "order" if computed is None else check.quantity
        values |= {"of": check.parts[0], "computed": value_text(computed, language)}
        return words(f"reconciliation.finding.{key}", language, **values)
    values |= {
        "computed": value_text(round(computed, _PLACES), language),
        "difference": value_text(round(stated - computed, _PLACES), language),
        "bound": value_text(round(float(check.bounds[row]), 2 * _PLACES), language),
    }
    key = "recomputed" if check.quantity == "recomputed" else "number"
    return words(f"reconciliation.finding.{key}", language, **values)


def suggestion_text(
    suggestion: Suggestion, units: tuple[str, ...], language: str | None = None
) -> str:
    """Return what may have gone wrong in print."""
    first, *others = suggestion.cells
    if not suggestion.instead:
        return words("reconciliation.finding.out_of_order", language, unit=units[first.row])
    values = {
        "unit": units[first.row],
        "column": first.column,
        "value": value_text(first.value, language),
        "instead": value_text(suggestion.instead[0], language),
    }
    if not others:
        return words("reconciliation.finding.transposed", language, **values)
    other = others[0]
    values |= {"other_unit": units[other.row], "other_column": other.column}
    return words("reconciliation.finding.swapped", language, **values)
