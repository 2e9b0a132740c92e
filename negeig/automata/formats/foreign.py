"""Files of other kinds, recognised by how they begin, so that a refusal can name them.

Nothing is parsed here: a beginning, or the keys of an object of JSON, tells what a file is.
"""

from __future__ import annotations

import re
from collections.abc import Collection

# A lookahead that is repeated possessively matches nothing in Python before 3.11.5.
XML = r"(?:<\?xml[^>]*>\s*+|<!--.*?-->\s*+|<!DOCTYPE[^>\[]*>\s*+)*+"

BEGINNINGS = (
    (r"HOA:", "the Hanoi omega-automata format (HOA), whose automata are on infinite words"),
    (r"never\s*\{", "a never claim of Spin, an automaton on infinite words"),
    (r"Ops\s+\w+:\d", "the Timbuk format of VATA, whose automata are on trees"),
    (r"MONA\s+DFA", "a file of MONA, whose automata are over vectors of bits"),
    (r"@(DFA|NFA|SFT|FT)[ \t]+[^\s\#]", "a file of FAdo"),
    (r"\(START\)[ \t]*\|-", "a file of Grail+"),
    (r"\.(i|o|s|p|r|start_kiss)\b", "the KISS2 format of sequential circuits"),
    (r"(dtmc|ctmc|mdp|pta)\b", "a model of PRISM, which is probabilistic"),
    (r"---\s*\n", "a sectioned .fsm file, of mCRL2 or LearnLib"),
    (r"(graph|flowchart)[ \t]+(TB|TD|BT|LR|RL)\b", "a flowchart of Mermaid"),
    (r"(%%[^\n]*+\s*+)*+(stateDiagram(-v2)?|sequenceDiagram)\b", "Mermaid"),
    (r"@start(uml|dot)\b", "PlantUML"),
    (r"((Creator|Version)\b[^\n]*+\s++)*+graph\s*\[", "GML, the Graph Modelling Language"),
    (rf"{XML}(<!DOCTYPE\s+html\b|<html\b)", "a web page (HTML)"),
    (rf"{XML}<(\w+:)?scxml\b", "SCXML, whose state charts have data and nested states"),
    (rf"{XML}<graphml\b", "GraphML"),
    (rf"{XML}<gexf\b", "GEXF"),
    (rf"{XML}<svg\b", "a picture (SVG)"),
    (rf"{XML}<(nta|uppaal)\b", "a model of UPPAAL, a timed automaton"),
    (rf"{XML}<pnml\b", "PNML, a Petri net"),
    (rf"{XML}<(\w+:)?XMI\b", "XMI, a model of UML"),
    (r"%PDF-", "a PDF"),
    (r"\[general\]", "a file of libalf"),
    (r"\#\#foma-net\b", "the binary format of foma; write AT&T text with 'write att'"),
    (r"(dfa|nfa|mealy|moore)\s*\{", "the TAF format of AutomataLib"),
    (r"\.(model|inputs|outputs|graph)\b", "BLIF, or a signal transition graph"),
    (r"%%\{", "a machine of Ragel"),
    (r"(active\s+)?proctype\b|mtype\b", "a model of Promela"),
    (r"(---[ \t]*\n)?\w+:[ \t]*\n[ \t]*-[ \t]", "YAML"),
    (r"MODULE\s+main\b", "a model of NuSMV"),
    (r"-{4,}\s*MODULE\b", "a module of TLA+"),
    (r"\\documentclass|\\begin\{|\\tikz|%\s*!TEX", "LaTeX, as a drawing of TikZ"),
    (r"\#!|from\s+[\w.]+\s+import\b|def\s+\w+\s*\(", "a program"),
    (r"<?[A-Za-z]\w*'?>?\s*(::=|→|->(?!\s*\[)|⟶|:=)",
     "a context-free grammar, or a list of edges with arrows"),
    (r"(start|S)\s*:[^\n]*[|;]", "a context-free grammar"),
    (r"\$?(?:G|grammar)\s*=|grammar\s+\w+\s*;|%token\b|%start\b", "a context-free grammar"),
)  # fmt: skip
"""How files of other formats begin, and what they are."""

KEYS = (
    ({"jani-version"}, "a model of JANI, which may be timed, probabilistic or have data"),
    ({"StartAt", "States"}, "a workflow in the Amazon States Language"),
    ({"machine", "version"}, "an XState machine"),
    ({"states", "on"}, "an XState machine"),
    ({"nodes", "edges"}, "a graph in JSON"),
    ({"nodes", "links"}, "a graph in JSON, as of D3 or networkx"),
    ({"elements", "data"}, "a graph of Cytoscape"),
    ({"start", "rules"}, "a grammar in JSON"),
)
"""Keys that tell what an object of JSON is."""


def beginning(text: str) -> tuple[int, str] | None:
    """Return where a file of another kind begins, and what it is; None where it is not known.

    Examples
    --------
    >>> beginning("  HOA: v1")[0], beginning("graph TD;")
    (2, (0, 'a flowchart of Mermaid'))
    >>> beginning("digraph {}") is None
    True
    """
    start = len(text) - len(text.lstrip())
    for pattern, what in BEGINNINGS:
        if re.compile(pattern, re.DOTALL).match(text, start):
            return start, what
    return None


def json_object(value: dict[str, object]) -> str | None:
    """Return what an object of JSON is by its keys, where that is known.

    XState has an object of states each of which may have ``on``.

    Examples
    --------
    >>> json_object({"id": "m", "initial": "a", "states": {"a": {"on": {"x": "a"}}}})
    'an XState machine'
    """
    if isinstance(value.get("states"), dict) and "initial" in value:
        return "an XState machine"
    found: Collection[str] = value.keys()
    return next((what for keys, what in KEYS if keys <= set(found)), None)
