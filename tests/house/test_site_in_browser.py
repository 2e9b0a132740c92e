"""Every page of the documentation in Chromium: it needs no network, fits, and can be read by all.

The pages are those in the folder that ``NEGEIG_SITE`` names, or else are built first.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.paths import ROOT

pytestmark = pytest.mark.browser

LOOKS = ((1100, "light"), (390, "dark"))
"""Widths of windows, and the colour scheme of each."""

SHARES = 4
"""The pages are opened in so many tests, every fourth in one, which run beside each other."""


@contextmanager
def tab_of(width: int, scheme: str) -> Iterator:
    """A tab of a browser; what it complains about and asks the network for is in ``heard``."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    assert chromium, "needs Chromium: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        tab = browser.new_context(**look).new_page()
        tab.heard = []
        tab.on("console", lambda message: tab.heard.append(message.text))
        tab.on("pageerror", lambda error: tab.heard.append(str(error)))
        tab.on("request", lambda asked: tab.heard.append(asked.url) if away(asked.url) else None)
        yield tab
        browser.close()


def away(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:"))


def problems(tab, page: Path) -> list[str]:
    """What is wrong with a page in a tab: requests and errors, its width, barriers."""
    from support.barriers import barriers

    tab.heard.clear()
    tab.goto(page.as_uri())
    window = tab.viewport_size["width"]
    wide = tab.evaluate("document.documentElement.scrollWidth")
    return [
        *tab.heard,
        *([f"{wide} px wide in a window of {window}"] if wide > window else []),
        *(f"{rule}: {html[:200]}" for rule, html in barriers(tab)),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages; they are built, unless they are there."""
    if built := os.environ.get("NEGEIG_SITE"):
        return (ROOT / built).resolve()
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(ROOT / "docs"), str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
    return folder


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_needs_no_network_and_can_be_read_by_all(
    width: int, scheme: str, share: int, site: Path
) -> None:
    pages = sorted(p for p in site.rglob("*.html") if "_static" not in p.parts)
    assert len(pages) > 60
    found = {}
    with tab_of(width, scheme) as tab:
        for page in pages[share::SHARES]:
            if wrong := problems(tab, page):
                found[str(page.relative_to(site))] = wrong
    assert found == {}


def test_names_of_attributes_and_texts_of_properties_are_no_types(site: Path) -> None:
    page = (site / "reference" / "api.html").read_text()
    fields = re.findall(r'<dt class="field-\w+">(\w+)', page)
    assert "Variables" in fields
    assert "Type" not in fields
    assert ",</em>)" not in page


ROWS = "".join(f"<tr><td>task {i}</td><td>{size}</td></tr>" for i, size in enumerate(
    ("3", "1,024", "12", "7", "-2", "0.5", "none", "120")))  # fmt: skip


def test_tables_are_sorted_from_the_keyboard(tmp_path: Path) -> None:
    head = "<thead><tr><th>task</th><th>size</th></tr></thead>"
    table = f"<table>{head}<tbody>{ROWS}</tbody></table>"
    script = (ROOT / "docs" / "_static" / "site.js").as_uri()
    page = tmp_path / "page.html"
    page.write_text(f"<article>{table}</article><script src='{script}'></script>")
    with tab_of(1100, "light") as tab:
        tab.goto(page.as_uri())
        header = tab.get_by_role("columnheader", name="size")
        numbers = ["-2", "0.5", "3", "7", "12", "120", "1,024"]
        for order, shown in (
            ("ascending", [*numbers, "none"]),
            ("descending", ["none", *reversed(numbers)]),
        ):
            header.get_by_role("button").press("Enter")
            assert header.get_attribute("aria-sort") == order
            assert tab.locator("td:nth-child(2)").all_inner_texts() == shown
        tab.get_by_role("button", name="task").press("Enter")
        assert header.get_attribute("aria-sort") is None


WRONG = {
    "away": '<script src="https://example.invalid/a.js"></script>',
    "error": "<script>nothing.here()</script>",
    "wide": '<p style="width: 2000px">wide</p>',
    "alt": '<img src="data:,">',
    "pale": '<p>dark</p><p>dark</p><p style="color: #bbb">pale</p>',
    "pale on its ground": '<p style="background: #fff">white</p><p style="background: #111">11</p>',
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_with_a_page_is_found(kind: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    start = '<!doctype html><html lang="en"><title>t</title>{}<main><h1>h</h1></main>'
    with tab_of(390, "light") as tab:
        page.write_text(start.format(""))
        assert problems(tab, page) == []
        page.write_text(start.format("").replace("</main>", f"{WRONG[kind]}</main>"))
        assert problems(tab, page) != []
