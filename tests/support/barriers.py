"""What keeps people from reading a page in Chromium, as axe finds it."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe

FIRST_OF_ITS_KIND = """() => {
  const numbers = new Map();
  const numbered = (...parts) => {
    const key = parts.join("; ");
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key);
  };
  const grounds = new Map([[null, 0]]);
  const seen = new Set();
  for (const node of document.querySelectorAll("*")) {
    const look = getComputedStyle(node);
    const { backgroundColor, backgroundImage, opacity, position, filter, mixBlendMode } = look;
    const ground = numbered(grounds.get(node.parentElement), backgroundColor, backgroundImage,
      opacity, position, filter, mixBlendMode);
    grounds.set(node, ground);
    const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    const seenByPeople = node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && node.clientWidth !== 1 && texts.some((text) => text.data.trim());
    const { color, fontSize, fontWeight, textShadow, display } = look;
    const kind = numbered(ground, color, fontSize, fontWeight, textShadow, display);
    if (seenByPeople && !seen.has(kind)) {
      seen.add(kind);
      node.setAttribute("data-first-of-its-kind", "");
    }
  }
}"""
"""Marks one text of each kind: those with the same colours, size and weight on the same grounds."""

CONTRAST = 'axe.configure({rules: [{id: "color-contrast", selector: "[data-first-of-its-kind]"}]})'
"""To measure the contrast of every text takes longer than all else; texts of a kind share it."""

OPTIONS = {"resultTypes": ["violations"], "preload": False}


def barriers(tab: Any) -> list[tuple[str, str]]:
    """Rules that the page in a tab breaks, each with the first element that does."""
    tab.evaluate(FIRST_OF_ITS_KIND)
    found = Axe(f"{AXE_SCRIPT};{CONTRAST}").run(tab, options=OPTIONS).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
