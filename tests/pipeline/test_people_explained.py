"""``negeig explain`` of a person: what cites them, whatever the accents; and nobody else."""

import pytest

from negeig.claims import InputError
from negeig.pipeline.explain import explain
from negeig.pipeline.parts.people import people


@pytest.mark.parametrize("name", ["Schützenberger", "schutzenberger", "SCHU\u0308TZENBERGER"])
def test_accents_and_case_do_not_matter(name):
    term = explain(name).about
    assert term.id == "Schützenberger"
    assert "aperiodic (Schützenberger, On finite monoids" in term.text
    assert "star-free (star-free and aperiodic: Schutzenberger 1965)" in term.text


def test_each_name_is_explained_by_what_cites_it():
    for name in people():
        about = explain(name)
        if about.nearest_to is None and hasattr(about.about, "text"):
            assert name.lower() in about.about.text.lower() or about.about.id != name, name


@pytest.mark.parametrize("word", ["Problems", "Theorem", "Finite", "Annals", "negeig", "Nobody"])
def test_words_of_titles_are_nobody(word):
    assert word not in people()


@pytest.mark.parametrize(
    ("typed", "near"),
    [("grün", "green"), ("schuetzenberger", "Schützenberger"), ("Grazi", "Grazzi")],
)
def test_what_is_nearly_a_name_is_answered_with_it(typed, near):
    with pytest.raises(InputError) as refused:
        explain(typed)
    assert near in refused.value.problems[0]


@pytest.mark.parametrize("equation", ["efe=fe", "efe = fe"])
def test_an_equation_needs_no_spaces(equation):
    assert explain(equation).about.id == "idempotent"
