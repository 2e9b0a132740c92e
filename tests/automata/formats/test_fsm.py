"""AT&T FSM text: what is read, and every way in which it can be wrong."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files
from negeig.automata.formats.completion import NOTHING_ACCEPTS
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError


def parse(text: str) -> tuple[Machine, tuple[str, ...]]:
    return files.parse(text.encode(), "m.fsm")


def problems_of(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse(text)
    assert error.value.exit_code == 2
    return error.value.problems


def test_the_example_of_the_manual_without_its_weights() -> None:
    """x*y[zw], letters by number; the manual of the AT&T FSM library has it with weights."""
    machine, notices = parse("0 0 1\n0 1 2\n1 2 3\n1 2 4\n2\n")
    assert machine.alphabet == ("1", "2", "3", "4")
    assert notices == ("8 missing transitions completed with a new sink state",)
    for word in words("1234", 4):
        *xs, y, z = ("", "", *word)
        assert machine.accepts(word) == (set(xs) <= {"1", ""} and y == "2" and z in ("3", "4"))


def test_the_source_of_the_first_line_is_initial() -> None:
    assert parse("1 0 a\n0 1 a\n0")[0].run("aa") == (0, 1, 0)
    assert parse("0\n1 0 a\n0 1 a")[0].run("aa") == (1, 0, 1)
    assert parse("\n \t\n1 0 a\n0 1 a\n0")[0].initial == 1


def test_numbered_states_keep_their_numbers_and_others_their_order() -> None:
    numbered, _ = parse("2 10 a\n10 3 a\n3 2 a\n10")
    assert (numbered.initial, numbered.outputs) == (0, (0, 0, 1))
    assert numbered.transitions.tolist() == [[2], [0], [1]]
    named, _ = parse("z 10 a\n10 c a\nc z a\n10")
    assert named.transitions.tolist() == [[1], [2], [0]]
    for digits, initial in ((18, 1), (19, 0), (4300, 0)):
        machine, _ = parse(f"{'9' * digits} 1 a\n1 1 a")
        assert machine.initial == initial


@pytest.mark.parametrize("epsilon", ["<eps>", "0"])
def test_the_empty_word(epsilon: str) -> None:
    machine, notices = parse(f"0 1 {epsilon}\n1 1 7\n1")
    assert notices[-1] == "determinised: 2 states became 1"
    assert machine.alphabet == ("7",)
    assert machine.accepts("777")
    assert machine.accepts("")
    assert (len(notices) == 2) == (epsilon == "0")


def test_zero_is_a_letter_among_names() -> None:
    machine, notices = parse("0 0 0\n0 0 a\n0")
    assert (machine.alphabet, notices) == (("0", "a"), ())
    machine, notices = parse("0 0 \\u0030\n0 0 1\n0")
    assert (machine.alphabet, notices) == (("0", "1"), ())
    machine, notices = parse("0 0 0\n0 0 <eps>\n0 0 1")
    assert machine.alphabet == ("0", "1")
    assert notices[0] == "0 was read as a letter: this file spells the empty word <eps>"


@pytest.mark.parametrize("zero", ["0", "0.0", "-0", "+0.", ".0", "0e-5", "00"])
def test_weights_of_zero_and_repeated_letters(zero: str) -> None:
    for line in (f"0 0 a {zero}", "0 0 a a", f"0 0 a a {zero}"):
        machine, notices = parse(f"{line}\n0 {zero}")
        assert (machine.alphabet, machine.outputs) == (("a",), (1,))
        doubtful = line == f"0 0 a {zero}" and zero.isdigit()
        assert notices == (("a fourth field 0 was read as a weight",) if doubtful else ())


def test_white_space_and_line_ends() -> None:
    expected, _ = parse("0 1 a\n1 0 b\n1")
    assert parse("  0\t \t1 a\t\r\n\r\n1\t0\tb \r\n 1\r\n")[0] == expected
    assert parse("0 0 a\\u00a0b\\u000bc")[0].alphabet == ("a\u00a0b\x0bc",)
    for odd in ("\u00a0", "\x0b", "\x0c", "\u2003", "\u3000"):
        (problem,) = problems_of(f"0 1 a\n1{odd}0{odd}b\n1")
        assert problem.startswith(f"line 2, column 2: white space U+{ord(odd):04X}, which does not")


def test_escapes_and_other_backslashes() -> None:
    machine, _ = parse("0 0 \\u0020\n0 0 \\n\n0 0 \\\\u0020\n0 0 \\U0001F600\n0 0 a\n0 0 \\u0061")
    assert machine.alphabet == (" ", "\\n", "\\u0020", "\U0001f600", "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "the alphabet is empty: there is no edge with a letter"),
        ("0 1 <eps>\n1", "the alphabet is empty: there is no edge with a letter"),
        ("0 1 a 0.5", 'line 1, column 7: weight "0.5", expected 0 or none; weights are not read'),
        ("0 1 a 2", 'line 1, column 7: "2" is a weight or an output; weights are not read: take'),
        (
            "0 1 a\n 0 1  a\tb\n1",
            "line 2, column 9: the output differs from the letter, as in a tran",
        ),
        ("0 1 a a 1.5", 'line 1, column 9: weight "1.5", expected 0 or none; weights are not read'),
        ("0 1 a a e", 'line 1, column 9: weight "e", expected 0 or none; weights are not read'),
        ("0 1 a a 0 7", "line 1, column 9: 6 fields in a line, expected at most 5"),
        ("0 1 a\n1 3", 'line 2, column 3: weight "3", expected 0 or none; weights are not read'),
        ("0 1 a Infinity", 'line 1, column 7: weight "Infinity", expected 0 or none'),
        ("0 1 a\n0\n--\n0 1 b c d", "line 3, column 1: a second machine begins; a file holds one"),
        ("0 1 a\n0 1 \\ud800", "line 2, column 5: U+D800 is no Unicode character"),
        ("0 1 \\U00110000", "line 1, column 5: U+110000 is no Unicode character"),
    ],
)
def test_one_problem(text: str, expected: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(expected)


def test_a_list_of_weighted_edges_is_no_machine() -> None:
    (problem,) = problems_of("0 0 0.5\n0 1 .5\n1 1 1.0\n1")
    assert problem.startswith("line 1, column 5: every letter is a decimal number, as in a list of")
    assert parse("0 0 0.5\n0 1 a\n1")[0].alphabet == ("0.5", "a")


def test_files_in_which_no_state_accepts_say_so() -> None:
    assert parse("0 0 a") == (parse("0 0 a")[0], (NOTHING_ACCEPTS,))
    assert parse("0 0 a\n0")[1] == ()


def test_a_transducer_puts_out_null_where_a_word_may_not_end() -> None:
    machine, notices = parse("0 1 a x\n1 0 a y\n0")
    assert machine.run("aaa") == (None, None, "y", None)
    assert notices[-1] == "not every state is final: where a word may not end, the output is null"
    assert problems_of("0 1 a x\n1 0 a y") == ["no state is final: this transducer writes nothing"]


def test_numbers_beside_repeated_letters_are_outputs() -> None:
    machine, _ = parse("0 1 a 0\n1 0 b b\n0\n1")
    assert machine.run("ab") == (None, 0, "b")


def test_all_problems_in_one_message() -> None:
    found = problems_of("\n".join(["0 1 a 0.2"] * 30))
    assert found[19].startswith('line 20, column 7: weight "0.2", expected 0 or none')
    assert found[20:] == ["and 10 more"]


def test_the_writer_says_what_the_format_lacks() -> None:
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[2])
    with pytest.raises(InputError, match="no outputs, only final states; write negeig JSON"):
        files.dumps(machine, "fsm")


def test_letters_that_look_like_the_empty_word_are_written_by_code() -> None:
    machine = Machine(alphabet=["0", "1"], transitions=[[0, 0]], initial=0, outputs=[0])
    assert files.dumps(machine, "fsm").split("\n") == ["0 0 \\u0030", "0 0 1"]
    machine = Machine(alphabet=["0", "<eps>"], transitions=[[0, 0]], initial=0, outputs=[0])
    assert files.dumps(machine, "fsm").split("\n") == ["0 0 0", "0 0 \\u003ceps>"]
