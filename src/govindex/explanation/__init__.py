"""Where points were lost: from the total down to the leaves, adding up exactly."""

from govindex.explanation.explanations import Explanation, explain

__all__ = ["Explanation", "explain"]
