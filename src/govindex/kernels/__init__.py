"""Batched arithmetic on plain arrays: no labels, no policies, units on the last axis."""
