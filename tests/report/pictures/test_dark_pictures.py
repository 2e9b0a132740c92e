"""On dark paper every colour of a picture has another one, and lines and letters stand out."""

import re

import pytest

from negeig.report.drawing.dark import DARK, dark_rules, site_style
from negeig.report.drawing.svg import FAINT, INK, LETTER_COLOURS, PAPER, RULE
from support.dark_pictures import contrast
from support.paths import PACKAGE

USED = {
    colour
    for folder in ("drawing", "pictures")
    for path in (PACKAGE / "report" / folder).glob("*.py")
    for colour in re.findall(r'"(#[0-9a-fA-F]{6})"', path.read_text())
    if path.stem != "dark"
}


def test_every_colour_has_its_like():
    assert len(USED) > 10
    assert DARK.keys() >= USED
    assert len(set(DARK.values())) == len(DARK)
    for light, dark in DARK.items():
        for what in ("fill", "stroke"):
            assert f'.x [{what}="{light}"] {{ {what}: {dark}; }}' in dark_rules(".x")


@pytest.mark.parametrize("colour", [INK, FAINT, *LETTER_COLOURS])
def test_letters_stand_out(colour):
    assert contrast(DARK[colour], DARK[PAPER]) >= 4.5


def test_lines_stand_out_as_much_as_on_white():
    assert contrast(DARK[RULE], DARK[PAPER]) > 3
    for fill in ("#d7e8f7", "#f4f6f8"):
        assert contrast(DARK[INK], DARK[fill]) >= 4.5


def test_pages_of_the_site_have_the_dark_colours_where_they_are_dark():
    """By choice, and by the system's setting unless light was chosen; never on paper."""
    style = site_style([".picture", ".gallery svg"])
    assert style.startswith("@media screen {")
    for page in ('body[data-theme="dark"]', 'body:not([data-theme="light"])'):
        assert f"{page} .picture {{ background: {DARK[PAPER]}; }}" in style
        for light, dark in DARK.items():
            assert f'{page} .gallery svg [stroke="{light}"] {{ stroke: {dark}; }}' in style
    chosen, by_system = style.split("@media (prefers-color-scheme: dark) {")
    assert "not" not in chosen
    assert 'data-theme="dark"' not in by_system
