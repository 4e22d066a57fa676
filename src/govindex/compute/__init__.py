"""Compile a framework, evaluate blocks of draws: the one path from data to shares."""

from govindex.compute.block import Block, State
from govindex.compute.engine import Evaluation, Scored, combine, evaluate, evaluate_nodes, score
from govindex.compute.plan import Plan, Scale, compile_framework

__all__ = [
    "Block",
    "Evaluation",
    "Plan",
    "Scale",
    "Scored",
    "State",
    "combine",
    "compile_framework",
    "evaluate",
    "evaluate_nodes",
    "score",
]
