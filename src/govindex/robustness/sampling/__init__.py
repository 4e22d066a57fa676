"""Draws of an index, their ranks, and samples and counts of them."""
