"""DOT syntax: the part of the Graphviz language that people and tools write machines in.

Read are directed graphs with node, edge and attribute statements, chains ``a -> b -> c``, attribute
defaults, ports (ignored), subgraphs as groups of statements, quoted strings with ``+``, comments
and preprocessor lines; and a group of nodes, ``a -> {b c}``, where a chain ends, as Mata prints.
Refused, with the line and the column, are undirected graphs, other subgraphs as ends of an edge,
and HTML-like labels. Source: the grammar of the Graphviz documentation.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from negeig.automata.formats.dot_attributes import is_drawing
from negeig.claims import InputError

DEEPEST_SUBGRAPH = 100
"""Subgraphs may be nested this deep."""

SKIPPED = r"(?:\s++|//[^\n]*+|/\*.*?\*/|^\#[^\n]*+)*+"
"""White space, comments and preprocessor lines."""

FLAGS = re.VERBOSE | re.MULTILINE | re.DOTALL

TOKEN = re.compile(
    SKIPPED
    + r"""(?:(?P<sign>->|--|[{}\[\]=;,:+])
    |(?P<id>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*+)
    |"(?P<quoted>(?:[^"\\]|\\.)*+)"
    |(?P<number>-?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?))(?![\w.])
    |(?P<end>\Z))
    """,
    FLAGS,
)
"""One token and what is skipped before it. Possessive quantifiers keep this linear."""

NONE: Mapping[str, str] = MappingProxyType({})

KEYWORDS = frozenset(("digraph", "graph", "strict", "subgraph", "node", "edge"))

MEANINGFUL = frozenset(
    (
        *("label", "shape", "style", "peripheries", "output", "alphabet", "is_start", "is_final"),
        *("dir", "xlabel", "headlabel", "taillabel"),
    )
)
"""Attributes that machines use, or that say something in a drawing of one."""

MOST_UNKNOWN = 100
"""Attributes that Graphviz does not know are kept up to here, so that none can pile up."""


GROUPS = (
    "a subgraph as an end of an edge is not read, unless it is a list of nodes that ends a chain; "
    "write the edges one by one"
)


class Edge(NamedTuple):
    """An edge with its label, None when it has none, and where its statement starts.

    ``cluster`` is the number of the innermost cluster it is in, 0 outside; ``attributes`` are the
    meaningful ones other than the label.
    """

    source: str
    target: str
    label: str | None
    offset: int
    cluster: int = 0
    attributes: Mapping[str, str] = NONE


class Attribute(NamedTuple):
    """An attribute that neither machines nor Graphviz know: what it is of, and its offset."""

    kind: str
    name: str
    offset: int


@dataclass
class Graph:
    """What a DOT file says: meaningful attributes, nodes in order of appearance, edges."""

    text: str
    name: str = ""
    strict: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    unknown: list[Attribute] = field(default_factory=list)

    @cached_property
    def line_ends(self) -> list[int]:
        """Offsets of the line breaks of the text."""
        return [match.start() for match in re.finditer("\n", self.text)]

    def place(self, offset: int) -> str:
        r"""Return an offset into the text as line and column, counted from 1.

        Examples
        --------
        >>> Graph("ab\ncd").place(4)
        'line 2, column 2'
        """
        line = bisect_left(self.line_ends, offset)
        start = self.line_ends[line - 1] + 1 if line else 0
        return f"line {line + 1}, column {offset - start + 1}"


def parse(text: str, name: str) -> Graph:
    """Parse DOT text.

    Raises InputError at the first syntax error, with its line and column. Linear time.

    Examples
    --------
    >>> parse("digraph { p -> q [label=a] }", "machine.dot").edges[0][:4]
    ('p', 'q', 'a', 10)
    """
    return _Parser(text, name).graph()


class _Parser:
    """Recursive descent without recursion: subgraphs are kept on a list of scopes.

    ``kind`` (sign, keyword, id, quoted or end), ``text`` and ``offset`` are of the next token.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.result = Graph(text)
        # Defaults of nodes and of edges, innermost subgraph last; the dictionaries never change.
        self.scopes: list[tuple[dict[str, str], dict[str, str]]] = []
        # Of the open subgraphs, the number of the innermost cluster; how many there were.
        self.clusters: list[int] = []
        self.cluster_count = 0
        self.end = 0
        self.advance()

    def fail(self, message: str, offset: int | None = None) -> NoReturn:
        where = self.result.place(self.offset if offset is None else offset)
        raise InputError(self.name, f"{where}: {message}", code="bad-file")

    def advance(self) -> None:
        text = self.result.text
        match = TOKEN.match(text, self.end)
        if match is None:
            skipped = re.compile(SKIPPED, FLAGS).match(text, self.end)
            self.offset = skipped.end() if skipped else self.end
            self.fail(_unreadable(text, self.offset))
        kind = match.lastgroup or "end"
        value = match[kind]
        self.offset, self.end = match.start(kind), match.end()
        if kind == "id":
            if value.lower() in KEYWORDS:
                kind, value = "keyword", value.lower()
        elif kind == "quoted":
            self.offset -= 1
            if "\\" in value:
                # The two escapes of DOT itself; all others belong to whoever reads the string.
                value = re.sub(r'\\(\n|"|.)', _unescape, value, flags=re.DOTALL)
        elif kind == "number":
            kind = "id"
        self.kind, self.text = kind, value

    def at(self, *signs: str) -> bool:
        return self.kind == "sign" and self.text in signs

    def at_keyword(self, *keywords: str) -> bool:
        return self.kind == "keyword" and self.text in keywords

    def accept(self, sign: str) -> bool:
        found = self.text == sign and self.kind == "sign"
        if found:
            self.advance()
        return found

    def fail_expecting(self, what: str) -> NoReturn:
        found = self.text if len(self.text) <= 40 else self.text[:37] + "..."
        self.fail(
            f"expected {what}, found {repr(found) if self.kind != 'end' else 'the end of the file'}"
        )

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            self.fail_expecting(repr(sign))

    def identifier(self, what: str) -> str:
        kind, value = self.kind, self.text
        if kind != "id" and kind != "quoted":
            self.fail_expecting(what)
        self.advance()
        if kind == "quoted" and self.at("+"):
            parts = [value]
            while self.accept("+"):
                if self.kind != "quoted":
                    self.fail_expecting("a quoted string")
                parts.append(self.text)
                self.advance()
            value = "".join(parts)
        return sys.intern(value)

    def graph(self) -> Graph:
        if self.at_keyword("strict"):
            self.result.strict = True
            self.advance()
        if self.at_keyword("graph"):
            self.fail("an undirected graph; a machine is a digraph")
        if not self.at_keyword("digraph"):
            self.fail_expecting("'digraph'")
        self.advance()
        if not self.at("{"):
            self.result.name = self.identifier("a name or '{'")
        self.expect("{")
        self.scopes.append(({}, {}))
        self.clusters.append(0)
        while self.scopes:
            self.statement()
        if self.kind != "end":
            self.fail_expecting("the end of the file")
        return self.result

    def statement(self) -> None:
        if self.accept(";"):
            return
        if self.accept("}"):
            self.scopes.pop()
            self.clusters.pop()
            if self.at("->", "--"):
                self.fail(GROUPS)
        elif self.at("{") or self.at_keyword("subgraph"):
            self.subgraph()
        elif self.at_keyword("node", "edge", "graph"):
            self.defaults()
        else:
            self.node_or_edge()

    def subgraph(self) -> None:
        name = ""
        if self.at_keyword("subgraph"):
            self.advance()
            if not self.at("{"):
                name = self.identifier("a name or '{'")
        self.expect("{")
        self.scopes.append(self.scopes[-1])
        is_cluster = name.startswith("cluster")
        self.cluster_count += is_cluster
        self.clusters.append(self.cluster_count if is_cluster else self.clusters[-1])
        if len(self.scopes) > DEEPEST_SUBGRAPH:
            self.fail(f"subgraphs are nested more than {DEEPEST_SUBGRAPH} deep")

    def defaults(self) -> None:
        kind = self.text
        self.advance()
        attributes = self.attributes(kind)
        nodes, edges = self.scopes[-1]
        if kind == "node":
            self.scopes[-1] = ({**nodes, **attributes}, edges)
        elif kind == "edge":
            self.scopes[-1] = (nodes, {**edges, **attributes})
        elif len(self.scopes) == 1:
            self.result.attributes |= attributes

    def node_or_edge(self) -> None:
        offset = self.offset
        name = self.identifier("a node, an edge or '}'")
        if self.accept("="):
            value = self.identifier("a value")
            if name not in MEANINGFUL:
                if not is_drawing("graph", name, value):
                    self.unknown("graph", name, offset)
            elif len(self.scopes) == 1:
                self.result.attributes[name] = value
            return
        chain = [self.node(name)]
        group: list[str] | None = None
        while self.at("->", "--"):
            if self.text == "--":
                self.fail("an undirected edge; write '->'", offset)
            self.advance()
            if self.at_keyword("subgraph"):
                self.fail(GROUPS)
            if self.accept("{"):
                group = self.group()
                break
            chain.append(self.node(self.identifier("a node")))
        attributes = self.attributes("node" if len(chain) == 1 and group is None else "edge")
        if len(chain) == 1 and group is None:
            if attributes:
                self.result.nodes[name] = {**self.result.nodes[name], **attributes}
            return
        attributes = {**self.scopes[-1][1], **attributes}
        label = attributes.pop("label", None)
        self.result.edges += [
            Edge(source, target, label, offset, self.clusters[-1], attributes or NONE)
            for source, target in _ends(chain, group or [])
        ]

    def group(self) -> list[str]:
        """Return the nodes of a group that is the last end of a chain."""
        nodes: list[str] = []
        while not self.accept("}"):
            if not self.accept(";") and not self.accept(","):
                if self.kind not in ("id", "quoted"):
                    self.fail(GROUPS)
                nodes.append(self.node(self.identifier("a node or '}'")))
        if self.at("->", "--"):
            self.fail(GROUPS)
        return nodes

    def node(self, name: str) -> str:
        """Note a node, with the defaults where it first appears, and skip its port."""
        self.result.nodes.setdefault(name, self.scopes[-1][0])
        for _ in range(2):
            if self.accept(":"):
                self.identifier("a port")
        return name

    def unknown(self, kind: str, name: str, offset: int) -> None:
        """Note an attribute that is not Graphviz's, and so may mean something."""
        if len(self.result.unknown) < MOST_UNKNOWN:
            self.result.unknown.append(Attribute(kind, name, offset))

    def attributes(self, kind: str) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.accept("["):
            while not self.accept("]"):
                offset = self.offset
                key = self.identifier("an attribute or ']'")
                value = self.identifier("a value") if self.accept("=") else "true"
                if key in MEANINGFUL:
                    found[key] = value
                elif not is_drawing(kind, key, value):
                    self.unknown(kind, key, offset)
                if not self.accept(","):
                    self.accept(";")
        return found


def _ends(chain: list[str], group: list[str]) -> list[tuple[str, str]]:
    """Return the edges of a chain, and from its last node to each of a group."""
    return [*pairwise(chain), *((chain[-1], node) for node in group)]


def _unescape(match: re.Match[str]) -> str:
    return {"\n": "", '"': '"'}.get(match[1], match[0])


def _unreadable(text: str, at: int) -> str:
    if text[at] == '"':
        return "this string does not end"
    if text.startswith("/*", at):
        return "this comment does not end"
    if text[at] == "<":
        return "HTML-like strings are not read: they are drawings; use a quoted string"
    if text[at].isdigit() or text[at] == ".":
        return "a name that starts with a digit but is no number must be quoted"
    return f"unexpected character {text[at]!r}"
