"""Scoring forms: written for units to fill in, and read when they come back."""
