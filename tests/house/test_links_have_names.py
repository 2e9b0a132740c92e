"""A link has words: one of a formula alone is nothing to those who have pages read to them."""

import re

import pytest

from support.page_blocks import PAGES
from support.paths import ROOT

FORMULA = re.compile(r"\[\$[^\]$]*\$\]\(")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_no_link_is_a_formula_alone(page):
    assert FORMULA.findall(page.read_text()) == []


def test_such_a_link_is_seen():
    assert FORMULA.findall("those with [$efe = fe$](one-layer.md)") == ["[$efe = fe$]("]
    assert FORMULA.findall("[one layer, $efe = fe$](one-layer.md)") == []
