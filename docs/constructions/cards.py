"""The cards of the gallery: a picture of a network's states, the title and the first sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from gallery import Html
from orbits import orbit_svg

import negeig

FOLDER = Path(__file__).parent


def _compiled(regex: str, *routes: str) -> negeig.LinearRNN:
    return negeig.compile(regex, budget=negeig.Budget(routes=routes)).network


def _of_task(zoo: str, *routes: str) -> negeig.LinearRNN:
    return negeig.compile(zoo=zoo, budget=negeig.Budget(routes=routes)).network


def _of_page(page: str, name: str, *routes: str) -> negeig.LinearRNN:
    """Return a network for a machine that the first cell of a page that does so defines."""
    text = (FOLDER / f"{page}.md").read_text()
    for cell in re.findall(r"^```\{code-cell\} python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if re.search(rf"^{name} = ", cell, re.MULTILINE):
            found: dict[str, Any] = {"negeig": negeig}
            exec(cell.split("\nresult = ")[0].split("\ngallery.")[0], found)
            budget = negeig.Budget(routes=routes)
            return negeig.compile(machine=found[name], budget=budget).network
    raise ValueError(f"{page}: no cell defines {name}")


NETWORKS: dict[str, Callable[[], negeig.LinearRNN]] = {
    "parity": lambda: _compiled("(11)*", "scalar"),
    "counting-to-three": lambda: _compiled("(111)*", "permutation"),
    "carry-counter": lambda: _compiled("(1{64})*", "rotations"),
    "ab-star": lambda: _compiled("(ab)*", "partial-injection"),
    "bounded-brackets": lambda: _of_task("dyck1:3", "partial-injection"),
    "three-objects": lambda: _of_task("sym:3", "rotations"),
    "three-cups": lambda: _of_page("three-cups", "cups", "permutation"),
    "five-objects": lambda: _of_task("sym:5:adjacent", "permutation"),
    "icosahedron": lambda: _of_task("alt:5", "polyhedral"),
    "nine-objects": lambda: _of_page("nine-objects", "follow", "dyadic-roots"),
    "flip-flop": lambda: _of_task("flipflop", "scalar"),
    "first-letter": lambda: _compiled("a(a|b)*", "cascade"),
    "last-letters": lambda: _compiled("(a|b)*abb", "digits"),
    "modular-arithmetic": lambda: _of_page("modular-arithmetic", "values"),
    "positive-parity": lambda: _compiled("(11)*", "scalar"),
    "tcp": lambda: _of_page("tcp", "tcp", "cascade"),
}
"""A network for each page, in the order of the gallery: one that it shows, or a small part."""


def opening(page: str) -> tuple[str, str]:
    """Return the title of a page and its first sentence, up to the first colon or full stop."""
    text = (FOLDER / f"{page}.md").read_text()
    title, rest = re.split(r"^# ", text, maxsplit=1, flags=re.MULTILINE)[1].split("\n", 1)
    paragraph = " ".join(rest.strip().split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.:;]) ", paragraph)[0].rstrip(".:;") + "."
    return title, sentence


def cards() -> Html:
    """Return the gallery as cards, each a link."""
    parts = []
    for page, network in NETWORKS.items():
        title, sentence = opening(page)
        drawn = orbit_svg(network(), size=150, most=160, legend=False)
        drawn = drawn.replace('role="img"', 'aria-hidden="true"', 1)
        parts.append(
            f'<a href="{page}.html">{drawn}<strong>{escape(title)}</strong>'
            f"<span>{_plain(sentence)}</span></a>"
        )
    return Html(f'<div class="gallery">{"".join(parts)}</div>')


def _plain(sentence: str) -> str:
    """Return a sentence with its formulas as HTML: fractions, powers and Greek letters."""
    names = {r"\beta": "β", r"\ge": "≥", r"\pm ": "±", r"\pm": "±", "-": "−"}
    text = escape(sentence)

    def formula(match: re.Match[str]) -> str:
        inner = re.sub(r"\\t?frac(\d)\{?(\d+)\}?", r"\1/\2", match[1])
        inner = re.sub(r"\^\{?(-?\d+)\}?", r"<sup>\1</sup>", inner)
        inner = re.sub(r"_\{?(\w+)\}?", r"<sub>\1</sub>", inner)
        for command, sign in names.items():
            inner = inner.replace(command, sign)
        return f"<i>{inner}</i>" if inner.isalpha() else inner

    return re.sub(r"\$([^$]+)\$", formula, text)
