"""What looks like a line, a label or a column of a machine and is none: comments, headings, steps
of other machines; and what looks like none and is read."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files
from negeig.automata.formats.completion import OUT_OF_REACH
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError

EDGES = "0 1 a\n1 0 b\n1\n"
GRAPH = "digraph {{ __start -> p; {} q [shape=doublecircle] }}"


def read(text: str, name: str) -> tuple[Machine, tuple[str, ...]]:
    return files.parse(text.encode(), name)


def refused(text: str, name: str) -> str:
    with pytest.raises(InputError) as error:
        read(text, name)
    assert error.value.exit_code == 2
    return "\n".join(error.value.problems)


def graph(*labels: str) -> str:
    return GRAPH.format(" ".join(f'p -> q [label="{label}"];' for label in labels))


@pytest.mark.parametrize("begin", ["#", "//", "/*", "%", ";", "!", "--", "#my", "//my", "<!--"])
@pytest.mark.parametrize("words", ["", " odd", " odd machine", " an odd machine"])
def test_comments_in_att_text_are_no_states(begin: str, words: str) -> None:
    if (begin, words) != ("--", ""):
        assert "line 1, column 1: this looks like a comment" in refused(
            f"{begin}{words}\n{EDGES}", "m.fsm"
        )


@pytest.mark.parametrize("count", ["2", "2 0", "machine"])
def test_a_first_line_of_counts_is_no_initial_state(count: str) -> None:
    assert "line 1, column 1: the file begins with the final state" in refused(
        f"{count}\n{EDGES}", "m.fsm"
    )
    assert read(f"0\n{EDGES}", "m.fsm")[0].accepts("")


@pytest.mark.parametrize("heading", ["from to symbol", "an odd machine", "src dst label"])
def test_a_heading_of_att_text_is_no_edge(heading: str) -> None:
    assert "looks like a heading" in refused(f"{heading}\n{EDGES}", "m.fsm")


@pytest.mark.parametrize(
    "text", ["s 0 a\n0 s b\n0", "p q a\nq p b\nq", "start end a\nend", "s 1 a\n1 2 b\n1"]
)
def test_names_of_states_in_att_text_are_no_heading(text: str) -> None:
    assert read(text, "m.fsm")[0].accepts("a")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[9]\na,[0]->[1]\n[1]", "m.ba"),
        ("[0]\na,[0]->[0]\n[3]", "m.ba"),
        ("@NFA-explicit\n%Initial r\n%Final q\np a q", "m.mata"),
        (graph("a").replace("__start -> p", "__start -> r; r [label=r]"), "m.dot"),
        ("state,a\n->p,p\n*q,p", "m.csv"),
    ],
)
def test_accepting_states_out_of_reach_are_said(text: str, name: str) -> None:
    machine, notices = read(text, name)
    assert machine.minimal().size == 1
    assert OUT_OF_REACH in notices
    assert OUT_OF_REACH not in read(EDGES, "m.fsm")[1]


@pytest.mark.parametrize(
    "setting", [r"%Initial \true", r"%Initial p \false", "%Initial p, q", r"%Final \true q"]
)
def test_names_in_lists_of_mata(setting: str) -> None:
    text = f"@NFA-explicit\n{setting}\n%Initial p\n%Final q\np a q"
    assert "expected a name" in refused(text, "m.mata")


@pytest.mark.parametrize(
    "head", ["out", "Out", "is_final", "is-accepting", "final?", "accept?", "initial", "isnt"]
)
def test_columns_of_other_things_are_no_letters(head: str) -> None:
    text = f"state,0,1,{head}\n->0,1,0,0\n*1,0,1,1"
    if head == "isnt":
        assert read(text, "m.csv")[0].alphabet == ("0", "1", "isnt")
    else:
        assert f'line 1, cell 4: "{head}" looks like no letter' in refused(text, "m.csv")


def test_in_and_out_are_letters_together() -> None:
    assert read("state,in,out\n->p,q,p\n*q,q,p", "m.csv")[0].alphabet == ("in", "out")


@pytest.mark.parametrize("letter", ["out", "is_final", "initial"])
def test_such_letters_are_written_by_code(letter: str) -> None:
    machine = Machine(alphabet=[letter], transitions=[[1], [0]], initial=0, outputs=[0, 1])
    assert read(files.dumps(machine, "csv"), "m.csv")[0] == machine


@pytest.mark.parametrize("state", ["q0*", "q0 (start)"])
def test_marks_after_a_name_are_not_a_part_of_it(state: str) -> None:
    assert "marks stand before the name" in refused(f"state,a\n->{state},q1\n*q1,q1", "m.csv")
    assert read('state,a\n"->(p,q)","(p,q)"\n*r,r', "m.csv")[0].size == 2


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (["0,1", "0,0"], '"0,0" has a symbol twice'),
        (["a,Z,AZ", "b,A,pop"], "of a pushdown automaton that pushes it"),
        (["ε,ε,$", "a,ε,A"], "of a pushdown automaton that reads"),
        (["a,Z,A", "b,A,ε"], "of a pushdown automaton that reads"),
        (["a,b,R", "b,a,L"], "of a Turing machine"),
        (["a,b,r", "b,a,l"], "of a Turing machine"),
        (["a,b,→", "b,a,←"], "of a Turing machine"),
        (["a, b, Right", "b, a, Left"], "of a Turing machine"),
        (["a,R", "b,L"], "of a Turing machine"),
        (["1 0", "0 1"], '"1 0" may be one letter or several'),
        (["a b", "c"], '"a b" may be one letter or several'),
        (["a (1/2)"], "has a comma within brackets, or a slash"),
    ],
)
def test_steps_of_other_machines_are_no_lists_of_letters(labels: list[str], what: str) -> None:
    assert what in refused(graph(*labels), "m.dot")


@pytest.mark.parametrize(
    ("labels", "letters"),
    [
        (["L,R"], "LR"),
        (["L", "R"], "LR"),
        (["L,R", "U,D"], "LRUD"),
        (["U,L", "D,R"], "ULDR"),
        (["up,left", "down,right"], ("up", "left", "down", "right")),
        (["1,2,12", "3,4,5"], ("1", "2", "12", "3", "4", "5")),
        (["a,b,c", "d,e,f"], "abcdef"),
        (["p,q,r", "s"], "pqrs"),
        (["a,b", "c,ε"], "abc"),
        (["a,b,ε"], "ab"),
        (["insert coin", "push"], ("insert coin", "push")),
    ],
)
def test_lists_of_letters_are_read(labels: list[str], letters: str) -> None:
    assert read(graph(*labels), "m.dot")[0].alphabet == tuple(letters)


def test_a_start_arrow_may_be_dashed() -> None:
    text = graph("a").replace("__start -> p", "__start -> p [style=dashed]")
    assert read(text, "m.dot")[0].accepts("a")
    assert "is dashed" in refused(text.replace("label=", "style=dotted, label="), "m.dot")


@pytest.mark.parametrize("label", ["a (0.5)", "a,1/2", "a 0.25", "a, 30%", "a @ .5"])
def test_weights_in_aldebaran(label: str) -> None:
    assert "probabilistic" in refused(f'des (0,1,2)\n(0,"{label}",1)', "m.aut")


@pytest.mark.parametrize("label", ["wait(0.5)", "set(x, 0.5)", "send(1,2)", "a !1", "v1.5", "rate"])
def test_data_in_aldebaran(label: str) -> None:
    assert read(f'des (0,1,2)\n(0,"{label}",1)', "m.aut")[0].alphabet == (label,)
