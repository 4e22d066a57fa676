"""Documents of a result: Word, web page, PDF and Markdown."""

from govindex.namespaces import define_namespace

__all__: list[str] = []

define_namespace(__name__)
