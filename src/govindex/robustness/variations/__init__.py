"""What is drawn: weights, errors of measurement, alternatives, given draws."""
