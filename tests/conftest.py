"""Profiles of the property tests, and the reference data that may stand beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile(
    "deep", max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("GOVINDEX_PROFILE", "quick"))

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of reference data, or a skip that says so."""
    if not SHARED.is_dir():
        pytest.skip("the reference data (../shared) are not beside the project")
    return SHARED
