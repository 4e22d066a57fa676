"""The built-in methodologies: documents named ``id@version.toml``, immutable once released."""
