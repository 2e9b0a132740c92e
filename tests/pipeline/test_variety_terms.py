"""Every class that ``negeig monoid`` names is explained by that name, and with its own rules."""

import pytest

from negeig.automata.varieties.table import CLASSES
from negeig.claims import InputError
from negeig.pipeline.explain import explain

WORDS = {"group", "solvable group", "aperiodic", "solvable", "regular", "finite", "definite"}
"""Names of classes that are words of the glossary, or of architectures, as well."""


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.name)
def test_a_class_is_explained(one):
    found = explain(one.name)
    assert found.nearest_to is None
    if one.name not in WORDS:
        assert all(rule.text in found.about.text for rule in one.rules)
        assert one.source in found.about.text


def test_a_name_in_parentheses_is_one_too():
    assert explain("DA").about.id == "two-variable first-order logic (DA)"


@pytest.mark.parametrize("name", ["R-trivialer", "commuting", "idempotents commuting"])
def test_another_name_is_no_class(name):
    try:
        about = explain(name).about
    except InputError:
        return
    assert about.id not in {one.name for one in CLASSES}


def test_the_only_term_with_a_word_is_the_nearest():
    assert explain("wreath").about.id == "cascade"
    assert explain("wreath").nearest_to == "wreath"
