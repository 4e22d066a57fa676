"""The tree between figures and a score, as lines of a programme."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs
import numpy as np

from govindex.compute import Plan
from govindex.compute.plan import Branch
from govindex.contracts import BaseAggregator, BaseRule, Float, LinearScale, Scope, completed
from govindex.decomposition.branch_parts import bonus_sizes, weights_of
from govindex.errors import GovIndexError, SettingError
from govindex.improvement.options import Options, undominated
from govindex.improvement.programmes import LinearForm, Programme
from govindex.improvement.trials import Trials
from govindex.model.tree import Dimension
from govindex.results import IndexResult

__all__ = ["Score", "flattened", "line_of", "on_scale"]

_MOST = 50_000
_CHORDS = 64
_FAR = 4.0
_STRAIGHT = 1e-9
_PLAIN = LinearScale()


@attrs.frozen(eq=False)
class Score:
    """The score of a unit, and the figures that decide it.

    Parameters
    ----------
    result : IndexResult
        Of the unit's form.
    unit : int
        Its row there.
    trials : Trials
    sign : float
        1 if the highest score is best, −1 if the lowest is.
    """

    result: IndexResult
    unit: int
    trials: Trials
    sign: float

    @property
    def plan(self) -> Plan:
        """The compiled framework of the form."""
        return self.trials.plan

    def share(self, code: str) -> float:
        """Return the share of a node as it is."""
        return float(self.result.shares[self.result.row_of(code), self.unit])

    def branch(self, code: str) -> Branch | None:
        """Return the branch of a node, None for an indicator."""
        return self.plan.by_row.get(self.plan.rows[code])

    def below(self, code: str) -> list[tuple[str, float]]:
        """Return the children inside the maximum that count, with their parts of the branch."""
        node = self.result.framework.node(code)
        assert isinstance(node, Dimension)
        children, weights = weights_of(self.result, node)
        parts = weights[:, self.unit].tolist()
        return [(child.code, w) for child, w in zip(children, parts, strict=True) if w > 0]

    def bonuses(self, code: str) -> list[tuple[str, float]]:
        """Return the children outside the maximum, with what a whole share of each adds."""
        node = self.result.framework.node(code)
        assert isinstance(node, Dimension)
        children, sizes = bonus_sizes(self.result, node)
        parts = sizes[:, self.unit].tolist()
        return [(child.code, w) for child, w in zip(children, parts, strict=True) if w != 0]

    def scale(self, code: str) -> LinearScale:
        """Return the scale on which lines of the score are written, that of its branch."""
        branch = self.branch(code)
        if branch is None:
            return _PLAIN
        own = completed(branch.aggregate, BaseAggregator).linear_scale()
        return _PLAIN if own is None or self._is_bent(branch) else own

    def _is_bent(self, branch: Branch) -> bool:
        return branch.node.rule is not None or bool(branch.bonuses)

    def pieces(self, code: str) -> list[tuple[float, float]]:
        """Return the rule of a branch as lines of the mean below, of which the least holds.

        Slope and height at 0 of each, for better means than the present one, both turned where the
        lowest score is best; none if the rule is no such curve there.
        """
        branch = self.branch(code)
        assert branch is not None
        rule = branch.node.rule
        assert rule is not None
        if rule.peer_dependent:
            return []
        parts = (*self.below(code), *self.bonuses(code))
        now = self.sign * sum(part * self.share(child) for child, part in parts)
        maximum = float(self.plan.maxima[branch.row])
        bends = np.array(completed(rule, BaseRule).curve(maximum).bends) * self.sign
        ends = np.unique([now, *bends[bends > now], max(_FAR, now + 1.0, *(2.0 * np.abs(bends)))])
        means = np.sort(np.concatenate([ends, (ends[1:] + ends[:-1]) / 2.0]))
        one_sign = code in self.plan.framework._sums_of_one_sign
        try:
            scope = Scope(maximum, computed=True, one_sign=one_sign)
            heights = self.sign * np.asarray(rule((self.sign * means)[None], scope))[0]
        except GovIndexError:
            return []
        slopes = np.diff(heights) / np.diff(means)
        straight = np.abs(slopes[::2] - slopes[1::2]) <= _STRAIGHT
        bends_down = (np.diff(slopes[::2]) <= _STRAIGHT) & (slopes[2::2] >= -_STRAIGHT)
        if not (straight.all() and bends_down.all() and slopes[0] >= 0):
            return []
        starts = zip(slopes[::2], heights[:-1:2] - slopes[::2] * means[:-1:2], strict=True)
        return [(float(slope), float(height)) for slope, height in starts]

    def is_line(self, code: str, scale: LinearScale) -> bool:
        """Return whether a branch is a sum of its children on the scale, rounded or not."""
        branch = self.branch(code)
        if branch is None:
            return True
        if branch.node.rule is not None and (scale != _PLAIN or not self.pieces(code)):
            return False
        if completed(branch.aggregate, BaseAggregator).linear_scale() != scale:
            return False
        bent = branch.rounding is not None or bool(branch.bonuses)
        if bent and scale != _PLAIN:
            return False
        return not (branch.bonuses and (self.sign < 0 or self.share(code) <= 0.0))


def flattened(
    score: Score, top: str, groups: Sequence[Options], kept: Collection[str] = ()
) -> list[Options]:
    """Return groups of which the score is a sum: branches of another kind become one group each.

    Nodes that are `kept` have their shares too, also below such a branch.

    Raises
    ------
    SettingError
        If the figures below such a branch may take too many values together, naming it.
    """
    scale = score.scale(top)
    known = list(groups)
    for code in _from_the_bottom(score, top):
        below = _decided_below(score, code)
        inside = [group for group in known if below & set(group.shares)]
        if not inside or score.is_line(code, scale):
            continue
        merged = _merged(score, code, inside, below, kept)
        known = [group for group in known if group not in inside] + [merged]
    return known


def on_scale(options: Options, scale: LinearScale) -> Options:
    """Return options with their shares on a scale; lines between become short chords there."""
    if scale == _PLAIN:
        return options
    if options.joined.any():
        options = _chords(options)
    with np.errstate(all="ignore"):
        shares = {code: scale.there(shares) for code, shares in options.shares.items()}
    return attrs.evolve(options, shares=shares)


def _chords(options: Options) -> Options:
    parts = np.where(options.joined, _CHORDS, 1)
    where = np.concatenate([[0.0], np.cumsum(np.repeat(1.0 / parts, parts))])
    joined = np.repeat(options.joined, parts)
    known = np.arange(len(options))

    def along(numbers: Float) -> Float:
        return np.asarray(np.interp(where, known, numbers))

    return attrs.evolve(
        options,
        figures=np.array([along(row) for row in options.figures]),
        effort=along(options.effort),
        shares={code: along(shares) for code, shares in options.shares.items()},
        joined=joined,
    )


def _from_the_bottom(score: Score, top: str) -> list[str]:
    plan = score.plan
    wanted = {top, *_decided_below(score, top)}
    return [branch.node.code for branch in plan.branches if branch.node.code in wanted]


def _decided_below(score: Score, code: str) -> set[str]:
    found: set[str] = set()
    pending = [code]
    while pending:
        parent = pending.pop()
        if score.branch(parent) is None:
            continue
        children = [c for c, _ in (*score.below(parent), *score.bonuses(parent))]
        found.update(children)
        pending += children
    return found


def _merged(
    score: Score, code: str, groups: Sequence[Options], below: set[str], kept: Collection[str]
) -> Options:
    """Return the options of several groups together, with the share of a branch above them."""
    if any(group.joined.any() for group in groups):
        names = ", ".join(f"'{x.variable}'" for g in groups if g.joined.any() for x in g.levers)
        raise SettingError(
            f"{_reason(score, code)}: the figures below must change in steps; give steps= for "
            f"{names}, or leave them as they are with feasible={{…: None}}"
        )
    number = int(np.prod([len(group) for group in groups], dtype=np.float64))
    if number > _MOST:
        raise SettingError(
            f"{_reason(score, code)}: {number:,} combinations of the figures below would have to "
            f"be tried, more than {_MOST:,}; give larger steps=, or fewer figures that may change "
            "in feasible="
        )
    picks = np.meshgrid(*(np.arange(len(group)) for group in groups), indexing="ij")
    rows = [pick.ravel() for pick in picks]
    levers = tuple(lever for group in groups for lever in group.levers)
    figures = np.vstack([g.figures[:, pick] for g, pick in zip(groups, rows, strict=True)])
    effort = np.sum([g.effort[pick] for g, pick in zip(groups, rows, strict=True)], axis=0)
    settings = {lever.variable: f for lever, f in zip(levers, figures, strict=True)}
    outside = {c: g.shares[c][pick] for g, pick in zip(groups, rows, strict=True) for c in g.shares}
    shares = {c: s for c, s in outside.items() if c not in below}
    shares |= score.trials.shares(settings, (code, *(below & set(kept))))
    options = Options(levers, figures, effort, shares, np.zeros(len(effort) - 1, dtype=bool))
    return undominated(options, score.sign)


def _reason(score: Score, code: str) -> str:
    branch = score.branch(code)
    assert branch is not None
    if branch.node.rule is not None:
        return f"'{code}' has a rule ({branch.node.rule!r})"
    if branch.bonuses:
        return f"'{code}' has bonuses or penalties"
    return f"'{code}' is combined by {branch.aggregate!r}"


def line_of(
    score: Score, code: str, programme: Programme, shares: dict[str, LinearForm], scale: LinearScale
) -> LinearForm:
    """Return the share of a node on a scale, as a line of the programme."""
    if code in shares:
        return shares[code]
    branch = score.branch(code)
    constant = LinearForm(float(scale.there(np.array(score.share(code)))))
    if branch is None or not (_decided_below(score, code) & set(shares)):
        return constant
    line = LinearForm()
    for child, part in score.below(code):
        line = line.plus(line_of(score, child, programme, shares, scale), part)
    for child, size in score.bonuses(code):
        line = line.plus(line_of(score, child, programme, shares, scale), size)
    if branch.bonuses:
        line = _limited(programme, line, 1.0)
    if branch.node.rule is not None:
        line = _ruled(score, code, programme, line)
    if branch.rounding is not None:
        line = _rounded(score, code, programme, line)
    return line


def _ruled(score: Score, code: str, programme: Programme, line: LinearForm) -> LinearForm:
    """Return a column that is at most each line of the rule of a branch."""
    share = programme.column(0.0, -np.inf, np.inf, whole=False)
    own = LinearForm(0.0, {share: -score.sign})
    for slope, height in score.pieces(code):
        piece = LinearForm(height).plus(line, score.sign * slope)
        programme.at_least(piece.plus(own), 0.0)
    return LinearForm(0.0, {share: 1.0})


def _limited(programme: Programme, line: LinearForm, most: float) -> LinearForm:
    """Return a column that is at most the line, and at most so much."""
    share = programme.column(0.0, -np.inf, most, whole=False)
    programme.at_least(line.plus(LinearForm(0.0, {share: -1.0})), 0.0)
    return LinearForm(0.0, {share: 1.0})


def _rounded(score: Score, code: str, programme: Programme, line: LinearForm) -> LinearForm:
    """Return a whole number of printed digits that the line may be rounded to.

    A score is rounded by at most one digit in the better direction, whatever the mode.
    """
    branch = score.branch(code)
    assert branch is not None
    row = score.plan.rows[code]
    applicable = float(score.result.applicable[score.result.row_of(code), score.unit])
    whole = float(score.plan.maxima[row]) * applicable
    if not whole > 0:
        return line
    digits = whole * 10.0 ** float(getattr(branch.rounding, "decimals", 0))
    # A child that is rounded itself may be above its maximum, and the branch with it.
    most = np.ceil(digits * programme.most(line, _FAR)) + 1.0
    number = programme.column(0.0, -most, most, whole=True)
    half = 0.5 + 1e-6
    printed = LinearForm(0.0, {number: 1.0 / digits})
    room = LinearForm().plus(line.plus(printed, -1.0), score.sign)
    programme.at_least(room, -half / digits)
    return printed
