"""The colours of pictures on dark paper: for pages that follow the reader's setting."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.report.drawing.svg import PAPER

DARK = {
    "#ffffff": "#14181c",
    "#1a1a1a": "#e6edf3",
    "#5f6b76": "#9aa4ae",
    "#8a949e": "#7d8590",
    "#d7e8f7": "#1f4e79",
    "#f4f6f8": "#21262d",
    "#0072b2": "#56b4e9",
    "#d55e00": "#ff9a4d",
    "#009e73": "#4cc9a0",
    "#cc79a7": "#f0a6cc",
    "#000000": "#ffffff",
    "#e69f00": "#f2cc60",
    "#56b4e9": "#a5d8ff",
}
"""For each colour of a picture on white, the one that takes its place on dark paper."""


def dark_rules(selector: str) -> str:
    """Return rules of CSS that give the pictures inside a selector the colours of dark paper.

    Pictures have their colours as attributes, which any rule of a page overrides.

    Examples
    --------
    >>> dark_rules(".picture").splitlines()[1]
    '.picture [fill="#1a1a1a"] { fill: #e6edf3; } .picture [stroke="#1a1a1a"] { stroke: #e6edf3; }'
    """
    return "\n".join(
        " ".join(f'{selector} [{what}="{light}"] {{ {what}: {dark}; }}' for what in FILLED)
        for light, dark in DARK.items()
    )


FILLED = ("fill", "stroke")
"""The attributes that have a colour."""


def site_style(pictures: Sequence[str]) -> str:
    """Return the style of pictures on pages that readers, or else their system, choose to be dark.

    ``pictures`` are selectors of what holds them. The choice is the body's ``data-theme``, which is
    ``dark``, ``light`` or anything else for the system's setting; paper stays white.
    """
    chosen, by_system = 'body[data-theme="dark"]', 'body:not([data-theme="light"])'

    def rules(page: str) -> str:
        paper = f"{{ background: {DARK[PAPER]}; }}"
        inside = (f"{page} {picture}" for picture in pictures)
        return "\n".join(f"{one} {paper}\n{dark_rules(one)}" for one in inside)

    system = f"@media (prefers-color-scheme: dark) {{\n{rules(by_system)}\n}}"
    return f"@media screen {{\n{rules(chosen)}\n{system}\n}}\n"
