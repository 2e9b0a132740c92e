"""Read SVG pictures back: their parts, and what overlaps, from the drawn coordinates alone."""

import itertools
import math
import re
import unicodedata
import xml.etree.ElementTree as ET
from typing import NamedTuple

NAMESPACE = "{http://www.w3.org/2000/svg}"


class Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Rectangle", slack: float = 0.0) -> bool:
        return (
            self.left + slack < other.right
            and other.left + slack < self.right
            and self.top + slack < other.bottom
            and other.top + slack < self.bottom
        )

    def holds(self, x: float, y: float, radius: float = 0.0) -> bool:
        """Whether a point is inside, by more than a pixel; the corners may be rounded."""
        beyond_x = max(self.left + radius - x, x - self.right + radius, 0.0)
        beyond_y = max(self.top + radius - y, y - self.bottom + radius, 0.0)
        if radius:
            return math.hypot(beyond_x, beyond_y) < radius - 1
        return self.left + 1 < x < self.right - 1 and self.top + 1 < y < self.bottom - 1


class Part(NamedTuple):
    """A group of the drawing: its class, its title, and the elements directly in it."""

    kind: str
    title: str
    elements: list[ET.Element]

    def tagged(self, tag: str) -> list[ET.Element]:
        return [e for e in self.elements if e.tag == NAMESPACE + tag]

    @property
    def texts(self) -> list[str]:
        return [e.text or "" for e in self.tagged("text")]


def parts(svg: str) -> list[Part]:
    """Return all groups; ParseError where the document is not XML."""
    return groups(ET.fromstring(svg))


def groups(root: ET.Element) -> list[Part]:
    found = []
    for group in root.iter(NAMESPACE + "g"):
        title = group.find(NAMESPACE + "title")
        found.append(
            Part(group.attrib["class"], title.text if title is not None else "", list(group))
        )
    return found


def count(svg: str) -> dict[str, int]:
    """How many groups of each class there are."""
    kinds = [part.kind for part in parts(svg)]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def text_box(element: ET.Element) -> Rectangle:
    """Box of a line of text: 0.6 of the size for a letter, twice that for wide characters."""
    size = float(element.attrib["font-size"])
    text = element.text or ""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    width = 0.6 * size * (len(text) + wide)
    x, baseline = float(element.attrib["x"]), float(element.attrib["y"])
    left = x - width / 2 if element.attrib["text-anchor"] == "middle" else x
    return Rectangle(left, baseline - 0.76 * size, left + width, baseline + 0.22 * size)


def rectangle(element: ET.Element) -> Rectangle:
    x, y, w, h = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
    return Rectangle(x, y, x + w, y + h)


def curve(element: ET.Element) -> list[tuple[float, float]]:
    """Points along a path of cubic curves."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", element.attrib["d"])]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    found = []
    for i in range(0, len(points) - 3, 3):
        for step in range(41):
            t = step / 40
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            found.append(
                tuple(
                    sum(w * p[axis] for w, p in zip(weights, points[i : i + 4], strict=True))
                    for axis in (0, 1)
                )
            )
    return found


def faults(svg: str) -> list[str]:
    """Texts that overlap or leave the page, and edges that run through boxes or other texts."""
    root = ET.fromstring(svg)
    page = Rectangle(0, 0, float(root.attrib["width"]), float(root.attrib["height"]))
    found = []
    texts = [(element, text_box(element)) for element in root.iter(NAMESPACE + "text")]
    for (first, a), (second, b) in itertools.combinations(texts, 2):
        if a.meets(b, 0.5):
            found.append(f"{first.text!r} overlaps {second.text!r}")
    for element, box in texts:
        if box.left < 0 or box.top < 0 or box.right > page.right or box.bottom > page.bottom:
            found.append(f"{element.text!r} leaves the page")
    drawn = groups(root)
    boxes = [
        (part, rectangle(part.tagged("rect")[0]), float(part.tagged("rect")[0].attrib["rx"]))
        for part in drawn
        if part.kind in ("node", "cell", "component")
    ]
    for (first, a, _), (second, b, _) in itertools.combinations(boxes, 2):
        if a.meets(b, 0.2):
            found.append(f"{first.title!r} overlaps {second.title!r}")
    # Only a label on paper of its own may lie on its curve, which is drawn before all labels.
    labels = [part for part in drawn if part.kind == "label" and part.tagged("rect")]
    for part in drawn:
        for path in part.tagged("path"):
            points = curve(path)
            for other, box, radius in boxes:
                if any(box.holds(x, y, radius) for x, y in points):
                    found.append(f"{part.kind} {part.title!r} runs through {other.title!r}")
            own = [e for p in labels if p.title == part.title for e in p.tagged("text")]
            for element, box in texts:
                if element not in own and any(box.holds(x, y) for x, y in points):
                    found.append(f"{part.kind} {part.title!r} runs through {element.text!r}")
    return found
