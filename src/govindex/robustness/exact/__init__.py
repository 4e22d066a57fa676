"""What needs no draws: margins, intervals, winners and attainable ranks."""
