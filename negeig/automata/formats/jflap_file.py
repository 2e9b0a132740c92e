r"""Machines as JFLAP files: finite automata, Moore and Mealy machines.

::

    <structure>
      <type>fa</type>
      <automaton>
        <state id="0" name="even"><initial/><final/></state>
        <state id="1" name="odd"/>
        <transition><from>0</from><to>1</to><read>a</read></transition>
        <transition><from>1</from><to>0</to><read>a</read></transition>
      </automaton>
    </structure>

States are numbered, and letters ordered, as they appear. In a finite automaton (``fa``) an empty
``read`` is an edge on the empty word, ``[a-c]`` is any of those characters, and any other ``read``
of several characters is read character by character, all as JFLAP runs them; one that means
something elsewhere, ``any`` or ``!a``, is refused, and indentation is passed over. An element
``<alphabet>``, with one ``<letter>`` for each letter, makes a ``read`` one letter instead; negeig
writes it where a letter is not one character, and JFLAP passes over it.

In a Moore machine (``moore``) a ``read`` is one letter, however long. An ``output`` that is a JSON
value is that value, and otherwise the text itself; no output is the empty text. In a Mealy machine
(``mealy``) the ``transout`` of a transition is its output, likewise.

Source: JFLAP 7, package ``file.xml``; https://www.jflap.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from negeig.automata.formats import jflap_syntax, symbols
from negeig.automata.formats.completion import Notices, complete, tabulate
from negeig.automata.formats.jflap_syntax import Element
from negeig.automata.formats.json_file import loads, output_problem, written_output
from negeig.automata.formats.mealy import complete_mealy, output_value
from negeig.automata.formats.text import INVISIBLE, same_number
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import InputError, Letter, Output

RANGE = re.compile(r"\[(.)-(.)\]", re.S)
IN_XML = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
    | {c: f"&#{ord(c)};" for c in INVISIBLE}
)
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


KINDS = ("fa", "moore", "mealy")

Step: TypeAlias = str | range
"""A letter, or the codes of characters any of which is read."""


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    """Read a machine from a JFLAP file; see the module for the conventions.

    Raises
    ------
    InputError
        The first violation of XML's rules, or every problem of the machine, each with its line and
        column.
    LimitReached
        More than ``max_states`` states, or as many letters as :func:`cell_limit` forbids.

    Examples
    --------
    >>> parse("<structure><type>fa</type></structure>", "m.jff")
    Traceback (most recent call last):
    negeig.claims.InputError: m.jff: no states
    >>> parse('<structure><type>fa</type><state id="7"><initial/></state><transition><from>7</from>'
    ...       '<to>7</to><read>ab</read></transition></structure>', "m.jff")[0]
    Machine(3 states over ab)
    """
    problems = Problems(name)
    elements, unknown = jflap_syntax.read(text, name)
    states, transitions = elements["state"], elements["transition"]
    kind = _type(elements["structure"][0], problems)
    if problems:
        raise problems.error()
    problems.extend(len(unknown), unknown)
    indented = sum(part.indented for element in transitions for part in element.every_part())
    letters = _declared(elements["alphabet"], problems)
    numbers = _numbers(states, problems)
    outputs = [_output(state, kind, problems) for state in states]
    for state in states:
        for part in (*state.parts.get("initial", []), *state.parts.get("final", [])):
            if part.text.strip():
                problems.add(f"{part.place}a mark with text {shown(part.text)}, expected none")
    initial = [q for q, state in enumerate(states) if state.part("initial", problems)]
    for q in initial[1:]:
        problems.add(f"{states[q].place}a second initial state; JFLAP's machines have one")
    if states and not initial:
        problems.add("no initial state: add <initial/> to a <state>")
    ends = [_ends(transition, numbers, problems) for transition in transitions]
    reads = [_read(transition, kind, letters, problems) for transition in transitions]
    writes = [_written(transition, kind, problems) for transition in transitions]
    if kind == "moore":
        _check_moore(transitions, writes, [outputs[target] for _, target in ends], problems)
    if problems:
        raise problems.error()

    added = sum(len(read) - 1 for read in reads if len(read) > 1)
    check_size(len(states) + added, 1, max_states, name)
    steps = [step for read in reads for step in read]
    check_size(1, sum(len(step) for step in steps if isinstance(step, range)), max_states, name)
    alphabet = letters or dict.fromkeys(letter for step in steps for letter in _choice(step))
    if not alphabet:
        raise InputError(name, "the alphabet is empty: no transition has a <read>", "bad-file")
    check_size(len(states) + added, len(alphabet), max_states, name)
    columns = {letter: column for column, letter in enumerate(alphabet)}
    said: Notices = ()
    if indented:
        what = "1 text was" if indented == 1 else f"{indented} texts were"
        said = (f"{what} read without the line breaks and indentation around",)
    if kind == "mealy":
        machine, notices = complete_mealy(
            name,
            alphabet=list(alphabet),
            states=list(numbers),
            steps=(
                (source, columns[letter], target, output)
                for (source, target), read, output in zip(ends, reads, writes, strict=True)
                for step in read
                for letter in _choice(step)
            ),
            initial=initial,
            max_states=max_states,
        )
        return machine, said + notices
    edges: list[tuple[int, int, int]] = []
    last = len(states)
    for (source, target), read in zip(ends, reads, strict=True):
        path = [source, *range(last, last + len(read) - 1), target]
        last += max(0, len(read) - 1)
        for state, step, successor in zip(path, read, path[1:], strict=False):
            edges += [(state, columns[letter], successor) for letter in _choice(step)]
    table, choices = tabulate(last, len(alphabet), edges)
    machine, notices = complete(
        name,
        alphabet=list(alphabet),
        table=table,
        choices=choices,
        initial=initial,
        outputs=outputs + [0] * added,
        max_states=max_states,
        epsilon=[end for end, read in zip(ends, reads, strict=True) if not read],
    )
    words = sum(len(read) > 1 for read in reads)
    if words:
        what = "transition that reads" if words == 1 else "transitions that read"
        said = (*said, f"{words} {what} several characters split into single ones")
    return machine, said + notices


def dumps(machine: Machine) -> str:
    """Write a machine as a JFLAP file that :func:`parse` reads back as an equal machine.

    An acceptor becomes a finite automaton, any other machine a Moore machine.

    Raises
    ------
    InputError
        A letter has a character that XML cannot hold, or an output is no JSON value.

    Examples
    --------
    >>> print(dumps(Machine(alphabet="<", transitions=[[0]], initial=0, outputs=["x"])))
    <?xml version="1.0" encoding="UTF-8"?>
    <structure>
      <type>moore</type>
      <automaton>
        <state id="0" name="q0"><initial/><output>x</output></state>
        <transition><from>0</from><to>0</to><read>&lt;</read></transition>
      </automaton>
    </structure>
    """
    unwritable = [letter for letter in machine.alphabet if NOT_IN_XML.search(letter)]
    if unwritable:
        raise InputError(
            "JFLAP",
            f"XML cannot hold a character of the letter {unwritable[0]!a}; write negeig JSON",
        )
    moore = not machine.is_acceptor
    symbols = [_escaped(letter) for letter in machine.alphabet]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<structure>"]
    lines.append(f"  <type>{'moore' if moore else 'fa'}</type>")
    if any(len(letter) > 1 or _means_something(letter) for letter in machine.alphabet):
        lines.append(f"  <alphabet>{''.join(f'<letter>{x}</letter>' for x in symbols)}</alphabet>")
    lines.append("  <automaton>")
    for q, output in enumerate(machine.outputs):
        inside = "<initial/>" if q == machine.initial else ""
        if moore:
            inside += f"<output>{_escaped(_output_text(output))}</output>"
        elif output:
            inside += "<final/>"
        end = f">{inside}</state>" if inside else "/>"
        lines.append(f'    <state id="{q}" name="q{q}"{end}')
    lines += [
        f"    <transition><from>{q}</from><to>{t}</to><read>{x}</read></transition>"
        for q, row in enumerate(machine.transitions.tolist())
        for x, t in zip(symbols, row, strict=True)
    ]
    return "\n".join([*lines, "  </automaton>", "</structure>"])


def _type(structure: Element, problems: Problems) -> str:
    part = structure.part("type", problems)
    kind = part.text.strip() if part else ""
    if part is None:
        problems.add(f"{structure.place}no <type>; expected <type>fa</type>, moore or mealy")
    elif kind not in KINDS:
        problems.add(
            f"{part.place}type {shown(kind)} is not read, only fa (a finite automaton), moore and "
            "mealy"
        )
    return kind


def _declared(alphabets: list[Element], problems: Problems) -> dict[Letter, None]:
    """Return the letters of <alphabet>, none when it is not there."""
    if not alphabets:
        return {}
    if len(alphabets) > 1:
        problems.add(f"{alphabets[1].place}a second <alphabet>")
    letters = [part.text for part in alphabets[0].parts.get("letter", [])]
    found = letter_problems(letters)
    problems.extend(len(found), (f"{alphabets[0].place}{problem}" for problem in found))
    return dict.fromkeys(letters)


def _numbers(states: list[Element], problems: Problems) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for q, state in enumerate(states):
        if state.key is None:
            problems.add(f"{state.place}a state has no id")
        elif state.key.strip() in numbers:
            problems.add(f"{state.place}a second state with id {shown(state.key)}")
        else:
            numbers[state.key.strip()] = q
    if not states:
        problems.add("no states")
    if twice := same_number(numbers):
        problems.add(f"ids {twice[0]} and {twice[1]} are one number, written in two ways")
    return numbers


def _output(state: Element, kind: str, problems: Problems) -> Output:
    """Return a state's output; what other kinds of machines have there is a problem."""
    odd = {"fa": ["output"], "moore": ["final"], "mealy": ["final", "output"]}[kind]
    for name in odd:
        if found := state.parts.get(name):
            problems.add(f"{found[0].place}<{name}> in a machine of type {kind}, which has none")
    part = state.part("output", problems)
    if kind != "moore":
        return int("final" in state.parts)
    if part is None:
        return ""
    output = output_value(part.text)
    if problem := output_problem(output):
        problems.add(f"{part.place}output: {problem}")
    return output


def _output_text(output: Output) -> str:
    """Return what _output reads back: plain text where that is no JSON value, and JSON else."""
    if isinstance(output, str) and not NOT_IN_XML.search(output):
        try:
            loads(output)
        except ValueError:
            return output
    return written_output(output)


def _ends(transition: Element, numbers: dict[str, int], problems: Problems) -> tuple[int, int]:
    """Return source and target of a transition."""
    ends = []
    for name in ("from", "to"):
        part = transition.part(name, problems)
        if part is None:
            problems.add(f"{transition.place}a transition has no <{name}>")
        elif part.text.strip() not in numbers:
            problems.add(f"{part.place}there is no state with id {shown(part.text.strip())}")
        ends.append(numbers.get(part.text.strip(), 0) if part else 0)
    return ends[0], ends[1]


def _written(transition: Element, kind: str, problems: Problems) -> str:
    """Return what a transition writes, nothing but for a Mealy machine, or repeated for a Moore."""
    part = transition.part("transout", problems)
    if part is None:
        if kind == "mealy":
            problems.add(f"{transition.place}a transition of a Mealy machine has no <transout>")
        return ""
    if kind == "fa":
        problems.add(f"{part.place}<transout> in a machine of type fa; a Mealy machine is mealy")
    return part.text


def _check_moore(
    transitions: list[Element], writes: list[str], outputs: list[Output], problems: Problems
) -> None:
    """Note transitions that write something else than the state that they lead to."""
    for transition, written, output in zip(transitions, writes, outputs, strict=True):
        if written and (type(output_value(written)), output_value(written)) != (
            type(output),
            output,
        ):
            problems.add(
                f"{transition.place}<transout> {shown(written)} is not the output of the state "
                "that the transition leads to"
            )


def _read(
    transition: Element, kind: str, letters: dict[Letter, None], problems: Problems
) -> list[Step]:
    """Return what a transition reads, step by step; nothing for the empty word."""
    part = transition.part("read", problems)
    text = part.text if part else ""
    place = part.place if part else transition.place
    if not text:
        if kind != "fa":
            problems.add(
                f"{place}an empty <read>; a {kind.capitalize()} machine reads a letter at a time"
            )
        return []
    span = RANGE.fullmatch(text) if kind == "fa" else None
    if not letters and not span and (what := _means_something(text)):
        problems.add(
            f"{place}<read> is {shown(text)}, {what} and {'a letter' if len(text) == 1 else 'text'}"
            " in JFLAP; write <read/> for the empty word, [a-z] for a range and a transition for "
            "each letter, or declare the letters in <alphabet>"
        )
    if letters and text not in letters:
        problems.add(f"{place}letter {shown(text)} is not in <alphabet>")
    if letters or kind != "fa":
        return [text]
    if span is None:
        return list(text)
    if span[1] > span[2]:
        problems.add(f"{place}the range {shown(text)} is empty")
    return [range(ord(span[1]), ord(span[2]) + 1)]


def _means_something(text: str) -> str | None:
    """Return what a <read> means elsewhere, where it is a letter or a word in JFLAP."""
    if text in symbols.NAMED or (len(text) == 1 and text.isascii()):
        return None
    if symbols.is_empty_word(text) or text in ("λ", "Λ", "lambda"):
        return "the empty word elsewhere"
    return symbols.refused(text, drawn=True)


def _choice(step: Step) -> Iterable[Letter]:
    """Return the letters that make a step."""
    if isinstance(step, str):
        return (step,)
    return (chr(code) for code in step if not 0xD800 <= code < 0xE000)


def _escaped(text: str) -> str:
    """Return text as XML; line breaks, tabs and outer spaces by code: no tool changes them."""
    coded = text.translate(IN_XML)
    if text != text.strip(" ") and len(text) > 1:
        inner = coded.strip(" ")
        start = len(coded) - len(coded.lstrip(" "))
        coded = "&#32;" * start + inner + "&#32;" * (len(coded) - start - len(inner))
    return coded
