"""The site that `make docs` builds from docs/*.md."""

from runner import __version__

project = "pgears"
copyright = "the authors of pgears"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["site"]
html_theme = "furo"
html_title = "pgears"
html_copy_source = False
myst_heading_anchors = 3
nitpicky = True
highlight_language = "none"
# SQL with $$ is no standard SQL: its highlighting is relaxed, and that is all.
suppress_warnings = ["misc.highlighting_failure"]
