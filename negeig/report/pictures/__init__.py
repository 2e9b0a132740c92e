"""Pictures of machines and their monoids, as text, as DOT for Graphviz, and as SVG drawn here.

Every function returns a string, the same one every time. Nothing here needs Graphviz.
"""

from negeig.automata.monoids.eggbox import eggbox_text
from negeig.report.pictures.cayley import cayley_dot, cayley_svg
from negeig.report.pictures.decomposition import decomposition_dot, decomposition_svg
from negeig.report.pictures.eggbox_drawing import eggbox_dot, eggbox_svg
from negeig.report.pictures.state_diagram import state_diagram_dot, state_diagram_svg

__all__ = [
    "cayley_dot",
    "cayley_svg",
    "decomposition_dot",
    "decomposition_svg",
    "eggbox_dot",
    "eggbox_svg",
    "eggbox_text",
    "state_diagram_dot",
    "state_diagram_svg",
]
