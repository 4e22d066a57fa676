"""Results and data as documents: plain data, JSON, Parquet and archives, and back."""

from govindex.interchange.archives import ArchiveCheck, verify_archive, write_archive
from govindex.interchange.json_files import json_of, read_json
from govindex.interchange.kinds import document_of, document_schema, read_document
from govindex.interchange.parquet_files import read_parquet, write_parquet

__all__ = [
    "ArchiveCheck",
    "document_of",
    "document_schema",
    "json_of",
    "read_document",
    "read_json",
    "read_parquet",
    "verify_archive",
    "write_archive",
    "write_parquet",
]
