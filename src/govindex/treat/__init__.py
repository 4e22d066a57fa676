"""What is done to outliers."""

__all__: list[str] = []
