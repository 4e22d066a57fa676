"""Built-in methodologies: each module holds the editions of one index."""
