"""Rubrics, read from the annexes of decisions."""
