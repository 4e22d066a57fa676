"""Profiles of the property tests: a quick one for every run, full and deep ones to search longer.

A continuous run judges a change by the same examples each time; new ones are searched for on
developers' machines, and with ``GOVINDEX_PROFILE=deep``.
"""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick",
    max_examples=10,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("full", settings.get_profile("quick"), max_examples=100)
settings.register_profile(
    "deep", max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("GOVINDEX_PROFILE", "quick"))

# Workers and subprocesses keep what they compile: else each compiles the whole package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
