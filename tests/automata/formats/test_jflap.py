"""JFLAP files: what is read, and every way in which one can be wrong or hostile."""

from __future__ import annotations

import pytest

from negeig.automata.formats import files, jflap_file
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError, LimitReached

# As JFLAP 7 writes it: comments, positions, carriage returns as character references.
WRITTEN_BY_JFLAP = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>\
<!--Created with JFLAP 6.4.--><structure>&#13;
\t<type>fa</type>&#13;
\t<automaton>&#13;
\t\t<!--The list of states.-->&#13;
\t\t<state id="0" name="q0">&#13;
\t\t\t<x>92.0</x>&#13;
\t\t\t<y>133.0</y>&#13;
\t\t\t<label>even</label>&#13;
\t\t\t<initial/>&#13;
\t\t</state>&#13;
\t\t<state id="1" name="q1">&#13;
\t\t\t<x>261.0</x>&#13;
\t\t\t<y>134.0</y>&#13;
\t\t\t<final/>&#13;
\t\t</state>&#13;
\t\t<!--The list of transitions.-->&#13;
\t\t<transition>&#13;
\t\t\t<from>1</from>&#13;
\t\t\t<to>1</to>&#13;
\t\t\t<read>b</read>&#13;
\t\t\t<controlx>3</controlx>&#13;
\t\t</transition>&#13;
\t\t<transition>&#13;
\t\t\t<from>0</from>&#13;
\t\t\t<to>1</to>&#13;
\t\t\t<read/>&#13;
\t\t</transition>&#13;
\t\t<transition>&#13;
\t\t\t<from>0</from>&#13;
\t\t\t<to>0</to>&#13;
\t\t\t<read>ab</read>&#13;
\t\t</transition>&#13;
\t\t<note><text>a note</text><x>1</x><y>2</y></note>&#13;
\t</automaton>&#13;
</structure>"""

CLOCK = """<structure><type>moore</type><automaton>
<state id="0" name="q0"><initial/><output>time</output></state>
<state id="1" name="q1"><output>light</output></state>
<transition><from>0</from><to>1</to><read>b2</read><transout>light</transout></transition>
<transition><from>1</from><to>0</to><read>b2</read><transout>time</transout></transition>
</automaton></structure>"""


def parse(text: str, max_states: int = 100_000) -> tuple[Machine, tuple[str, ...]]:
    return files.parse(text.encode(), "m.jff", max_states)


def fa(*body: str) -> str:
    """A file whose lines after the first are these."""
    return "\n".join(["<structure><type>fa</type>", *body, "</structure>"])


def edge(read: str, source: str = "0", target: str = "0") -> str:
    return f"<transition><from>{source}</from><to>{target}</to>{read}</transition>"


START = '<state id="0"><initial/></state>'
FINAL = '<state id="0"><initial/><final/></state>'


def problems_of(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse(text)
    assert error.value.exit_code == 2
    assert error.value.source == "m.jff"
    return error.value.problems


def test_a_file_as_jflap_writes_it() -> None:
    """(ab)*b*: an empty read is the empty word, and a longer one is read letter by letter."""
    machine, notices = parse(WRITTEN_BY_JFLAP)
    assert machine.alphabet == ("b", "a")
    assert notices == (
        "1 transition that reads several characters split into single ones",
        "determinised: 3 states became 4",
    )
    for word in words("ab", 7):
        text = "".join(word)
        while text.startswith("ab"):
            text = text[2:]
        assert machine.accepts(word) == (set(text) <= {"b"}), word


def test_a_moore_machine_as_jflap_writes_it() -> None:
    machine, notices = parse(CLOCK)
    assert (machine.alphabet, machine.outputs, notices) == (("b2",), ("time", "light"), ())
    assert machine.run(["b2", "b2"]) == ("time", "light", "time")


def test_states_may_stand_outside_an_automaton_as_in_old_files() -> None:
    machine, _ = parse(fa(START, edge("<read>a</read>")))
    assert machine.transitions.tolist() == [[0]]


def test_a_missing_read_is_the_empty_word() -> None:
    for read in ("<read/>", "<read></read>", ""):
        machine, _ = parse(
            fa(
                START,
                '<state id="1"><final/></state>',
                edge("<read>a</read>"),
                edge(read, "0", "1"),
            )
        )
        assert machine.accepts("")


@pytest.mark.parametrize("span", ["[a-c]", "[a-a]", "[\ud7fe-\ue001]", "[[-]]", "[--.]"])
def test_a_range_reads_any_of_its_characters(span: str) -> None:
    machine, notices = parse(fa(FINAL, edge(f"<read>{span}</read>")))
    low, high = ord(span[1]), ord(span[3])
    expected = [chr(c) for c in range(low, high + 1) if not 0xD800 <= c < 0xE000]
    assert list(machine.alphabet) == expected
    assert (machine.size, notices) == (1, ())


@pytest.mark.parametrize("read", ["[", "[]", "[a-", "a[b-c]"])
def test_what_is_no_range_is_read_letter_by_letter(read: str) -> None:
    machine, _ = parse(
        fa(START, '<state id="1"><final/></state>', edge(f"<read>{read}</read>", "0", "1"))
    )
    assert machine.accepts(read)
    assert sorted(machine.alphabet) == sorted(set(read))


def test_declared_letters_are_read_whole_and_in_their_order() -> None:
    letters = "<alphabet><letter>z</letter><letter>ab</letter><letter>a</letter></alphabet>"
    machine, notices = parse(fa(letters, FINAL, edge("<read>ab</read>"), edge("<read>a</read>")))
    assert machine.alphabet == ("z", "ab", "a")
    assert machine.transitions.tolist() == [[1, 0, 0], [1, 1, 1]]
    assert notices == ("1 missing transition completed with a new sink state",)


def test_the_text_of_a_read_is_kept_exactly() -> None:
    machine, _ = parse(
        fa(
            START,
            edge("<read> </read>"),
            edge("<read>&lt;</read>"),
            edge("<read><![CDATA[&]]></read>"),
            edge("<read>&#x1F600;</read>"),
            edge("<read>x<!-- z --></read>"),
        )
    )
    assert machine.alphabet == (" ", "<", "&", "\U0001f600", "x")


def test_elements_in_other_places_say_nothing() -> None:
    stray = '<note><state id="9"><initial/></state><initial/><read>q</read></note>'
    machine, _ = parse(fa(stray, START, edge("<read>a</read>" + stray), stray))
    assert (machine.size, machine.alphabet) == (1, ("a",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<structure>", "line 1, column 12: not valid XML: no element found"),
        (
            "<structure>\n <type>fa</typ></structure>",
            "line 2, column 12: not valid XML: mismatched",
        ),
        ("<structure>&nbsp;</structure>", "line 1, column 12: not valid XML: undefined entity"),
        ("<structure>\x01</structure>", "line 1, column 12: not valid XML: not well-formed"),
        ("<structure/><structure/>", "line 1, column 13: not valid XML: junk after document"),
        ('<structure>é<a b="<"/></structure>', "line 1, column 19: not valid XML: not well-formed"),
        ("<machine><p/></machine>", "line 1, column 1: expected <structure>, found <machine>"),
        ("<structure></structure>", "line 1, column 1: no <type>; expected <type>fa</type>, mo"),
        (
            "<structure>\n<type>pda</type></structure>",
            'line 2, column 1: type "pda" is not read, o',
        ),
        (fa(), "no states"),
        (
            fa('<state id="0"/>', edge("<read>a</read>")),
            "no initial state: add <initial/> to a <st",
        ),
        (fa(START), "the alphabet is empty: no transition has a <read>"),
        (fa(START, edge("<read/>")), "the alphabet is empty: no transition has a <read>"),
        (
            fa(START, '<state id=" 0"/>', edge("<read>a</read>")),
            'line 3, column 1: a second state with id " 0"',
        ),
        (fa(START, " <state/>", edge("<read>a</read>")), "line 3, column 2: a state has no id"),
        (
            fa(START, ' <state id="1"><initial/></state>', edge("<read>a</read>")),
            "line 3, column 2: a second initial state; JFLAP's machines have one",
        ),
        (
            fa(START, edge("<read>a</read>", "5")),
            'line 3, column 13: there is no state with id "5"',
        ),
        (fa(START, edge("<read>a</read>", "0", "")), "line 3, column 27: there is no state with i"),
        (
            fa(START, "<transition><to>0</to></transition>"),
            "line 3, column 1: a transition has no <f",
        ),
        (
            fa(START, "<transition><from>0</from></transition>"),
            "line 3, column 1: a transition has n",
        ),
        (fa(START, edge("<read>a</read><read>b</read>")), "line 3, column 51: a second <read>"),
        (fa(START, edge("<read>[b-a]</read>")), 'line 3, column 37: the range "[b-a]" is empty'),
        (
            fa("<alphabet><letter>a</letter></alphabet>", START, edge("<read>b</read>")),
            'line 4, column 37: letter "b" is not in <alphabet>',
        ),
        (
            fa("<alphabet><letter>a</letter><letter>a</letter></alphabet>", START),
            'line 2, column 1: letter "a" occurs twice',
        ),
        (
            fa("<alphabet><letter/></alphabet>", START),
            "line 2, column 1: letter 0 is the empty string",
        ),
        (
            CLOCK.replace("<read>b2</read>", "<read/>", 1),
            "line 4, column 37: an empty <read>; a Moo",
        ),
        (
            CLOCK.replace("<transout>time</transout>", "").replace(
                "time</output>", "[" * 60 + "]" * 60 + "</output>"
            ),
            "line 2, column 35: output: nested more than 50 deep",
        ),
        (
            CLOCK.replace("<transout>time</transout>", "")
            .replace("<to>0</to>", "<to>1</to>")
            .replace("<from>1<", "<from>0<")
            .replace("</automaton>", edge("<read>b2</read>") + "</automaton>"),
            "state 0, letter 'b2': 2 targets; only an acceptor",
        ),
        (
            "<" + "a" * 500 + "/>",
            "line 1, column 1: expected <structure>, found <" + "a" * 40 + ">",
        ),
        ("<structure>" + "<a>" * 40, "line 1, column 99: elements are nested more than 30 deep"),
        ("<structure>" * 5_000_00, "line 1, column 331: elements are nested more than 30 deep"),
    ],
    ids=range(31),
)
def test_one_problem(text: str, expected: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(expected)


def test_all_problems_in_one_message() -> None:
    text = fa('<state id="0"/>', '<state id="0"/>', edge("<read>a</read>", "8"), edge("", "0", "9"))
    assert problems_of(text) == [
        'line 3, column 1: a second state with id "0"',
        "no initial state: add <initial/> to a <state>",
        'line 4, column 13: there is no state with id "8"',
        'line 5, column 27: there is no state with id "9"',
    ]


BILLION_LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE structure [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>\n<structure><type>&i;</type></structure>"
)


@pytest.mark.parametrize(
    "text",
    [
        BILLION_LAUGHS,
        '<?xml version="1.0"?>\n<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<structure>'
        "<type>&x;</type></structure>",
        '\n<!DOCTYPE structure SYSTEM "http://localhost:1/x.dtd"><structure>&x;</structure>',
        '\n<!DOCTYPE s [<!ENTITY % p SYSTEM "http://localhost:1/"> %p;]><structure/>',
        '\n<!DOCTYPE s [<!ATTLIST state id CDATA "0">]><structure/>',
    ],
)
def test_document_types_and_entities_are_refused(text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith("line 2, column ")
    assert "document types are not read, for safety" in problem


def test_ranges_and_words_hit_limits_before_memory() -> None:
    with pytest.raises(LimitReached, match="machine table entries"):
        parse(fa(START, *[edge("<read>[ -\U0010ffff]</read>")] * 30), max_states=10)
    with pytest.raises(LimitReached, match="machine states"):
        parse(fa(START, edge(f"<read>{'a' * 50_000}</read>")), max_states=1000)


def test_only_long_letters_are_declared() -> None:
    short = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])
    assert "<alphabet>" not in jflap_file.dumps(short)
    long = Machine(alphabet=["ab"], transitions=[[0]], initial=0, outputs=[1])
    assert "<letter>ab</letter>" in jflap_file.dumps(long)
    undeclared = jflap_file.dumps(long).replace("<alphabet><letter>ab</letter></alphabet>", "")
    assert parse(undeclared)[0].alphabet == ("a", "b")
