"""The figures of the page of evidence: ``python -m benchmarks.evidence``."""
