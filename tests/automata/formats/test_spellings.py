"""One meaning in many spellings, in every format: read so or refused, and never a letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from negeig.automata.formats import files, meanings, symbols
from negeig.automata.machines.machine import Machine
from support.machine_files import parse, problems_of


def dot(label: str) -> str:
    return (
        f'digraph {{ i [shape=point]; i -> p; p -> q [label="{label}"]; q -> p [label=b]; '
        "q [shape=doublecircle] }"
    )


def att(label: str) -> str:
    return f"0 1 {label}\n1 0 b\n1"


def aut(label: str) -> str:
    return f'des (0, 2, 2)\n(0, "{label}", 1)\n(1, b, 0)'


def table(label: str) -> str:
    return f'state,"{label}",b,accepting\n->p,q,p,1\nq,p,p,0'


def jff(label: str) -> str:
    return (
        '<structure><type>fa</type><automaton><state id="0"><initial/></state><state id="1">'
        f"<final/></state><transition><from>0</from><to>1</to><read>{escape(label)}</read>"
        "</transition><transition><from>1</from><to>0</to><read>b</read></transition>"
        "</automaton></structure>"
    )


def mata(label: str) -> str:
    return f"@NFA-explicit\n%Initial p\n%Final q\np {label} q\nq b p"


def ba(label: str) -> str:
    return f"[0]\n{label},[0]->[1]\nb,[1]->[0]\n[1]"


FORMATS: dict[str, Callable[[str], str]] = {
    "m.dot": dot,
    "m.att": att,
    "m.aut": aut,
    "m.csv": table,
    "m.jff": jff,
    "m.mata": mata,
    "m.ba": ba,
}
HOLDS_SPACES = ("m.dot", "m.aut", "m.csv", "m.jff")
DRAWN = ("m.dot", "m.csv")


EMPTY = [
    *("ε", "ϵ", "ɛ", "Ɛ", "\U0001d700", "\U0001d6c6", "\U0001d750", "(ε)", "[ε]", "{ε}", "_ε_"),
    *("eps", "EPS", "Eps", "epsilon", "EPSILON", "Epsilon", "varepsilon", "_EPSILON_", "_eps_"),
    *("<EPS>", "<Epsilon>", "<e>", "<ε>", "⟨ε⟩", "@epsilon@", "@EPSILON@", "#eps#", "%eps%"),
    *("$\\varepsilon$", "$\\epsilon$", "\\epsilon", "\\varepsilon", "\\(\\epsilon\\)", "$ε$"),
    *("$\\mathrm{eps}$", "\\text{epsilon}", "&epsilon;", "&#949;", "&#x3b5;", "&epsi;"),
]


@pytest.mark.parametrize("name", FORMATS)
def test_no_spelling_of_the_empty_word_is_a_letter(name: str) -> None:
    """Drawings say so in a notice; a format with a spelling of its own refuses the others."""
    for label in EMPTY:
        text = FORMATS[name](label)
        if name in DRAWN or (name, label) == ("m.att", "ε"):
            machine, notices = parse(text, name)
            assert machine.alphabet == ("b",), label
            assert re.search("(was|were) read as the empty word", notices[0]), label
        else:
            # What Mata cannot hold without quotes is refused for that.
            (problem, *_) = problems_of(text, name)
            assert "the empty word" in problem or name == "m.mata", label


ANY = [
    *("any", "ANY", "Any", "anything", "anyOther", "any_char", "<any>", "<ANY>", "[any]", "$any$"),
    *("else", "ELSE", "other", "OTHER", "<OTHER>", "others", "otherwise", "Otherwise", "default"),
    *("DEFAULT", "all", "ALL", "everything", "wildcard", "sigma", "Sigma", "<SIGMA>", "<sigma>"),
    *("true", "TRUE", "True", "false", "FALSE", "tt", "ff", "Σ", "∀", "⊤", "⊥", "∅", "**", ".*"),
    *("$\\Sigma$", "\\Sigma", "\\top", "$\\forall$", "<PHI>", "<phi>", "<rho>", "<RHO>", "<?>"),
    *("any other letter", "all others", "other letters", "any symbol", "the rest", "anything else"),
]
EMPTY_ELSEWHERE = [
    *("λ", "Λ", "\U0001d706", "\\lambda", "$\\lambda$", "lambda", "Lambda", "<lambda>", "(λ)"),
    *("τ", "TAU", "<tau>", "\\tau", "$\\tau$", "null", "NULL", "nil", "empty", "<empty>"),
    *("''", "∊", "∈", "\\in", "\\emptyset", "$\\varnothing$", "ε*", "ε-closure", "eps*", "ε+"),
    *("epsilon closure", "λ*", "<dcare>", "<i>"),
]
GUARDS = [
    *("a and b", "a AND b", "a or b", "a xor b", "not a", "NOT a", "not(a)", "any but a"),
    *("except a", "other than a", "if a", "a when b", "any - a", "b = else", "OTHER = x"),
    *("all except a", "a & b", "a && b", "a∧b", "a ∨ b", "!(a)", "~a", "¬a", "\\d", "\\w", "\\S"),
    *("\\x41", "\\p{L}", "a-z", "A–Z", "0-9", "[a-z]+", "[a-zA-Z0-9_]", "[^a]", "a..z", "a...z"),
    *("'a'..'z'", "[[:alpha:]]", "[:digit:]", "Σ-a", "Σ∖a", "a, ..., z", "a,…", "4294967294"),
    *("4294967295", "18446744073709551615", "0xFFFFFFFF"),
]


@pytest.mark.parametrize("name", FORMATS)
def test_what_means_something_is_no_letter(name: str) -> None:
    for label in ANY + EMPTY_ELSEWHERE + GUARDS:
        if " " not in label or name in HOLDS_SPACES:
            (problem, *_) = problems_of(FORMATS[name](label), name)
            assert problem.startswith("line "), problem


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "m.jff"])
def test_the_refusals_are_about_the_label(name: str) -> None:
    """The same files with a plain letter are read."""
    for label in ("a", "ab", "up", "x1", "t", "f", "e", "digit"):
        assert parse(FORMATS[name](label), name)[0].alphabet == (label, "b")


def test_jflap_reads_texts_of_several_characters_one_by_one() -> None:
    machine, notices = parse(jff("up"), "m.jff")
    assert machine.accepts("up")
    assert "split into single ones" in notices[0]


LETTERS = dict.fromkeys(
    EMPTY
    + ANY
    + EMPTY_ELSEWHERE
    + GUARDS
    + ["i", "I", "tau", "rate 0.5", "a; prob 0.5", "T", "F", "digit", "0", "00", "010", "1", " "]
    + ["  a ", "a\nb", "\n", "\t", "\u200b", "\u2060x", "a/b", "0 1", "\\", "\\\\d", "*", "_", "?"]
)


@pytest.mark.parametrize("other", ["b", "1", "T", "01"])
def test_every_such_letter_can_be_written(other: str) -> None:
    """Escapes, quotes or a declaration make a letter of it, and the file says nothing else."""
    tried = 0
    for letter in LETTERS:
        if letter == other:
            continue
        machine = Machine(
            alphabet=[letter, other], transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 1]
        )
        for key in ("json", "dot", "csv", "fsm", "mata", "ba", "jff", "aut"):
            again, _ = files.parse(files.dumps(machine, key).encode(), f"m.{key}")
            assert again.alphabet == machine.alphabet, (letter, key)
            assert again == machine or key == "aut"
            tried += 1
    assert tried >= 8 * (len(LETTERS) - 1)


def test_greek_letters_are_letters_among_greek() -> None:
    assert parse("0 1 λ\n1 0 α\n1 1 Σ\n1", "m.att")[0].alphabet == ("λ", "α", "Σ")
    assert '"λ" is the empty word in JFLAP' in problems_of("0 1 λ\n1 0 Σ\n1", "m.att")[0]


def test_truth_values_and_classes_in_drawings() -> None:
    for label in ("T", "F"):
        assert f'letter "{label}" may be' in problems_of(dot(label), "m.dot")[0]
        assert f'"{label}" may be' in problems_of(table(label), "m.csv")[0]
        upper = dot(label).replace("label=b", "label=B")
        assert parse(upper, "m.dot")[0].alphabet == (label, "B")
    assert (
        'letter "letter" may be a class of characters, of which "b" is'
        in problems_of(dot("letter"), "m.dot")[0]
    )
    assert parse(dot("letter").replace("label=b", "label=digit"), "m.dot")[0].size == 3


def test_signs_that_drawings_use_for_any_letter() -> None:
    for label in ("*", ".", "?", "∗", "⋆", "★", "＊", "？", "..", "a..", "0, .. , 9"):
        for name in DRAWN:
            assert problems_of(FORMATS[name](label), name)
    for label in ("*", ".", "?"):
        for name in ("m.aut", "m.mata", "m.ba"):
            assert problems_of(FORMATS[name](label), name)
        for name in ("m.att", "m.jff"):
            assert parse(FORMATS[name](label), name)[0].alphabet == (label, "b")


def test_columns_that_may_be_several_letters() -> None:
    for head in ("0,1", "a/b", "a b"):
        text = f'state,"{head}",a,b,accepting\n->p,p,p,p,1'
        assert "may be one letter or several" in problems_of(text, "m.csv")[0]
    assert parse('state,"two words",accepting\n->p,p,1', "m.csv")[0].alphabet == ("two words",)


def test_a_conjunction_is_no_output_and_a_command_no_line_break() -> None:
    for label in (r"a /\ b", r"a /\\ b", r"a \/ b", r"b\land a", r"a\neg", r"b \\wedge a"):
        assert problems_of(dot(label), "m.dot")[0].startswith("line 1, column 36: ")
    assert parse(dot(r"a\nb"), "m.dot")[0].alphabet == ("a", "b")


def test_marks_of_acceptance_of_spot() -> None:
    for mark in ("⓿", "❶", "①", "⓪"):
        for label in (mark, f"a{mark}", rf"a\n{mark}"):
            assert "a mark of acceptance, as of Spot" in problems_of(dot(label), "m.dot")[0]
        text = dot("a").replace("shape=doublecircle", f'shape=doublecircle, label="q {mark}"')
        assert "is a mark of acceptance, as of Spot" in problems_of(text, "m.dot")[0]


@pytest.mark.parametrize(
    "label",
    [
        *(
            "a; rate 0.5",
            "a; prob 0.5",
            "rate 0.5",
            "prob 0.5",
            "A !1; rate 2",
            "RATE 3",
            "prob 1/2",
        ),
        *("rate %r", "a;prob 0.1", "a [0.5]", "τ", "Tau", "TAU", "I", "i", "internal"),
    ],
)
def test_stochastic_and_silent_labels_of_cadp(label: str) -> None:
    for quote in ('"', ""):
        if label == "i" and not quote:
            continue
        text = f"des (0, 2, 2)\n(0, {quote}{label}{quote}, 1)\n(1, b, 0)"
        assert problems_of(text, "m.aut")[0].startswith("line 2, column 1: ")


def test_labels_of_cadp_that_are_letters() -> None:
    for label in ("PUSH !1", "PUSH !0.5", "?a", "!a", "a|b", "send(1,2)", "rate", "probe", "exit"):
        assert parse(aut(label), "m.aut")[0].alphabet == (label, "b")


def test_letters_of_automata_lib_that_look_like_the_empty_word_are_said() -> None:
    text = (
        '{"states": ["p"], "input_symbols": ["a", "ε"], "transitions": {"p": {"a": "p", "ε": "p"}},'
        '"initial_state": "p", "final_states": ["p"]}'
    )
    assert "read as letters, although they mean something else" in parse(text, "m.json")[1][0]


def test_a_plain_spelling() -> None:
    assert meanings.plain(r"\(\mathit{EPS}\)") == ("eps", "{")
    assert meanings.word("ANY") == meanings.word("<any_other>")
    assert symbols.refused("action") is None
