"""Scores of units, read from workbooks in whichever shape offices keep them."""
