"""Compiled frameworks and blocks of draws: the one path from data to shares."""

from govindex.compute.block import Block, State
from govindex.compute.compilation import compile_framework
from govindex.compute.engine import Scored, combine, evaluate, evaluate_nodes, score
from govindex.compute.plan import Plan
from govindex.compute.weights import Scale

__all__ = [
    "Block",
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
