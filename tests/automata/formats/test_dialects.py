"""Files as other tools write them: each is read as it is meant, or refused by name."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files
from negeig.automata.formats.mealy import READ_AS_MEALY
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Output
from support.paths import DATA

FOLDER = DATA / "formats"

READ: dict[str, tuple[str, dict[str, Output]]] = {
    # The letters, and what comes out after some words, whose letters are written with spaces.
    "aalpy-dfa.dot": ("a", {"": 0, "a": 1, "a a": 0}),
    "aalpy-mealy.dot": ("coin", {"": None, "coin": "ok", "coin coin": "no"}),
    "aalpy-moore.dot": ("a", {"": "out0", "a": "out1", "a a": "out0"}),
    "automata-lib.dot": ("a b", {"": 0, "a": 1, "b": 1, "a b": 1, "a a": 0}),
    "brics.dot": ("a b", {"": 1, "a": 0, "a b": 1, "b": 0}),
    "fado.dot": ("a b", {"": 1, "a": 1, "b b a": 1}),
    "learnlib-mealy.dot": ("press", {"": None, "press": "lit", "press press": "dark"}),
    "learnlib-moore-slash.dot": ("a", {"": "even", "a": "odd"}),
    "learnlib-moore.dot": ("x", {"": "a", "x": "b", "x x": "b"}),
    "libalf.dot": ("0", {"": 1, "0": 0, "0 0": 1}),
    "openfst.dot": ("a", {"": 0, "a": 1, "a a": 0}),
    "pyformlang.dot": ("a", {"": 0, "a": 1, "a a": 1}),
    "hfst.att": ("c @", {"": 0, "c": 1, "c @ c": 1, "c c": 0}),
    "lttoolbox.att": ("c a", {"c": 1, "c a": 1, "a": 0}),
    "openfst.fsm": ("a b", {"": 0, "a": 1, "a b": 1, "b": 0}),
    "openfst-mealy.fsm": ("a", {"": None, "a": "x", "a a": "y"}),
    "openfst-numbers.fsm": ("1", {"": 1, "1": 1}),
    "mata.mata": ("97 98", {"": 0, "97": 1, "97 98": 0, "97 98 97": 1}),
    "mata-bits.mata": ("00 01 10 11", {"": 0, "00": 1, "11": 1, "10": 0, "00 10": 0, "00 00": 1}),
    "vata.vtf": ('a b a"b', {"": 0, "a": 1, "a b": 0, "a b a": 1, 'a"b': 0}),
    "cadp.aut": ("PUSH_!1 POP", {"": 1, "POP": 0, "PUSH_!1": 1, "PUSH_!1 PUSH_!1 POP": 1}),
    "mcrl2.aut": ("send(1,2) a|b", {"send(1,2) a|b": 1, "a|b": 0, "send(1,2) send(1,2)": 1}),
    "rabit.ba": ("a b", {"": 1, "a": 0, "a b": 1, "b": 1}),
    "rabit-all.ba": ("a b", {"": 1, "a": 1, "a b": 1, "b": 0}),
    "textbook.csv": ("0 1", {"": 1, "0": 0, "0 1": 1, "1": 0} | {"1": 1, "0 1": 0, "0 0": 1}),
    "spreadsheet.csv": ("a b", {"": 1, "a": 0, "a b a": 1}),
    "mealy.csv": ("press", {"": None, "press": "lit", "press press": "dark"}),
    "nfa.csv": ("a b", {"": 1, "a": 1, "b": 1, "b a b": 1}),
    "dfa.json": ("a b", {"": 0, "a": 1, "b": 0, "b a": 1, "a b": 0}),
    "nfa.json": ("a b", {"": 1, "a": 1, "b": 1, "b a": 0, "a b b": 1}),
    "mealy.jff": ("a", {"": None, "a": "x", "a a": 0}),
    "fa.jff": ("a b c", {"": 0, "a": 1, "a b": 1, "a b a": 1, "b": 0, "a b c": 1, "a c b a": 1}),
}

REFUSED = {
    "aalpy-mdp.dot": 'line 4, column 1: label "a:0.75" looks like an input with a probability',
    "aalpy-onfsm.dot": "two steps; a Mealy machine must be deterministic",
    "aalpy-smm.dot": 'line 3, column 1: label "a/x:0.75" looks like a letter with a weight or a pr',
    "automatalib-mts.dot": "line 2, column 27: the edge s0 -> s0 is dashed, dotted or not drawn, a",
    "brics-ranges.dot": 'line 6, column 3: label "a-z" looks like a range of characters',
    "cadp-quoted-i.aut": 'line 2, column 1: "i" in quotes is the internal action or a letter',
    "edges.csv": "line 1, cell 1: expected 'state', found \"from\"",
    "fa-with-lambda.jff": "the empty word elsewhere and a letter in JFLAP",
    "fa-with-pop.jff": "line 1, column 128: <pop> in a <transition> is not of a finite automaton",
    "fado-lines.fsm": "or 'source letter target', as in Mata, Grail+ and FAdo",
    "fado.fsm": "line 1, column 1: this looks like a file of FAdo",
    "foma-space.att": "line 1, column 1: a field of white space, as foma writes a space",
    "foma.dot": "no initial state",
    "generalised.dot": 'line 1, column 36: label "(a|b)*" looks like a choice',
    "graphviz-gallery.dot": "no initial state",
    "grail.fsm": "line 1, column 1: this looks like a file of Grail+",
    "hfst-flags.att": 'line 1, column 5: "@P.CASE.UP@" is a flag diacritic of HFST and foma',
    "hfst-identity.att": 'line 1, column 5: "@_IDENTITY_SYMBOL_@" is any other letter in HFST and',
    "hfst-several.att": "line 3, column 1: a second machine begins",
    "jflap8.jff": "line 1, column 39: a file of JFLAP 8, whose panels are not read",
    "kiss2.fsm": "line 1, column 1: this looks like the KISS2 format",
    "learnlib-spa.dot": "as a system of procedural automata of LearnLib has",
    "mata-afa.mata": 'line 1, column 1: "@AFA-explicit" is not read',
    "mata-codes.dot": 'line 4, column 1: label "<97>" looks like a guard',
    "mata-intervals.mata": 'line 1, column 1: "@NFA-intervals" is not read',
    "mata-transducer.mata": 'line 4, column 3: "a@x" must be in quotes here',
    "mcrl2-probabilistic.aut": "probabilistic systems are not read",
    "mcrl2.dot": "no initial state",
    "mcrl2.fsm": "line 2, column 1: this looks like a sectioned file, as .fsm files of mCRL2 and",
    "mona.dot": "an automaton over vectors of bits, as of MONA",
    "moore-wrong.jff": '<transout> "y" is not the output of the state that the transition leads to',
    "networkx-strict.dot": "line 3, column 2: a second edge p -> q of a strict graph, in which Gra",
    "no-acceptance.dot": "no state accepts and none has an output; mark states that accept with sh",
    "openfst-deletes.fsm": 'the edge from 1 to 0 on "a" writes the empty word',
    "openfst-transducer.dot": 'label "a:<epsilon>" is of a transducer of OpenFst',
    "openfst-weights.dot": 'label "a/0.5" has a weight of OpenFst',
    "openfst-weights.fsm": 'line 1, column 9: weight "0.5", expected 0 or none',
    "pda.jff": 'line 1, column 12: type "pda" is not read',
    "pda.json": '"stack_symbols": a pushdown automaton is not read',
    "prism.dot": 'label "0.5" looks like a probability or weight',
    "pushdown.dot": 'label "a,Z;AZ" looks like a step of a pushdown automaton',
    "python.json": "it looks like a dictionary of Python: write it with json.dumps",
    "sectioned.fsm": "line 1, column 1: this looks like a sectioned .fsm file, of mCRL2 or LearnLi",
    "spin.never": "line 1, column 1: this looks like a never claim of Spin",
    "spot-html.dot": "line 3, column 9: HTML-like strings are not read",
    "spot-no-title.dot": 'line 8, column 2: label "!a" looks like a guard, as of an omega-automato',
    "spot-old.dot": "looks like a set, a guard or a mark of acceptance",
    "spot.dot": "an automaton on infinite words, as of Spot",
    "spot.hoa": "line 1, column 1: this looks like the Hanoi omega-automata format (HOA)",
    "turing.dot": "as of a Turing machine",
    "vata.timbuk": "line 1, column 1: this looks like the Timbuk format of VATA",
    "vcsn.dot": "line 3, column 3: 'vcsn_context' of the graph is no attribute of Graphviz",
}


def test_every_file_is_here() -> None:
    assert {*READ, *REFUSED} == {path.name for path in FOLDER.iterdir()}
    assert not set(READ) & set(REFUSED)


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    letters, outputs = READ[name]
    machine, _ = files.read(str(FOLDER / name))
    # A space within a letter of the file is written as _, and a letter that is a space as @.
    visible = {" ": "@"} | {x: x.replace(" ", "_") for x in machine.alphabet if x != " "}
    assert [visible[x] for x in machine.alphabet] == letters.split()
    back = {visible[x]: x for x in machine.alphabet}
    for word, output in outputs.items():
        assert machine.output([back[x] for x in word.split()]) == output, word


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(InputError) as error:
        files.read(str(FOLDER / name))
    assert error.value.exit_code == 2
    assert any(REFUSED[name] in problem for problem in error.value.problems), error.value.problems


def test_what_was_decided_is_said() -> None:
    for name, notice in {
        "aalpy-mealy.dot": READ_AS_MEALY,
        "automata-lib.dot": "1 label was split at commas or line breaks into several letters",
        "pyformlang.dot": "labels such as ε were read as the empty word",
        "lttoolbox.att": "ε was read as the empty word, as of lttoolbox",
        "openfst-numbers.fsm": "every letter is a number, so 0 is the empty word",
        "cadp.aut": "the internal action was read as the empty word",
        "mcrl2.aut": "a labelled transition system: every state accepts",
        "rabit-all.ba": "no accepting state is listed, so all states accept",
        "mata-bits.mata": "letters are vectors of the bits x, y, in this order",
    }.items():
        assert notice in files.read(str(FOLDER / name))[1]


LABELS_REFUSED = {
    "0.5": "a probability or weight",
    "50%": "a probability or weight",
    "a 0.5": "a probability or weight",
    "a (0.5)": "a probability or weight",
    "a:0.5": "an input with a probability",
    "a:b": "an input with a probability, as of AALpy, or a pair",
    "a/0.5": "a letter with a weight or a probability",
    "a/x [0.5]": "a letter with a weight or a probability",
    "a/ε": "a transducer that reads or writes nothing",
    "-/a": "a transducer that reads or writes nothing",
    "a/b/c": "has several slashes",
    "a/": "has nothing on one side of its slash",
    "a,b/1": "has a comma within an input or output",
    "a/1,b": "has a comma within an input or output",
    "'a'": "a letter in quotes",
    r"\"a\"": "a letter in quotes",
    "&lt;": "an HTML entity",
    "a → b": "a step of a pushdown automaton",
    "a;b": "a step of a pushdown automaton",
    "[a-z]": "a range of characters",
    "a-z": "a range of characters",
    "0..9": "a range of characters",
    "0x00-0x2f": "a range of characters",
    r"\\u0000-\\uffff": "codes of characters, as of brics.automaton",
    "x<=3": "a guard or an assignment",
    "x:=0": "a guard or an assignment",
    "<a>": "a guard or an assignment",
    "!a": "a guard, as of an omega-automaton",
    "a & b": "a guard, as of an omega-automaton",
    "¬a": "a guard, as of an omega-automaton",
    "a|b": "a choice",
    "a∪b": "a choice",
    "?a": "an input or output action",
    "a!": "an input or output action",
    "a*": "a regular expression",
    "a+": "a regular expression",
    "a^2": "a regular expression",
    "a {0}": "a set, a guard or a mark of acceptance",
    "{a}": "a set, a guard or a mark of acceptance",
    "Σ∖a": "all letters but some",
    "(a,b)": "has a comma within brackets",
    "f(a,b)": "has a comma within brackets",
    "a)": "has a comma within brackets",
    "λ": "is the empty word in JFLAP",
    "tau": "is the silent action",
    "*": "is any letter",
    ".": "is any letter",
    "?": "is any other letter",
    "Σ": "is any letter",
    "else": "any other letter",
    "true": "is any letter in automata with guards",
    "@_IDENTITY_SYMBOL_@": "is any other letter in HFST and foma",
    "": "an empty letter",
    "a,,b": "an empty letter",
}


def dot(body: str) -> str:
    return f"digraph {{ i [shape=point]; i -> p; {body} }}"


def machine_of(text: str, name: str = "m.dot") -> tuple[Machine, tuple[str, ...]]:
    return files.parse(text.encode(), name)


def problems_of(text: str, name: str = "m.dot") -> list[str]:
    with pytest.raises(InputError) as error:
        machine_of(text, name)
    return error.value.problems


@pytest.mark.parametrize("label", LABELS_REFUSED)
def test_labels_that_mean_something_else(label: str) -> None:
    found = problems_of(dot(f'p -> q [label="{label}"]; q [shape=doublecircle]'))
    assert found[0].startswith("line 1, column 36: ")
    assert LABELS_REFUSED[label] in found[0]


LETTERS_LIKE = [x for x in LABELS_REFUSED if x and ",," not in x and "ε" not in x]


@pytest.mark.parametrize("label", LETTERS_LIKE)
def test_the_same_labels_as_declared_letters(label: str) -> None:
    """In a graph that declares its letters they mean nothing but themselves."""
    text = dot(f'p -> q [label="{label}"]; alphabet="{label}"; q [shape=doublecircle]')
    machine, _ = machine_of(text)
    assert all(machine.accepts([letter]) for letter in machine.alphabet)


@pytest.mark.parametrize(
    "label", ["a", "ab", "SS(B)", "v1.0", "two words", "a_b", "-", "/", "|", "!"]
)
def test_labels_that_are_letters(label: str) -> None:
    machine, _ = machine_of(dot(f'p -> q [label="{label}"]; q [shape=doublecircle]'))
    assert machine.alphabet == (label,)
    escaped = "".join(f"\\u{ord(c):04x}" for c in "a|b:0.5")
    machine, _ = machine_of(dot(f'p -> q [label="{escaped}"]; q [shape=doublecircle]'))
    assert machine.alphabet == ("a|b:0.5",)


@pytest.mark.parametrize(
    "empty", ["ε", "ϵ", "ɛ", "epsilon", "EPS", "<eps>", "<>", "&epsilon;", "@epsilon"]
)
def test_the_empty_word_in_drawings(empty: str) -> None:
    text = dot(f'p -> q [label="{empty}"]; q -> q [label=a]; q [shape=doublecircle]')
    machine, notices = machine_of(text)
    assert notices[0] == "labels such as ε were read as the empty word"
    assert machine.alphabet == ("a",)
    assert machine.run("aa") == (1, 1, 1)


BODIES_REFUSED = {
    'p -> q [label=a, dir=back]; q [shape=doublecircle]': "has dir=back; write each edge forwards",
    'p -> q [label=a, xlabel="1"]; q [shape=doublecircle]': "has xlabel, which is not read",
    'p -> q [label=a, headlabel="1"]; q [shape=doublecircle]': "has headlabel, which is not read",
    'p -> q [label=a, output="1"]; q [shape=doublecircle]': "has output, which is not read",
    'p -> q [label=a, style=dashed]; q [shape=doublecircle]': "is dashed, dotted or not drawn",
    'edge [style="bold,dotted"]; p -> q [label=a]; q [shape=doublecircle]': "is dashed, dotted or",
    'p -> q [label=a, probability=1]; q [shape=doublecircle]': "'probability' of the edge is no at",
    'p -> q [label=a, weight=0.3]; q [shape=doublecircle]': "'weight' of the edge is no attribute",
    'p -> q [label=a]; q [accepting=true]': "'accepting' of the node is no attribute of Graphviz",
    'p -> q [label=a]; q [shape=doublecircle]; p [start=true]': "'start' of the node is no attribu",
    'guard=x; p -> q [label=a]; q [shape=doublecircle]': "'guard' of the graph is no attribute",
    'p -> q [label=a]; q [shape=doublecircle, xlabel="1"]': "state 'q': xlabel is not read",
    'p -> q [label=a]; q [peripheries=3]': "state 'q': peripheries=3 is not known",
    'p -> q [label=a]; q [shape=tripleoctagon]': "state 'q': shape=tripleoctagon is not known",
    'p -> q [label=a]; q [peripheries=2, is_final=False]': "is_final=false contradicts its shape",
    'p -> q [label=a]; q [peripheries=2, is_start=True]': "is_start, as of pyformlang, marks other",
    'p -> q [label="a/0"]; q -> p [label=a]': "has no output, but others have, as in a Mealy",
    'p -> q [label="a/0"]; q [shape=doublecircle]': "edges have outputs, as in a Mealy machine, an",
    'p -> q [label="a/0"]; p [output=1]; q [output=0]': "edges have outputs, as in a Mealy machine",
    'p -> q [label=a]; p [label="p/0"]': "state 'q' has no output in its label, but 'p' has",
    'p -> q [label=a]; p [label="p|0"]; q [label="q|1", shape=doublecircle]': "states have outputs",
    'p -> q [label=a]; p [label="a|b|c"]; q [label="q|1"]': "has 3 fields; write 'name|output'",
    'p -> q [label=a]; p [label="|/0"]; q [label="q|1"]': "has nothing on one side of its bar",
    'p -> q [label=a]; q [label="q\\n0.5", shape=doublecircle]': "looks like a weight, a probabili",
    'p -> q [label=a]; q [label="q\\n{0}", shape=doublecircle]': "looks like a weight, a probabili",
    'p -> q [label="a b"]; q -> p [label=a]; q -> q [label=b]; q [shape=doublecircle]': "may be on",
    'p -> q [label="1/3"]; p -> p [label="2/3"]; q -> q [label="1/1"]': "labels are fractions that",
    'p -> q [label=a]; q [label="Inf(0)", shape=doublecircle]; label="Inf(0)"': "on infinite words",
}  # fmt: skip


def test_declared_letters_do_not_say_which_states_accept() -> None:
    for body in ("alphabet=a; p -> q [label=a]", "p -> q [label=a]"):
        assert "no state accepts and none has an output" in problems_of(dot(body))[0]
        assert machine_of(dot(f"p [output=0]; q [output=0]; {body}"))[0].outputs == (0, 0, 0)
    moore = 'alphabet=a; p -> q -> p [label=a]; p [label="p/x"]; q [label="q/y"]'
    assert machine_of(dot(moore))[0].run("a") == ("x", "y")


def test_true_in_a_drawing_of_spot() -> None:
    body = 'I -> 0; 0 -> 0 [label="1"]; 0 -> 1 [label=a]; 1 [peripheries=2]'
    assert (
        "as Spot draws it, where the label 1 is any letter"
        in problems_of(f'digraph {{ I [label="", style=invis, width=0]; {body} }}')[0]
    )
    assert machine_of(f"digraph {{ I [shape=point]; {body} }}")[0].accepts("1a")


def test_a_file_of_goal() -> None:
    text = '<structure label-on="Transition" type="FiniteStateAutomaton"></structure>'
    assert "a file of GOAL" in problems_of(text, "m.gff")[0]


@pytest.mark.parametrize("body", BODIES_REFUSED)
def test_graphs_that_mean_something_else(body: str) -> None:
    assert BODIES_REFUSED[body] in problems_of(dot(body))[0]


def test_fractions_that_are_no_probabilities_are_steps() -> None:
    body = 'p -> q [label="0/1"]; p -> p [label="1/1"]; q -> q [label="1/0"]'
    machine, _ = machine_of(dot(body))
    assert machine.alphabet == ("0", "1")
    assert machine.run(["1", "0", "1"]) == (None, 1, 1, 0)


def test_initial_states_of_openfst_are_bold() -> None:
    text = (FOLDER / "openfst.dot").read_text()
    for style, found in (("bold", True), ('"filled, bold"', True), ("boldx", False)):
        changed = text.replace("style = bold", f"style = {style}")
        if found:
            assert machine_of(changed)[0].run("a") == (0, 1)
        else:
            assert problems_of(changed) == ["no initial state: add an edge '__start -> q'"]
    assert "no initial state" in problems_of(text.replace("FST", "G").replace("a:a", "a"))[0]


def test_labels_in_several_lines() -> None:
    for label in ("a,b", r"a\nb", "a\nb", "a,\nb", r"a,\nb", r"a\lb\l", r"a, b\r"):
        machine, notices = machine_of(dot(f'p -> q [label="{label}"]; q [peripheries=2]'))
        assert machine.alphabet == ("a", "b"), label
        assert "1 label was split" in notices[0]
    machine, _ = machine_of(dot(r'p -> q [label="a / 0\nb / 1"]'))
    assert machine.run("a") == (None, 0)
    assert machine.run("b") == (None, 1)


def test_letters_of_letters_are_said() -> None:
    body = "p -> q [label=ab]; q -> p [label=a]; q -> q [label=b]; q [peripheries=2]"
    assert machine_of(dot(body))[1][0] == (
        'label "ab" was read as one letter, although its characters are letters'
    )


def test_vectors_of_bits() -> None:
    """Every formula of two bits that has three literals, against Python."""
    literals = ["x", "y", "!x", "!(y)", r"\true", r"\false"]
    python = {"!x": "(not x)", "!(y)": "(not y)", r"\true": "True", r"\false": "False"}
    tried = 0
    for a in literals:
        for b in literals:
            for c in ("x", "!(y)"):
                for first in "&|":
                    for second in "&|":
                        formula = f"{a} {first} {b} {second} {c} | x & y & !x"
                        text = f"@NFA-bits\n%Alphabet-enum x y\n%Initial p\n%Final q\np {formula} q"
                        machine, _ = machine_of(text, "m.mata")
                        names = [python.get(literal, literal) for literal in (a, b, c)]
                        signs = {"&": "and", "|": "or"}
                        source = f"{names[0]} {signs[first]} {names[1]} {signs[second]} {names[2]}"
                        for letter in ("00", "01", "10", "11"):
                            x, y = letter[0] == "1", letter[1] == "1"
                            expected = eval(source, {"x": x, "y": y})
                            assert machine.accepts([letter]) == expected, (formula, letter)
                            tried += 1
    assert tried == 6 * 6 * 2 * 2 * 2 * 4


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ("p (x q", "line 4, column 3: this bracket is not closed"),
        ("p x & q", None),
        ("p x | y & q", "line 4, column 1: '|' before '&' and the state: put the formula in br"),
        ("p (x | y) & q", None),
        ("p x y q", "line 4, column 5: unexpected 'y'"),
        ("p x & ! q", "line 4, column 7: the formula ends too early"),
        ("p & x q", "line 4, column 3: unexpected '&'"),
        ("p " + "!" * 60 + "x q", "line 4, column 54: nested more than 50 deep"),
        ("%Epsilon x\np x & y q", "%Epsilon is not read in @NFA-bits"),
        ("p \\true q", "the alphabet is empty"),
    ],
)
def test_formulas(edge: str, expected: str | None) -> None:
    text = f"@NFA-bits\n%Initial p\n%Final q\n{edge}"
    if expected is None:
        assert machine_of(text, "m.mata")[0].size == 3
    else:
        assert problems_of(text, "m.mata")[0].startswith(expected)


def test_many_bits_hit_the_limit_before_memory() -> None:
    for bits in (30, 100, 10_000):
        formula = " & ".join(f"x{i}" for i in range(bits))
        with pytest.raises(LimitReached, match="machine table entries"):
            machine_of(f"@NFA-bits\n%Initial p\np {formula} p", "m.mata")


def jflap(kind: str, state: str, transition: str) -> str:
    return (
        f'<structure><type>{kind}</type><automaton><state id="0"><initial/>{state}</state>'
        f"<transition><from>0</from><to>0</to>{transition}</transition></automaton></structure>"
    )


@pytest.mark.parametrize(
    ("kind", "state", "transition", "expected"),
    [
        ("fa", "<final/><output>x</output>", "<read>a</read>", "<output> in a machine of type fa"),
        (
            "moore",
            "<output>x</output><final/>",
            "<read>a</read>",
            "<final> in a machine of type moo",
        ),
        ("mealy", "<final/>", "<read>a</read><transout>x</transout>", "<final> in a machine of ty"),
        ("mealy", "<output>x</output>", "<read>a</read><transout/>", "<output> in a machine of ty"),
        ("mealy", "", "<read>a</read>", "a transition of a Mealy machine has no <transout>"),
        (
            "mealy",
            "",
            "<read/><transout>x</transout>",
            "an empty <read>; a Mealy machine reads a l",
        ),
        (
            "fa",
            "<final/>",
            "<read>a</read><transout>x</transout>",
            "<transout> in a machine of type f",
        ),
        (
            "fa",
            "<final/>",
            "<read>a</read><write>x</write>",
            "<write> in a <transition> is not of a",
        ),
        (
            "fa",
            "<final/><tag>x</tag>",
            "<read>a</read>",
            "<tag> in a <state> is not of a finite aut",
        ),
        ("fa", "<final/>", "<read>ε</read>", "the empty word elsewhere and a letter in JFLAP"),
    ],
)
def test_jflap_machines_of_another_type(
    kind: str, state: str, transition: str, expected: str
) -> None:
    (problem,) = problems_of(jflap(kind, state, transition), "m.jff")
    assert problem.startswith("line 1, column ")
    assert expected in problem


def test_jflap_letters_that_look_like_the_empty_word_are_declared() -> None:
    machine = Machine(alphabet=["λ"], transitions=[[0]], initial=0, outputs=[1])
    text = files.dumps(machine, "jff")
    assert "<letter>λ</letter>" in text
    assert machine_of(text, "m.jff") == (machine, ())


def test_symbols_of_att_text() -> None:
    for symbol in ("@x@", "@_ANYTHING_@", "@D.CASE@", "@?@", "<rho>", "epsilon", "<EPS>"):
        assert f'line 1, column 5: "{symbol}" is ' in problems_of(f"0 1 {symbol}\n1", "m.att")[0]
    greek = problems_of("0 1 ε\n1 0 α\n0", "m.att")
    assert greek[0].startswith("ε is the empty word of lttoolbox or a Greek letter")
    assert machine_of("0 1 ε\n1 0 b\n0", "m.att")[0].accepts("b")
    assert machine_of("0 1 \\u03b5\n1 0 α\n0", "m.att")[0].alphabet == ("ε", "α")


def test_a_sectioned_file_is_one_problem() -> None:
    assert len(problems_of((FOLDER / "mcrl2.fsm").read_text(), "mcrl2.fsm")) == 1
