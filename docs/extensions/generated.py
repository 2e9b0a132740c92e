"""A directive whose content is Markdown made from the code when the pages are built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


def generated(markdown: Callable[[], str]) -> type[SphinxDirective]:
    """Return a directive without options that stands for what a function returns."""

    class Generated(SphinxDirective):
        def run(self) -> list[nodes.Node]:
            lines = StringList(markdown().splitlines(), markdown.__module__)
            holder = nodes.Element()
            self.state.nested_parse(lines, self.content_offset, holder, match_titles=True)
            children: list[nodes.Node] = holder.children
            return children

    return Generated


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def plain(text: str) -> str:
    """Return text of which Markdown takes nothing for markup, but for bars."""
    return "".join("\\" + c if c in "\\`*_{}[]<>$#~^" else c for c in text)


def code(text: str) -> str:
    """Return text as code, or nothing for no text."""
    return f"`{text}`" if text else ""
