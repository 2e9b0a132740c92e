"""Every picture of the README has its like for a dark page, in colours that stand out there."""

import re

import pytest

from support.dark_pictures import DARK, contrast, dark
from support.page_blocks import README
from support.paths import ROOT

PICTURES = re.findall(r'<img [^>]*src="([^"]+)"', README.read_text())


@pytest.mark.parametrize("light", PICTURES)
def test_a_picture_has_its_like_for_a_dark_page(light):
    """The light one is what the command draws: see test_readme.py."""
    named = light.replace(".svg", "-dark.svg")
    source = f'<source media="(prefers-color-scheme: dark)" srcset="{named}">'
    assert source in README.read_text()
    assert (ROOT / named).read_text() == dark((ROOT / light).read_text())


def test_there_is_a_picture_and_none_beside_those():
    assert PICTURES
    assert re.findall(r"!\[[^\]]*\]\([^)]*\)", README.read_text()) == []


def test_lines_and_letters_stand_out_from_the_dark_paper():
    paper = DARK["#ffffff"]
    for light in ("#1a1a1a", "#5f6b76", "#0072b2", "#d55e00"):
        assert contrast(DARK[light], paper) > 4.5
    for fill in ("#d7e8f7", "#f4f6f8"):
        assert contrast(DARK["#1a1a1a"], DARK[fill]) > 4.5
