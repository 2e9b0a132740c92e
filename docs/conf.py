"""Sphinx configuration. Notebooks are executed at every build and an error in one is fatal.

The site loads nothing from elsewhere: formulas are MathML, and what the extensions of this folder
write is made from the code at every build.
"""

import os
import sys
from pathlib import Path

from negeig import __version__

# What cells and directives run finds the commands, and prints no wider than a page.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["COLUMNS"] = "88"
sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "negeig"
author = "The negeig authors"
copyright = "The negeig authors, Apache-2.0"
release = version = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "api_reference",
    "command_reference",
    "drawing",
    "formulas",
    "schema_reference",
    "table_reference",
]
exclude_patterns = ["_build", "jupyter_execute"]

html_theme = "furo"
html_title = f"negeig {__version__}"
html_math_renderer = "mathml"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css", "constructions.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_sphinx = False

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_ivar = True

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
