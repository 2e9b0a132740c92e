"""The glossary: each word once, explained on the command line and on its page alike."""

import pytest

from negeig.claims import InputError
from negeig.pipeline.explain import explain
from negeig.pipeline.parts.glossary import TERMS, find_term, term_names
from negeig.pipeline.parts.term import Term
from negeig.report.terminal.explain import explain_text
from negeig.theory.bounds.periods import ALLOWS
from negeig.theory.theorems import entries, ids
from support.command_line import copied, negeig, valid
from support.paths import ROOT


def test_a_word_has_one_meaning_and_a_page_that_is_there():
    plain = [name.lower().replace("-", " ") for name in term_names()]
    assert len(plain) == len(set(plain)) > 40
    assert [term.id for term in TERMS] == sorted(term.id for term in TERMS)
    for term in TERMS:
        assert (ROOT / term.page).is_file(), term.page
        assert len(term.text) < 300
        assert find_term(term.id.upper().replace(" ", "_")) is term


def test_the_page_says_what_the_command_says():
    page = (ROOT / "docs" / "glossary.md").read_text()
    for term in TERMS:
        also = f" (also {', '.join(term.also)})" if term.also else ""
        link = term.page.removeprefix("docs/")
        assert f"**{term.id}**{also}\n: {term.text} [More]({link}).\n" in page
    assert page.count("\n: ") == len(TERMS)


def test_a_word_is_explained(capsys):
    code, out, _ = negeig(capsys, "explain", "Own-Group")
    assert code == 0
    assert out.startswith("own group\n\nThe assumption that letters")
    code, out, _ = negeig(capsys, "explain", "beta", "--json")
    assert (code, valid(out)["term"]["id"]) == (0, "delta step")


def test_a_theorem_of_the_same_name_comes_first_and_the_word_is_said_too():
    both = [entry.id for entry in entries() if find_term(entry.id)]
    assert "closure" in both
    for name in both:
        found = explain(name)
        assert not isinstance(found.about, Term)
        assert found.term.text.split()[0] in explain_text(found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("decodr", "no word 'decodr'; nearest: decoder, code"),
        ("kroh", "no word 'kroh'; nearest: krohn-rhodes"),
        ("cayl", "nearest: cayley graph, cayley"),
        ("idempotnets", "no theorem 'idempotnets'; nearest: idempotents; no word"),
        ("fp32:fmaa", "as an arithmetic 'fp32:fmaa' is unknown; did you mean fp32:fma or"),
        ("zzzz", "no theorem 'zzzz' and no such word"),
        (" ", "the name is empty"),
    ],
)
def test_what_is_no_word_is_answered_with_the_nearest(name, said):
    with pytest.raises(InputError, match=said):
        explain(name)


@pytest.mark.parametrize("change", [str.upper, str.title, lambda name: name.replace(" ", "-")])
@pytest.mark.parametrize("term", TERMS, ids=[term.id for term in TERMS])
def test_a_word_is_found_in_any_case_and_number(term, change):
    for name in (term.id, *term.also):
        assert find_term(change(name)) is term
        if not name.endswith(("s", "y", "0", "1", "2", "4", "a", "?")):
            assert find_term(change(f"{name}s")) is term


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("negative eigenvalue", "negative eigenvalue"),
        ("Negative-Eigenvalues", "negative eigenvalue"),
        ("complex eigenvalues", "eigenvalue"),
        ("what is a decoder", "decoder"),
        ("greens relations", "egg-box"),
        ("Krohn-Rhodes theorem", "cascade"),
        ("the finite transition monoid", "monoid"),
    ],
)
def test_a_phrase_leads_to_the_longest_word_in_it(phrase, word):
    assert explain(phrase).about.id == word


@pytest.mark.parametrize("name", ["complex eigenvalues", "one unheard-of layer"])
def test_a_word_that_was_taken_for_a_phrase_is_named(capsys, name):
    word = explain(name).about.id
    _, out, _ = negeig(capsys, "explain", name)
    assert copied(out).startswith(f"no word {name!r}; nearest: {word} ")
    assert valid(negeig(capsys, "explain", name, "--json")[1])["nearest_to"] == name


@pytest.mark.parametrize("name", ["Eigenvalues", "EXACT-orbit", "bf16", "mod:3"])
def test_a_name_is_not_called_the_nearest(capsys, name):
    assert "nearest" not in negeig(capsys, "explain", name)[1]
    assert valid(negeig(capsys, "explain", name, "--json")[1])["nearest_to"] is None


THEOREMS_OF_CLASSES = {
    "nonnegative-spectrum": {ids.T1},
    "real-spectrum": {ids.T2},
    "nonnegative-symmetric": {ids.T1, ids.TWO_LETTERS},
    "nonnegative-diagonal": {ids.T1, ids.STAR_FREE},
    "real-diagonal": {ids.T2},
    "complex-diagonal": {ids.SUBNORMAL, ids.SOLVABLE_LEVELS},
    "rounded-nonnegative-diagonal": {ids.ROUNDED},
    "rounded-real-diagonal": {ids.ROUNDED},
    "one-contractive-layer": {ids.IDEMPOTENTS, ids.ONE_LAYER},
}


@pytest.mark.parametrize("name", ALLOWS)
def test_each_class_of_the_limits_is_explained_with_the_theorems_that_decide_it(name):
    found = explain(name)
    assert (found.about.id, found.nearest_to) == (name, None)
    said = found.about.text.partition("negeig explain ")[2]
    words = set(said.replace(",", " ").replace(";", " ").replace(".", " ").split())
    assert words & {entry.id for entry in entries()} == THEOREMS_OF_CLASSES[name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bf16:sr:acc32", "A model of arithmetic: fp32 operations, the state rounded to bf16"),
        ("BF16", "bf16:all-ops"),
        ("mod:3", "A task of the zoo, mod:M: "),
        ("sr", "stochastic rounding"),
        ("fma?", "covers every choice"),
    ],
)
def test_arithmetics_tasks_and_suffixes_are_explained_too(capsys, name, said):
    code, out, _ = negeig(capsys, "explain", name)
    assert (code, said in out) == (0, True), out
    assert valid(negeig(capsys, "explain", name, "--json")[1])["term"]["text"]


def test_the_words_that_people_ask_about_are_there():
    asked = (
        "sr fma chunk stochastic kernel code decoder model orbit horizon region front route "
        "accumulator implementation machine network layer letter state group period eigenvalue"
    )
    drawn = "holonomy cascade decomposition cayley left-cayley eggbox r-class level component"
    for name in [
        *asked.split(), *drawn.split(), "cast state", "own group", "delta step", "delta rule",
        "exact orbit", "hardware",
    ]:  # fmt: skip
        assert find_term(name) is not None, name


@pytest.mark.parametrize("name", ["lstm", "GRU", "rnn", "elman", "slstm"])
def test_recurrences_that_are_not_linear_say_so(capsys, name):
    code, out, _ = negeig(capsys, "explain", name)
    assert code == 0
    assert "not linear in the state" in " ".join(out.split())
