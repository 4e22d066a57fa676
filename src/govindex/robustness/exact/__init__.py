"""Exact answers, without draws: margins, intervals, winners and attainable ranks."""
