"""Pictures of what the library returned: positions are computed, numbers are not.

Each function answers a question, takes what another function returned, and draws on the matplotlib
axes ``ax=``, or else on those of a new figure that a notebook shows inline; ``axes.figure.savefig``
writes it. pyplot is not used. A picture follows the style in force, so that
``plt.style.context("dark_background")`` makes a dark one. Colours are distinct to
colour-blind readers, and hatches and markers distinguish the same things in grey.

:func:`explorer` makes no picture but a page, on which weights are moved and units ranked again.
"""

from govindex.namespaces import define_namespace
from govindex.plot.bumps import bump
from govindex.plot.correlation_grids import correlations
from govindex.plot.distributions import distribution
from govindex.plot.explorers import explorer
from govindex.plot.gaps import missing
from govindex.plot.heatmaps import heatmap
from govindex.plot.icicles import framework
from govindex.plot.indices import sensitivity
from govindex.plot.ladders import swap_margins
from govindex.plot.league_tables import league_table
from govindex.plot.maps import map
from govindex.plot.profiles import profile, radar
from govindex.plot.rankings import ranking
from govindex.plot.samples import acceptability, pairwise, rank_intervals
from govindex.plot.scatters import scatter
from govindex.plot.slopes import change
from govindex.plot.stacks import contributions
from govindex.plot.task_bars import tasks
from govindex.plot.weight_bars import weights

__all__ = [
    "acceptability",
    "bump",
    "change",
    "contributions",
    "correlations",
    "distribution",
    "explorer",
    "framework",
    "heatmap",
    "league_table",
    "map",
    "missing",
    "pairwise",
    "profile",
    "radar",
    "rank_intervals",
    "ranking",
    "scatter",
    "sensitivity",
    "swap_margins",
    "tasks",
    "weights",
]

define_namespace(__name__)
