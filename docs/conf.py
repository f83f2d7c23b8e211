"""The site: ``sphinx-build -W docs build/site``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from refmath import __version__

project = "refmath"
author = "The refmath developers"
copyright = "The refmath developers"  # noqa: A001  (the name that Sphinx reads)
release = version = __version__
extensions = ["myst_parser", "sphinx_copybutton", "mathml", "catalogue"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
smartquotes = False  # X'X is a product
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "refmath"
html_static_path = ["_static", "_ext/pages.css"]
html_css_files = ["refmath.css", "pages.css", "math.css"]
html_js_files = []
html_show_sphinx = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which browsers refuse on disk
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
exclude_patterns = ["_ext", "_data", "LICENSE"]
pygments_style = "friendly"
pygments_dark_style = "monokai"
