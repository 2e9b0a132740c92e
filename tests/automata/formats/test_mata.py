"""Mata's format: what is read, and every way in which it can be wrong."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError


def parse(*lines: str) -> tuple[Machine, tuple[str, ...]]:
    return files.parse("\n".join(lines).encode(), "m.mata")


def nfa(*lines: str) -> tuple[Machine, tuple[str, ...]]:
    return parse("@NFA-explicit", *lines)


def problems_of(*lines: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse(*lines)
    assert error.value.exit_code == 2
    return error.value.problems


def test_a_file_as_mata_writes_it() -> None:
    machine, notices = nfa(
        "%Alphabet-auto", "%Initial q0", "%Final q1 q2", "q0 97 q1", "q1 98 q2", "q2 98 q2", ""
    )
    assert notices == ("3 missing transitions completed with a new sink state",)
    assert machine.alphabet == ("97", "98")
    assert machine.transitions.tolist() == [[1, 3], [3, 2], [3, 2], [3, 3]]
    assert machine.outputs == (0, 1, 1, 0)


def test_comments_continued_lines_and_quotes() -> None:
    machine, notices = parse(
        "# a comment",
        "   ",
        "@NFA-explicit # another",
        "%Initial \\",
        '  "p q" # the state p q',
        '%Final "p q"#',
        '"p q" a \\   ',
        '"p q"',
        "# ends in a backslash \\",
        '"p q" "a # \\"b\\" \\\\ \\u{e9}\\n" "p q"',
    )
    assert machine.alphabet == ("a", 'a # "b" \\ é\\n')
    assert (machine.size, notices) == (1, ())


def test_states_are_numbered_as_listed_or_as_they_appear() -> None:
    edges = ["%Initial c", "%Final a", "c x b", "b x a", "a x c"]
    assert nfa(*edges)[0].transitions.tolist() == [[1], [2], [0]]
    listed, _ = nfa("%States-enum a b", "%States-enum c", *edges)
    assert (listed.transitions.tolist(), listed.initial) == ([[2], [0], [1]], 2)
    assert nfa(*edges[2:], *edges[:2])[0].transitions.tolist() == [[1], [2], [0]]


def test_letters_are_ordered_as_listed_or_as_they_appear() -> None:
    edges = ["%Initial p", "%Final p", "p b p", "p a p"]
    assert nfa(*edges)[0].alphabet == ("b", "a")
    for scheme in ("auto", "marked", "chars", "utf", "utf-8", "numbers"):
        assert nfa(f"%Alphabet-{scheme}", *edges)[0].alphabet == ("b", "a")
    machine, notices = nfa("%Alphabet-enum a b c", *edges)
    assert machine.alphabet == ("a", "b", "c")
    assert notices == ("1 missing transition completed with a new sink state",)


@pytest.mark.parametrize(
    ("final", "outputs"),
    [
        ("p r", (1, 0, 1)),
        ("p | r", (1, 0, 1)),
        ("p|r", (1, 0, 1)),
        ("", (0, 0, 0)),
        ("\\false", (0, 0, 0)),
        ("\\true", (1, 1, 1)),
        ("!p", (0, 1, 1)),
        ("!p & !q", (0, 0, 1)),
        ("!p&!q & ! r", (0, 0, 0)),
    ],
)
def test_final_states(final: str, outputs: tuple[int, ...]) -> None:
    machine, _ = nfa("%Initial p", f"%Final {final}", "p a q", "q a r", "r a p")
    assert machine.outputs == outputs


def test_several_initial_states_and_epsilons() -> None:
    machine, notices = nfa(
        "%Initial p | q", "%Epsilon e1 | e2", "%Final r", "p a p", "p e1 r", "q b r", "r e2 q"
    )
    assert notices == ("determinised: 3 states became 3",)
    assert machine.alphabet == ("a", "b")
    for word in words("ab", 6):
        assert machine.accepts(word) == ("ba" not in "".join(word))
    unlisted, _ = nfa("%Alphabet-enum b a", "%Epsilon e", "%Initial p", "p e q", "q a q")
    assert unlisted.alphabet == ("b", "a")
    assert nfa("%Alphabet-enum e a", "%Epsilon e", "%Initial p", "p a p")[0].alphabet == ("a",)


def test_the_long_form_of_an_edge() -> None:
    assert nfa("%Initial p", "p a & p")[0] == nfa("%Initial p", "p a p")[0]
    assert nfa("%Initial p", 'p "&" p')[0].alphabet == ("&",)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["# nothing"], 'line 1, column 1: expected the section @NFA-explicit, found ""'),
        (["q0 a q1"], 'line 1, column 1: expected the section @NFA-explicit, found "q0 a q1"'),
        ([" @NFA-x"], 'line 1, column 2: "@NFA-x" is not read, only @NFA-explicit, @NFA-bits, @N'),
        (["@AFA-explicit"], 'line 1, column 1: "@AFA-explicit" is not read, only @NFA-explicit'),
        (["@NFA-explicit x"], 'line 1, column 1: expected the section @NFA-explicit, found "@NF'),
        (
            ["@NFA-explicit", "%Initial p", "p a p", " @NFA-explicit"],
            "line 4, column 2: a second s",
        ),
        (["@NFA-explicit", "p a p"], "no initial state: add a line '%Initial q'"),
        (["@NFA-explicit", "%Initial p"], "the alphabet is empty: there is no edge with a letter"),
        (["@NFA-explicit", "%Initial p", "%Epsilon a", "p a p"], "the alphabet is empty"),
        (
            ["@NFA-explicit", "%Initial p", "p p"],
            "line 3, column 1: expected 'state letter state', f",
        ),
        (
            ["@NFA-explicit", "%Initial p", "p a b p"],
            "line 3, column 1: expected 'state letter sta",
        ),
        (
            ["@NFA-explicit", "%Initial p", " p a|b p"],
            "line 3, column 2: expected 'state letter sta",
        ),
        (
            ["@NFA-explicit", "%Initial p", "p (a) p"],
            "line 3, column 1: expected 'state letter stat",
        ),
        (
            ["@NFA-explicit", "%Initial p", "p a !p"],
            "line 3, column 1: expected 'state letter state",
        ),
        (
            ["@NFA-explicit", "%Initial p", 'p "a p'],
            "line 3, column 3: this quote is not closed, or ",
        ),
        (
            ["@NFA-explicit", "%Initial p", 'p "a"b p'],
            "line 3, column 3: this quote is not closed, o",
        ),
        (["@NFA-explicit", "%Initial p", 'p "" p'], "line 3, column 3: an empty name"),
        (["@NFA-explicit", "%Initial p", "p a\\b p"], "line 3, column 4: unexpected '\\\\'"),
        (
            ["@NFA-explicit", "%Initial p", 'p "\\u{d800}" p'],
            "line 3, column 3: U+D800 is no Unico",
        ),
        (
            ["@NFA-explicit", "%Initial p", "p @a p"],
            'line 3, column 3: "@a" must be in quotes here',
        ),
        (
            ["@NFA-explicit", "%Initial p", "p %a p"],
            'line 3, column 3: "%a" must be in quotes here',
        ),
        (
            ["@NFA-explicit", "%Initial p & q"],
            "line 2, column 12: expected a list of names, found '&",
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Final p&q", "p a p"],
            "line 3, column 9: expected a list",
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Final !p | !q", "p a p"],
            "line 3, column 11: expected &",
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Final !p &", "p a p"],
            "line 3, column 11: a conjunction",
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Final !p & q", "p a p"],
            "line 3, column 13: expected ! i",
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Foo", "p a p"],
            'line 3, column 1: unknown setting "%Foo"',
        ),
        (
            ["@NFA-explicit", "%Initial p", "%Alphabet", "p a p"],
            "line 3, column 1: unknown setting",
        ),
        (["@NFA-explicit", "%Initial p", "%Final-x", "p a p"], "line 3, column 1: unknown setting"),
        (
            ["@NFA-explicit", "%Alphabet-enum b |", "%Initial p", "p b p"],
            "line 2, column 18: expected a name, found '|'",
        ),
        (
            ["@NFA-explicit", "%Alphabet-enum b", "%Initial p", "p a p"],
            'line 4, column 3: "a" is not in %Alphabet-enum',
        ),
        (
            ["@NFA-explicit", "%States-enum p", "%Initial p", "%Final r", "p a q", "q a p"],
            'line 5, column 5: "q" is not in %States-enum',
        ),
    ],
    ids=range(32),
)
def test_one_problem(lines: list[str], expected: str) -> None:
    problem = problems_of(*lines)[0]
    assert problem.startswith(expected)
    if "States-enum" not in expected:
        assert len(problems_of(*lines)) == 1


def test_what_to_do_about_edges_that_are_not_read() -> None:
    head = ["@NFA-explicit", "%Initial p"]
    for edge, hint in [
        ("p p", "2 tokens; for the empty word, name a letter in %Epsilon"),
        ("p a b p", "4 tokens"),
        ("p", "1 tokens"),
        ("p a | b p", "5 tokens; formulas are not read, and a letter with &|!() must be in quotes"),
    ]:
        assert problems_of(*head, edge) == [
            f"line 3, column 1: expected 'state letter state', found {hint}"
        ]
    assert problems_of(*head, "%Final !p &", "p a p") == [
        "line 3, column 11: a conjunction of negations ends in &"
    ]


def test_all_problems_in_one_message() -> None:
    assert problems_of("@NFA-explicit", "%Foo x", "%Initial p", "p a", 'p "x', "p a q") == [
        'line 2, column 1: unknown setting "%Foo"; the settings are %Alphabet-auto, %States-auto, '
        "%Initial, %Final, %Epsilon",
        "line 4, column 1: expected 'state letter state', found 2 tokens; for the empty word, name "
        "a letter in %Epsilon",
        "line 5, column 3: this quote is not closed, or no white space follows it",
    ]


def test_states_are_listed_only_where_they_do_not_appear_in_order() -> None:
    minimal = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[0, 1])
    assert "%States" not in files.dumps(minimal, "mata")
    backwards = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=1, outputs=[0, 1])
    assert "%States-enum q0 q1" in files.dumps(backwards, "mata")
