"""Sobol' indices: which choice matters."""
