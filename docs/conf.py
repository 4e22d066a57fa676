"""Sphinx configuration."""

import os
import sys
from pathlib import Path

import govindex

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "govindex"
author = "The govindex developers"
copyright = f"2026, {author}"
version = release = govindex.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxext.opengraph",
    "catalogue",
    "machine_readable",
    "peers",
    "picture_texts",
    "reference",
    "terms",
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_title = f"govindex {release}"
# The address of the pages, for social cards and llms.txt; without it links are relative.
html_baseurl = os.environ.get("GOVINDEX_DOCS_URL", "")

ogp_site_url = html_baseurl
ogp_image = "_static/card.png"
ogp_image_alt = "govindex: leaves score, branches aggregate, the root ranks"
ogp_social_cards = {"enable": False}  # one picture for all pages, drawn once
ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

# Docstrings say types and shapes in words; annotations would repeat them as links to nowhere.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

numpydoc_show_class_members = False

# A copied example runs: prompts and what is printed stay behind.
copybutton_exclude = ".linenos, .gp, .go"
