"""Objects that show themselves: as text where they are printed, as a table or picture in notebooks.

How, is said by the file of a package that is named as the class is, written small. The package
itself is named by whoever stands above both: see :func:`views_are_in`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from negeig.folder import Folder

Look = Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class View:
    """How objects of one class are shown: as text for ``print``, as HTML or SVG for notebooks.

    ``page`` is a whole document for a file. Where there is no HTML, notebooks show the picture, and
    without one the text.
    """

    text: Look | None = None
    html: Look | None = None
    svg: Look | None = None
    page: Look | None = None


_PACKAGES: list[str] = []


def views_are_in(package: str) -> None:
    """Name the package whose files say how classes are shown, each ending in its ``VIEW``."""
    _PACKAGES[:] = [package]


@cache
def views(packages: tuple[str, ...]) -> Folder[View]:
    """Return the views of some packages, by the name of the class."""
    return Folder[View]("VIEW", *packages)


class Shown:
    """A class whose objects show themselves, as the view of its name says.

    ``repr`` is not touched; where there is no view, it is what is shown. What is too large to draw
    shows itself as its numbers.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> parity._repr_svg_()[:4], parity._repr_html_()[:4], str(parity)
    ('<svg', '<div', 'Machine(2 states over ab)')
    """

    __slots__ = ()

    def __str__(self) -> str:
        look = _view(self).text
        return repr(self) if look is None else look(self)

    def _repr_html_(self) -> str:
        view = _view(self)
        if view.html is not None:
            return view.html(self)
        if view.svg is not None:
            return f'<div style="overflow-x: auto; background: #fff">{view.svg(self)}</div>'
        return f"<pre>{escape(str(self))}</pre>"

    def _repr_svg_(self) -> str | None:
        look = _view(self).svg
        return None if look is None else look(self)

    def _page(self) -> str:
        """Return a whole document about it; TypeError where there is none of its class."""
        look = _view(self).page
        if look is None:
            raise TypeError(f"there is no page about a {type(self).__name__}")
        return look(self)


def _view(shown: object) -> View:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(shown).__name__).lower()
    return views(tuple(_PACKAGES)).get(name, View())
