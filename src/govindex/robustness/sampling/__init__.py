"""Draws of an index, the ranks they give, and what is kept of them."""
