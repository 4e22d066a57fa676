"""Results of an index: scores, ranks and bands at every node, with their provenance."""

from govindex.results.joint_results import JointResult
from govindex.results.provenance import Provenance
from govindex.results.results import IndexResult

__all__ = ["IndexResult", "JointResult", "Provenance"]
