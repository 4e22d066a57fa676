"""Sphinx configuration."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "govindex"
author = "The govindex developers"
copyright = f"2026, {author}"
version = release = installed_version("govindex")

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "terms"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_title = f"govindex {release}"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

# Docstrings say types and shapes in words; annotations would repeat them as links to nowhere.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

numpydoc_show_class_members = False
