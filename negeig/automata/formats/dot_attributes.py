"""The attributes of Graphviz that only change how a graph looks.

What is not here is an attribute of some other tool and may mean something, such as ``accepting``,
``guard`` or ``probability``. Source: the attribute reference of the Graphviz documentation.
"""

from __future__ import annotations

NAMES = """
_background _draw_ _hdraw_ _hldraw_ _ldraw_ _tdraw_ _tldraw_ K URL Damping TBbalance
area arrowhead arrowsize arrowtail bb beautify bgcolor center charset class cluster clusterrank
color colorscheme comment compound concentrate constraint decorate defaultdist dim dimen
diredgeconstraints distortion dpi edgeURL edgehref edgetarget edgetooltip epsilon esep
fillcolor fixedsize fontcolor fontname fontnames fontpath fontsize forcelabels gradientangle
group headURL head_lp headclip headhref headport headtarget headtooltip height href id image
imagepath imagepos imagescale inputscale key label_scheme labelURL labelangle labeldistance
labelfloat labelfontcolor labelfontname labelfontsize labelhref labeljust labelloc labeltarget
labeltooltip landscape layer layerlistsep layers layerselect layersep layout len levels
levelsgap lhead lheight linelength lp ltail lwidth margin maxiter mclimit mindist minlen mode
model newrank nodesep nojustify normalize notranslate nslimit nslimit1 oneblock ordering
orientation outputorder overlap overlap_scaling overlap_shrink pack packmode pad page pagedir
pencolor penwidth pin pos quadtree quantum radius rank rankdir ranksep ratio rects regular
remincross repulsiveforce resolution root rotate rotation samehead sametail samplepoints scale
searchsize sep shapefile showboxes sides size skew smoothing sortv splines start stylesheet
tailURL tail_lp tailclip tailhref tailport tailtarget tailtooltip target tooltip truecolor
vertices viewport voro_margin weight width xdotversion xlp z
"""
DRAWING = frozenset(NAMES.split())

OF_GRAPHS = frozenset(("start", "epsilon", "mode", "model", "levels", "root"))
"""Attributes of Graphviz for a whole graph; on a state or an edge they may mean something."""


def is_drawing(kind: str, name: str, value: str) -> bool:
    """Whether an attribute of a graph, node or edge only changes how it looks.

    The weight of an edge is a whole number for Graphviz; another may be a probability.

    Examples
    --------
    >>> is_drawing("node", "color", "red"), is_drawing("node", "start", "true")
    (True, False)
    """
    if name not in DRAWING or (kind != "graph" and name in OF_GRAPHS):
        return False
    return name != "weight" or value.isdigit()
