"""Variations to draw: weights, errors of measurement, alternatives, given draws."""
