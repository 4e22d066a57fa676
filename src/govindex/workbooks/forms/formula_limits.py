"""What formulas every spreadsheet program takes: Excel has the narrowest limits."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["LONGEST", "any_of", "fits"]

LONGEST = 8_000  # signs of a formula: Excel takes 8,192
_ARGUMENTS = 255  # of one function
_DEPTH = 60  # of functions inside each other: Excel takes 64


def fits(formula: str) -> bool:
    """Return whether a formula is neither too long nor too deep, nor a function of it too wide.

    Examples
    --------
    >>> fits("IF(A1>0,SUM(A1,A2),0)"), fits(f"MAX({','.join(['A1'] * 256)})")
    (True, False)
    """
    if len(formula) > LONGEST:
        return False
    arguments: list[int] = []
    texts = formula.split('"')[::2]  # what stands between quotes is no syntax
    for sign in "".join(texts):
        if sign == "(":
            arguments.append(1)
            if len(arguments) > _DEPTH:
                return False
        elif sign == ")":
            arguments.pop()
        elif sign == "," and arguments:
            arguments[-1] += 1
            if arguments[-1] > _ARGUMENTS:
                return False
    return True


def any_of(tests: Sequence[str]) -> str:
    """Return whether one of several conditions holds, however many there are.

    Examples
    --------
    >>> any_of(['A1=""', 'A2=""'])
    'OR(A1="",A2="")'
    """
    if len(tests) <= _ARGUMENTS:
        return f"OR({','.join(tests)})"
    groups = [tests[i : i + _ARGUMENTS] for i in range(0, len(tests), _ARGUMENTS)]
    return any_of([any_of(group) for group in groups])
